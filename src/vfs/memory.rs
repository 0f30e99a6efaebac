//! A filesystem made of strings: for the engine without a Pyodide (`new Engine({files})`), and for tests.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::vfs::{Kind, Listing, Vfs, join};

/// Longest chain of links that is followed, as on Linux.
const MAX_LINKS: usize = 40;

/// Files by path, in memory.
///
/// ```
/// use pyautoload_wasm::vfs::{Kind, MemoryVfs, Vfs};
/// let vfs = MemoryVfs::from_iter([("/app/user.py", "class User: ...")]);
/// assert_eq!(vfs.kind("/app"), Kind::Dir);
/// assert!(vfs.read("/app/order.py").is_err());
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryVfs {
    files: BTreeMap<String, Vec<u8>>,
    dirs: BTreeSet<String>,
    links: BTreeMap<String, String>,
}

impl MemoryVfs {
    /// Writes a file, and the directories above it.
    pub fn write(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.make_parents(path);
        self.files.insert(path.to_owned(), content.into());
    }

    /// Makes a directory, and those above it.
    pub fn make_dir(&mut self, path: &str) {
        self.make_parents(path);
        self.dirs.insert(path.to_owned());
    }

    /// Makes a link to an absolute path.
    pub fn link(&mut self, path: &str, target: &str) {
        self.make_parents(path);
        self.links.insert(path.to_owned(), target.to_owned());
    }

    /// Removes what stands at a path, and all below it.
    pub fn remove(&mut self, path: &str) {
        let below = |other: &str| other.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.files.retain(|other, _| !below(other));
        self.links.retain(|other, _| !below(other));
        self.dirs.retain(|other| !below(other));
    }

    fn make_parents(&mut self, path: &str) {
        let mut dir = path;
        while let Some((above, _)) = dir.rsplit_once('/') {
            if !self.dirs.insert(above.to_owned()) {
                break;
            }
            dir = above;
        }
    }

    /// The path without links, by following one part after the other.
    fn follow(&self, path: &str) -> Option<String> {
        let mut rest: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let mut real = String::new();
        let mut followed = 0;
        while let Some(part) = rest.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    real.truncate(real.rfind('/').unwrap_or(0));
                    continue;
                }
                _ => {}
            }
            let next = join(&real, &part);
            if let Some(target) = self.links.get(&next) {
                followed += 1;
                if followed > MAX_LINKS {
                    return None;
                }
                if target.starts_with('/') {
                    real.clear();
                }
                rest.extend(target.split('/').rev().map(str::to_owned));
            } else {
                real = next;
            }
        }
        (self.files.contains_key(&real) || self.dirs.contains(&real)).then_some(real)
    }
}

impl<P: AsRef<str>, C: Into<Vec<u8>>> FromIterator<(P, C)> for MemoryVfs {
    fn from_iter<I: IntoIterator<Item = (P, C)>>(files: I) -> Self {
        let mut vfs = Self::default();
        for (path, content) in files {
            vfs.write(path.as_ref(), content);
        }
        vfs
    }
}

impl Vfs for MemoryVfs {
    fn read_dir(&self, dir: &str, listing: &mut Listing) -> Result<()> {
        listing.clear();
        let real = self
            .follow(dir)
            .filter(|real| self.dirs.contains(real))
            .ok_or_else(|| Error::filesystem(format!("{dir}: no such directory")))?;
        let prefix = join(&real, "");
        let child = |path: &str| -> Option<String> {
            let name = path.strip_prefix(&prefix)?;
            (!name.is_empty() && !name.contains('/')).then(|| name.to_owned())
        };
        for name in self.files.keys().filter_map(|path| child(path)) {
            listing.push(&name, Kind::File);
        }
        for name in self.dirs.iter().filter_map(|path| child(path)) {
            listing.push(&name, Kind::Dir);
        }
        for name in self.links.keys().filter_map(|path| child(path)) {
            listing.push(&name, Kind::Link);
        }
        Ok(())
    }

    fn kind(&self, path: &str) -> Kind {
        match self.follow(path) {
            Some(real) if self.files.contains_key(&real) => Kind::File,
            Some(_) => Kind::Dir,
            None => Kind::Other,
        }
    }

    fn canonical(&self, path: &str) -> Result<String> {
        self.follow(path).ok_or_else(|| Error::filesystem(format!("{path}: no such file or directory")))
    }

    fn read(&self, file: &str) -> Result<Vec<u8>> {
        self.follow(file)
            .and_then(|real| self.files.get(&real).cloned())
            .ok_or_else(|| Error::filesystem(format!("{file}: no such file")))
    }
}
