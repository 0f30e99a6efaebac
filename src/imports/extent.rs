//! Where a statement ends, and where its header does: brackets, strings, comments and continuation lines are passed over byte
//! by byte. Most of a file is read only here, so this is the loop that sets the speed of reading.

use super::strings::{Strings, find, in_word, line_end};
use super::tokens::{Kind, Tokens};
use crate::imports::source::ProblemKind;

/// What the reader has to know of a statement before it looks at its tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// At its newline, its `;`, its header's colon, or the end of the text.
    pub end: usize,
    /// Just before the last `=` outside brackets that may assign.
    pub assign: Option<usize>,
    /// The last colon outside brackets.
    pub colon: Option<usize>,
    /// Whether a `:=` stands anywhere in it.
    pub walrus: bool,
    /// A string or bracket that is not closed, and where it begins.
    pub fault: Option<(ProblemKind, usize)>,
}

const STOP: [bool; 256] = {
    let mut table = [false; 256];
    let mut bytes: &[u8] = b"\"'#\n\\()[]{};=:";
    while let [byte, rest @ ..] = bytes {
        #[expect(clippy::indexing_slicing, reason = "a byte indexes a table of 256; evaluated when compiling")]
        {
            table[*byte as usize] = true;
        }
        bytes = rest;
    }
    table
};

fn stops(byte: u8) -> bool {
    STOP.get(usize::from(byte)).copied().unwrap_or(false)
}

/// The extent of the simple statement, or of the whole logical line, that begins at `start`.
pub(super) fn statement(bytes: &[u8], start: usize, strings: &mut Strings) -> Extent {
    walk(bytes, start, strings, false)
}

/// The extent of a compound statement's header: up to its colon, or to the end of its line where it has none.
pub(super) fn header(bytes: &[u8], start: usize, strings: &mut Strings) -> Extent {
    let extent = walk(bytes, start, strings, true);
    let head = bytes.get(start..extent.end).unwrap_or(b"");
    if extent.colon.is_none() || !head.windows(6).any(|word| word == b"lambda") {
        return extent;
    }
    // The colon may be a lambda's: find the header's own among the tokens of the line.
    let line = walk(bytes, start, strings, false);
    let (mut depth, mut lambdas) = (0usize, 0usize);
    for token in Tokens::new(bytes, start, line.end) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Name if depth == 0 && token.bytes(bytes) == b"lambda" => lambdas += 1,
            Kind::Colon if depth == 0 && lambdas > 0 => lambdas -= 1,
            Kind::Colon if depth == 0 => {
                return Extent { end: token.start, colon: Some(token.start), fault: None, ..line };
            }
            _ => {}
        }
    }
    Extent { colon: None, ..line }
}

fn walk(bytes: &[u8], start: usize, strings: &mut Strings, to_colon: bool) -> Extent {
    let mut extent = Extent { end: bytes.len(), ..Extent::default() };
    let (mut pos, mut depth, mut opened) = (start, 0usize, start);
    while let Some((at, byte)) = find(bytes, pos, stops) {
        pos = at + 1;
        match byte {
            b'"' | b'\'' => {
                let literal = strings.literal(bytes, at);
                if !literal.closed {
                    extent.fault = extent.fault.or(Some((ProblemKind::String, at)));
                }
                pos = literal.end;
            }
            b'#' => pos = line_end(bytes, at),
            b'\\' => pos = at + 2,
            b'(' | b'[' | b'{' => {
                if depth == 0 {
                    opened = at;
                }
                depth += 1;
            }
            b')' | b']' | b'}' => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => extent.fault = extent.fault.or(Some((ProblemKind::Bracket, at))),
            },
            b'\n' if depth == 0 || begins_statement(bytes, pos) => {
                extent.end = at;
                break;
            }
            b':' if bytes.get(pos) == Some(&b'=') => {
                extent.walrus = true;
                pos = at + 2;
            }
            _ if depth > 0 => {}
            b';' => {
                extent.end = at;
                break;
            }
            b':' => {
                extent.colon = Some(at);
                if to_colon {
                    extent.end = at;
                    break;
                }
            }
            b'=' if bytes.get(pos) == Some(&b'=') => pos = at + 2,
            b'=' if may_assign(bytes, at) => extent.assign = Some(at),
            _ => {}
        }
    }
    if depth > 0 {
        extent.fault = extent.fault.or(Some((ProblemKind::Bracket, opened)));
    }
    extent
}

/// Whether an `=` is not the end of a comparison.
fn may_assign(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    match before(1) {
        b'!' => false,
        angle @ (b'<' | b'>') => before(2) == angle,
        _ => true,
    }
}

/// Whether a line inside brackets begins with a word that cannot stand there, so that a bracket has to be missing. What
/// follows an unfinished `f(` is then still read.
fn begins_statement(bytes: &[u8], line: usize) -> bool {
    let Some((start, first)) = find(bytes, line, |byte| !matches!(byte, b' ' | b'\t')) else { return false };
    if !first.is_ascii_lowercase() {
        return false;
    }
    let dotted = |byte: u8| in_word(byte) || matches!(byte, b'.' | b' ' | b'\t');
    match word(bytes, start) {
        b"import" | b"def" | b"class" | b"return" | b"while" | b"try" | b"raise" | b"with" | b"del" | b"global"
        | b"nonlocal" | b"assert" | b"pass" | b"break" | b"continue" | b"elif" | b"except" | b"finally" => true,
        // `(yield⏎ from x)` is legal, `from x import` is not.
        b"from" => {
            let end = find(bytes, start, |byte| !dotted(byte)).map_or(bytes.len(), |(at, _)| at);
            let names = bytes.get(start..end).unwrap_or(b"");
            names.split(|byte| !in_word(*byte)).any(|word| word == b"import")
        }
        // `(a⏎ if b` is legal, and so are `{a⏎ if b else c:` and `[a⏎ if b[c:`; `if b:` is not.
        b"if" => {
            let end = find(bytes, start, |byte| !dotted(byte)).map_or(bytes.len(), |(at, _)| at);
            let condition = bytes.get(start..end).unwrap_or(b"");
            bytes.get(end..end + 2) == Some(b":\n")
                && !condition.split(|byte| !in_word(*byte)).any(|word| word == b"else" || word == b"lambda")
        }
        _ => false,
    }
}

/// The word that begins at `start`, of a length that a keyword can have; longer words come back cut and match none.
pub(super) fn word(bytes: &[u8], start: usize) -> &[u8] {
    let rest = bytes.get(start..).unwrap_or(b"");
    let length = rest.iter().take(9).take_while(|byte| in_word(**byte)).count();
    rest.get(..length).unwrap_or(b"")
}

/// The next position that is no blank, outside brackets: blanks are spaces, tabs, form feeds and continued line ends.
pub(super) fn skip_blanks(bytes: &[u8], mut pos: usize) -> usize {
    loop {
        match bytes.get(pos) {
            Some(b' ' | b'\t' | b'\x0c') => pos += 1,
            Some(b'\\') if bytes.get(pos + 1) == Some(&b'\n') => pos += 2,
            _ => return pos.min(bytes.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands after the statement; a `¦` in the header's text marks the end that is expected.
    fn rest_after(text: &str) -> &str {
        text.get(statement(text.as_bytes(), 0, &mut Strings::default()).end..).unwrap()
    }

    macro_rules! ends {
        ($($test:ident: $text:expr => $rest:expr;)*) => {$(
            #[test]
            fn $test() {
                assert_eq!(rest_after($text), $rest);
            }
        )*};
    }

    ends! {
        line: "a = 1\nb" => "\nb";
        semicolon: "a; b" => "; b";
        brackets: "f(a;\n[b\n]{\n})\nb" => "\nb";
        comment: "a # ( '\nb" => "\nb";
        comment_in_brackets: "(a # )\n)\nb" => "\nb";
        string: "a = '\\\n;(' ; b" => "; b";
        docstring: "'''\n;\n'''\nb" => "\nb";
        continued: "a \\\n + 1\nb" => "\nb";
        prefix_after_a_bracket: "(f'{\")\"}')\nb" => "\nb";
        missing_bracket: "f(\nimport a" => "\nimport a";
        missing_bracket_before_from: "f(\nfrom a import b" => "\nfrom a import b";
        missing_bracket_before_if: "f(\nif a:\n  b" => "\nif a:\n  b";
        conditions_in_brackets: "{a\nif b else c:\nd for e in f\nif g[h:\ni]\nif lambda:\n0\nif j # k:\n}\nb" => "\nb";
        yield_from_in_brackets: "(yield\nfrom a)\nb" => "\nb";
        names_like_keywords_in_brackets: "f(\nimporter,\nclass_=1)\nb" => "\nb";
    }

    macro_rules! headers {
        ($($test:ident: $text:expr => $rest:expr;)*) => {$(
            #[test]
            fn $test() {
                let text: &str = $text;
                let end = header(text.as_bytes(), 0, &mut Strings::default()).end;
                assert_eq!(text.get(end..), Some($rest));
            }
        )*};
    }

    headers! {
        header_plain: "if a: b" => ": b";
        header_with_slice: "if a[1:2]: b" => ": b";
        header_with_walrus: "if a := b: c" => ": c";
        header_with_lambda: "if lambda a: b: c" => ": c";
        header_with_lambdas: "if lambda a=lambda: 0: b: c" => ": c";
        header_with_lambda_in_brackets: "if (lambda: b): c" => ": c";
        header_with_annotations: "def f(a: int = 1) -> int: c" => ": c";
        header_without_colon: "if a\nb: c" => "\nb: c";
        header_with_lambda_without_colon: "if lambda: a\nb: c" => "\nb: c";
        header_over_lines: "if (a\n  ) \\\n: c" => ": c";
    }

    #[test]
    fn an_assignment_is_told_from_a_comparison() {
        let assigns = |text: &str| statement(text.as_bytes(), 0, &mut Strings::default()).assign;
        assert_eq!(assigns("a = b = c"), Some(6));
        assert_eq!(assigns("a >>= b"), Some(4));
        assert_eq!(assigns("f(a=1)"), None);
        assert_eq!(assigns("a == b != c <= d >= e"), None);
    }

    #[test]
    fn the_first_fault_is_told_with_its_place() {
        let fault = |text: &str| statement(text.as_bytes(), 0, &mut Strings::default()).fault;
        assert_eq!(fault("a = [1, ("), Some((ProblemKind::Bracket, 4)));
        assert_eq!(fault("a = 1]"), Some((ProblemKind::Bracket, 5)));
        assert_eq!(fault("a = ('b"), Some((ProblemKind::String, 5)));
        assert_eq!(fault("a = ('b')"), None);
    }
}
