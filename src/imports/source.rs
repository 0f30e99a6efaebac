//! The text of a Python file: byte order mark, declared encoding and line ends, as Python reads them. What the text says
//! is left to `imports`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::imports::encoding::Encoding;
use crate::vfs::Texts;

/// What is wrong with a file, as far as it can be told without a parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// The bytes are not the text that the file declares.
    Encoding,
    /// A string that is never closed.
    String,
    /// A bracket that is never closed, or never opened.
    Bracket,
    /// A dedent to no outer level, or a header without its block.
    Indentation,
    /// A header without its colon.
    Header,
    /// An import statement that Python would refuse.
    Import,
}

/// The first fault of its kind in a file: the line, and a sentence that ends in what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Counted from one.
    pub line: u32,
    /// What is wrong.
    pub kind: ProblemKind,
    /// The whole sentence, for a person.
    pub message: String,
}

/// A decoded file whose lines end in `\n`, without its byte order mark.
///
/// ```
/// use pyautoload_wasm::{imports::source::Source, vfs::NoTexts};
/// assert_eq!(Source::decode(b"\xef\xbb\xbfimport a\r\nimport b\r", &NoTexts)?.text(), "import a\nimport b\n");
/// assert_eq!(Source::decode(b"# coding: latin-1\ngr\xfc\xdfe = 1", &NoTexts)?.text(), "# coding: latin-1\ngrüße = 1");
/// assert!(Source::decode(b"\xff\xfe", &NoTexts).unwrap_err().message.contains("UTF-8"));
/// # Ok::<(), pyautoload_wasm::imports::source::Problem>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    text: Cow<'a, str>,
    doubt: Option<Problem>,
}

impl<'a> Source<'a> {
    /// Decodes a file by its byte order mark or its [PEP 263](https://peps.python.org/pep-0263/) declaration: UTF-8, ASCII and Latin-1
    /// here, what else there is by the host's tables. Of encodings that the host does not know, those that extend ASCII byte by byte are
    /// read as Latin-1 and leave a [doubt](Self::doubt): their imports are right, their names beyond ASCII are not.
    ///
    /// # Errors
    /// A problem of the kind `Encoding`: bytes that are not in the declared encoding, an encoding that cannot be read here,
    /// and NUL bytes, which mark a binary file.
    pub fn decode(bytes: &'a [u8], texts: &dyn Texts) -> Result<Self, Problem> {
        let (body, marked) = bytes.strip_prefix(b"\xef\xbb\xbf").map_or((bytes, false), |body| (body, true));
        let declared = declaration(body);
        let encoding = declared.as_ref().map_or(Encoding::Utf8, |(_, name)| Encoding::named(name));
        let line = declared.as_ref().map_or(1, |(line, _)| *line);
        let name = declared.map_or_else(String::new, |(_, name)| name);
        if marked && encoding != Encoding::Utf8 {
            return Err(fault(
                line,
                format!("the file begins with the mark of UTF-8 but declares '{name}': take one of them out"),
            ));
        }
        let bytewise = || Cow::Owned(body.iter().copied().map(char::from).collect());
        let mut doubt = None;
        let text = match encoding {
            Encoding::Utf8 => Cow::Borrowed(utf8(body)?),
            Encoding::Ascii => match body.iter().position(|byte| !byte.is_ascii()) {
                None => Cow::Borrowed(utf8(body)?),
                Some(at) => {
                    return Err(fault(
                        line_of(body, at),
                        format!("the file declares '{name}' but holds other characters: declare 'utf-8'"),
                    ));
                }
            },
            Encoding::Latin1 => bytewise(),
            Encoding::Other { label, extends_ascii } => {
                let decoded = label.map_or(Ok(None), |label| texts.decode(label, body)).map_err(|_| {
                    fault(line, format!("the file declares '{name}' but holds other bytes: save it as UTF-8"))
                })?;
                match decoded {
                    Some(text) => Cow::Owned(text),
                    None if extends_ascii => {
                        doubt = Some(read_bytewise(line, &name));
                        bytewise()
                    }
                    None => {
                        let message = format!("the encoding '{name}' cannot be read here: save the file as UTF-8");
                        return Err(fault(line, message));
                    }
                }
            }
        };
        let mut source = Self::new(text)?;
        source.doubt = doubt;
        Ok(source)
    }

    /// Takes text that is already decoded.
    ///
    /// # Errors
    /// A problem of the kind `Encoding` for NUL characters.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, Problem> {
        let text = text.into();
        if !may_hold_nul_or_return(text.as_bytes()) {
            return Ok(Self { text, doubt: None });
        }
        if let Some(at) = text.bytes().position(|byte| byte == 0) {
            return Err(fault(
                line_of(text.as_bytes(), at),
                "the file holds a NUL byte: it is no Python source, so rename or ignore it".to_owned(),
            ));
        }
        let text = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { text };
        Ok(Self { text, doubt: None })
    }

    /// The text, its lines ended by `\n`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why the text may differ from what Python reads, where it may.
    #[must_use]
    pub const fn doubt(&self) -> Option<&Problem> {
        self.doubt.as_ref()
    }
}

/// The encoding that a comment in the first two lines declares, with its line.
fn declaration(bytes: &[u8]) -> Option<(u32, String)> {
    let (first, rest) = split_line(bytes);
    if let Some(name) = declared_in(first) {
        return Some((1, name));
    }
    let code = first.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'));
    if code.is_some_and(|byte| *byte != b'#') {
        return None;
    }
    declared_in(split_line(rest).0).map(|name| (2, name))
}

/// The bytes before and after the first line end.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else { return (bytes, b"") };
    let (line, rest) = bytes.split_at_checked(end).unwrap_or((bytes, b""));
    (line, rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..)).unwrap_or(b""))
}

/// `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`, as PEP 263 gives it.
fn declared_in(line: &[u8]) -> Option<String> {
    let start = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'))?;
    let comment = line.get(start..)?.strip_prefix(b"#")?;
    comment
        .windows(7)
        .enumerate()
        .filter(|(_, window)| [b"coding:", b"coding="].iter().any(|word| word == window))
        .find_map(|(at, _)| {
            let rest = comment.get(at + 7..)?;
            let name: String = rest
                .iter()
                .skip_while(|byte| matches!(byte, b' ' | b'\t'))
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
                .map(|byte| char::from(*byte))
                .collect();
            (!name.is_empty()).then_some(name)
        })
}

fn read_bytewise(line: u32, name: &str) -> Problem {
    let message = format!("the encoding '{name}' is read byte by byte, so names beyond ASCII are wrong: save as UTF-8");
    fault(line, message)
}

/// Whether a text may hold a NUL or a carriage return: few do, and one pass over eight bytes at a time tells.
fn may_hold_nul_or_return(bytes: &[u8]) -> bool {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const RETURNS: u64 = u64::from_ne_bytes([b'\r'; 8]);
    let (words, rest) = bytes.as_chunks();
    // Bit tricks: a byte is zero where subtracting one borrows from its high bit. A byte of a letter beyond ASCII is never taken for one.
    let has_zero = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let found = words
        .iter()
        .map(|word| u64::from_ne_bytes(*word))
        .fold(0, |found, word| found | has_zero(word) | has_zero(word ^ RETURNS));
    found != 0 || rest.iter().any(|byte| matches!(byte, 0 | b'\r'))
}

fn utf8(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|error| {
        let line = line_of(bytes, error.valid_up_to());
        fault(line, "the file is not UTF-8: save it as UTF-8, or declare its encoding in the first line".to_owned())
    })
}

/// The line of a byte, where `\n`, `\r\n` and `\r` each end a line.
fn line_of(bytes: &[u8], at: usize) -> u32 {
    let before = bytes.get(..at).unwrap_or(bytes);
    let pairs = before.windows(2).filter(|pair| pair == b"\r\n").count();
    let ends = before.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    u32::try_from(ends - pairs + 1).unwrap_or(u32::MAX)
}

fn fault(line: u32, message: String) -> Problem {
    Problem { line, kind: ProblemKind::Encoding, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vfs::{NoTexts, Tables};

    macro_rules! decodes {
        ($($test:ident: $bytes:expr => $text:expr;)*) => {$(
            #[test]
            fn $test() {
                let bytes: &[u8] = $bytes;
                assert_eq!(Source::decode(bytes, &Tables).unwrap().text(), $text);
            }
        )*};
    }

    macro_rules! refuses {
        ($($test:ident: $bytes:expr => $line:expr, $part:expr;)*) => {$(
            #[test]
            fn $test() {
                let bytes: &[u8] = $bytes;
                let problem = Source::decode(bytes, &Tables).unwrap_err();
                assert_eq!((problem.line, problem.kind), ($line, ProblemKind::Encoding), "{problem:?}");
                assert!(problem.message.contains($part), "{problem:?}");
            }
        )*};
    }

    decodes! {
        nothing: b"" => "";
        plain: b"a\n" => "a\n";
        mark: b"\xef\xbb\xbfa" => "a";
        mark_and_declaration: b"\xef\xbb\xbf# coding: UTF_8\n" => "# coding: UTF_8\n";
        line_ends: b"a\r\nb\rc\n\r\n\rd" => "a\nb\nc\n\n\nd";
        form_feed_is_no_line_end: b"a\x0c\nb" => "a\x0c\nb";
        latin_1: b"# -*- coding: Latin-1 -*-\n\xe9" => "# -*- coding: Latin-1 -*-\né";
        in_the_second_line: b"#!x\n# vim: fileencoding=iso-latin-1 :\n\xe9" => "#!x\n# vim: fileencoding=iso-latin-1 :\né";
        after_an_empty_dos_line: b"\r\n#coding:l1\r\n\xe9" => "\n#coding:l1\né";
        second_of_two_candidates: b"# coding=; coding=l1\n\xe9" => "# coding=; coding=l1\né";
        too_late: b"\n\n# coding: latin-1\n" => "\n\n# coding: latin-1\n";
        not_after_code: b"x\n# coding: no-such\n" => "x\n# coding: no-such\n";
        not_in_code: b"x = 'coding: no-such'\n" => "x = 'coding: no-such'\n";
        ascii: b"# coding: us-ascii\nx" => "# coding: us-ascii\nx";
        gbk: b"# coding: CP-936\n\xbc\xdb" => "# coding: CP-936\n价";
        shift_jis_with_a_backslash_in_a_letter: b"# coding: sjis\n\x83\x5c" => "# coding: sjis\nソ";
        cyrillic: b"# coding: koi8-r\n\xc1" => "# coding: koi8-r\nа";
        no_label_but_ascii: b"# coding: cp437\n\x81" => "# coding: cp437\n\u{81}";
    }

    refuses! {
        not_utf8: b"a\r\nb\r\xff" => 3, "save it as UTF-8";
        not_ascii: b"# coding: ascii\n\xe9" => 2, "declare 'utf-8'";
        nul: b"a\nb\0" => 2, "NUL byte";
        unknown_encoding: b"\n# coding: rot13\n" => 2, "'rot13' cannot be read here";
        not_what_the_host_knows: b"\n# coding: gbk\n\xff" => 2, "declares 'gbk' but holds other bytes";
        mark_against_declaration: b"\xef\xbb\xbf# coding: latin-1" => 1, "take one of them out";
        utf16: b"\xff\xfei\0m\0" => 1, "not UTF-8";
    }

    #[test]
    fn a_doubtful_encoding_is_told() {
        let doubt = |bytes: &[u8], texts: &dyn Texts| {
            Source::decode(bytes, texts).unwrap().doubt().map(|problem| problem.message.clone())
        };
        assert!(doubt(b"# coding: cp437\n", &Tables).unwrap().contains("'cp437' is read byte by byte"));
        assert_eq!(doubt(b"# coding: cp1252\n", &Tables), None);
        assert!(doubt(b"# coding: cp1252\n", &NoTexts).unwrap().contains("'cp1252' is read byte by byte"));
        assert_eq!(doubt(b"# coding: latin-1\n", &NoTexts), None);
    }

    #[test]
    fn what_only_a_host_can_decode_is_refused_without_one() {
        let problem = Source::decode(b"# coding: gbk\n", &NoTexts).unwrap_err();
        assert_eq!(problem.message, "the encoding 'gbk' cannot be read here: save the file as UTF-8");
    }

    #[test]
    fn a_nul_and_a_return_are_seen_wherever_they_stand() {
        for length in 0..20 {
            let text = vec![b'a'; length];
            assert!(!may_hold_nul_or_return(&text));
            for at in 0..length {
                for byte in [0, b'\r'] {
                    let mut text = text.clone();
                    text[at] = byte;
                    assert!(may_hold_nul_or_return(&text), "{byte} at {at} of {length}");
                }
            }
        }
        assert!(!may_hold_nul_or_return("\u{80}ÿ\u{8d}größe €".as_bytes()));
    }
}
