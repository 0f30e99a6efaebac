//! The one error type of the core: what kind, which file or argument, and a sentence that ends in what to do.
//! How an error becomes an exception is left to the bindings and the facade.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an operation of the core gives.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, as the classes of exceptions that Python's users see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// An argument or a layout that cannot be worked with: `ConfigurationError` in Python.
    Configuration,
    /// The filesystem refused something: `AutoloadError` in Python.
    Filesystem,
    /// A request that the engine does not understand: a fault of the binding, never of the user.
    Protocol,
}

/// A failure that names the file or the argument, says what was wrong and what to do.
///
/// ```
/// use pyautoload_wasm::{Error, ErrorKind};
/// let error = Error::configuration("the top level 'a-b' is no dotted name: write it like 'myapp'");
/// assert_eq!(error.kind, ErrorKind::Configuration);
/// assert!(error.to_string().contains("a-b"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// Which class of exception it becomes.
    pub kind: ErrorKind,
    /// The whole sentence, for a person.
    pub message: String,
}

impl Error {
    /// An argument or a layout that cannot be worked with.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Configuration, message: message.into() }
    }

    /// The filesystem refused something.
    pub fn filesystem(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Filesystem, message: message.into() }
    }

    /// The engine was asked for something that it does not know.
    pub fn protocol(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Protocol, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
