//! One glob, compiled.
//!
//! globset reads it and says what it means, as a regular expression; regex-lite matches that. globset's own matchers bring regex-automata and
//! aho-corasick, which were nearly half of the wasm (155 of 332 KB gzipped).

use globset::{ErrorKind, GlobBuilder};
use regex_lite::{Regex, RegexBuilder};

use crate::error::{Error, Result};

/// How deep alternatives may be nested. globset recurses into them, and a stack overflow in WebAssembly ends the whole Pyodide.
const MAX_NESTING: usize = 32;

#[derive(Clone, Debug)]
pub(super) struct Glob {
    /// The literal text at the start of every match, checked before the regular expression.
    prefix: String,
    /// None if the glob is literal as a whole.
    regex: Option<Regex>,
}

impl Glob {
    /// Compiles the glob that a pattern has, for a purpose that errors name.
    ///
    /// # Errors
    /// A configuration error that shows where the pattern is wrong.
    pub fn new(purpose: &str, pattern: &str, glob: &str) -> Result<Self> {
        if nesting(glob) > MAX_NESTING {
            return Err(Error::configuration(format!(
                "{purpose}({pattern:?}): alternatives stand in each other more than {MAX_NESTING} deep: pass several patterns"
            )));
        }
        let built = GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build();
        let built = built.map_err(|error| faulty(purpose, pattern, glob, error.kind()))?;
        let signs = ['*', '?', '[', ']', '{', '}', '\\', ','];
        let prefix = glob.split(signs).next().unwrap_or_default().to_owned();
        let regex = if prefix == glob {
            None
        } else {
            let text = built.regex().strip_prefix("(?-u)").unwrap_or(built.regex());
            let regex = RegexBuilder::new(text).dot_matches_new_line(true).build();
            Some(regex.map_err(|error| position(purpose, pattern, &error.to_string(), 1))?)
        };
        Ok(Self { prefix, regex })
    }

    pub fn matches(&self, text: &str) -> bool {
        match &self.regex {
            None => text == self.prefix,
            Some(regex) => text.starts_with(&self.prefix) && regex.is_match(&bytes_as_chars(text)),
        }
    }

    /// Whether an absolute glob is one of paths in a root, given with a slash at its end: it begins as that does.
    pub fn starts_in(&self, root: &str) -> bool {
        self.prefix.starts_with(root) || self.starts_above(root)
    }

    /// Whether it names directories that a path is in. The slash that all absolute paths begin with is none.
    pub fn starts_above(&self, path: &str) -> bool {
        let dirs = self.prefix.rfind('/').and_then(|at| self.prefix.get(..=at)).unwrap_or_default();
        self.prefix == path || (dirs.len() > 1 && path.starts_with(dirs))
    }
}

/// globset's regular expressions match bytes, regex-lite's match characters: so each byte becomes the character with its number.
fn bytes_as_chars(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

/// The deepest nesting of braces. Escaped ones and those in brackets are counted, too.
fn nesting(pattern: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in pattern.bytes() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The error for a pattern that does not compile, with the position that globset's error does not have.
fn faulty(purpose: &str, pattern: &str, glob: &str, kind: &ErrorKind) -> Error {
    let start = pattern.find(glob).unwrap_or_default();
    let (what, sign) = match kind {
        ErrorKind::UnclosedClass => ("'[' is never closed".to_owned(), "["),
        ErrorKind::UnclosedAlternates => ("'{' is never closed".to_owned(), "{"),
        ErrorKind::UnopenedAlternates => ("'}' was never opened".to_owned(), "}"),
        ErrorKind::DanglingEscape => ("nothing follows the last '\\'".to_owned(), "\\"),
        ErrorKind::InvalidRange(from, to) => {
            let range = format!("{from}-{to}");
            let at = glob.find(&range).map_or(0, |at| at + 1 + start);
            return position(purpose, pattern, &format!("the range '{range}' runs backwards"), at);
        }
        kind => (kind.to_string(), ""),
    };
    position(purpose, pattern, &what, unmatched(glob, sign).map_or(0, |at| at + 1 + start))
}

fn position(purpose: &str, pattern: &str, what: &str, column: usize) -> Error {
    Error::configuration(format!(
        "{purpose}({pattern:?}): not a glob: {what}, at position {column}; correct it, or put the sign in brackets as in '[[]'"
    ))
}

/// The position of the sign without a partner. The pattern is known to be faulty, so counting is enough.
fn unmatched(glob: &str, sign: &str) -> Option<usize> {
    match sign {
        "{" => {
            let mut open = Vec::new();
            for (at, c) in glob.char_indices() {
                match c {
                    '{' => open.push(at),
                    '}' => drop(open.pop()),
                    _ => {}
                }
            }
            open.first().copied()
        }
        "}" => {
            let mut depth = 0_usize;
            glob.char_indices().find_map(|(at, c)| match c {
                '{' => {
                    depth += 1;
                    None
                }
                '}' if depth == 0 => Some(at),
                '}' => {
                    depth -= 1;
                    None
                }
                _ => None,
            })
        }
        sign => glob.rfind(sign),
    }
}
