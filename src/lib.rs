//! The core of `pyautoload_wasm`: which file is which Python module.

pub mod error;
pub mod imports;
pub mod module_name;
pub mod source;
pub mod vfs;

pub use error::{Error, ErrorKind, Result};
pub use module_name::ModuleName;
