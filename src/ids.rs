//! Ids: numbers that refer to things by their place in the list of all things of one kind.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::marker::PhantomData;

/// A number of its own type, so that the id of a namespace cannot be taken for that of a module.
pub(crate) trait Id: Copy {
    /// The id of a place.
    fn of(place: u32) -> Self;

    /// The place of an id.
    fn place(self) -> u32;
}

/// A plain number, for lists that live within one function.
impl Id for u32 {
    fn of(place: u32) -> Self {
        place
    }

    fn place(self) -> u32 {
        self
    }
}

/// Declares the id type of one kind of thing.
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(u32);

        impl $crate::ids::Id for $name {
            fn of(place: u32) -> Self {
                Self(place)
            }

            fn place(self) -> u32 {
                self.0
            }
        }
    };
}
pub(crate) use id_type;

/// A list whose places are ids. Nothing is ever removed, so an id stays valid.
///
/// An id of another list is a bug of the core. [`Self::at`] asserts that there is none in debug builds, and so in every test. A release
/// returns a default value instead, since a panic in WebAssembly ends the whole Pyodide and the user's session.
#[derive(Clone, Debug)]
pub(crate) struct IndexVec<I, T> {
    items: Vec<T>,
    blank: T,
    ids: PhantomData<fn(I)>,
}

impl<I, T: Default> Default for IndexVec<I, T> {
    fn default() -> Self {
        Self::from_iter([])
    }
}

impl<I, T: Default> FromIterator<T> for IndexVec<I, T> {
    fn from_iter<A: IntoIterator<Item = T>>(items: A) -> Self {
        Self { items: Vec::from_iter(items), blank: T::default(), ids: PhantomData }
    }
}

impl<I: Id, T: Default> IndexVec<I, T> {
    /// A list of equal things.
    pub fn filled(count: u32, item: T) -> Self
    where
        T: Clone,
    {
        Self { items: vec![item; count as usize], blank: T::default(), ids: PhantomData }
    }

    /// Adds a thing. More than 4 billion have no place in WebAssembly's memory.
    pub fn push(&mut self, item: T) -> I {
        let id = I::of(self.len());
        self.items.push(item);
        id
    }

    /// How many things there are.
    pub fn len(&self) -> u32 {
        u32::try_from(self.items.len()).unwrap_or(u32::MAX)
    }

    /// The thing of an id.
    pub fn at(&self, id: I) -> &T {
        let item = self.items.get(id.place() as usize);
        debug_assert!(item.is_some(), "the id {} of a list of {}", id.place(), self.items.len());
        item.unwrap_or(&self.blank)
    }

    /// The thing of an id, to change it.
    pub fn at_mut(&mut self, id: I) -> &mut T {
        let count = self.items.len();
        let item = self.items.get_mut(id.place() as usize);
        debug_assert!(item.is_some(), "the id {} of a list of {count}", id.place());
        item.unwrap_or_else(|| {
            self.blank = T::default();
            &mut self.blank
        })
    }

    /// All ids, in their order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + Clone + use<I, T> {
        (0..self.len()).map(I::of)
    }

    /// All things, in the order of their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// All things with their ids.
    pub fn pairs(&self) -> impl Iterator<Item = (I, &T)> {
        self.ids().zip(&self.items)
    }
}

/// Sorts ids of any type. All of them share one sort, since every copy of the library's is 8 KB of WebAssembly.
pub(crate) fn sort<I: Id>(ids: &mut [I], order: &dyn Fn(I, I) -> Ordering) {
    let mut places: Vec<u32> = ids.iter().map(|id| id.place()).collect();
    sort_places(&mut places, &|a, b| order(I::of(a), I::of(b)));
    for (id, place) in ids.iter_mut().zip(places) {
        *id = I::of(place);
    }
}

/// Sorts things of any type, stably. Their places are sorted by the sort that ids have, and each thing is moved once.
pub(crate) fn sorted<T>(items: Vec<T>, order: &dyn Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut places: Vec<u32> = (0..).take(items.len()).collect();
    let item = |place: u32| items.get(place as usize);
    sort_places(&mut places, &|a, b| {
        let of_items = item(a).zip(item(b)).map_or(Ordering::Equal, |(a, b)| order(a, b));
        of_items.then_with(|| a.cmp(&b))
    });
    let mut left: Vec<Option<T>> = items.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| left.get_mut(place as usize)?.take()).collect()
}

fn sort_places(places: &mut [u32], order: &dyn Fn(u32, u32) -> Ordering) {
    places.sort_unstable_by(|a, b| order(*a, *b));
}

/// A set, of ids or of anything else. The library's own way sorts first, with a copy of its sort for each type.
pub(crate) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    id_type! {
        /// A word of a list.
        WordId
    }

    #[test]
    fn an_id_leads_to_what_it_was_given_for() {
        let mut words: IndexVec<WordId, String> = IndexVec::default();
        let (a, b) = (words.push("a".to_owned()), words.push("b".to_owned()));
        words.at_mut(b).push('!');
        assert_eq!((words.at(a).as_str(), words.at(b).as_str(), words.len()), ("a", "b!", 2));
        assert_eq!(words.ids().collect::<Vec<_>>(), [a, b]);
    }

    #[test]
    #[should_panic(expected = "the id 1 of a list of 1")]
    fn an_id_of_another_list_is_a_fault() {
        let words: IndexVec<WordId, String> = IndexVec::from_iter(["a".to_owned()]);
        words.at(WordId(1));
    }

    #[test]
    fn things_are_sorted_and_equal_ones_keep_their_order() {
        let words = vec!["bb", "a", "cc", "b"];
        assert_eq!(sorted(words, &|a, b| b.len().cmp(&a.len())), ["bb", "cc", "a", "b"]);
    }

    #[test]
    fn ids_are_sorted_by_what_they_stand_for() {
        let words: IndexVec<WordId, &str> = IndexVec::from_iter(["b", "c", "a"]);
        let mut ids: Vec<WordId> = words.ids().collect();
        sort(&mut ids, &|a, b| words.at(a).cmp(words.at(b)));
        assert_eq!(ids, [WordId(2), WordId(0), WordId(1)]);
    }
}
