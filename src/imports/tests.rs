//! What is read from whole texts: contexts, bindings and problems.

use super::{BindingKind, Import, Outline, Scope, Takes, outline};
use crate::imports::source::Source;

fn read(text: &str) -> Outline<'static> {
    // Names borrow from the text; a test may keep it.
    outline(Box::leak(Box::new(Source::new(text.to_owned()).unwrap())))
}

/// `line module(names) scope flags`, as in `2 ..a(b as c) function checking guarded lazy`.
fn shown(import: &Import) -> String {
    let show = |name: &str, alias: Option<&str>| alias.map_or(name.to_owned(), |alias| format!("{name} as {alias}"));
    let module = format!("{}{}", ".".repeat(import.level as usize), import.module);
    let mut text = match &import.takes {
        Takes::Module { alias } => format!("{} {}", import.line, show(&module, alias.as_deref())),
        Takes::Star => format!("{} {module}(*)", import.line),
        Takes::Names(names) => {
            let names: Vec<_> = names.iter().map(|taken| show(&taken.name, taken.alias.as_deref())).collect();
            format!("{} {module}({})", import.line, names.join(", "))
        }
    };
    let context = import.context;
    let flags = [
        (context.scope == Scope::Class, " class"),
        (context.scope == Scope::Function, " function"),
        (context.type_checking, " checking"),
        (context.guarded, " guarded"),
        (context.lazy, " lazy"),
    ];
    text.extend(flags.iter().filter(|(on, _)| *on).map(|(_, flag)| *flag));
    text
}

macro_rules! imports {
    ($($test:ident: $text:expr => $($import:expr),*;)*) => {$(
        #[test]
        fn $test() {
            let outline = read($text);
            let expected: &[&str] = &[$($import),*];
            assert_eq!(outline.imports.iter().map(shown).collect::<Vec<_>>(), expected);
            assert_eq!(outline.problems, []);
        }
    )*};
}

imports! {
    one: "import a" => "1 a";
    many: "import a.b as c, d" => "1 a.b as c", "1 d";
    from: "from a.b import c as d, e" => "1 a.b(c as d, e)";
    star: "from .a import *" => "1 .a(*)";
    relative: "from .. import a\nfrom...b import c" => "1 ..(a)", "2 ...b(c)";
    spread: "from . . a . b import (c, # d\n e,)" => "1 ..a.b(c, e)";
    continued: "import \\\n a\nfrom b \\\n import c" => "1 a", "3 b(c)";
    after_a_semicolon: "x = ';'; import a; \\\nimport b;" => "1 a", "2 b";
    not_in_text: "'import a' # import b\n'''\nimport c\n'''\nimport d" => "5 d";
    not_in_a_template: "t'{a:{'''\nimport b\n'''}}'\nimport c" => "4 c";
    words_that_begin_alike: "imports = 1\nfrom_ = 2\nimport_a()\nimport größe" => "4 größe";
    in_a_function: "async def f():\n  def g(): import a\n  class B:\n    import b" => "2 a function", "4 b function";
    in_a_class: "class A:\n  if x: import a\n  def f(self):\n    import b\nimport c" => "2 a class", "4 b function", "5 c";
    tabs_go_to_eight: "class A:\n        x = 1\n\timport a\nimport b" => "3 a class", "4 b";
    form_feed: "def f():\n  pass\n\x0cimport a" => "3 a";
    one_line_suites: "if a: import b; import c\nelse: import d\nfor e in f: import g" => "1 b", "1 c", "2 d", "3 g";
    colons_that_are_no_headers: "if lambda a=b[c:d]: e: import f" => "1 f";
    type_checking: "if typing.TYPE_CHECKING:\n  import a\n  def f():\n    import b\nelif c: import d\nelse: import e" =>
        "2 a checking", "4 b function checking", "5 d", "6 e";
    not_type_checking: "if not TYPE_CHECKING:\n  import a\nelif c:\n  import b\nelse:\n  import d\nimport e" =>
        "2 a", "4 b checking", "6 d checking", "7 e";
    elif_type_checking: "if a: import b\nelif TYPE_CHECKING: import c" => "1 b", "2 c checking";
    guarded: "try:\n  import a\n  if b:\n    import c\nexcept ImportError:\n  import d\nelse:\n  import e\nfinally:\n  import f" =>
        "2 a guarded", "4 c guarded", "6 d", "8 e", "10 f";
    guarded_by_a_later_handler: "try: import a\nexcept OSError: import b\nexcept (E, ImportError): import c" => "1 a guarded", "2 b", "3 c";
    guarded_by_any: "try: import a\nexcept: pass" => "1 a guarded";
    not_guarded: "try: import a\nexcept OSError: pass\ntry: import b\nfinally: pass" => "1 a", "3 b";
    functions_outlive_their_guard: "try:\n  def f():\n    import a\n  class B:\n    import b\nexcept ImportError: pass" => "3 a function", "5 b class guarded";
    guarded_outside: "try:\n  try: import a\n  except OSError: import b\nexcept ImportError: pass" => "2 a guarded", "3 b guarded";
    guarded_in_a_function: "def f():\n  try: import a\n  except ImportError: pass" => "2 a function guarded";
    matching: "match a:\n  case 1: import b\n  case _:\n    import c\nimport d" => "2 b", "4 c", "5 d";
    soft_keywords_are_names: "match = case = type = lazy = 1\nmatch(a)\ncase(a); import b" => "3 b";
    lazy: "lazy import a\nlazy from b import c\nlazy = 1" => "1 a lazy", "2 b(c) lazy";
    decorated: "@a(\n)\n# b\ndef f(): import c" => "4 c function";
    line_ends: "import a\r\nimport b\rimport c" => "1 a", "2 b", "3 c";
    nothing: "" => ;
    only_a_comment: "# import a" => ;
}

macro_rules! bindings {
    ($($test:ident: $text:expr => $bindings:expr;)*) => {$(
        #[test]
        fn $test() {
            let outline = read($text);
            let shown = outline.bindings.iter().map(|binding| {
                let kind = match binding.kind {
                    BindingKind::Function => "f",
                    BindingKind::Class => "c",
                    BindingKind::Import => "i",
                    BindingKind::Assignment => "a",
                };
                format!("{}:{kind}{}{}", binding.name, binding.line, if binding.type_checking { "?" } else { "" })
            });
            assert_eq!(shown.collect::<Vec<_>>().join(" "), $bindings);
            assert_eq!(outline.problems, []);
        }
    )*};
}

bindings! {
    definitions: "def f(): x = 1\n@d\nclass A:\n  y = 2\nasync def g(): pass" => "f:f1 A:c3 g:f5";
    imported: "import a.b, c as d\nfrom e import f, g as h\nfrom i import *" => "a:i1 d:i1 f:i2 h:i2";
    imported_in_parts: "import a . b" => "a:i1";
    assigned: "a = b, c[0] = (\n  d)\ne: int = 1\nf: int\ng += 1" => "a:a1 b:a1 e:a3 g:a5";
    over_lines: "(a,\n b) = c" => "a:a1 b:a2";
    nested: "if a:\n  b = 1\nelse:\n  for c, d in e: f = 1\nwhile (g := h()): i = 1" => "b:a2 c:a4 d:a4 f:a4 g:a5 i:a5";
    entered: "with a as b, c as (d, e):\n  f = 1" => "b:a1 d:a1 e:a1 f:a2";
    caught: "try: a = 1\nexcept A as b: c = 1" => "a:a1 c:a2";
    matched: "match (a := b):\n  case [c, *d] if (e := f): g = 1" => "a:a1 e:a2 c:a2 d:a2 g:a2";
    type_alias: "type A = int\ntype B[T] = T\ntype = 1\ntype[0] = 2" => "A:a1 B:a2 type:a3";
    for_type_checkers: "if TYPE_CHECKING:\n  import a\nelse:\n  a = None" => "a:i2? a:a4";
    walrus_in_headers: "def f(a=(b := 1)): pass\nclass A((c := B)): pass\n@(d := e)\ndef g(): (h := 1)" => "b:a1 f:f1 c:a2 A:c2 d:a3 g:f4";
    not_bound: "def f():\n  global a\n  a = 1\ndel b\nc.d = e\nlambda: (g := 1)\nf'{(h := 1)}'" => "f:f1";
}

macro_rules! problems {
    ($($test:ident: $text:expr => $problems:expr, $imports:expr;)*) => {$(
        #[test]
        fn $test() {
            let outline = read($text);
            let problems: Vec<_> = outline.problems.iter().map(|problem| format!("{} {:?}", problem.line, problem.kind)).collect();
            assert_eq!(problems.join(", "), $problems);
            assert_eq!(outline.imports.iter().map(shown).collect::<Vec<_>>().join(", "), $imports);
        }
    )*};
}

problems! {
    unclosed_string: "a = 'b\nimport c" => "1 String", "2 c";
    unclosed_docstring: "import a\n'''b\nimport c" => "2 String", "1 a";
    unclosed_bracket: "f(\na,\nimport b" => "1 Bracket", "3 b";
    unclosed_bracket_before_type_checking: "f(\n\nif TYPE_CHECKING:\n  import a" => "1 Bracket", "4 a checking";
    unopened_bracket: "a)\nimport b" => "1 Bracket", "2 b";
    unclosed_import: "from a import (b,\nc\nimport d" => "1 Bracket, 1 Import", "1 a(b, c), 3 d";
    half_an_import: "from a import\nimport\nimport b as\nfrom . import c d" => "1 Import", "3 b, 4 .(c)";
    keyword_in_an_import: "import a.class\nfrom b import None" => "1 Import", "";
    no_identifier_in_an_import: "import a–b\nimport c" => "1 Import", "2 c";
    no_block: "def f():\nimport a" => "1 Indentation", "2 a";
    no_block_at_the_end: "import a\nif b:\n" => "2 Indentation", "1 a";
    no_colon: "class A\n  import b" => "1 Header", "2 b class";
    no_outer_level: "if a:\n    import b\n  import c" => "3 Indentation", "2 b, 3 c";
    indented_for_no_reason: "a\n  import b\nimport c" => "2 Indentation", "2 b, 3 c";
    first_of_each_kind: "'a\n'b\nc)\nd)" => "1 String, 3 Bracket", "";
}

#[test]
fn a_problem_says_what_to_do() {
    let messages: Vec<_> = read("f(\nimport a\n'b").problems.into_iter().map(|problem| problem.message).collect();
    assert!(
        messages[0].contains("add the other one") && messages[1].contains("add its closing quotes"),
        "{messages:?}"
    );
}

#[test]
fn an_outline_survives_serde() {
    let outline = read("import a . b\nfrom c import d\nx = 1\n'");
    let json = serde_json::to_string(&outline).unwrap();
    assert!(json.contains(r#""takes":{"module":{"alias":null}}"#), "{json}");
    assert_eq!(serde_json::from_str::<Outline>(&json).unwrap(), outline);
}
