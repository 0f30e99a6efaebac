//! What is to be done after files have changed, as plain data.

use serde::{Deserialize, Serialize};

use crate::name::ModuleName;
use crate::reload::reason::Reason;

/// What a path holds now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Change {
    /// Absolute path of a file or a directory.
    pub path: String,
    /// A hash of the source; none where no file is there.
    pub digest: Option<u64>,
}

/// One module of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Dotted name.
    pub name: ModuleName,
    /// The file that runs when it is imported; none for an implicit namespace package.
    pub file: Option<String>,
    /// Why it is reloaded.
    pub reason: Reason,
    /// Whether it is stale for a reason of its own.
    pub is_stale: bool,
    /// The steps of the transaction that it imports, by their place.
    pub imports: Vec<u32>,
}

/// A module that is no longer there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// Dotted name.
    pub name: ModuleName,
    /// What is gone.
    pub reason: Reason,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The paths that are news: sources, and what has become a module or is none any longer. A temporary file that is gone is none.
    pub changed: Vec<String>,
    /// Modules whose files are gone, those that import others first.
    pub removed: Vec<Removal>,
    /// Packages that stay, and have another `__path__` now.
    pub reshaped: Vec<ModuleName>,
    /// Modules to reload, what each imports before it; no import leads from one transaction to another.
    pub transactions: Vec<Vec<Step>>,
    /// Modules that would be reloaded, and are to be left alone.
    pub kept: Vec<ModuleName>,
    /// Whether the roots were scanned again.
    pub scanned: bool,
    /// If they were: links to directories and to source files, each followed by the path without links that it stands for, with a NUL behind each path.
    pub links: String,
}
