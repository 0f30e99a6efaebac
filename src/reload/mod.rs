//! Reloading: what is loaded, and what to reload after files have changed.

mod flush;
pub mod planner;
pub mod registry;
