//! What reads input from anywhere, and what must hold for every input. A target is a module with two functions: `check` panics where
//! an input shows a fault, and `generate` makes up an input of the kind that the target reads.
//!
//! `make fuzz` lets libFuzzer look for inputs that reach new code; `make test` takes the seeds and some generated ones.

mod files;
pub mod globs;
pub mod graph;
pub mod imports;
pub mod names;
pub mod protocol;
pub mod random;
mod session;

// The oracle and the made-up programs of the import reader's own tests, and the tables of a host.
#[path = "../../bindings/python/src/native_texts.rs"]
mod native_texts;
#[path = "../../tests/imports/parsed.rs"]
mod parsed;
#[path = "../../tests/imports/phrases.rs"]
mod phrases;
#[path = "../../tests/imports/programs.rs"]
mod programs;
#[path = "../../tests/imports/rows.rs"]
mod rows;

use random::Random;

/// A target: its name, what holds for every input, and how an input is made up.
pub struct Target {
    /// Of its program, and of its folder in `seeds`.
    pub name: &'static str,
    /// Panics where the input shows a fault.
    pub check: fn(&[u8]),
    /// An input that is likely to get somewhere.
    pub generate: fn(&mut Random) -> Vec<u8>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "names", check: names::check, generate: names::generate },
    Target { name: "globs", check: globs::check, generate: globs::generate },
    Target { name: "imports", check: imports::check, generate: imports::generate },
    Target { name: "protocol", check: protocol::check, generate: protocol::generate },
    Target { name: "graph", check: graph::check, generate: graph::generate },
];
