//! Holds the import reader against other readers of Python, and against input that is no Python.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "these tests read real files and their own switches")]

mod against_ast;
mod against_ruff;
mod bad_input;
#[path = "../../bindings/python/src/native_texts.rs"]
mod native_texts;
mod parsed;
mod phrases;
mod programs;
mod rows;
