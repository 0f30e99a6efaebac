//! Which file is which module. One walk over the roots decides it by the rules; the result is a tree, and a problem for each file that
//! is left out for a reason the user should know.

pub mod problem;
pub mod rules;
pub mod selection;
pub mod tree;
pub mod walk;

use std::collections::BTreeMap;

/// The names of the standard library's top-level modules in any of Python 3.11 to 3.15, each with what a module of that name would shadow.
pub(crate) fn standard_library() -> BTreeMap<String, String> {
    let names = include_str!("standard_library.txt").split_ascii_whitespace();
    names.map(|name| (name.to_owned(), "the standard library's module of that name".to_owned())).collect()
}
