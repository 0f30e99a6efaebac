//! Requests to an engine, in any order, while files change. An input whose first byte is a `{`, a `[` or a quote is lines of requests as they
//! are; any other is a list of choices: what is asked next, of which name, path or file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Value, json};

use crate::random::Random;
use crate::session::Session;

/// # Panics
/// Where an answer is none, or answers contradict each other.
pub fn check(data: &[u8]) {
    let mut session = Session::new();
    if data.first().is_some_and(|first| matches!(first, b'{' | b'[' | b'"')) {
        let Ok(text) = std::str::from_utf8(data) else { return };
        session.files.write("/app/a.py", "import app.b\n");
        session.files.write("/app/b.py", "");
        for line in text.lines() {
            session.ask_in_words(line);
        }
    } else {
        session.follow(data);
    }
    session.tell();
    agrees(&mut session);
}

/// When everything has been told, what one question is answered with is what the others are.
fn agrees(session: &mut Session) {
    let names = session.ask(&json!("names"))["ok"].as_str().map(str::to_owned).unwrap_or_default();
    let names: Vec<&str> = names.split_whitespace().collect();
    let unique: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(unique.len(), names.len(), "a name twice: {names:?}");
    let graph = session.ask(&json!("graph"))["ok"].take();
    let nodes: BTreeSet<&str> = graph["nodes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert_eq!(nodes, unique, "names and nodes differ");
    let mut dependencies: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in graph["edges"].as_array().into_iter().flatten() {
        let (importer, of) =
            (edge["importer"].as_str().unwrap_or_default(), edge["imported"].as_str().unwrap_or_default());
        assert!(nodes.contains(importer) && nodes.contains(of), "an edge without its nodes: {edge}");
        if edge["kind"] != "type_checking" {
            dependencies.entry(importer).or_default().insert(of);
        }
    }
    for name in &names {
        let record = session.ask(&json!({"record": {"name": name}}))["ok"].take();
        assert_eq!(record["name"], *name);
        let told: BTreeSet<&str> =
            record["dependencies"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!(told, dependencies.get(name).cloned().unwrap_or_default(), "dependencies of {name}");
        if let Some(path) = record["path"].as_str().filter(|path| session.files.digest(path).is_some()) {
            assert_eq!(session.ask(&json!({"module_names_at": {"paths": [path]}}))["ok"][0], *name, "{path}");
        }
    }
    session.ask(&json!("check"));
    session.ask(&json!("cycles"));
}

const REQUESTS: &[&str] = &[
    "\"scan\"",
    "\"graph\"",
    "\"check\"",
    "\"names\"",
    "\"pending\"",
    "\"nothing\"",
    r#"{"push_dir": {"dir": "/app", "namespace": "app"}}"#,
    r#"{"record": {"name": "app.a"}}"#,
    r#"{"record": {"nam": "app.a"}}"#,
    r#"{"plan": {"changes": [], "forced": ["app.a"], "rescan": true}}"#,
    r#"{"read_options": {"text": "{\"basePath\": \"/app\"}"}}"#,
    r#"{"imports": {"path": "/app/a.py"}}"#,
    "[]",
    "null",
    "{",
    "{\"scan\": null}",
];

/// Mostly choices; now and then lines of JSON, which are damaged more often than not.
pub fn generate(random: &mut Random) -> Vec<u8> {
    if random.below(4) > 0 {
        let length = 1 + random.below(120);
        return random.bytes(length);
    }
    let mut text = String::new();
    for _ in 0..random.below(8) {
        let _ = writeln!(text, "{}", random.pick(REQUESTS));
    }
    let mut bytes = text.into_bytes();
    random.damage(&mut bytes);
    bytes
}
