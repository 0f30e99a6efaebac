//! The reader against ruff's parser: made-up programs, and files of the standard library with bytes knocked about. More
//! cases: `PROPTEST_CASES=100000`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use pyautoload_wasm::imports::outline;
use pyautoload_wasm::imports::source::Source;

use crate::native_texts::NativeTexts;
use crate::rows::Rows;
use crate::{parsed, programs};

/// Whether the text parses; if it does and can be compared, both readers have to say the same.
fn agree(text: &str, comparable: bool) -> Result<bool, TestCaseError> {
    let source = Source::decode(text.as_bytes(), &NativeTexts);
    let outline = source.as_ref().map(|source| outline(source).normalized(&NativeTexts));
    let Some(theirs) = parsed::rows(text).filter(|_| comparable) else { return Ok(false) };
    // Python refuses both NUL bytes and encodings that it does not know; ruff looks for neither.
    let Ok(outline) = outline else { return Ok(false) };
    let ours = Rows::from(&outline);
    prop_assert!(ours == theirs, "{}\nin\n{text}", ours.difference(&theirs));
    prop_assert!(outline.problems.is_empty(), "not a problem: {:?}\nin\n{text}", outline.problems);
    Ok(true)
}

fn config(cases: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    Config { cases: asked.unwrap_or(cases), failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() }
}

fn tell(what: &str, parsing: usize, all: usize) {
    println!("{what}: {parsing} of {all} parse and are read the same; none panics");
}

#[test]
fn programs_read_as_ruff_reads_them() {
    let (mut all, parsing) = (0, std::cell::Cell::new(0));
    let cases = config(4000);
    all += cases.cases as usize;
    TestRunner::new(cases)
        .run(&proptest::collection::vec(any::<u8>(), 0..300), |choices| {
            let same = agree(&programs::program(&choices), true)?;
            parsing.set(parsing.get() + usize::from(same));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    tell("made-up programs", parsing.get(), all);
    assert!(parsing.get() * 2 > all, "most programs should parse");
}

/// Files of the standard library, neither tiny nor long.
static FILES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let script = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let output = Command::new("python3").args(["-c", script]).output().unwrap();
    let root = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
    let mut files = Vec::new();
    for dir in ["", "asyncio", "importlib", "email", "json", "unittest", "test"] {
        files.extend(texts(&root.join(dir)));
    }
    files
});

fn texts(dir: &Path) -> Vec<String> {
    let mut paths: Vec<_> = std::fs::read_dir(dir).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let text = |path: PathBuf| std::fs::read_to_string(path).ok().filter(|text| (200..8000).contains(&text.len()));
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .filter_map(text)
        .collect()
}

/// What is put into files, and what stands alone in no order at all.
const FRAGMENTS: &[&str] = &[
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "#",
    ":",
    ";",
    "=",
    ":=",
    " ",
    "\t",
    "    ",
    "\x0c",
    "f'{",
    "rb'",
    "t\"",
    "import a",
    "import b; ",
    "from . import c\n",
    "def f():",
    "class A: ",
    "if TYPE_CHECKING:\n",
    "try:\n",
    "except ImportError:\n",
    "else:\n",
    "match x:\n",
    "case y:\n",
    "lambda: ",
    "lazy ",
    "async ",
    "é",
    "\u{a0}",
    ",",
    "*",
    "as z",
    "1if",
    "0x",
    "@",
    "type X = ",
];

#[derive(Clone, Debug)]
enum Change {
    Delete,
    Insert(&'static str),
    Swap,
    DeleteLine,
    JoinLines,
}

fn change() -> impl Strategy<Value = Change> {
    let insert = prop::sample::select(FRAGMENTS);
    prop_oneof![
        Just(Change::Delete),
        insert.prop_map(Change::Insert),
        Just(Change::Swap),
        Just(Change::DeleteLine),
        Just(Change::JoinLines)
    ]
}

/// A text with changes, each at a place given as a part of its length.
fn mutated(text: &str, changes: &[(f64, Change)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (place, change) in changes {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a small file"
        )]
        let at = (place * chars.len() as f64) as usize;
        let next_line =
            |from: usize| chars[from..].iter().position(|c| *c == '\n').map_or(chars.len(), |end| from + end);
        match change {
            Change::Delete if at < chars.len() => drop(chars.remove(at)),
            Change::Insert(text) => drop(chars.splice(at..at, text.chars())),
            Change::Swap if at + 1 < chars.len() => chars.swap(at, at + 1),
            Change::DeleteLine => {
                let start = next_line(at);
                let end = next_line((start + 1).min(chars.len()));
                chars.drain(start..end);
            }
            Change::JoinLines => {
                let end = next_line(at);
                chars.splice(end..(end + 1).min(chars.len()), "; ".chars());
            }
            _ => {}
        }
    }
    chars.into_iter().collect()
}

/// Whether some lines are indented by tabs and some by spaces: ruff takes a tab for two columns, Python for eight, so they
/// disagree on which of these files parse.
fn mixes_tabs(text: &str) -> bool {
    let indented_by =
        |blank: char| text.lines().any(|line| line.chars().take_while(char::is_ascii_whitespace).any(|c| c == blank));
    indented_by('\t') && indented_by(' ')
}

#[test]
fn mutated_files_read_as_ruff_reads_them() {
    let (cases, parsing) = (config(3000), std::cell::Cell::new(0));
    let all = cases.cases as usize;
    let changes = proptest::collection::vec((0.0..1.0, change()), 0..6);
    TestRunner::new(cases)
        .run(&(prop::sample::select(FILES.as_slice()), changes), |(text, changes)| {
            let text = mutated(&text, &changes);
            let same = agree(&text, !mixes_tabs(&text))?;
            parsing.set(parsing.get() + usize::from(same));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    tell("mutated files", parsing.get(), all);
    assert!(parsing.get() * 10 > all, "some files should still parse");
}

#[test]
fn fragments_in_any_order_read_as_ruff_reads_them() {
    let (cases, parsing) = (config(4000), std::cell::Cell::new(0));
    let all = cases.cases as usize;
    TestRunner::new(cases)
        .run(&proptest::collection::vec(prop::sample::select(FRAGMENTS), 0..12), |fragments| {
            let text = fragments.concat();
            let same = agree(&text, !mixes_tabs(&text))?;
            parsing.set(parsing.get() + usize::from(same));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    tell("heaps of fragments", parsing.get(), all);
}
