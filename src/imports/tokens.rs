//! The tokens of one statement. Only statements that import, bind or nest are read here; their extent is known, so
//! newlines are blanks.

use super::strings::{Strings, find, in_word, line_end, prefix};

/// What a token is, as finely as the reader has to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Name,
    /// A string with its prefix, or a number.
    Literal,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    Comma,
    Dot,
    Colon,
    /// `:=`
    Walrus,
    /// `=`
    Assign,
    /// `+=` and its like.
    Augment,
    /// `*`
    Star,
    /// Any other operator.
    Other,
}

/// A token and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

impl Token {
    pub fn bytes(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start..self.end).unwrap_or(b"")
    }

    /// What is between the quotes of a string without a prefix, escapes or tripled quotes.
    pub fn plain_text(self, text: &str) -> Option<&str> {
        let (first, rest) = self.bytes(text.as_bytes()).split_first()?;
        let (last, inner) = rest.split_last()?;
        let is_plain = matches!(first, b'"' | b'\'')
            && first == last
            && !inner.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'\\'));
        if is_plain { text.get(self.start + 1..self.end.saturating_sub(1)) } else { None }
    }
}

/// The tokens from one position to another.
pub(super) struct Tokens<'a> {
    bytes: &'a [u8],
    pos: usize,
    strings: Strings,
}

impl<'a> Tokens<'a> {
    pub fn new(bytes: &'a [u8], start: usize, end: usize) -> Self {
        Self { bytes: bytes.get(..end).unwrap_or(bytes), pos: start, strings: Strings::default() }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.pos + ahead).copied().unwrap_or(b' ')
    }

    /// The end of the word at the current position.
    fn word_end(&self) -> usize {
        find(self.bytes, self.pos, |byte| !in_word(byte)).map_or(self.bytes.len(), |(at, _)| at)
    }

    fn name(&mut self) -> (Kind, usize) {
        let end = self.word_end();
        let quoted = matches!(self.bytes.get(end), Some(b'"' | b'\''));
        if quoted && prefix(self.bytes, end).0 == end - self.pos {
            return (Kind::Literal, self.strings.literal(self.bytes, end).end);
        }
        (Kind::Name, end)
    }

    /// The end of the number at the current position. A keyword may follow without a blank, as in `1if a else b`.
    fn number(&self) -> usize {
        let run = |from: usize, wanted: fn(u8) -> bool| {
            find(self.bytes, from, |byte| !wanted(byte)).map_or(self.bytes.len(), |(at, _)| at)
        };
        let decimal = |byte: u8| byte.is_ascii_digit() || byte == b'_';
        if self.peek(0) == b'0' {
            let digits: Option<fn(u8) -> bool> = match self.peek(1) {
                b'x' | b'X' => Some(|byte| byte.is_ascii_hexdigit() || byte == b'_'),
                b'o' | b'O' | b'b' | b'B' if self.peek(2).is_ascii_digit() || self.peek(2) == b'_' => Some(decimal),
                _ => None,
            };
            if let Some(digits) = digits {
                return run(self.pos + 2, digits);
            }
        }
        let mut end = run(self.pos, decimal);
        let at = |at: usize| self.bytes.get(at).copied().unwrap_or(b' ');
        if at(end) == b'.' {
            end = run(end + 1, decimal);
        }
        if matches!(at(end), b'e' | b'E') {
            let digits = end + if matches!(at(end + 1), b'+' | b'-') { 2 } else { 1 };
            if at(digits).is_ascii_digit() {
                end = run(digits, decimal);
            }
        }
        if matches!(at(end), b'j' | b'J') { end + 1 } else { end }
    }

    /// An operator and its length; unknown characters count as one.
    fn operator(&self, byte: u8) -> (Kind, usize) {
        match (byte, self.peek(1)) {
            (b'(' | b'[' | b'{', _) => (Kind::Open, 1),
            (b')' | b']' | b'}', _) => (Kind::Close, 1),
            (b',', _) => (Kind::Comma, 1),
            (b'.', _) => (Kind::Dot, 1),
            (b':', b'=') => (Kind::Walrus, 2),
            (b':', _) => (Kind::Colon, 1),
            (b'=' | b'!' | b'<' | b'>', b'=') | (b'-', b'>') => (Kind::Other, 2),
            (b'=', _) => (Kind::Assign, 1),
            (b'*' | b'/' | b'<' | b'>', next) if next == byte => {
                if self.peek(2) == b'=' {
                    (Kind::Augment, 3)
                } else {
                    (Kind::Other, 2)
                }
            }
            (b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'@', b'=') => (Kind::Augment, 2),
            (b'*', _) => (Kind::Star, 1),
            _ => (Kind::Other, 1),
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let byte = *self.bytes.get(self.pos)?;
            let (kind, end) = match byte {
                b' ' | b'\t' | b'\x0c' | b'\n' | b'\\' => {
                    self.pos += 1;
                    continue;
                }
                b'#' => {
                    self.pos = line_end(self.bytes, self.pos);
                    continue;
                }
                b'"' | b'\'' => (Kind::Literal, self.strings.literal(self.bytes, self.pos).end),
                b'0'..=b'9' => (Kind::Literal, self.number()),
                b'.' if self.peek(1).is_ascii_digit() => (Kind::Literal, self.number()),
                _ if in_word(byte) => self.name(),
                _ => {
                    let (kind, length) = self.operator(byte);
                    (kind, self.pos + length)
                }
            };
            let token = Token { kind, start: self.pos, end };
            self.pos = end;
            return Some(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! splits {
        ($($test:ident: $text:expr => $tokens:expr;)*) => {$(
            #[test]
            fn $test() {
                let text: &str = $text;
                let tokens: Vec<_> = Tokens::new(text.as_bytes(), 0, text.len()).map(|token| text.get(token.start..token.end).unwrap()).collect();
                assert_eq!(tokens.join(" "), $tokens);
            }
        )*};
    }

    splits! {
        names: "a.b,größe \\\n # c\n d" => "a . b , größe d";
        strings: "f'{a}'rb\"x\"u'y'.z" => "f'{a}' rb\"x\" u'y' . z";
        keyword_at_a_string: "if'a'else\"b\"" => "if 'a' else \"b\"";
        numbers: "1 0x1f 1_0.5e-3j .5 1. 0o17 0b1" => "1 0x1f 1_0.5e-3j .5 1. 0o17 0b1";
        numbers_at_keywords: "1if 0xfor 1or 1.else 1e5in" => "1 if 0xf or 1 or 1. else 1e5 in";
        operators: "a:=b->c**=d//e>>=f!=g==h=i*j" => "a := b -> c **= d // e >>= f != g == h = i * j";
        unclosed: "a = 'b" => "a = 'b";
    }
}
