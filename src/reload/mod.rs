//! Reloading: what is loaded, and what to reload after files have changed.
//!
//! A module is stale for a reason of its own (its file, what an import in it finds, or because somebody asks), or affected because it
//! imports one that is. Affected modules that imports connect make one transaction, in the order in which they are to be loaded.
//!
//! 1. [`registry`]: what a scan has found, and which modules of it are loaded, or stale.
//! 2. `reason`: why a module is stale or affected.
//! 3. `plan`: a plan as plain data.
//! 4. `compare`: how what was executed stands to what is there now.
//! 5. `reach`: whom a module affects, and whom stale modules wait for.
//! 6. `places`, `transactions`: what is affected, as transactions in the order of loading.
//! 7. `planner`: the phases of a flush, which call the others and note in the registry what they find.

mod compare;
mod places;
mod plan;
mod planner;
mod reach;
mod reason;
pub mod registry;
mod transactions;

pub use plan::{Change, Plan, Removal, Step};
pub(crate) use planner::{Events, Planner};
pub use reason::{ImportedAt, Reason};
