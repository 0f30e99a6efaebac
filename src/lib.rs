//! The core of `pyautoload_wasm`: which file is which Python module, and what is loaded of it.
//!
//! In reading order:
//!
//! 1. [`error`] and [`name`]: refusals that say what to do, names that Python can import, and what attribute a file is expected to define.
//! 2. [`vfs`]: the filesystem that the core sees; everything else is pure.
//! 3. [`layout`] walks the roots and decides who has which name: a [`tree`](layout::tree), and [`problem`](layout::problem)s.
//! 4. [`imports`] reads a file's import statements without executing it.
//! 5. [`mod@graph`] keeps what was read, draws the edges, and finds what is wrong.
//! 6. [`reload`] knows what of it is loaded, and what to reload after files have changed.
//! 7. [`protocol`]: requests and answers, options, events and reports.
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
