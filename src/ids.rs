//! Ids: places in a list of namespaces, modules or steps, instead of their names.

use std::cmp::Ordering;

/// Sorts ids. One function for all who sort some, since every copy of the library's sort for numbers is 8 KB of WebAssembly.
pub(crate) fn sort(ids: &mut [u32], order: &dyn Fn(u32, u32) -> Ordering) {
    ids.sort_unstable_by(|a, b| order(*a, *b));
}
