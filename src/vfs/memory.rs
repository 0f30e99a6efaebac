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
    /// The names in each directory, so that listing one costs no look at the others.
    children: BTreeMap<String, BTreeSet<String>>,
}

impl MemoryVfs {
    /// Writes a file, and the directories above it.
    pub fn write(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.enter(path);
        self.files.insert(path.to_owned(), content.into());
    }

    /// Makes a directory, and those above it.
    pub fn make_dir(&mut self, path: &str) {
        self.enter(path);
        self.dirs.insert(path.to_owned());
    }

    /// Makes a link to an absolute path.
    pub fn link(&mut self, path: &str, target: &str) {
        self.enter(path);
        self.links.insert(path.to_owned(), target.to_owned());
    }

    /// Enters a path into its directory, and that into the one above.
    fn enter(&mut self, path: &str) {
        let mut path = path;
        while let Some((dir, name)) = path.rsplit_once('/') {
            self.children.entry(dir.to_owned()).or_default().insert(name.to_owned());
            if !self.dirs.insert(dir.to_owned()) {
                break;
            }
            path = dir;
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
    fn read_dir(&self, dir: &str) -> Result<Listing> {
        let mut listing = Listing::default();
        let real = self
            .follow(dir)
            .filter(|real| self.dirs.contains(real))
            .ok_or_else(|| Error::filesystem(format!("{dir}: no such directory")))?;
        for name in self.children.get(real.trim_end_matches('/')).into_iter().flatten() {
            let path = join(&real, name);
            let kind = if self.links.contains_key(&path) {
                Kind::Link
            } else if self.dirs.contains(&path) {
                Kind::Dir
            } else {
                Kind::File
            };
            listing.push(name, kind);
        }
        Ok(listing)
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
