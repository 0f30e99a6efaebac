//! Writing results so that a build in which nothing changed touches nothing.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Reads a file; the error names it.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}

/// Reads a text; the error names the file.
pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

/// Writes a file unless it holds just that.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    fs::write(path, content).with_context(|| format!("writing {}", path.display()))
}

/// A note beside the build products of what a result was made from.
pub struct Stamp {
    path: PathBuf,
    key: String,
}

impl Stamp {
    /// The stamp `name` in `dir`, for a result made from `inputs`.
    pub fn new(dir: &Path, name: &str, inputs: &impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        inputs.hash(&mut hasher);
        Self { path: dir.join(format!("{name}.stamp")), key: format!("{:016x}", hasher.finish()) }
    }

    /// Whether `results` are all there, made from the same inputs.
    pub fn is_current(&self, results: &[PathBuf]) -> bool {
        results.iter().all(|result| result.exists()) && fs::read_to_string(&self.path).is_ok_and(|key| key == self.key)
    }

    /// Notes that the results are made.
    pub fn set(&self) -> Result<()> {
        write(&self.path, self.key.as_bytes())
    }
}
