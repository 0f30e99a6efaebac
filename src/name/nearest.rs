//! "Did you mean …?": the existing name that is most like a misspelt one.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// The least likeness of a suggestion, between 0 and 1.
const ALIKE: f64 = 0.6;

/// Existing names, prepared for looking several misspelt ones up: most of these are one edit away from what is meant, and are found without
/// looking at all the others.
#[derive(Debug)]
pub(crate) struct Candidates<'a> {
    names: Vec<Candidate<'a>>,
    /// The places of the names that are the same but for a letter, by a hash of the rest; other names can have the same hash.
    neighbours: Vec<Vec<u32>>,
}

#[derive(Debug)]
struct Candidate<'a> {
    name: &'a str,
    folded: Folded,
}

impl<'a> FromIterator<&'a str> for Candidates<'a> {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        let names: Vec<Candidate<'_>> = names.into_iter().map(Candidate::new).collect();
        let size: u32 = names.iter().map(|candidate| candidate.folded.length + 1).sum();
        let mut neighbours = vec![Vec::new(); size as usize];
        for (candidate, place) in names.iter().zip(0..) {
            for hash in candidate.folded.rests(neighbours.len()) {
                if let Some(places) = neighbours.get_mut(hash) {
                    places.push(place);
                }
            }
        }
        Self { names, neighbours }
    }
}

impl<'a> Candidates<'a> {
    /// The name most like a word: see [`nearest`].
    pub fn nearest(&self, word: &str) -> Option<&'a str> {
        let wanted = Folded::new(word);
        let mut best = None;
        for hash in wanted.rests(self.neighbours.len()) {
            let places = self.neighbours.get(hash).into_iter().flatten();
            for candidate in places.filter_map(|place| self.names.get(*place as usize)) {
                let bound = wanted.least_distance(&candidate.folded);
                if bound < 2 {
                    candidate.compete(&wanted, bound, &mut best);
                }
            }
        }
        // What is one edit away is among those.
        search(&wanted, &self.names, 2, best)
    }
}

impl<'a> Candidate<'a> {
    fn new(name: &'a str) -> Self {
        Self { name, folded: Folded::new(name) }
    }

    /// Becomes the best if it is more like the word. An edit distance costs a microsecond, a lower bound of it a few instructions: it is
    /// computed only if this can win by the bound.
    fn compete(&self, wanted: &Folded, bound: u32, best: &mut Option<(f64, &'a str)>) {
        let length = wanted.length.max(self.folded.length);
        let wins = |score: f64, best: Option<(f64, &str)>| {
            let is_better = |(other, known)| score > other || (score >= other && self.name < known);
            score >= ALIKE && best.is_none_or(is_better)
        };
        if !wins(likeness(bound, length), *best) {
            return;
        }
        let distance = strsim::osa_distance(&wanted.text, &self.folded.text);
        let score = likeness(u32::try_from(distance).unwrap_or(u32::MAX), length);
        if wins(score, *best) {
            *best = Some((score, self.name));
        }
    }
}

/// The name most like a word: the one with the smallest edit distance (insert, delete, replace, exchange) relative to the longer of the two.
/// Case and underscores are ignored. Among equals the alphabetically first wins. None if every name differs in more than two letters of five.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let names: Vec<Candidate<'_>> = names.into_iter().map(Candidate::new).collect();
    search(&Folded::new(word), &names, 0, None)
}

/// The same, where the best of those that are nearer than some distance is known.
fn search<'a>(
    wanted: &Folded,
    names: &[Candidate<'a>],
    distance: u32,
    mut best: Option<(f64, &'a str)>,
) -> Option<&'a str> {
    // The lowest bounds first: a good match rules the rest out. A name is longer than the word by the distance at most.
    for bound in 0..=wanted.length {
        let distance = distance.max(bound);
        let at_best = likeness(distance, wanted.length + distance);
        if at_best < ALIKE || best.is_some_and(|(score, _)| score > at_best) {
            break;
        }
        for candidate in names.iter().filter(|candidate| wanted.least_distance(&candidate.folded) == bound) {
            candidate.compete(wanted, bound, &mut best);
        }
    }
    best.map(|(_, name)| name)
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

    /// A hash of the name, and one for each letter of the name without it, below a number. Two names that are at most one edit apart share
    /// one.
    fn rests(&self, below: usize) -> impl Iterator<Item = usize> {
        let without = move |left_out: Option<usize>| {
            let mut hasher = FxHasher::default();
            for (at, letter) in self.text.chars().enumerate() {
                if Some(at) != left_out {
                    hasher.write_u32(letter.into());
                }
            }
            hasher.finish().checked_rem(below as u64).and_then(|hash| usize::try_from(hash).ok()).unwrap_or_default()
        };
        (0..self.length as usize).map(Some).chain([None]).map(without)
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
        let wanted = Folded::new(word);
        let scored = names.iter().map(|name| {
            let other = Folded::new(name);
            let distance = u32::try_from(strsim::osa_distance(&wanted.text, &other.text)).unwrap_or(u32::MAX);
            (likeness(distance, wanted.length.max(other.length)), *name)
        });
        let alike = scored.filter(|(score, _)| *score >= ALIKE);
        alike.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1))).map(|(_, name)| name)
    }

    proptest::proptest! {
        #[test]
        fn the_bound_changes_no_answer(word in "[a-cA_é1]{0,9}", names in proptest::collection::vec("[a-cA_é1]{0,9}", 0..12)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let expected = nearest_of_all(&word, &names);
            let candidates: Candidates<'_> = names.iter().copied().collect();
            proptest::prop_assert_eq!(nearest(&word, names.iter().copied()), expected);
            proptest::prop_assert_eq!(candidates.nearest(&word), expected);
        }
    }
}
