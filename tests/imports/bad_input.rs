//! Input that is no Python, or Python beyond measure: told as a problem where it is one, and read to the end. Each input is so
//! large that anything worse than linear time, or recursion, would not come back.

use std::fmt::Write;

use pyautoload_wasm::imports::source::Source;
use pyautoload_wasm::imports::{Outline, Problem, ProblemKind, outline};

use crate::native_texts::NativeTexts;

const MEGABYTE: usize = 1_000_000;

/// The problems of a text, and the modules that it imports.
fn read(text: &str) -> (Vec<ProblemKind>, Vec<String>) {
    let source = Source::new(text).unwrap();
    let Outline { imports, problems, .. } = outline(&source);
    (
        problems.into_iter().map(|problem| problem.kind).collect(),
        imports.iter().map(|import| import.module.to_string()).collect(),
    )
}

fn refused(bytes: &[u8]) -> Problem {
    let problem = Source::decode(bytes, &NativeTexts).unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Encoding);
    problem
}

macro_rules! reads {
    ($($test:ident: $text:expr => $problems:expr, $imports:expr;)*) => {$(
        #[test]
        fn $test() {
            let imports: Vec<String> = $imports.iter().map(|import: &&str| (*import).to_owned()).collect();
            let problems: &[ProblemKind] = &$problems;
            assert_eq!(read(&$text), (problems.to_vec(), imports));
        }
    )*};
}

use ProblemKind::{Bracket, Header, Import, String as Text};

reads! {
    a_line_of_ten_megabytes: format!("a = '{}'; import b", "x".repeat(10 * MEGABYTE)) => [], ["b"];
    a_sum_of_ten_megabytes: format!("a = b{}\nimport c", " + b".repeat(10 * MEGABYTE / 4)) => [], ["c"];
    a_comment_of_ten_megabytes: format!("#{}\nimport a", "(".repeat(10 * MEGABYTE)) => [], ["a"];
    a_name_of_ten_megabytes: format!("import {}", "a.".repeat(5 * MEGABYTE)) => [Import], [];
    many_continued_lines: format!("{}import a", "\\\n".repeat(MEGABYTE)) => [], ["a"];
    many_semicolons: format!("{}import a", "b;".repeat(MEGABYTE)) => [], ["a"];
    an_unclosed_string: format!("'{}\nimport a", "x".repeat(MEGABYTE)) => [Text], ["a"];
    an_unclosed_docstring: format!("'''{}", "'import a\n".repeat(MEGABYTE / 10)) => [Text], [];
    many_unclosed_strings: format!("{}import a", "'\n".repeat(MEGABYTE)) => [Text], ["a"];
    many_unclosed_templates: format!("{}import a", "f'{'\n".repeat(MEGABYTE / 5)) => [Text], ["a"];
    ten_thousand_brackets: format!("a = {}{}\nimport b", "[".repeat(10_000), "]".repeat(10_000)) => [], ["b"];
    a_million_brackets: format!("a = {}{}\nimport b", "([{".repeat(MEGABYTE), "}])".repeat(MEGABYTE)) => [], ["b"];
    a_million_unclosed_brackets: format!("{}\nimport b", "(".repeat(MEGABYTE)) => [Bracket], ["b"];
    a_million_unopened_brackets: format!("{}\nimport b", ")".repeat(MEGABYTE)) => [Bracket], ["b"];
    targets_in_a_million_groups: format!("{}a{} = 1", "(".repeat(MEGABYTE), ")".repeat(MEGABYTE)) => [], [];
    a_million_targets: format!("{}b\nimport c", "a = ".repeat(MEGABYTE)) => [], ["c"];
    a_million_lambdas: format!("if {}: import a", "lambda: ".repeat(MEGABYTE)) => [], ["a"];
    a_million_walruses: format!("({}b)", "(a := ".repeat(MEGABYTE)) => [Bracket], [];
    a_million_fields: format!("{}\nimport a", "f'{".repeat(MEGABYTE)) => [Text], [];
    a_million_formats: format!("f'{}'\nimport a", "{a:".repeat(MEGABYTE)) => [], ["a"];
    a_test_of_a_million_words: format!("if {}TYPE_CHECKING: import a", "not ".repeat(MEGABYTE)) => [], ["a"];
    a_million_exceptions: format!("try: import a\nexcept ({}): pass", "ImportError, ".repeat(MEGABYTE)) => [], ["a"];
    many_headers_without_colon: format!("{}import a", "if lambda\n".repeat(MEGABYTE / 10)) =>
        [Header, ProblemKind::Indentation], ["a"];
    a_keyword_on_every_line_in_brackets: format!("{}import a", "(from\n".repeat(MEGABYTE / 6)) => [Bracket], ["a"];
}

#[test]
fn a_million_imports() {
    let (problems, imports) = read(&"from a import b, c\n".repeat(MEGABYTE));
    assert_eq!((problems.len(), imports.len()), (0, MEGABYTE));
}

#[test]
fn two_thousand_nested_blocks_each_with_a_guard() {
    let mut text = String::new();
    for depth in 0..2000 {
        writeln!(text, "{}try:", " ".repeat(depth)).unwrap();
    }
    writeln!(text, "{}import a", " ".repeat(2000)).unwrap();
    for depth in (0..2000).rev() {
        writeln!(text, "{}except ImportError: pass", " ".repeat(depth)).unwrap();
    }
    let source = Source::new(text).unwrap();
    let outline = outline(&source);
    assert!(outline.problems.is_empty() && outline.imports[0].context.guarded);
}

#[test]
fn binary_files_are_refused_with_a_reason() {
    let every_byte: Vec<u8> = (0..=255).cycle().take(MEGABYTE).collect();
    assert!(refused(&every_byte).message.contains("not UTF-8"));
    assert!(refused(b"\x7fELF\x02\x01\x01\0\0\0").message.contains("NUL byte"));
    assert!(refused(b"\x1f\x8b\x08").message.contains("not UTF-8"));
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_with_their_line() {
    let mut bytes = "import a\n".repeat(MEGABYTE / 9).into_bytes();
    bytes.extend(b"# \xe9");
    assert_eq!(refused(&bytes).line, 111_112);
}
