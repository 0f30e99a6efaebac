//! What a directory holds. A host hands a whole tree over in one text, of which all names are spans: a directory costs a few
//! allocations, and a file none.

use std::mem;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::vfs::{Kind, join};

/// Where a name begins and ends in its listing's text, and what it is.
pub type Entry = (u32, u32, Kind);

/// Listings that nobody has asked for yet, by path.
pub type Ahead = FxHashMap<String, Listing>;

/// Room for the entries of most directories.
const USUAL_ENTRIES: usize = 32;

/// The entries of one directory, in no order.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    text: Arc<String>,
    entries: Vec<Entry>,
    undecodable: Vec<String>,
}

impl Listing {
    /// Adds an entry.
    pub fn push(&mut self, name: &str, kind: Kind) {
        let text = Arc::make_mut(&mut self.text);
        let start = text.len();
        text.push_str(name);
        self.entries.push((offset(start), offset(text.len()), kind));
    }

    /// Adds an entry whose name is not Unicode, with the name as well as it can be shown.
    pub fn push_undecodable(&mut self, shown: String) {
        self.undecodable.push(shown);
    }

    /// The listing of a directory from a text that a host has made: for each kind one of `f` (files), `d` (directories), `l` (links), `o`
    /// (others), the names with a `/` behind each, the one character that no name holds, and one more `/`. Kinds that are not known are
    /// left out, and so is what is behind the last `/`, which the host has cut off.
    ///
    /// Behind that can be the entries of directories below, which are added to `ahead`: each behind a `p`, its path from there with a `/`
    /// behind each part, and one more `/`.
    pub fn read(text: String, dir: &str, ahead: &mut Ahead) -> Self {
        let text = Arc::new(text);
        let of = |entries| Self { text: Arc::clone(&text), entries, undecodable: Vec::new() };
        let mut path = dir.to_owned();
        let mut entries = Vec::with_capacity(USUAL_ENTRIES);
        let mut group = None;
        let (mut first, mut start) = (0, 0);
        for (at, byte) in text.bytes().enumerate() {
            match (group, byte) {
                (None, b'/') => {}
                (None, letter) => {
                    group = Some(letter);
                    start = at.saturating_add(1);
                    first = start;
                }
                (Some(letter), b'/') if at == start => {
                    group = None;
                    if letter == b'p' {
                        let below = text.get(first..at).unwrap_or_default().trim_end_matches('/');
                        let listed = mem::replace(&mut entries, Vec::with_capacity(USUAL_ENTRIES));
                        ahead.insert(mem::replace(&mut path, join(dir, below)), of(listed));
                    }
                }
                (Some(letter), b'/') => {
                    if let Some(kind) = kind_of(letter) {
                        entries.push((offset(start), offset(at), kind));
                    }
                    start = at.saturating_add(1);
                }
                _ => {}
            }
        }
        ahead.insert(path, of(entries));
        ahead.remove(dir).unwrap_or_default()
    }

    /// The entries, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.entries.iter().filter_map(|&(start, end, kind)| Some((self.text.get(start as usize..end as usize)?, kind)))
    }

    /// The text that the names are spans of, and the entries.
    #[must_use]
    pub fn into_parts(self) -> (Arc<String>, Vec<Entry>) {
        (self.text, self.entries)
    }

    /// Names that are not Unicode, as well as they can be shown.
    #[must_use]
    pub fn undecodable(&self) -> &[String] {
        &self.undecodable
    }
}

/// A longer text than 4 GB has no place in WebAssembly's memory.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn kind_of(letter: u8) -> Option<Kind> {
    match letter {
        b'f' => Some(Kind::File),
        b'd' => Some(Kind::Dir),
        b'l' => Some(Kind::Link),
        b'o' => Some(Kind::Other),
        _ => None,
    }
}
