//! Patterns of `ignore` and its like, against globset's own matchers, which the core does without for their size. An input is a pattern,
//! a new line, and a path below a root.

use globset::GlobBuilder;
use pyautoload_wasm::layout::rules::Patterns;

use crate::random::Random;

/// # Panics
/// Where a pattern is refused that globset takes and some path can match, or covers another path.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pattern, relative) = text.split_once('\n').unwrap_or((text, "models/user.py"));
    let absolute = format!("/app/{relative}");
    let mut patterns = Patterns::default();
    let added = patterns.add("ignore", pattern);
    if pattern.ends_with(' ') {
        return; // what counts of spaces at the end is in the tests of the patterns
    }
    let (text, negates) = pattern.strip_prefix('!').map_or((pattern, false), |rest| (rest, true));
    let text = text.strip_suffix('/').unwrap_or(text);
    let below = text.strip_prefix('/').unwrap_or(text);
    let built = |text: &str| GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build();
    let (Ok(whole), Ok(glob)) = (built(text), built(below)) else {
        assert!(added.is_err(), "{pattern:?} is no glob");
        return;
    };
    if let Err(error) = added {
        let has_a_limit = [
            "the pattern is empty",
            "a pattern has",
            "alternatives stand in each other",
            "no path matches a pattern with",
            "this is a comment",
            "classes by name",
        ];
        assert!(has_a_limit.iter().any(|limit| error.message.contains(limit)), "{pattern:?}: {error}");
        return;
    }
    let whole_matches = whole.compile_matcher().is_match(&absolute);
    let theirs = if text.starts_with("/app/") {
        whole_matches
    } else {
        let is_name = !text.contains('/');
        let name = relative.rsplit('/').next().unwrap_or_default();
        glob.compile_matcher().is_match(if is_name { name } else { relative })
    };
    assert_eq!(patterns.covers(relative, &absolute, true), theirs && !negates, "{pattern:?} and {relative:?}");
    let literal = text.split(['*', '?', '[', ']', '{', '}', '\\', ',']).next().unwrap_or_default();
    let names_a_path = text.starts_with('/') && (literal == absolute || literal.rfind('/') > Some(0));
    assert_eq!(
        patterns.covers_root(&absolute),
        whole_matches && names_a_path && !negates,
        "{pattern:?} and {absolute:?}"
    );
}

const SIGNS: &[&str] = &[
    "*", "**", "**/", "/**", "/**/", "?", "[", "]", "[!", "[^", "[a-z]", "{", "}", ",", "\\", "-", "/", "/app/", ".",
    ".py", "a", "b", "models", "user", "größe", "é", "(", "|", "+", "^", "$", " ", "!", "#",
];
const PARTS: &[&str] =
    &["a", "b", "/", "/", "models", "user", ".py", "größe", "é", "*", "[", "-", "\n", " ", "\\", "{", ","];

/// A pattern and a path, of the same few words.
pub fn generate(random: &mut Random) -> Vec<u8> {
    let mut bytes = format!("{}\n{}", random.phrases(SIGNS, 12), random.phrases(PARTS, 8)).into_bytes();
    random.damage(&mut bytes);
    bytes
}
