//! Which file is which module. One walk over the roots decides it by the rules; the result is a tree, and a problem for each file that
//! is left out for a reason the user should know.

pub mod problem;
pub mod rules;
pub mod selection;
pub mod tree;
pub mod walk;
