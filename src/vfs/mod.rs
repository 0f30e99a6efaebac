//! The filesystem that the core sees. The scanner asks for directories, never for single files, because a question
//! costs more than its answer: in Pyodide a `stat` takes 6 to 14 µs, a name in a listing 0.2 µs.

mod disk;
mod host;
mod memory;

pub use disk::DiskVfs;
pub use host::{Host, HostVfs};
pub use memory::MemoryVfs;

use std::collections::BTreeMap;

use crate::error::Result;

/// What a directory entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A symbolic link, not yet followed.
    Link,
    /// A device, a socket, or a name that leads nowhere.
    Other,
}

/// The entries of one directory, in no order, their names in one string: a directory costs two allocations, not one a
/// file, and a host hands it over in one piece.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    text: String,
    entries: Vec<(u32, u32, Kind)>,
    undecodable: Vec<String>,
}

impl Listing {
    /// Forgets the entries and keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.entries.clear();
        self.undecodable.clear();
    }

    /// Adds an entry.
    pub fn push(&mut self, name: &str, kind: Kind) {
        let start = self.text.len();
        self.text.push_str(name);
        if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(self.text.len())) {
            self.entries.push((start, end, kind));
        }
    }

    /// Adds an entry whose name is not Unicode, with the name as well as it can be shown.
    pub fn push_undecodable(&mut self, shown: String) {
        self.undecodable.push(shown);
    }

    /// Replaces the entries by those of a text that a host has made: for each kind one of `f` (files), `d` (directories), `l` (links),
    /// `o` (others), the names with a `/` behind each, the one character that no name holds, and one more `/`. Kinds that are not
    /// known are left out.
    pub fn read_text(&mut self, text: String) {
        self.clear();
        self.text = text;
        self.entries.reserve(self.text.len() / 12);
        let (mut kind, mut is_open, mut at) = (None, false, 0_u32);
        for mut name in self.text.split('/') {
            if !is_open && let Some(letter) = name.chars().next() {
                kind = match letter {
                    'f' => Some(Kind::File),
                    'd' => Some(Kind::Dir),
                    'l' => Some(Kind::Link),
                    'o' => Some(Kind::Other),
                    _ => None,
                };
                name = name.get(letter.len_utf8()..).unwrap_or_default();
                at = at.saturating_add(u32::try_from(letter.len_utf8()).unwrap_or(u32::MAX));
            }
            is_open = !name.is_empty();
            let end = at.saturating_add(u32::try_from(name.len()).unwrap_or(u32::MAX));
            if let Some(kind) = kind
                && is_open
            {
                self.entries.push((at, end, kind));
            }
            at = end.saturating_add(1);
        }
        // What is behind the last `/` was cut off by the host.
        if is_open {
            self.entries.pop();
        }
    }

    /// The entries, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.entries.iter().filter_map(|&(start, end, kind)| Some((self.text.get(start as usize..end as usize)?, kind)))
    }

    /// All names in one string, and the span and kind of each entry.
    #[must_use]
    pub fn into_parts(self) -> (String, Vec<(u32, u32, Kind)>) {
        (self.text, self.entries)
    }

    /// Names that are not Unicode, as well as they can be shown.
    #[must_use]
    pub fn undecodable(&self) -> &[String] {
        &self.undecodable
    }
}

/// Listings that nobody has asked for yet, by path, as [`Listing::read_text`] takes them.
pub type Ahead = BTreeMap<String, String>;

/// A filesystem. Paths are absolute, with `/` between their parts.
///
/// The core reaches the world through this trait alone, so that the same scan runs over Pyodide's filesystem, over a disk
/// and over a few strings in a test. An error carries the host's own words.
pub trait Vfs {
    /// Replaces `listing` by the entries of a directory, without `.` and `..`.
    ///
    /// # Errors
    /// Where the directory does not exist, is no directory, or may not be read.
    fn read_dir(&self, dir: &str, listing: &mut Listing) -> Result<()>;

    /// As [`read_dir`](Self::read_dir), and adds the listings of directories below, by path, as far as the host has them at hand: who
    /// walks a tree will want them next.
    ///
    /// # Errors
    /// Those of `read_dir`.
    fn read_ahead(&self, dir: &str, listing: &mut Listing, _ahead: &mut Ahead) -> Result<()> {
        self.read_dir(dir, listing)
    }

    /// What stands at a path, links followed; [`Kind::Other`] where nothing does.
    fn kind(&self, path: &str) -> Kind;

    /// The path without links.
    ///
    /// # Errors
    /// Where it leads nowhere.
    fn canonical(&self, path: &str) -> Result<String>;

    /// The bytes of a file.
    ///
    /// # Errors
    /// Where it does not exist, is no file, or may not be read.
    fn read(&self, file: &str) -> Result<Vec<u8>>;

    /// The bytes of several files of one directory, in the order of their names. A host to which each call is dear can do them at once.
    fn read_files(&self, dir: &str, names: &[&str]) -> Vec<Result<Vec<u8>>> {
        names.iter().map(|name| self.read(&join(dir, name))).collect()
    }
}

impl<V: Vfs + ?Sized> Vfs for Box<V> {
    fn read_dir(&self, dir: &str, listing: &mut Listing) -> Result<()> {
        self.as_ref().read_dir(dir, listing)
    }

    fn read_ahead(&self, dir: &str, listing: &mut Listing, ahead: &mut Ahead) -> Result<()> {
        self.as_ref().read_ahead(dir, listing, ahead)
    }

    fn kind(&self, path: &str) -> Kind {
        self.as_ref().kind(path)
    }

    fn canonical(&self, path: &str) -> Result<String> {
        self.as_ref().canonical(path)
    }

    fn read(&self, file: &str) -> Result<Vec<u8>> {
        self.as_ref().read(file)
    }

    fn read_files(&self, dir: &str, names: &[&str]) -> Vec<Result<Vec<u8>>> {
        self.as_ref().read_files(dir, names)
    }
}

/// Joins a directory and a name.
#[must_use]
pub fn join(dir: &str, name: &str) -> String {
    let mut path = String::with_capacity(dir.len() + 1 + name.len());
    path.push_str(dir);
    if !dir.ends_with('/') {
        path.push('/');
    }
    path.push_str(name);
    path
}

#[cfg(test)]
mod conformance;
