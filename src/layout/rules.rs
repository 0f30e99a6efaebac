//! Which paths are left out (`ignore`) and which directories add no name (`collapse`). Patterns are kept, not their
//! matches: what they cover is decided anew by every scan.
//!
//! A pattern reads as in a `.gitignore`: without a slash it names an entry at any depth, with one it is relative to each root,
//! and one that starts with a slash is an absolute path.
//!
//! globset reads the patterns and says what they mean, as a regular expression; regex-lite matches it. globset's own matchers bring
//! regex-automata and aho-corasick, which were nearly half of the wasm (155 of 332 KB gzipped).

use globset::{ErrorKind, Glob, GlobBuilder};
use regex_lite::{Regex, RegexBuilder};

use crate::error::{Error, Result};

/// The longest pattern in bytes, as long as a path can be on Linux.
const MAX_LENGTH: usize = 4096;
/// How deep alternatives may be nested. globset recurses into them, and a stack overflow in WebAssembly ends the whole Pyodide.
const MAX_NESTING: usize = 32;

/// The part of an entry's path that a pattern is matched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Name,
    Relative,
    Absolute,
}

#[derive(Clone, Debug)]
struct Pattern {
    target: Target,
    /// The literal text at the start of every match, checked before the regular expression.
    prefix: String,
    /// None if the pattern is literal as a whole.
    regex: Option<Regex>,
}

impl Pattern {
    fn matches(&self, text: &str) -> bool {
        match &self.regex {
            None => text == self.prefix,
            Some(regex) => text.starts_with(&self.prefix) && regex.is_match(&bytes_as_chars(text)),
        }
    }
}

/// Patterns of one purpose.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    patterns: Vec<Pattern>,
}

impl Patterns {
    /// Adds a pattern.
    ///
    /// # Errors
    /// A configuration error that shows where the pattern is wrong; the patterns before it stay in force.
    ///
    /// ```
    /// use pyautoload_wasm::layout::rules::Patterns;
    /// let mut ignored = Patterns::default();
    /// ignored.add("ignore", "tests")?;
    /// assert!(ignored.covers("models/tests", "/app/models/tests"));
    /// assert!(!ignored.covers("models/latests", "/app/models/latests"));
    /// assert!(ignored.add("ignore", "a/[b").is_err());
    /// # Ok::<(), pyautoload_wasm::Error>(())
    /// ```
    pub fn add(&mut self, purpose: &str, pattern: &str) -> Result<()> {
        let trimmed = pattern.strip_suffix('/').unwrap_or(pattern);
        if trimmed.is_empty() {
            return Err(Error::configuration(format!(
                "{purpose}({pattern:?}): the pattern is empty: name a file, a folder or a glob such as \"tmp\" or \"*/vendor\""
            )));
        }
        if trimmed.len() > MAX_LENGTH {
            return Err(Error::configuration(format!(
                "{purpose}(): a pattern has {} bytes: shorten it to {MAX_LENGTH}, or pass several",
                trimmed.len()
            )));
        }
        if nesting(trimmed) > MAX_NESTING {
            return Err(Error::configuration(format!(
                "{purpose}({pattern:?}): alternatives stand in each other more than {MAX_NESTING} deep: pass several patterns"
            )));
        }
        let glob = compile(trimmed).map_err(|error| faulty(purpose, pattern, trimmed, error.kind()))?;
        let signs = ['*', '?', '[', ']', '{', '}', '\\', ','];
        let prefix = trimmed.split(signs).next().unwrap_or_default().to_owned();
        let regex = if prefix == trimmed {
            None
        } else {
            let text = glob.regex().strip_prefix("(?-u)").unwrap_or(glob.regex());
            let built = RegexBuilder::new(text).dot_matches_new_line(true).build();
            Some(built.map_err(|error| position(purpose, pattern, &error.to_string(), 1))?)
        };
        let target = match (trimmed.starts_with('/'), trimmed.contains('/')) {
            (true, _) => Target::Absolute,
            (false, true) => Target::Relative,
            (false, false) => Target::Name,
        };
        self.patterns.push(Pattern { target, prefix, regex });
        Ok(())
    }

    /// Whether there is no pattern. Then a caller need not build paths to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether an absolute pattern covers a path. A root itself is no entry of a root, so only such a pattern can name it.
    #[must_use]
    pub fn covers_root(&self, absolute: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.target == Target::Absolute && pattern.matches(absolute))
    }

    /// Whether a pattern covers an entry, given by its path relative to its root and by its absolute path.
    #[must_use]
    pub fn covers(&self, relative: &str, absolute: &str) -> bool {
        let name = relative.rsplit_once('/').map_or(relative, |(_, name)| name);
        self.patterns.iter().any(|pattern| {
            pattern.matches(match pattern.target {
                Target::Name => name,
                Target::Relative => relative,
                Target::Absolute => absolute,
            })
        })
    }
}

/// globset's regular expressions match bytes, regex-lite's match characters: so each byte becomes the character with its number.
fn bytes_as_chars(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

/// What a scan leaves out, and what adds no name.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Entries that are left out, with all below them.
    pub ignore: Patterns,
    /// Directories whose entries count as their parent's.
    pub collapse: Patterns,
    /// Entries that eager loading leaves out, with all below them.
    pub lazy: Patterns,
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

fn compile(pattern: &str) -> std::result::Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build()
}

/// The error for a pattern that does not compile, with the position that globset's error does not have.
fn faulty(purpose: &str, pattern: &str, glob: &str, kind: &ErrorKind) -> Error {
    let (what, sign) = match kind {
        ErrorKind::UnclosedClass => ("'[' is never closed".to_owned(), "["),
        ErrorKind::UnclosedAlternates => ("'{' is never closed".to_owned(), "{"),
        ErrorKind::UnopenedAlternates => ("'}' was never opened".to_owned(), "}"),
        ErrorKind::DanglingEscape => ("nothing follows the last '\\'".to_owned(), "\\"),
        ErrorKind::InvalidRange(from, to) => {
            let range = format!("{from}-{to}");
            let at = glob.find(&range).map_or(0, |at| at + 1);
            return position(purpose, pattern, &format!("the range '{range}' runs backwards"), at);
        }
        kind => (kind.to_string(), ""),
    };
    position(purpose, pattern, &what, unmatched(glob, sign).map_or(0, |at| at + 1))
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

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! covers {
        ($($test:ident: $pattern:expr, $path:expr => $covered:expr;)*) => {$(
            #[test]
            fn $test() {
                let mut patterns = Patterns::default();
                patterns.add("ignore", $pattern).unwrap();
                assert_eq!(patterns.covers($path, &format!("/app/{}", $path)), $covered);
            }
        )*};
    }

    covers! {
        a_bare_name_at_the_top: "tmp", "tmp" => true;
        a_bare_name_at_any_depth: "tmp", "a/b/tmp" => true;
        a_bare_name_is_whole: "tmp", "tmp2" => false;
        a_bare_glob: "test_*.py", "models/test_user.py" => true;
        a_path_is_anchored: "models/concerns", "models/concerns" => true;
        a_path_is_not_found_deeper: "models/concerns", "x/models/concerns" => false;
        a_star_stops_at_slashes: "*/concerns", "a/b/concerns" => false;
        two_stars_do_not: "**/concerns", "a/b/concerns" => true;
        alternatives: "{tmp,test}/x", "test/x" => true;
        a_trailing_slash_is_nothing: "tmp/", "tmp" => true;
        an_absolute_path: "/app/models/user.py", "models/user.py" => true;
        an_absolute_path_elsewhere: "/lib/models/user.py", "models/user.py" => false;
        a_question_mark: "tes?", "a/test" => true;
        a_question_mark_is_no_slash: "a?b", "a/b" => false;
        a_class: "[a-c]*.py", "x/b_1.py" => true;
        a_negated_class: "[!a-c]*.py", "x/b_1.py" => false;
        an_escaped_sign: "a\\*", "x/a*" => true;
        an_escaped_sign_is_no_star: "a\\*", "x/ab" => false;
        a_comma_outside_of_alternates: "a,b", "a,b" => true;
        two_stars_cross_new_lines: "a/**/b", "a/x\ny/b" => true;
        case_counts: "Tmp", "tmp" => false;
        not_ascii_in_alternates: "{größe,x}.py", "m/größe.py" => true;
        an_absolute_glob: "/app/*/user.py", "models/user.py" => true;
        not_ascii: "grö*", "a/größe" => true;
    }

    macro_rules! refuses {
        ($($test:ident: $pattern:expr => $what:expr, $position:expr;)*) => {$(
            #[test]
            fn $test() {
                let mut patterns = Patterns::default();
                patterns.add("ignore", "kept").unwrap();
                let expected = format!(
                    "ignore({:?}): not a glob: {}, at position {}; correct it, or put the sign in brackets as in '[[]'",
                    $pattern, $what, $position
                );
                assert_eq!(patterns.add("ignore", $pattern).unwrap_err().message, expected);
                assert!(patterns.covers("kept", "/app/kept"));
            }
        )*};
    }

    refuses! {
        an_open_class: "a/[b" => "'[' is never closed", 3;
        open_alternates: "a/{b,c" => "'{' is never closed", 3;
        the_outer_of_two_alternates: "{a,{b}" => "'{' is never closed", 1;
        unopened_alternates: "{a}/b}" => "'}' was never opened", 6;
        a_backward_range: "x[z-a]" => "the range 'z-a' runs backwards", 3;
        a_dangling_escape: "ab\\" => "nothing follows the last '\\'", 3;
    }

    #[test]
    fn an_empty_pattern_is_refused() {
        for pattern in ["", "/"] {
            let error = Patterns::default().add("collapse", pattern).unwrap_err();
            assert!(error.message.starts_with(&format!("collapse({pattern:?}): the pattern is empty")), "{error}");
        }
    }
}
