//! Which paths are left out (`ignore`) and which directories add no name (`collapse`). Patterns are kept, not their
//! matches: what they cover is decided anew by every scan.
//!
//! A pattern reads as a line of a `.gitignore` ([gitignore(5)](https://git-scm.com/docs/gitignore#_pattern_format)). Without a slash, or with
//! one at its end alone, it names an entry at any depth; with another it counts from each root. A slash at its end means directories only, and
//! a `!` at its start takes back in what a pattern before it has left out. Two things are added: alternatives as in `{a,b}`, and absolute paths,
//! which are patterns that start with a slash and with the path of a root.

mod glob;

use crate::error::{Error, Result};

use glob::Glob;

/// The longest pattern in bytes, as long as a path can be on Linux.
const MAX_LENGTH: usize = 4096;

#[derive(Clone, Debug)]
struct Pattern {
    /// Whether it takes back in what it matches.
    negates: bool,
    is_for_dirs: bool,
    /// Whether it is matched with a name, and not with the path from the root.
    is_name: bool,
    glob: Glob,
    /// The pattern as an absolute path, if it starts with a slash.
    absolute: Option<Glob>,
}

impl Pattern {
    fn matches(&self, relative: &str, absolute: &str, is_dir: bool) -> bool {
        if self.is_for_dirs && !is_dir {
            return false;
        }
        let root = absolute.strip_suffix(relative).unwrap_or_default();
        match &self.absolute {
            Some(glob) if glob.starts_in(root) => glob.matches(absolute),
            _ if self.is_name => self.glob.matches(relative.rsplit_once('/').map_or(relative, |(_, name)| name)),
            _ => self.glob.matches(relative),
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
    /// A configuration error that shows where the pattern is wrong, or why no path can match it; the patterns before it stay in force.
    ///
    /// ```
    /// use pyautoload_wasm::layout::rules::Patterns;
    /// let mut ignored = Patterns::default();
    /// ignored.add("ignore", "tests")?;
    /// assert!(ignored.covers("models/tests", "/app/models/tests", true));
    /// assert!(!ignored.covers("models/latests", "/app/models/latests", true));
    /// assert!(ignored.add("ignore", "a/[b").is_err());
    /// # Ok::<(), pyautoload_wasm::Error>(())
    /// ```
    pub fn add(&mut self, purpose: &str, pattern: &str) -> Result<()> {
        let text = without_trailing_spaces(pattern);
        let (text, negates) = text.strip_prefix('!').map_or((text, false), |rest| (rest, true));
        let (text, is_for_dirs) = text.strip_suffix('/').map_or((text, false), |rest| (rest, true));
        let relative = text.strip_prefix('/').unwrap_or(text);
        if let Some(reason) = fault(pattern, relative) {
            return Err(Error::configuration(format!("{purpose}({pattern:?}): {reason}")));
        }
        if text.len() > MAX_LENGTH {
            return Err(Error::configuration(format!(
                "{purpose}(): a pattern has {} bytes: shorten it to {MAX_LENGTH}, or pass several",
                text.len()
            )));
        }
        let glob = Glob::new(purpose, pattern, relative)?;
        let absolute = if text.starts_with('/') { Some(Glob::new(purpose, pattern, text)?) } else { None };
        let is_name = absolute.is_none() && !text.contains('/');
        self.patterns.push(Pattern { negates, is_for_dirs, is_name, glob, absolute });
        Ok(())
    }

    /// Whether there is no pattern. Then a caller need not build paths to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether an absolute pattern covers a root. That is no entry of itself, so only such a pattern can name it.
    #[must_use]
    pub fn covers_root(&self, root: &str) -> bool {
        self.last(|pattern| pattern.absolute.as_ref().is_some_and(|glob| glob.starts_above(root) && glob.matches(root)))
    }

    /// Whether the patterns cover an entry, given by its path relative to its root and by its absolute path. What the directories above
    /// it are is not asked: an entry of one that is covered is covered as well.
    #[must_use]
    pub fn covers(&self, relative: &str, absolute: &str, is_dir: bool) -> bool {
        self.last(|pattern| pattern.matches(relative, absolute, is_dir))
    }

    /// Whether the last pattern that matches is none that takes back in.
    fn last(&self, matches: impl Fn(&Pattern) -> bool) -> bool {
        self.patterns.iter().rev().find(|pattern| matches(pattern)).is_some_and(|pattern| !pattern.negates)
    }
}

/// The pattern without the spaces at its end, but for one behind a backslash.
fn without_trailing_spaces(pattern: &str) -> &str {
    let trimmed = pattern.trim_end_matches(' ');
    let backslashes = trimmed.len() - trimmed.trim_end_matches('\\').len();
    let is_escaped = backslashes % 2 == 1 && trimmed.len() < pattern.len();
    if is_escaped { pattern.get(..=trimmed.len()).unwrap_or(pattern) } else { trimmed }
}

/// Why no path can match a pattern, of which `text` counts from the root.
fn fault(pattern: &str, text: &str) -> Option<String> {
    if text.is_empty() {
        let examples = "name a file, a folder or a glob such as \"tmp\" or \"*/vendor\"";
        return Some(format!("the pattern is empty: {examples}"));
    }
    if pattern.starts_with('#') {
        return Some(
            "this is a comment of a .gitignore: leave it out, or write '\\#' for a name that begins so".to_owned(),
        );
    }
    if text.contains("[:") {
        return Some("classes by name are not known here: write their letters, as in [a-z]".to_owned());
    }
    let part = text.split('/').find(|part| matches!(*part, "" | "." | ".."))?;
    let what = if part.is_empty() { "//".to_owned() } else { format!("'{part}' as a part of it") };
    Some(format!(
        "no path matches a pattern with {what}: write the path as it is from the root, such as \"models/tmp\""
    ))
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

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! covers {
        ($($test:ident: $pattern:expr, $path:expr => $covered:expr;)*) => {$(
            #[test]
            fn $test() {
                let mut patterns = Patterns::default();
                patterns.add("ignore", $pattern).unwrap();
                let is_dir = !$path.ends_with(".py");
                assert_eq!(patterns.covers($path, &format!("/app/{}", $path), is_dir), $covered);
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
        a_trailing_slash_means_a_directory: "tmp/", "a/tmp" => true;
        a_trailing_slash_means_no_file: "tmp.py/", "tmp.py" => false;
        a_leading_slash_means_the_root: "/dist", "dist" => true;
        a_leading_slash_is_not_found_deeper: "/dist", "lib/dist" => false;
        a_leading_slash_with_a_glob: "/*/x.py", "a/x.py" => true;
        two_stars_at_the_end_are_all_inside: "a/**", "a/b" => true;
        two_stars_at_the_end_are_not_the_directory: "a/**", "a" => false;
        two_stars_between_slashes_may_be_nothing: "a/**/b", "a/b" => true;
        two_stars_in_a_name_are_one: "/x**y", "x/y" => false;
        a_negated_class_is_no_slash: "a[!x]b", "a/b" => false;
        spaces_at_the_end: "tmp  ", "tmp" => true;
        an_escaped_space_at_the_end: "tmp\\  ", "tmp " => true;
        an_escaped_exclamation_mark: "\\!a.py", "!a.py" => true;
        what_is_taken_back_in_alone: "!a.py", "a.py" => false;
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
        an_absolute_glob_from_above_the_root: "/*pp/models", "models" => false;
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
                assert!(patterns.covers("kept", "/app/kept", false));
            }
        )*};
    }

    refuses! {
        an_open_class: "a/[b" => "'[' is never closed", 3;
        open_alternates: "a/{b,c" => "'{' is never closed", 3;
        the_outer_of_two_alternates: "{a,{b}" => "'{' is never closed", 1;
        unopened_alternates: "{a}/b}" => "'}' was never opened", 6;
        a_backward_range: "x[z-a]" => "the range 'z-a' runs backwards", 3;
        behind_an_exclamation_mark: "!a/[b" => "'[' is never closed", 4;
        behind_a_slash: "/a/[b" => "'[' is never closed", 4;
        a_dangling_escape: "ab\\" => "nothing follows the last '\\'", 3;
    }

    #[test]
    fn an_empty_pattern_is_refused() {
        for pattern in ["", "/"] {
            let error = Patterns::default().add("collapse", pattern).unwrap_err();
            assert!(error.message.starts_with(&format!("collapse({pattern:?}): the pattern is empty")), "{error}");
        }
    }

    #[test]
    fn a_pattern_that_no_path_can_match_is_refused() {
        for (pattern, reason) in [
            ("./dist", "no path matches a pattern with '.' as a part of it: write the path as it is from the root"),
            ("a/../b", "no path matches a pattern with '..' as a part of it"),
            ("a//b", "no path matches a pattern with //"),
            ("//a", "no path matches a pattern with //"),
            ("# notes", "this is a comment of a .gitignore"),
            ("[[:alpha:]].py", "classes by name are not known here"),
            ("!", "the pattern is empty"),
        ] {
            let error = Patterns::default().add("ignore", pattern).unwrap_err();
            assert!(error.message.starts_with(&format!("ignore({pattern:?}): {reason}")), "{error}");
        }
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let mut patterns = Patterns::default();
        let mut covers = |pattern: &str| {
            patterns.add("ignore", pattern).unwrap();
            patterns.covers("gen/keep.py", "/app/gen/keep.py", false)
        };
        assert_eq!(["gen/*.py", "!keep.py", "other.py", "/gen/keep.py"].map(&mut covers), [true, false, false, true]);
    }

    #[test]
    fn only_an_absolute_pattern_covers_a_root() {
        for (pattern, covered) in [
            ("/srv/app", true),
            ("/srv/*", true),
            ("/*", false),
            ("app", false),
            ("/app", false),
            ("/srv/app/x", false),
        ] {
            let mut patterns = Patterns::default();
            patterns.add("ignore", pattern).unwrap();
            assert_eq!(patterns.covers_root("/srv/app"), covered, "{pattern}");
        }
    }
}
