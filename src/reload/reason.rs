//! Why a module is reloaded or removed. Rules compare reasons by variant; people read them as sentences.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::graph::EdgeKind;
use crate::name::ModuleName;

/// Why a module is reloaded, or is no longer there: the rest of a sentence that begins with the module.
///
/// ```
/// use pyautoload_wasm::reload::Reason;
/// assert_eq!(Reason::Changed.to_string(), "its file has changed");
/// assert_eq!(Reason::Gone(Some("/app/user.py".to_owned())).to_string(), "/app/user.py is gone");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum Reason {
    /// Its file has other contents than when it was executed.
    Changed,
    /// Its file is again what it was, but its imports find other modules.
    Relinked,
    /// It could not be reloaded with what it imports, and its own file is again what it was.
    Outrun,
    /// It could not be reloaded, and not for a reason of its own.
    Blocked,
    /// Somebody asked for it.
    Requested,
    /// Another file makes it now.
    Moved(String),
    /// It was a file, and is an implicit namespace package now.
    BecameNamespace,
    /// Its file, or its first directory, is gone.
    Gone(Option<String>),
    /// One of its imports finds nothing any longer.
    LostImport(ImportedAt),
    /// One of its imports finds a module that was not there before.
    NewImport(ImportedAt),
    /// One of its imports finds another module than before, which was there.
    OtherImport(ImportedAt),
    /// It imports a module that is reloaded.
    Imports(ImportedAt),
    /// Read from JSON, which has the sentence alone.
    Told(String),
}

/// A module, and where another one imports or uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedAt {
    /// The module that is imported.
    pub imported: ModuleName,
    /// How.
    pub kind: EdgeKind,
    /// The line of the import, counted from one; 0 for a parent.
    pub line: u32,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("its file has changed"),
            Self::Relinked => f.write_str("its imports find other modules than before"),
            Self::Outrun => f.write_str("what it imports was reloaded without it"),
            Self::Blocked => f.write_str("it could not be reloaded before"),
            Self::Requested => f.write_str("you asked for it"),
            Self::Moved(file) => write!(f, "is {file} now"),
            Self::BecameNamespace => f.write_str("is a namespace package now"),
            Self::Gone(Some(path)) => write!(f, "{path} is gone"),
            Self::Gone(None) => f.write_str("it is gone"),
            Self::LostImport(at) => write!(f, "{at}, which is gone"),
            Self::NewImport(at) => write!(f, "{at}, which is new"),
            Self::OtherImport(at) => write!(f, "{at}, which is what its import finds now"),
            Self::Imports(at) => at.fmt(f),
            Self::Told(sentence) => f.write_str(sentence),
        }
    }
}

impl fmt::Display for ImportedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { imported, kind, line } = self;
        match kind {
            EdgeKind::Parent => write!(f, "is in {imported}"),
            EdgeKind::Attribute | EdgeKind::Observed => write!(f, "uses {imported}, line {line}"),
            _ => write!(f, "imports {imported}, line {line}"),
        }
    }
}

impl From<String> for Reason {
    fn from(sentence: String) -> Self {
        Self::Told(sentence)
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
