//! The core of `pyautoload_wasm`: which file is which Python module, and what is loaded of it.
//!
//! In reading order, in which each room uses only those before it:
//!
//! 1. [`error`] and [`name`]: the error type, names that Python can import, and the attribute that a file is expected to define.
//! 2. [`vfs`]: the filesystem that the core sees. Everything else is pure.
//! 3. [`layout`] walks the roots and decides which file is which module: a [`tree`](layout::tree), and [`problem`](layout::problem)s.
//! 4. [`imports`] reads what a file imports and binds, without executing it.
//! 5. [`mod@graph`] caches what was read, resolves names to modules, and answers who imports whom and what is wrong.
//! 6. [`reload`] knows which modules are loaded, and plans what to reload after files have changed.
//! 7. [`protocol`]: the plain data that crosses: requests and answers, options, events and reports.
//! 8. [`engine`] is all of that behind one interface, which `bindings/js` and `bindings/python` expose.
//!
//! ```
//! use pyautoload_wasm::{Engine, vfs::MemoryVfs};
//!
//! let files = MemoryVfs::from_iter([
//!     ("/app/models/user.py", "class User: ..."),
//!     ("/app/models/class.py", "no import can name this file"),
//! ]);
//! let mut engine = Engine::new(files);
//! engine.push_dir("/app", "myapp")?;
//! engine.scan()?;
//!
//! let names: Vec<_> = engine.records().into_iter().map(|record| record.name).collect();
//! assert_eq!(names, ["myapp", "myapp.models", "myapp.models.user"]);
//! assert!(engine.problems()[0].message.contains("keyword of Python"));
//! # Ok::<(), pyautoload_wasm::Error>(())
//! ```

pub mod engine;
pub mod error;
pub mod graph;
mod ids;
pub mod imports;
pub mod layout;
pub mod name;
pub mod protocol;
pub mod reload;
pub mod vfs;

pub use engine::Engine;
pub use error::{Error, ErrorKind, Result};
pub use layout::problem::{Problem, ProblemKind, Severity};
pub use name::{Inflector, ModuleName};
pub use protocol::options::Options;
pub use reload::registry::ModuleRecord;
