//! The rooms of the core stand in an order, and each uses only those before it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a source that cannot be read is a test that fails"
)]
#![expect(clippy::disallowed_methods, reason = "a test reads the sources")]

use std::path::{Path, PathBuf};

/// Each room uses those before it. `lib` says what a user sees of all of them.
const ORDER: [&str; 11] =
    ["error", "ids", "name", "vfs", "layout", "imports", "graph", "reload", "protocol", "engine", "lib"];

fn place(room: &str) -> usize {
    ORDER.iter().position(|known| *known == room).unwrap_or_else(|| panic!("'{room}' has no place in the order"))
}

/// The sources in `src`, each with its room, but for tests: these may use everything.
fn sources() -> Vec<(String, PathBuf)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut pending = vec![src.clone()];
    while let Some(dir) = pending.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if !path.ends_with("tests.rs") && !path.ends_with("vfs/conformance.rs") {
                let room = path.strip_prefix(&src).unwrap().iter().next().unwrap().to_str().unwrap();
                found.push((room.trim_end_matches(".rs").to_owned(), path));
            }
        }
    }
    found
}

/// The text without comments and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands behind each `crate::`: a room, or a name that `lib.rs` has from one. A group behind it has no place in the order, and fails.
fn used(text: &str, shown: &[(String, String)]) -> Vec<String> {
    let words = text.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    });
    let room_of = |word: &str| {
        let of = shown.iter().find(|(name, _)| name == word).map(|(_, room)| room.as_str());
        of.unwrap_or(word).to_owned()
    };
    words.map(room_of).collect()
}

/// The names that `lib.rs` takes from rooms, each with its room.
fn shown() -> Vec<(String, String)> {
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let mut shown = Vec::new();
    for path in lib.lines().filter_map(|line| line.strip_prefix("pub use ")) {
        let (room, rest) = path.split_once("::").unwrap();
        let names = rest.rsplit_once("::").map_or(rest, |(_, names)| names);
        for name in names.trim_matches(|c| "{};".contains(c)).split(", ") {
            shown.push((name.to_owned(), room.to_owned()));
        }
    }
    shown
}

#[test]
fn each_room_uses_those_before_it() {
    let shown = shown();
    let mut uses = 0;
    for (room, path) in sources() {
        for other in used(&code(&std::fs::read_to_string(&path).unwrap()), &shown) {
            uses += 1;
            assert!(
                place(&other) <= place(&room),
                "{}: '{room}' uses '{other}', which stands after it",
                path.display()
            );
        }
    }
    assert!(uses > 100, "{uses} uses");
}

#[test]
fn a_use_is_seen_in_code_and_not_in_comments_and_tests() {
    let shown = [("Engine".to_owned(), "engine".to_owned())];
    let text = "//! See [`Engine`](crate::Engine).\nuse crate::graph::{Edge, Graph};\nfn f(e: &crate::Engine) {} // crate::reload\n\n\
                #[cfg(test)]\nmod tests {\n    use crate::vfs::MemoryVfs;\n}\n";
    assert_eq!(used(&code(text), &shown), ["graph", "engine"]);
}

#[test]
fn what_lib_shows_has_a_room() {
    let shown = shown();
    assert!(shown.contains(&("Engine".to_owned(), "engine".to_owned())), "{shown:?}");
    assert!(shown.iter().all(|(_, room)| place(room) < place("lib")));
}
