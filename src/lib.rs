//! The core of `pyautoload_wasm`: which file is which Python module, and what is loaded of it.
//!
//! In reading order:
//!
//! 1. [`module_name`], [`error`]: names that Python can import, and refusals that say what to do.
//! 2. [`vfs`]: the filesystem that the core sees; everything else is pure.
//! 3. [`rules`], [`inflector`]: what is left out, and what attribute a file is expected to define.
//! 4. [`scanner`] walks the roots and decides who has which name: a [`tree`], and [`problem`]s.
//! 5. [`source`] and [`imports`] read a file's import statements without executing it; [`import_index`] keeps them, [`mod@graph`] draws
//!    the edges, [`mod@check`] finds what is wrong.
//! 6. [`registry`] knows what of it is loaded, [`planner`] what to reload after files have changed, [`selection`] what eager loading takes.
//! 7. [`reports`] are the events and reports of reloading, as JavaScript sees them.
//! 8. [`engine`] is all of that behind one interface, which the bindings expose.
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
//! let names: Vec<String> = engine.records().into_iter().map(|record| record.name).collect();
//! assert_eq!(names, ["myapp", "myapp.models", "myapp.models.user"]);
//! assert!(engine.problems()[0].message.contains("keyword of Python"));
//! # Ok::<(), pyautoload_wasm::Error>(())
//! ```

pub mod check;
pub mod engine;
pub mod error;
pub mod graph;
mod ids;
pub mod import_index;
pub mod imports;
pub mod inflector;
pub mod module_name;
pub mod options;
pub mod planner;
pub mod problem;
pub mod registry;
pub mod reports;
pub mod rules;
pub mod scanner;
pub mod selection;
pub mod source;
pub mod tree;
pub mod vfs;

pub use engine::Engine;
pub use error::{Error, ErrorKind, Result};
pub use inflector::Inflector;
pub use module_name::ModuleName;
pub use options::Options;
pub use problem::{Problem, ProblemKind};
pub use registry::ModuleRecord;

#[cfg(any(feature = "js", feature = "python"))]
mod bindings;
