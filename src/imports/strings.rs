//! Where a string literal ends: all prefixes and quotes, and f- and t-strings with strings inside their fields
//! ([PEP 701](https://peps.python.org/pep-0701/)). Nesting lives in a vector, so no input can overflow the stack.

/// A literal's delimiter.
#[derive(Clone, Copy)]
struct Quote {
    byte: u8,
    triple: bool,
    raw: bool,
}

impl Quote {
    fn len(self) -> usize {
        if self.triple { 3 } else { 1 }
    }

    /// Whether the literal closes here, at one of its quote characters.
    fn closes(self, bytes: &[u8], at: usize) -> bool {
        !self.triple || (bytes.get(at + 1) == Some(&self.byte) && bytes.get(at + 2) == Some(&self.byte))
    }
}

/// Where inside a formatted literal the reader stands.
#[derive(Clone, Copy)]
enum Mode {
    /// In its text.
    Text(Quote),
    /// In a replacement field, so many brackets deep.
    Field(Quote, u32),
    /// In a field's format, after the colon.
    Format(Quote),
}

/// Where a literal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// Just after the closing quote; for a literal that is never closed, where reading can go on.
    pub end: usize,
    /// Whether it is closed.
    pub closed: bool,
}

/// Reads literals; keeps the memory of the nesting from one to the next.
#[derive(Default)]
pub(super) struct Strings {
    modes: Vec<Mode>,
}

impl Strings {
    /// The end of the literal whose opening quote stands at `at`; its prefix is looked up in front of it.
    pub fn literal(&mut self, bytes: &[u8], at: usize) -> Literal {
        let (quote, formatted) = opening(bytes, at);
        if formatted { self.formatted(bytes, at, quote) } else { plain(bytes, at + quote.len(), quote) }
    }

    fn formatted(&mut self, bytes: &[u8], at: usize, quote: Quote) -> Literal {
        self.modes.clear();
        self.modes.push(Mode::Text(quote));
        let mut pos = at + quote.len();
        let mut closed = true;
        while let Some(mode) = self.modes.last().copied() {
            let next = match mode {
                Mode::Text(quote) => self.text(bytes, pos, quote, false),
                Mode::Format(quote) => self.text(bytes, pos, quote, true),
                Mode::Field(quote, depth) => self.field(bytes, pos, quote, depth),
            };
            match next {
                Step::Go(at) => pos = at,
                Step::Broken(at) => {
                    pos = at;
                    closed = false;
                    // A line ends the literals of one line; one in triple quotes around them goes on.
                    while self.modes.pop_if(|mode| !mode.quote().triple).is_some() {}
                }
                Step::End => {
                    self.modes.clear();
                    return Literal { end: bytes.len(), closed: false };
                }
            }
        }
        Literal { end: pos, closed }
    }

    /// One step in the text of a literal, or in the format of a field.
    fn text(&mut self, bytes: &[u8], pos: usize, quote: Quote, format: bool) -> Step {
        let stop = |byte: u8| byte == quote.byte || matches!(byte, b'\\' | b'{' | b'}' | b'\n');
        let Some((at, byte)) = find(bytes, pos, stop) else { return Step::End };
        match byte {
            b'\\' => Step::Go(escape(bytes, at, quote)),
            b'{' if !format && bytes.get(at + 1) == Some(&b'{') => Step::Go(at + 2),
            b'{' => {
                self.modes.push(Mode::Field(quote, 0));
                Step::Go(at + 1)
            }
            b'}' => {
                if format {
                    self.modes.pop();
                }
                Step::Go(at + 1)
            }
            b'\n' if quote.triple => Step::Go(at + 1),
            b'\n' if format => {
                self.modes.pop();
                self.modes.push(Mode::Field(quote, 0));
                Step::Go(at + 1)
            }
            b'\n' => Step::Broken(at),
            _ if !quote.closes(bytes, at) => Step::Go(at + 1),
            _ => {
                // A quote in a format closes the literal around the field.
                while self.modes.pop_if(|mode| !matches!(mode, Mode::Text(_))).is_some() {}
                self.modes.pop();
                Step::Go(at + quote.len())
            }
        }
    }

    /// One step in the expression of a field.
    fn field(&mut self, bytes: &[u8], pos: usize, quote: Quote, depth: u32) -> Step {
        let stop = |byte: u8| matches!(byte, b'"' | b'\'' | b'#' | b':' | b'(' | b')' | b'[' | b']' | b'{' | b'}');
        let Some((at, byte)) = find(bytes, pos, stop) else { return Step::End };
        let mode = match byte {
            b'"' | b'\'' => {
                let (inner, formatted) = opening(bytes, at);
                if formatted {
                    self.modes.push(Mode::Text(inner));
                    return Step::Go(at + inner.len());
                }
                let literal = plain(bytes, at + inner.len(), inner);
                return if literal.closed { Step::Go(literal.end) } else { Step::Broken(literal.end) };
            }
            b'#' => return Step::Go(line_end(bytes, at)),
            b'(' | b'[' | b'{' => Mode::Field(quote, depth.saturating_add(1)),
            b':' if depth == 0 => Mode::Format(quote),
            b':' => return Step::Go(at + 1),
            b'}' if depth == 0 => {
                self.modes.pop();
                return Step::Go(at + 1);
            }
            _ => Mode::Field(quote, depth.saturating_sub(1)),
        };
        self.modes.pop();
        self.modes.push(mode);
        Step::Go(at + 1)
    }
}

impl Mode {
    fn quote(self) -> Quote {
        match self {
            Self::Text(quote) | Self::Field(quote, _) | Self::Format(quote) => quote,
        }
    }
}

/// What a step inside a formatted literal came to.
enum Step {
    /// Go on there.
    Go(usize),
    /// The line ended inside a literal that has to end with it.
    Broken(usize),
    /// The text ended.
    End,
}

/// Whether the letters just before a quote are a string prefix: then how long, whether formatted and whether raw.
pub(super) fn prefix(bytes: &[u8], quote_at: usize) -> (usize, bool, bool) {
    let before =
        |back: usize| quote_at.checked_sub(back).and_then(|at| bytes.get(at)).map_or(b' ', u8::to_ascii_lowercase);
    let (last, first) = (before(1), before(2));
    if !matches!(last, b'r' | b'b' | b'u' | b'f' | b't') {
        return (0, false, false);
    }
    if !in_word(first) {
        return (1, matches!(last, b'f' | b't'), last == b'r');
    }
    let pair = matches!((first, last), (b'r', b'b' | b'f' | b't') | (b'b' | b'f' | b't', b'r'));
    if !pair || in_word(before(3)) {
        return (0, false, false);
    }
    (2, !(first == b'b' || last == b'b'), true)
}

/// Whether a byte is part of a name, a keyword or a number. Every byte beyond ASCII is.
pub(super) const fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The first byte from `pos` on that `wanted` accepts.
#[inline]
pub(super) fn find(bytes: &[u8], pos: usize, wanted: impl Fn(u8) -> bool) -> Option<(usize, u8)> {
    let mut rest = bytes.get(pos..)?.iter();
    let byte = rest.find(|byte| wanted(**byte))?;
    Some((bytes.len() - rest.as_slice().len() - 1, *byte))
}

/// The newline that ends the line, or the end of the text.
pub(super) fn line_end(bytes: &[u8], pos: usize) -> usize {
    find(bytes, pos, |byte| byte == b'\n').map_or(bytes.len(), |(at, _)| at)
}

fn opening(bytes: &[u8], at: usize) -> (Quote, bool) {
    let (_, formatted, raw) = prefix(bytes, at);
    let byte = bytes.get(at).copied().unwrap_or(b'"');
    let single = Quote { byte, triple: false, raw };
    let triple = Quote { triple: true, ..single };
    (if triple.closes(bytes, at) { triple } else { single }, formatted)
}

/// The end of a literal without fields, from just after its opening quote.
fn plain(bytes: &[u8], mut pos: usize, quote: Quote) -> Literal {
    let end = Literal { end: bytes.len(), closed: false };
    if quote.triple {
        while let Some((at, byte)) = find(bytes, pos, |byte| byte == quote.byte || byte == b'\\') {
            if byte != b'\\' && quote.closes(bytes, at) {
                return Literal { end: at + 3, closed: true };
            }
            pos = at + if byte == b'\\' { 2 } else { 1 };
        }
        return end;
    }
    while let Some((at, byte)) = find(bytes, pos, |byte| byte == quote.byte || matches!(byte, b'\\' | b'\n')) {
        match byte {
            b'\\' => pos = at + 2,
            b'\n' => return Literal { end: at, closed: false },
            _ => return Literal { end: at + 1, closed: true },
        }
    }
    end
}

/// After a backslash in a formatted literal: a brace is never escaped, `\N{…}` is no field.
fn escape(bytes: &[u8], at: usize, quote: Quote) -> usize {
    match (bytes.get(at + 1), bytes.get(at + 2)) {
        (Some(b'{' | b'}'), _) => at + 1,
        (Some(b'N'), Some(b'{')) if !quote.raw => {
            let stop = |byte: u8| byte == quote.byte || matches!(byte, b'}' | b'\n');
            match find(bytes, at + 3, stop) {
                Some((close, b'}')) => close + 1,
                Some((other, _)) => other,
                None => bytes.len(),
            }
        }
        _ => at + 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quote stands after the prefix; the literal ends before `rest`.
    macro_rules! ends {
        ($($test:ident: $text:expr, $rest:expr;)*) => {$(
            #[test]
            fn $test() {
                let text: &str = $text;
                let quote = text.find(['"', '\'']).unwrap();
                let literal = Strings::default().literal(text.as_bytes(), quote);
                assert_eq!((text.get(literal.end..).unwrap(), literal.closed), $rest);
            }
        )*};
    }

    ends! {
        plain_one: "'a' b", (" b", true);
        empty: "'' b", (" b", true);
        empty_triple: "\"\"\"\"\"\" b", (" b", true);
        escaped_quote: r"'a\'b' c", (" c", true);
        escaped_backslash: r"'a\\' c", (" c", true);
        raw_keeps_the_backslash_but_not_the_quote: r"r'a\'b' c", (" c", true);
        continued: "'a\\\nb' c", (" c", true);
        unclosed_at_the_line: "'a\nb'", ("\nb'", false);
        unclosed_at_the_end: "'a", ("", false);
        backslash_at_the_end: "'a\\", ("", false);
        triple: "'''a'b''c\n''' d", (" d", true);
        triple_ends_in_a_quote: r"'''a\'''' d", (" d", true);
        unclosed_triple: "'''a\n'", ("", false);
        other_quotes: "\"it's\" d", (" d", true);
        nested_quotes: "f'{a['b']}' c", (" c", true);
        nested_formatted: "f'{f'{f'{1}'}'}' c", (" c", true);
        nested_template: "t'{rt'{1}'}' c", (" c", true);
        bytes_are_not_formatted: "rb'{' c", (" c", true);
        doubled_braces: "f'{{' c", (" c", true);
        closing_braces: "f'}}{a}}}' c", (" c", true);
        set_in_field: "f'{ {1} }' c", (" c", true);
        format: "f'{a:{b}>{c['d']}}' c", (" c", true);
        format_with_other_quotes: "f\"{a:'>10}\" c", (" c", true);
        format_is_no_dict: "f'{ {1: 2}[1]:3}' c", (" c", true);
        doubled_braces_in_a_format: "f'{a:{{b}}}' c", (" c", true);
        unequal: "f'{a!=b}' c", (" c", true);
        named_character: r"f'\N{DASH}' c", (" c", true);
        named_character_raw: r"rf'\N{'}'}' c", (" c", true);
        escaped_brace_is_a_field: r"f'\{'}'}' c", (" c", true);
        line_in_a_field: "f'{\na # '\n}' c", (" c", true);
        line_in_a_format: "f'{a:x\n}' c", (" c", true);
        unclosed_field: "f'{a' c\n d", ("\n d", false);
        unclosed_formatted: "f'a\n d", ("\n d", false);
        unclosed_in_triple: "f'''{'a\n}''' d", (" d", false);
        quote_in_a_format: "f'{a:b' c", (" c", true);
        letters_that_are_no_prefix: "if'a{' c", (" c", true);
    }

    #[test]
    fn a_prefix_is_known_by_what_stands_before_it() {
        let of = |text: &str| prefix(text.as_bytes(), text.len());
        assert_eq!(of("rB"), (2, false, true));
        assert_eq!(of("=f"), (1, true, false));
        assert_eq!(of("= Rt"), (2, true, true));
        assert_eq!(of("bu"), (0, false, false));
        assert_eq!(of("xrb"), (0, false, false));
        assert_eq!(of(""), (0, false, false));
    }
}
