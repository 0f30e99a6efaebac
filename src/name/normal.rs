//! Which names are in Unicode's normal form NFKC, as far as that can be told without its tables.

use std::ops::RangeInclusive;

/// Letters that NFKC leaves alone and that no letter beside them changes: of Latin, Cyrillic, Japanese, Chinese and Korean those in common use.
const STABLE: [RangeInclusive<char>; 6] = [
    '\u{c0}'..='\u{131}',
    '\u{400}'..='\u{481}',
    '\u{3041}'..='\u{3094}',
    '\u{30a1}'..='\u{30fa}',
    '\u{4e00}'..='\u{9fff}',
    '\u{ac00}'..='\u{d7a3}',
];

/// Whether NFKC leaves a text as it is. Most names beyond ASCII are told by this alone, so that a project in Chinese costs no call of its host
/// for each file.
///
/// ```
/// use pyautoload_wasm::name::is_surely_normal;
/// assert!(is_surely_normal("größe") && is_surely_normal("数据"));
/// assert!(!is_surely_normal("gro\u{308}ße") && !is_surely_normal("ｐｒｉｃｅｓ"));
/// assert!(!is_surely_normal("नमस्ते"), "normal, but only the tables know");
/// ```
#[must_use]
pub fn is_surely_normal(text: &str) -> bool {
    text.is_ascii() || text.chars().all(|c| c.is_ascii() || STABLE.iter().any(|range| range.contains(&c)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::{IsNormalized, is_nfkc_quick};

    #[test]
    fn stable_letters_are_normal_whatever_stands_beside_them() {
        for range in STABLE {
            // A letter that composes with one before it would be a "maybe".
            let unsure: String = range.filter(|c| is_nfkc_quick([*c].into_iter()) != IsNormalized::Yes).collect();
            assert_eq!(unsure, "");
        }
    }
}
