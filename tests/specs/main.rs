//! Text fixtures: files, then events, then the expected plan. `UPDATE=1 cargo test --test specs` writes what the engine says into the
//! fixtures, to be reviewed as a diff.
//!
//! A fixture is a list of commands, each with indented lines below it:
//!
//! - `write PATH`: a file with these lines; an event, once something is loaded
//! - `delete PATH`, `move PATH TO`: of a file or a directory, with their events
//! - `load NAME…`: these modules have been executed, in this order; `fail NAME…`: they have raised
//! - `unload NAME…`: these are not in `sys.modules` any more
//! - `observe FROM TO LINE`: this import was seen
//! - `keep GLOB`: what `do_not_reload` takes
//! - `plan [rescan] [NAME…]`: the plan for the events since the last one, and for the modules that are asked for
//! - `pending`: who is not what a fresh import would give
//! - `# words`: what the next lines show

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a fixture that cannot be read is a test that fails"
)]
#![expect(clippy::disallowed_methods, reason = "fixtures are files, and a variable says whether to write them")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::rc::Rc;

use pyautoload_wasm::vfs::{Kind, Listing, MemoryVfs, Vfs};
use pyautoload_wasm::{Engine, Result};
use serde_json::{Value, json};

/// Files that change below an engine.
#[derive(Clone, Default)]
struct Files(Rc<RefCell<(BTreeMap<String, String>, MemoryVfs)>>);

impl Files {
    fn edit(&self, edit: impl FnOnce(&mut BTreeMap<String, String>)) {
        let mut inner = self.0.borrow_mut();
        edit(&mut inner.0);
        let (files, mut vfs) = (inner.0.clone(), MemoryVfs::default());
        vfs.make_dir("/app");
        for (path, text) in files {
            vfs.write(&path, text);
        }
        inner.1 = vfs;
    }

    fn digest(&self, path: &str) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        self.0.borrow().0.get(path)?.hash(&mut hasher);
        Some(hasher.finish())
    }
}

impl Vfs for Files {
    fn read_dir(&self, dir: &str) -> Result<Listing> {
        self.0.borrow().1.read_dir(dir)
    }

    fn kind(&self, path: &str) -> Kind {
        self.0.borrow().1.kind(path)
    }

    fn canonical(&self, path: &str) -> Result<String> {
        self.0.borrow().1.canonical(path)
    }

    fn read(&self, file: &str) -> Result<Vec<u8>> {
        self.0.borrow().1.read(file)
    }
}

struct Project {
    files: Files,
    engine: Engine<Files>,
    events: BTreeSet<String>,
    started: u64,
    is_loaded: bool,
}

impl Project {
    fn new() -> Self {
        let files = Files::default();
        files.edit(|_| ());
        Self { engine: Engine::new(files.clone()), files, events: BTreeSet::new(), started: 0, is_loaded: false }
    }

    fn ask(&mut self, request: &Value) -> Value {
        let answer: Value = serde_json::from_str(&self.engine.request(&request.to_string())).unwrap();
        answer.get("ok").unwrap_or_else(|| panic!("{request}: {answer}")).clone()
    }

    fn begin(&mut self) {
        if !self.is_loaded {
            self.is_loaded = true;
            self.events.clear();
            self.ask(&json!({"push_dir": {"dir": "/app", "namespace": "app"}}));
            self.ask(&json!("scan"));
            self.ask(&json!("enable_reloading"));
        }
    }

    fn execute(&mut self, names: &[&str], failed: bool) {
        self.begin();
        for name in names {
            let record = self.ask(&json!({"record": {"name": name}}));
            let path = record["path"].as_str().unwrap_or_default().to_owned();
            let digest = self.files.digest(&path);
            self.started += 1;
            let execution = json!([name, null, digest, self.started, failed]);
            self.ask(&json!({"mark_loaded": {"modules": [execution]}}));
        }
    }

    /// Carries out one command. Returns the lines that it should have below it, if it gives some.
    fn run(&mut self, command: &str, below: &str) -> Option<String> {
        let words: Vec<&str> = command.split(' ').collect();
        match words.as_slice() {
            ["write", path] => {
                self.files.edit(|files| drop(files.insert((*path).to_owned(), below.to_owned())));
                self.events.insert((*path).to_owned());
            }
            ["delete", path] => {
                self.files.edit(|files| files.retain(|file, _| !is_at_or_below(file, path)));
                self.events.insert((*path).to_owned());
            }
            ["move", path, to] => {
                self.files.edit(|files| {
                    let moved: Vec<String> = files.keys().filter(|file| is_at_or_below(file, path)).cloned().collect();
                    for file in moved {
                        let text = files.remove(&file).unwrap();
                        files.insert(file.replacen(path, to, 1), text);
                    }
                });
                self.events.extend([(*path).to_owned(), (*to).to_owned()]);
            }
            ["load", names @ ..] => self.execute(names, false),
            ["fail", names @ ..] => self.execute(names, true),
            ["unload", names @ ..] => drop(self.ask(&json!({"mark_unloaded": {"names": names}}))),
            ["observe", from, to, line] => {
                let line: u32 = line.parse().unwrap();
                self.ask(&json!({"observe": {"imports": [[from, to, line]]}}));
            }
            ["keep", pattern] => drop(self.ask(&json!({"do_not_reload": {"pattern": pattern}}))),
            ["plan", forced @ ..] => {
                let rescan = forced.first() == Some(&"rescan");
                let forced: Vec<&&str> = forced.iter().skip(usize::from(rescan)).collect();
                let events = std::mem::take(&mut self.events);
                let changes: Vec<Value> =
                    events.into_iter().map(|path| json!({"digest": self.files.digest(&path), "path": path})).collect();
                let plan = self.ask(&json!({"plan": {"changes": changes, "forced": forced, "rescan": rescan}}));
                return Some(shown(&plan));
            }
            ["pending"] => {
                let names = self.ask(&json!("pending")).as_str().unwrap().to_owned();
                return Some(if names.is_empty() { "nobody".to_owned() } else { names });
            }
            ["#", ..] => {}
            _ => panic!("no command: {command}"),
        }
        None
    }
}

fn is_at_or_below(file: &str, path: &str) -> bool {
    file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn shown(plan: &Value) -> String {
    let mut text = String::new();
    let list = |field: &str| plan[field].as_array().unwrap().clone();
    for removal in list("removed") {
        writeln!(text, "remove {}: {}", removal["name"].as_str().unwrap(), removal["reason"].as_str().unwrap())
            .unwrap();
    }
    for name in list("reshaped") {
        writeln!(text, "another path for {}", name.as_str().unwrap()).unwrap();
    }
    for kept in list("kept") {
        writeln!(text, "keep {}", kept.as_str().unwrap()).unwrap();
    }
    for (number, steps) in list("transactions").iter().enumerate() {
        if number > 0 {
            text.push_str("and apart\n");
        }
        for step in steps.as_array().unwrap() {
            let stale = if step["is_stale"] == true { "*" } else { " " };
            writeln!(text, "{stale} {}: {}", step["name"].as_str().unwrap(), step["reason"].as_str().unwrap()).unwrap();
        }
    }
    if text.is_empty() { "nothing\n".to_owned() } else { text }
}

/// Runs a fixture, and gives it with the answers that the engine gave.
fn answered(fixture: &str) -> String {
    let mut project = Project::new();
    let mut text = String::new();
    let mut lines = fixture.lines().peekable();
    while let Some(command) = lines.next() {
        writeln!(text, "{command}").unwrap();
        if command.is_empty() {
            continue;
        }
        if command == "---" {
            project = Project::new();
            continue;
        }
        let mut below = String::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("    ")) {
            writeln!(below, "{}", line.strip_prefix("    ").unwrap()).unwrap();
        }
        let answer = project.run(command, &below);
        for line in answer.unwrap_or(below).lines() {
            writeln!(text, "    {line}").unwrap();
        }
    }
    text
}

#[test]
fn every_fixture_plans_what_it_says() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs/reloading");
    let mut count = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let fixture = std::fs::read_to_string(&path).unwrap();
        let answered = answered(&fixture);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, answered).unwrap();
        } else {
            assert_eq!(fixture, answered, "{}", path.display());
        }
        count += 1;
    }
    assert!(count >= 6, "{count} fixtures");
}
