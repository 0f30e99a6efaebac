//! Patterns of `ignore` and its like, against globset's own matchers, which the core does without for their size. An input is a pattern,
//! a new line, and a path below a root.

use globset::GlobBuilder;
use pyautoload_wasm::layout::rules::Patterns;

use crate::random::Random;

/// # Panics
/// Where a pattern is refused that globset takes, or covers another path.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pattern, relative) = text.split_once('\n').unwrap_or((text, "models/user.py"));
    let absolute = format!("/app/{relative}");
    let mut patterns = Patterns::default();
    let added = patterns.add("ignore", pattern);
    let trimmed = pattern.strip_suffix('/').unwrap_or(pattern);
    let theirs = GlobBuilder::new(trimmed).literal_separator(true).backslash_escape(true).build();
    let Ok(glob) = theirs else {
        assert!(added.is_err(), "{pattern:?} is no glob");
        return;
    };
    if let Err(error) = added {
        let has_a_limit = ["the pattern is empty", "a pattern has", "alternatives stand in each other"];
        assert!(has_a_limit.iter().any(|limit| error.message.contains(limit)), "{pattern:?}: {error}");
        return;
    }
    let held_against = match (trimmed.starts_with('/'), trimmed.contains('/')) {
        (true, _) => &absolute,
        (false, true) => relative,
        (false, false) => relative.rsplit('/').next().unwrap_or_default(),
    };
    let theirs = glob.compile_matcher().is_match(held_against);
    assert_eq!(patterns.covers(relative, &absolute), theirs, "{pattern:?} and {held_against:?}");
    assert_eq!(patterns.covers_root(&absolute), theirs && trimmed.starts_with('/'), "{pattern:?} and {absolute:?}");
}

const SIGNS: &[&str] = &[
    "*", "**", "**/", "/**", "/**/", "?", "[", "]", "[!", "[^", "[a-z]", "{", "}", ",", "\\", "-", "/", "/app/", ".",
    ".py", "a", "b", "models", "user", "größe", "é", "(", "|", "+", "^", "$", " ",
];
const PARTS: &[&str] =
    &["a", "b", "/", "/", "models", "user", ".py", "größe", "é", "*", "[", "-", "\n", " ", "\\", "{", ","];

/// A pattern and a path, of the same few words.
pub fn generate(random: &mut Random) -> Vec<u8> {
    let mut bytes = format!("{}\n{}", random.phrases(SIGNS, 12), random.phrases(PARTS, 8)).into_bytes();
    random.damage(&mut bytes);
    bytes
}
