//! A filesystem behind a door: JavaScript's over Pyodide's `FS`, which both doors can ask. What crosses is text and bytes, a directory in
//! one piece; `pkg/vfs.js` is the other side.

use crate::error::{Error, Result};
use crate::vfs::{Ahead, Kind, Listing, Vfs, join};

/// The size of an entry of [`Host::read_files`].
const ENTRY: usize = 20;

/// The questions that cross. The words of an error are the host's, with the path that it is about.
pub trait Host {
    /// The entries of a directory as [`Listing::read`] takes them, in UTF-8; and behind them those of directories below, as far as they
    /// are at hand.
    ///
    /// # Errors
    /// What the host refuses.
    fn read_dir(&self, dir: &str) -> Result<Vec<u8>>;

    /// The letter of what stands at a path, links followed.
    ///
    /// # Errors
    /// What the host refuses.
    fn kind(&self, path: &str) -> Result<String>;

    /// The path without links.
    ///
    /// # Errors
    /// What the host refuses.
    fn canonical(&self, path: &str) -> Result<String>;

    /// The bytes of a file.
    ///
    /// # Errors
    /// What the host refuses.
    fn read(&self, file: &str) -> Result<Vec<u8>>;

    /// Several files of a directory, whose names have a `/` between them. First an entry of 20 bytes for each: 8 that are not read here, and 4
    /// each for its inode, its size and where it begins, all with the least byte first. Then the contents. An inode of 0 stands for a file that
    /// is to be asked for by itself: it is a link, or not there.
    ///
    /// # Errors
    /// What the host refuses.
    fn read_files(&self, dir: &str, names: &str) -> Result<Vec<u8>>;
}

/// A host's filesystem, as the core sees it.
#[derive(Debug)]
pub struct HostVfs<H>(pub H);

impl<H: Host> Vfs for HostVfs<H> {
    fn read_dir(&self, dir: &str) -> Result<Listing> {
        self.read_ahead(dir, &mut Ahead::default())
    }

    fn read_ahead(&self, dir: &str, ahead: &mut Ahead) -> Result<Listing> {
        let text = String::from_utf8(self.0.read_dir(dir)?)
            .map_err(|_| Error::filesystem(format!("{dir}: the host's listing is not UTF-8")))?;
        Ok(Listing::read(text, dir, ahead))
    }

    fn kind(&self, path: &str) -> Kind {
        match self.0.kind(path).as_deref() {
            Ok("f") => Kind::File,
            Ok("d") => Kind::Dir,
            _ => Kind::Other,
        }
    }

    fn canonical(&self, path: &str) -> Result<String> {
        self.0.canonical(path)
    }

    fn read(&self, file: &str) -> Result<Vec<u8>> {
        self.0.read(file)
    }

    fn read_files(&self, dir: &str, names: &[&str]) -> Vec<Result<Vec<u8>>> {
        let bytes = self.0.read_files(dir, &names.join("/")).unwrap_or_default();
        let mut entries = bytes.chunks_exact(ENTRY);
        let found = names.iter().map(|name| {
            let contents = entries.next().and_then(|entry| contents_of(entry, &bytes));
            contents.map_or_else(|| self.read(&join(dir, name)), |contents| Ok(contents.to_vec()))
        });
        found.collect()
    }
}

/// The contents that an entry of [`Host::read_files`] speaks of.
fn contents_of<'a>(entry: &[u8], bytes: &'a [u8]) -> Option<&'a [u8]> {
    let number = |at: usize| entry.get(at..)?.first_chunk().map(|number| u32::from_le_bytes(*number) as usize);
    let (inode, size, start) = (number(8)?, number(12)?, number(16)?);
    if inode == 0 { None } else { bytes.get(start..start.checked_add(size)?) }
}
