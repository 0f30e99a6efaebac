//! The import reader: whatever the bytes are, it comes back with places in the file; and where ruff's parser takes the text, both read the
//! same. An input is a file.

use pyautoload_wasm::imports::outline;
use pyautoload_wasm::imports::source::{Problem, Source};

use crate::native_texts::NativeTexts;
use crate::random::Random;
use crate::rows::Rows;
use crate::{parsed, programs};

/// # Panics
/// Where a place is outside of the file, or ruff reads other imports or bindings.
pub fn check(data: &[u8]) {
    let lines = 1 + data.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    let is_inside = |line: u32| (1..=lines).contains(&usize::try_from(line).unwrap());
    let is_told = |problem: &Problem| is_inside(problem.line) && !problem.message.is_empty();
    let source = match Source::decode(data, &NativeTexts) {
        Ok(source) => source,
        Err(problem) => return assert!(is_told(&problem), "{problem:?}"),
    };
    let outline = outline(&source).normalized(&NativeTexts);
    assert!(outline.problems.iter().all(is_told), "{:?}", outline.problems);
    assert!(outline.imports.iter().all(|import| is_inside(import.line)), "{:?}", outline.imports);
    assert!(outline.bindings.iter().all(|binding| is_inside(binding.line)), "{:?}", outline.bindings);

    let Ok(text) = std::str::from_utf8(data) else { return };
    let is_as_written = source.text() == text.strip_prefix('\u{feff}').unwrap_or(text);
    // Of an encoding that the host does not know a problem tells; ruff reads nothing but UTF-8.
    if !is_as_written || mixes_tabs(text) || source.doubt().is_some() {
        return;
    }
    if let Some(theirs) = parsed::rows(text) {
        let ours = Rows::from(&outline);
        assert!(ours == theirs, "{}\nin\n{text}", ours.difference(&theirs));
        assert!(outline.problems.is_empty(), "not a problem: {:?}\nin\n{text}", outline.problems);
    }
}

/// Whether some lines are indented by tabs and some by spaces: ruff takes a tab for two columns, Python for eight.
fn mixes_tabs(text: &str) -> bool {
    let indented_by =
        |blank: char| text.lines().any(|line| line.chars().take_while(char::is_ascii_whitespace).any(|c| c == blank));
    indented_by('\t') && indented_by(' ')
}

const PHRASES: &[&str] = &[
    "import a",
    "import a.b as c",
    "from . import d",
    "from .e import *",
    "from f import (g, h as i)",
    "lazy import j",
    "\n",
    "\n",
    "\r\n",
    "\r",
    ";",
    ":",
    "    ",
    "\t",
    "\x0c",
    "\\\n",
    "#",
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
    "f'{",
    "rb'",
    "t\"",
    "if ",
    "TYPE_CHECKING",
    "try:",
    "except ImportError:",
    "else:",
    "def f():",
    "class A:",
    "async ",
    "match x:",
    "case _:",
    "lambda: ",
    " = ",
    " := ",
    "x",
    "not ",
    "and ",
    ",",
    "*",
    "@",
    "type ",
    "global ",
    "# coding: latin-1\n",
    "# coding: gbk\n",
    "# coding: iso-2022-jp\n",
    "# coding: shift_jis\n",
    "ｐ",
    "e\u{301}",
    "\u{feff}",
    "é",
    "0x",
    "1if",
];

/// A made-up program, or phrases in any order, sometimes damaged.
pub fn generate(random: &mut Random) -> Vec<u8> {
    let mut bytes = if random.below(3) == 0 {
        random.phrases(PHRASES, 24).into_bytes()
    } else {
        let length = random.below(200);
        programs::program(&random.bytes(length)).into_bytes()
    };
    random.damage(&mut bytes);
    bytes
}
