//! The reader against Python's own `ast`: the whole standard library, and large packages.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use pyautoload_wasm::imports::source::Source;
use pyautoload_wasm::imports::{ProblemKind, outline};
use serde::Deserialize;

use crate::native_texts::NativeTexts;
use crate::rows::Rows;

const PACKAGES: &str = ".cache/imports/packages";

#[derive(Deserialize)]
struct Answer {
    path: String,
    refused: Option<String>,
    #[serde(flatten)]
    rows: Rows,
}

#[derive(Debug, Default)]
struct Tally {
    files: usize,
    bytes: usize,
    imports: usize,
    bindings: usize,
    refused_by_ast: usize,
    unread_encodings: Vec<String>,
    differences: Vec<String>,
}

impl Tally {
    fn compare(&mut self, answer: Answer) {
        let bytes = std::fs::read(&answer.path).unwrap();
        let source = Source::decode(&bytes, &NativeTexts);
        if answer.refused.is_some() {
            // Nothing to compare, but it has to be read all the same.
            let _ = source.as_ref().map(outline);
            self.refused_by_ast += 1;
            return;
        }
        let source = match source {
            Ok(source) => source,
            Err(problem) => {
                assert_eq!(problem.kind, ProblemKind::Encoding);
                self.unread_encodings.push(format!("{}: {}", answer.path, problem.message));
                return;
            }
        };
        let outline = outline(&source).normalized(&NativeTexts);
        let (ours, theirs) = (Rows::from(&outline), answer.rows.sorted());
        self.files += 1;
        self.bytes += bytes.len();
        self.imports += theirs.imports.len();
        self.bindings += theirs.bindings.len();
        if ours != theirs {
            self.differences.push(format!("{}\n{}", answer.path, ours.difference(&theirs)));
        } else if let Some(problem) = outline.problems.iter().find(|problem| Some(*problem) != source.doubt()) {
            self.differences.push(format!("{}: not a problem: {problem:?}", answer.path));
        }
    }
}

fn python() -> &'static Path {
    let venv = Path::new(".venv/bin/python");
    if venv.exists() { venv } else { Path::new("python3") }
}

fn compare(root: &str) -> Tally {
    let python = python();
    let mut oracle = Command::new(python)
        .args(["tests/imports/oracle.py", root])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{} cannot be run ({error}): install Python", python.display()));
    let mut tally = Tally::default();
    for line in BufReader::new(oracle.stdout.take().unwrap()).lines() {
        tally.compare(serde_json::from_str(&line.unwrap()).unwrap());
    }
    assert!(oracle.wait().unwrap().success());
    println!(
        "{root}: {} files, {} MB, {} imports and {} bindings compared; {} files refused by ast; not read: {:?}",
        tally.files,
        tally.bytes / 1_000_000,
        tally.imports,
        tally.bindings,
        tally.refused_by_ast,
        tally.unread_encodings,
    );
    let shown: Vec<_> = tally.differences.iter().take(20).map(String::as_str).collect();
    assert!(shown.is_empty(), "{} files differ, among them\n{}", tally.differences.len(), shown.join("\n"));
    tally
}

#[test]
fn the_standard_library_reads_as_ast_reads_it() {
    let tally = compare("stdlib");
    assert!(tally.files > 500, "the standard library is not there: {tally:?}");
    assert!(tally.unread_encodings.len() < 20, "{:?}", tally.unread_encodings);
}

#[test]
fn large_packages_read_as_ast_reads_them() {
    assert!(Path::new(PACKAGES).exists(), "{PACKAGES} is missing: run 'make test'");
    let tally = compare(PACKAGES);
    assert!(tally.files > 5000 && tally.unread_encodings.is_empty(), "{tally:?}");
}

#[test]
fn every_encoding_reads_as_ast_reads_it() {
    let dir = std::env::temp_dir().join(format!("pyautoload-encodings-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    assert!(Command::new(python()).arg("tests/imports/encoded.py").arg(&dir).status().unwrap().success());
    let tally = compare(dir.to_str().unwrap());
    std::fs::remove_dir_all(&dir).unwrap();
    assert!(tally.files >= 40 && tally.unread_encodings.is_empty() && tally.refused_by_ast == 0, "{tally:?}");
}
