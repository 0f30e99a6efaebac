//! A short part of `make fuzz` that is the same in every run: the seeds, and inputs that each target makes up for itself.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "the seeds are real files, and the switches of the run are its own")]

use std::panic::catch_unwind;
use std::path::PathBuf;

use fuzz::random::Random;
use fuzz::{TARGETS, Target};

/// More are tried with `FUZZ_INPUTS`, others with `FUZZ_SEED`.
fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}

fn holds_for(target: &Target, input: &[u8], what: &str) {
    let held = catch_unwind(|| (target.check)(input));
    assert!(held.is_ok(), "{}: {what} shows a fault: b\"{}\"", target.name, input.escape_ascii());
}

fn short(name: &str, inputs: u64) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seeds = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
    for entry in std::fs::read_dir(seeds).unwrap() {
        let path = entry.unwrap().path();
        holds_for(target, &std::fs::read(&path).unwrap(), &path.display().to_string());
    }
    let first = number("FUZZ_SEED", 0);
    for seed in first..first + number("FUZZ_INPUTS", inputs) {
        holds_for(target, &(target.generate)(&mut Random::new(seed)), &format!("FUZZ_SEED={seed}"));
    }
}

#[test]
fn names_of_all_kinds() {
    short("names", 50_000);
}

#[test]
fn globs_of_all_kinds() {
    short("globs", 5_000);
}

#[test]
fn sources_of_all_kinds() {
    short("imports", 5_000);
}

#[test]
fn requests_in_any_order() {
    short("protocol", 1_000);
}

#[test]
fn graphs_of_changing_files() {
    short("graph", 1_000);
}
