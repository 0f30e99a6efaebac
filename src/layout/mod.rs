//! Which file is which module. One walk over the roots decides it, by rules; what it finds is a tree, and what loses is a problem.

pub mod problem;
pub mod rules;
pub mod selection;
pub mod tree;
pub mod walk;
