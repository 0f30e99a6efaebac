//! Names: what Python can import, and what attribute a file is expected to define.

mod inflector;
mod module_name;
mod nearest;
mod normal;

pub use inflector::Inflector;
pub use module_name::{ModuleName, is_identifier, is_keyword, join, stem};
pub(crate) use nearest::{Candidates, nearest};
pub use normal::is_surely_normal;
