//! The graph that is kept while files change, against the graph of an engine that sees the same files for the first time. An input is a list
//! of choices, as one of [`protocol`](crate::protocol).

use std::collections::BTreeSet;

use pyautoload_wasm::Engine;
use serde_json::{Value, json};

use crate::random::Random;
use crate::session::Session;

/// # Panics
/// Where the two differ.
pub fn check(data: &[u8]) {
    let mut session = Session::new();
    session.follow(data);
    session.tell();
    if !session.has_own_attributes {
        let graph = session.ask(&json!("graph"))["ok"].take();
        is_as_if_new(&session, &graph);
    }
}

/// An engine that has seen all of the changes draws the graph that one draws which has seen none.
fn is_as_if_new(session: &Session, graph: &Value) {
    let mut other = Engine::new(session.files.clone());
    let requests = session.settings.iter().map(Value::to_string).chain([r#""scan""#.to_owned()]);
    for request in requests {
        if other.request(&request).starts_with(r#"{"error""#) {
            return; // A root is gone, so what was known before stays.
        }
    }
    let theirs: Value = serde_json::from_str(&other.request(r#""graph""#)).unwrap_or_default();
    assert_eq!(graph["nodes"], theirs["ok"]["nodes"]);
    let (ours, theirs) = (read_edges(graph), read_edges(&theirs["ok"]));
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect::<Vec<_>>();
    assert!(
        ours == theirs,
        "only here: {:#?}\nonly in a new engine: {:#?}",
        only(&ours, &theirs),
        only(&theirs, &ours)
    );
}

/// The edges that stand in the sources.
fn read_edges(graph: &Value) -> BTreeSet<String> {
    let edges = graph["edges"].as_array().into_iter().flatten();
    edges.filter(|edge| edge["kind"] != "observed").map(Value::to_string).collect()
}

/// A list of choices.
pub fn generate(random: &mut Random) -> Vec<u8> {
    let length = 1 + random.below(120);
    random.bytes(length)
}
