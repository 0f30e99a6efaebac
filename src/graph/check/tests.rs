//! Each test is a few files and the whole messages about them.

use crate::engine::Engine;
use crate::layout::problem::Severity;
use crate::protocol::options::Options;
use crate::vfs::{MemoryVfs, Tables, WithTexts};

fn problems(files: &[(&str, &str)], options: Options) -> Vec<String> {
    let vfs: MemoryVfs = files.iter().map(|(path, source)| (format!("/r/{path}"), *source)).collect();
    let mut engine = Engine::new(WithTexts { files: vfs, texts: Tables });
    engine.configure(&Options { base_path: Some("/r".to_owned()), ..options }).unwrap();
    engine.scan().unwrap();
    engine
        .check()
        .into_iter()
        .map(|problem| {
            format!("{}{}", if problem.severity == Severity::Information { "(info) " } else { "" }, problem.message)
        })
        .collect()
}

fn app() -> Options {
    Options { top_level: Some("app".to_owned()), ..Options::default() }
}

fn strict() -> Options {
    Options { strict: true, ..app() }
}

macro_rules! finds {
    ($($test:ident: [$($file:expr => $source:expr),*] $(with $options:expr)? => [$($message:expr),*];)*) => {$(
        #[test]
        fn $test() {
            let options = [$($options,)? app()].into_iter().next().unwrap();
            assert_eq!(problems(&[$(($file, $source)),*], options), [$($message),*] as [&str; _]);
        }
    )*};
}

finds! {
    nothing_wrong: [
        "user.py" => "class User: pass", "html.py" => "Html = 1", "p/__init__.py" => "", "p/a.py" => "from app.user import User as A",
        "m.py" => "import os\nfrom .p import a\nfrom .p.a import A\nclass M: pass"
    ] => [];
    a_file_of_functions_needs_no_attribute: ["helpers.py" => "def slug(): ...", "main.py" => "from .helpers import slug"] => [];
    a_strict_file_without_its_attribute: ["user.py" => "x = 1"] with strict()
        => ["/r/user.py does not define 'User', which its name stands for; define it, or import names from app.user itself"];
    a_strict_file_with_nearly_its_attribute: ["html_parser.py" => "class HTMLParser: pass"] with strict()
        => [
            "/r/html_parser.py does not define 'HtmlParser', which its name stands for; it has 'HTMLParser': rename that, rename the \
             file, or call inflect({\"html_parser\": \"HTMLParser\"})"
        ];
    a_star_import_may_define_it: ["user.py" => "from .base import *", "base.py" => "class Base: pass"] with strict() => [];
    a_module_s_getattr_may_define_it: ["user.py" => "def __getattr__(name): ..."] with strict() => [];
    an_attribute_that_is_taken_from_the_package: ["user.py" => "x = 1", "a.py" => "\nfrom app import User"]
        => [
            "/r/user.py does not define 'User', which /r/a.py:2 takes from it; define it, or import names from app.user itself"
        ];
    an_attribute_that_is_taken_from_the_module: ["user.py" => "class Usr: pass", "a.py" => "from .user import User"]
        => [
            "/r/user.py does not define 'User', which /r/a.py:1 takes from it; it has 'Usr': rename that, rename the file, or call \
             inflect({\"user\": \"Usr\"})"
        ];
    an_attribute_in_an_import_path: ["user.py" => "x = 1", "a.py" => "import app.User"]
        => ["/r/user.py does not define 'User', which /r/a.py:1 takes from it; define it, or import names from app.user itself"];
    an_attribute_of_a_package_that_is_used: ["m/user.py" => "x = 1", "a.py" => "import app\n\nu = app.m.User()"]
        => [
            "/r/m/user.py does not define 'User', which /r/a.py:3 takes from it; define it, or import names from app.m.user itself"
        ];
    an_attribute_of_a_module_that_is_used: ["m/user.py" => "x = 1", "a.py" => "import app.m.user\n\nu = app.m.user.User()"]
        => [
            "/r/m/user.py does not define 'User', which /r/a.py:3 takes from it; define it, or import names from app.m.user itself"
        ];
    the_first_who_takes_it_is_named: ["user.py" => "", "b.py" => "from app import User", "a.py" => "from app import User as U"]
        => ["/r/user.py does not define 'User', which /r/a.py:1 takes from it; define it, or import names from app.user itself"];
    an_attribute_that_is_there: ["user.py" => "class User: pass", "a.py" => "from app.user import User\nfrom app import User as U"] => [];
    an_attribute_of_the_package_s_own: ["p/__init__.py" => "User = 1", "p/user.py" => "", "a.py" => "from app.p import User"] => [];
    an_attribute_that_may_be_missing: ["user.py" => "", "a.py" => "try:\n    from app import User\nexcept ImportError:\n    User = None"] => [];
    two_stems_with_one_attribute: ["HtmlParser.py" => "class HtmlParser: pass", "html_parser.py" => "class HtmlParser: pass"]
        => [
            "/r/html_parser.py stands for 'HtmlParser', and so does app.HtmlParser, which has it; rename one of them, or call \
             inflect() for it"
        ];
    two_top_level_stems_with_one_attribute: ["HtmlParser.py" => "class HtmlParser: pass", "html_parser.py" => "class HtmlParser: pass"]
        with Options::default()
        => [
            "/r/html_parser.py stands for 'HtmlParser', and so does HtmlParser, which has it; rename one of them, or call inflect() \
             for it"
        ];
    a_top_level_file_with_a_name_of_the_standard_library: ["random.py" => "", "user.py" => ""] with Options::default()
        => [
            "/r/random.py is not autoloaded: 'random' would shadow the standard library's module of that name; rename it, give the \
             root a top level, or pass allow_shadowing=True"
        ];
    a_top_level_file_that_may_have_such_a_name: ["random.py" => ""] with Options { allow_shadowing: true, ..Options::default() } => [];
    an_empty_package: ["p/__init__.py" => ""]
        => ["(info) /r/p/__init__.py: the package 'app.p' has no module; add one, or remove its folder"];
    an_import_of_a_module_that_there_is_not: ["a.py" => "A = 1\nimport app.student_util", "student_utils.py" => "StudentUtils = 1"]
        => ["/r/a.py:2: there is no module 'app.student_util'; did you mean 'app.student_utils'?"];
    an_import_of_a_file_with_decomposed_letters: ["a.py" => "A = 1\nfrom app import größe\nimport app.größe", "gro\u{308}ße.py" => "Größe = 1"]
        => [
            "/r/a.py:2: there is no module 'app.größe'; /r/gro\u{308}ße.py cannot be imported: its name is in decomposed letters, and \
             import statements ask for composed ones (Unicode NFKC); rename it to 'größe.py' (gr\\u00f6\\u00dfe.py)",
            "/r/a.py:3: there is no module 'app.größe'; /r/gro\u{308}ße.py cannot be imported: its name is in decomposed letters, and \
             import statements ask for composed ones (Unicode NFKC); rename it to 'größe.py' (gr\\u00f6\\u00dfe.py)",
            "/r/gro\u{308}ße.py cannot be imported: its name is in decomposed letters, and import statements ask for composed ones \
             (Unicode NFKC); rename it to 'größe.py' (gr\\u00f6\\u00dfe.py)"
        ];
    a_folder_in_full_width_letters: ["ｕｉ/a.py" => "A = 1"]
        => [
            "/r/ｕｉ cannot be imported: its name is in compatibility letters, and import statements ask for plain ones (Unicode NFKC); \
             rename it to 'ui'"
        ];
    an_import_in_full_width_letters: ["a.py" => "import app.ｂ\nfrom app.b import ｃ\nＡ = app.ｂ.ｃ", "b.py" => "ｃ = B = 1"] => [];
    decomposed_letters_in_a_source: ["a.py" => "from app import cafe\u{301}\nA = cafe\u{301}", "café.py" => "class Cafe\u{301}: pass"] => [];
    an_import_in_the_wrong_case: ["a.py" => "A = 1\nfrom app import Student_Utils", "student_utils.py" => "StudentUtils = 1"]
        => ["/r/a.py:2: there is no module 'app.Student_Utils'; did you mean 'app.student_utils'?"];
    a_relative_import_of_nothing: ["p/a.py" => "A = 1\nfrom .zzz import x"]
        => ["/r/p/a.py:2: there is no module 'app.p.zzz'; create the file, or correct the import"];
    a_relative_import_beyond_the_top: ["a.py" => "A = 1\nfrom ... import x"]
        => ["/r/a.py:2: 3 dots lead out of the top-level package of app.a; take some away"];
    a_guarded_import_may_fail: ["a.py" => "A = 1\ntry:\n    import app.fast\nexcept ImportError:\n    pass"] => [];
    a_foreign_import_is_not_ours: ["a.py" => "A = 1\nimport numpy.linalg\nfrom os import zzz"] => [];
    a_name_of_a_module_is_its_own_business: ["a.py" => "A = 1\nfrom .b import made_while_it_runs", "b.py" => "B = 1"] => [];
    a_cycle_is_information: ["a.py" => "from .b import B\nA = 1", "b.py" => "B = 1\nfrom .a import A"]
        => [
            "(info) app.a imports itself through app.a (/r/a.py:1) → app.b (/r/b.py:2) → app.a: Python allows it, but a name may not be \
             there yet when it is taken; import in the function that needs it, or move what both need to a module of its own"
        ];
    a_file_that_is_not_utf8_is_named_with_its_line: ["a.py" => "# coding: klingon\nA = 1"]
        => [
            "/r/a.py cannot be read as Python (line 1: the encoding 'klingon' cannot be read here: save the file as UTF-8); fix it, or \
             ignore it"
        ];
    a_shadowed_file: ["p.py" => "", "p/__init__.py" => "P = 1", "p/q.py" => "Q = 1"]
        => ["/r/p.py is never executed: /r/p/__init__.py is 'app.p' already; rename or remove one of them"];
}

#[test]
fn a_name_that_is_inflected_anew_leads_elsewhere_at_once() {
    let files = [("/r/a.py", "from app import HTMLParser\nA = 1"), ("/r/html_parser.py", "HTMLParser = 1")];
    let mut engine = Engine::new(MemoryVfs::from_iter(files));
    engine.push_dir("/r", "app").unwrap();
    engine.scan().unwrap();
    assert_eq!(engine.check().len(), 1);
    let answer = engine.request(r#"{"inflect": {"stem": "html_parser", "attr": "HTMLParser"}}"#);
    assert_eq!((answer.as_str(), engine.check().len()), (r#"{"ok":null}"#, 0));
}

#[test]
fn the_nearest_candidate_can_be_asked_for() {
    let mut engine = Engine::new(MemoryVfs::default());
    let mut nearest = |word: &str| {
        engine
            .request(&format!(r#"{{"nearest": {{"word": "{word}", "candidates": ["order", "html_parser", "user"]}}}}"#))
    };
    assert_eq!(nearest("HTMLParser"), r#"{"ok":"html_parser"}"#);
    assert_eq!(nearest("usr"), r#"{"ok":"user"}"#);
    assert_eq!(nearest("invoice"), r#"{"ok":null}"#);
}
