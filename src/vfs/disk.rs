//! The operating system's filesystem, and the only user of `std::fs`. In Pyodide's wheel it is Emscripten's.

#![expect(clippy::disallowed_methods, reason = "this is the one file that touches the filesystem")]

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::error::{Error, Result};
use crate::vfs::{Kind, Listing, Vfs};

/// Nearly every source file fits in.
const USUAL_SIZE: usize = 16 * 1024;

/// Files on disk. It asks for entry types, which come with the directory, and not for metadata.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskVfs;

fn refused(path: &str, error: &std::io::Error) -> Error {
    Error::filesystem(format!("{path}: {error}"))
}

impl Vfs for DiskVfs {
    fn read_dir(&self, dir: &str) -> Result<Listing> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(dir).map_err(|error| refused(dir, &error))? {
            let entry = entry.map_err(|error| refused(dir, &error))?;
            let kind = match entry.file_type() {
                Ok(kind) if kind.is_file() => Kind::File,
                Ok(kind) if kind.is_dir() => Kind::Dir,
                Ok(kind) if kind.is_symlink() => Kind::Link,
                _ => Kind::Other,
            };
            match entry.file_name().to_str() {
                Some(name) => listing.push(name, kind),
                None => listing.push_undecodable(entry.file_name().to_string_lossy().into_owned()),
            }
        }
        Ok(listing)
    }

    fn kind(&self, path: &str) -> Kind {
        match fs::metadata(path) {
            Ok(found) if found.is_file() => Kind::File,
            Ok(found) if found.is_dir() => Kind::Dir,
            _ => Kind::Other,
        }
    }

    fn canonical(&self, path: &str) -> Result<String> {
        let real = fs::canonicalize(Path::new(path)).map_err(|error| refused(path, &error))?;
        real.into_os_string().into_string().map_err(|real| {
            Error::filesystem(format!("{path}: its real path {} is not Unicode", real.to_string_lossy()))
        })
    }

    fn read(&self, file: &str) -> Result<Vec<u8>> {
        // Not `fs::read`: it asks for the size and the position first, which in Pyodide takes as long as the reading.
        let mut bytes = Vec::with_capacity(USUAL_SIZE);
        let read = fs::File::open(file).and_then(|open| open.take(u64::MAX).read_to_end(&mut bytes));
        read.map(|_| bytes).map_err(|error| refused(file, &error))
    }
}
