//! "Did you mean …?": the existing name that is most like a misspelt one.

/// The least likeness of a suggestion, between 0 and 1.
const ALIKE: f64 = 0.6;

/// Existing names, prepared for looking several misspelt ones up.
///
/// An edit distance costs a microsecond, a lower bound of it a few instructions. So the distance is computed only for names that can win by
/// the bound. Without it, 10,000 misspelt imports among 10,000 modules would take minutes.
#[derive(Debug, Default)]
pub(crate) struct Candidates<'a> {
    candidates: Vec<(&'a str, Folded)>,
}

impl<'a> FromIterator<&'a str> for Candidates<'a> {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        Self { candidates: names.into_iter().map(|name| (name, Folded::new(name))).collect() }
    }
}

impl<'a> Candidates<'a> {
    /// The name most like a word: the one with the smallest edit distance (insert, delete, replace, exchange) relative to the longer of
    /// the two. Case and underscores are ignored. Among equals the alphabetically first wins. None if every name differs in more than two
    /// letters of five.
    pub fn nearest(&self, word: &str) -> Option<&'a str> {
        let wanted = Folded::new(word);
        let bounds: Vec<u32> = self.candidates.iter().map(|(_, candidate)| wanted.least_distance(candidate)).collect();
        let mut best: Option<(f64, &str)> = None;
        // The lowest bounds first: a good match rules the rest out.
        for bound in 0..=bounds.iter().copied().max().unwrap_or(0) {
            for ((name, candidate), _) in self.candidates.iter().zip(&bounds).filter(|(_, of)| **of == bound) {
                let at_best = likeness(bound, wanted.length.max(candidate.length));
                if at_best < ALIKE || !wins(at_best, name, best) {
                    continue;
                }
                let score = strsim::normalized_damerau_levenshtein(&wanted.text, &candidate.text);
                if score >= ALIKE && wins(score, name, best) {
                    best = Some((score, name));
                }
            }
        }
        best.map(|(_, name)| name)
    }
}

/// The name most like a word: see [`Candidates::nearest`].
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    Candidates::from_iter(names).nearest(word)
}

fn wins(score: f64, name: &str, best: Option<(f64, &str)>) -> bool {
    best.is_none_or(|(other, known)| score > other || (score >= other && name < known))
}

fn likeness(distance: u32, length: u32) -> f64 {
    if length == 0 { 1.0 } else { 1.0 - f64::from(distance) / f64::from(length) }
}

/// A name in lower case and without underscores.
#[derive(Debug)]
struct Folded {
    text: String,
    length: u32,
    /// A bit for each letter in it, and another for each letter that occurs twice.
    letters: u64,
}

impl Folded {
    fn new(name: &str) -> Self {
        let text = name.to_lowercase().replace('_', "");
        let (mut length, mut letters) = (0, 0_u64);
        for letter in text.chars() {
            let once = 1_u64 << (u32::from(letter) % 32);
            letters |= if letters & once == 0 { once } else { once << 32 };
            length += 1;
        }
        Self { text, length, letters }
    }

    /// A lower bound of the edit distance: the letters that one name has and the other lacks. One edit accounts for at most one of each.
    fn least_distance(&self, other: &Self) -> u32 {
        let lacking = (self.letters & !other.letters).count_ones();
        let surplus = (other.letters & !self.letters).count_ones();
        lacking.max(surplus).max(self.length.abs_diff(other.length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! finds {
        ($($test:ident: $word:expr, [$($name:expr),*] => $nearest:expr;)*) => {$(
            #[test]
            fn $test() {
                let nearest: Option<&str> = $nearest;
                assert_eq!(super::nearest($word, [$($name),*]), nearest);
            }
        )*};
    }

    finds! {
        a_letter_too_much: "userr", ["order", "user"] => Some("user");
        two_letters_exchanged: "ordre", ["other", "order"] => Some("order");
        case_and_underscores_count_for_nothing: "HTMLParser", ["html_parsers", "html_parser"] => Some("html_parser");
        the_first_of_equals: "cat", ["hat", "bat"] => Some("bat");
        the_first_of_names_that_fold_to_one: "ab", ["a_b", "AB", "ab"] => Some("AB");
        two_letters_of_five: "abcde", ["abcxy"] => Some("abcxy");
        three_letters_of_five: "abcde", ["abxyz"] => None;
        not_ascii: "größen", ["grösse", "größe"] => Some("größe");
        nothing_to_choose_from: "user", [] => None;
        nothing_left_of_a_name: "_", ["user", "__"] => Some("__");
    }

    /// The same without a lower bound: every distance is computed.
    fn nearest_of_all<'a>(word: &str, names: &[&'a str]) -> Option<&'a str> {
        let folded = |name: &str| name.to_lowercase().replace('_', "");
        let scored =
            names.iter().map(|name| (strsim::normalized_damerau_levenshtein(&folded(word), &folded(name)), *name));
        let alike = scored.filter(|(score, _)| *score >= ALIKE);
        alike.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1))).map(|(_, name)| name)
    }

    proptest::proptest! {
        #[test]
        fn the_bound_changes_no_answer(word in "[a-cA_é1]{0,9}", names in proptest::collection::vec("[a-cA_é1]{0,9}", 0..12)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            proptest::prop_assert_eq!(nearest(&word, names.iter().copied()), nearest_of_all(&word, &names));
        }
    }
}
