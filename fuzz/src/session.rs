//! An engine that is asked things in any order, while files change.

use std::collections::{BTreeMap, BTreeSet};

use pyautoload_wasm::Engine;
use serde_json::{Value, json};

use crate::files::Files;

const NAMES: &[&str] = &[
    "app",
    "app.a",
    "app.b",
    "app.a.c",
    "app.models",
    "app.models.user",
    "app.models.User",
    "lib",
    "lib.tool",
    "a",
    "os",
    "",
    "app..a",
    "class",
    "app.größe",
    "app.modles.usr",
];
const DIRS: &[&str] = &[
    "/app",
    "/lib",
    "/app/models",
    "/nowhere",
    "/app/a.py",
    "relative",
    "",
    "/app/",
    "//lib",
    "/app/./models/../models",
];
const PATHS: &[&str] = &[
    "/app/a.py",
    "/app/b.py",
    "/app/a/__init__.py",
    "/app/a/c.py",
    "/app/models/user.py",
    "/app/models/__init__.py",
    "/lib/tool.py",
    "/lib/app/b.py",
    "/app/größe.py",
    "/app/class.py",
    "/app/tests/x.py",
    "/app/models/deep/er/y.py",
];
const OTHER_PATHS: &[&str] = &["/app", "/app/models", "/app/../lib", "/app//a.py", "relative", "", "/", "/app/a.txt"];
const SOURCES: &[&str] = &[
    "",
    "import app.a\n",
    "import app.b as x, app.a.c\n",
    "from . import b\n",
    "from app import *\n",
    "from .a import c, d\n",
    "from app.models.user import User\nUser\n",
    "import app\nx = app.models.User, app.a.c\n",
    "def f():\n    import app.models.user\n",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import app.b\n",
    "import os, json\n",
    "from ... import x\n",
    "from importlib import import_module\nimport_module('app.b')\n",
    "class User:\n    pass\n",
    "x = (\n",
    "import app.modles\nimport lib.tol\n",
    "try:\n    import lib.tool\nexcept ImportError:\n    pass\n",
    "# coding: nothing\n",
    "a = 1\n__all__ = ['a']\n",
];
const PATTERNS: &[&str] = &["tests", "models", "*/deep", "/app/models", "**", "a*", "{a,b}.py", "[", "", "/"];
const WORDS: &[&str] = &["user", "User", "API", "api", "größe", "class", "a_b", "", "HTML", "x y"];

/// What a list of numbers chooses.
pub struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, limit: usize) -> usize {
        self.0.next().map_or(0, |choice| usize::from(*choice) % limit)
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    fn path(&mut self) -> &'static str {
        if self.below(8) == 7 { self.pick(OTHER_PATHS) } else { self.pick(PATHS) }
    }

    fn several(&mut self, from: &[&'static str]) -> Vec<&'static str> {
        (0..=self.below(3)).map(|_| self.pick(from)).collect()
    }
}

/// An engine, and what is known of what it was asked.
pub struct Session {
    engine: Engine<Files>,
    pub files: Files,
    /// The paths that have changed.
    touched: BTreeSet<String>,
    /// The hashes of the files that were executed, until another one is told.
    executed: BTreeMap<String, u64>,
    /// How many modules have been executed.
    clock: u64,
    /// What another engine has to be asked to be as this one is.
    pub settings: Vec<Value>,
    /// Whether attributes came from elsewhere than the engine's inflector.
    pub has_own_attributes: bool,
    is_traced: bool,
}

impl Session {
    /// An engine that has been asked nothing, and no files. `FUZZ_TRACE=1` prints what is asked and answered.
    #[must_use]
    pub fn new() -> Self {
        let files = Files::default();
        Self {
            engine: Engine::new(files.clone()),
            files,
            touched: BTreeSet::new(),
            executed: BTreeMap::new(),
            clock: 0,
            settings: Vec::new(),
            has_own_attributes: false,
            is_traced: std::env::var_os("FUZZ_TRACE").is_some(),
        }
    }

    /// Does what a list of choices says.
    pub fn follow(&mut self, choices: &[u8]) {
        let mut choices = Choices(choices.iter());
        while !choices.0.as_slice().is_empty() {
            self.step(&mut choices);
        }
    }

    /// Tells of all that has changed and was not told yet.
    pub fn tell(&mut self) {
        let told: Vec<String> = self.touched.iter().cloned().collect();
        self.told(&told, &[], true);
    }

    /// Asks the engine.
    ///
    /// # Panics
    /// Where its answer is none.
    pub fn ask(&mut self, request: &Value) -> Value {
        self.ask_in_words(&request.to_string())
    }

    /// As [`Self::ask`], of a text that may be no request.
    ///
    /// # Panics
    /// Where its answer is none.
    pub fn ask_in_words(&mut self, request: &str) -> Value {
        let answer = self.engine.request(request);
        self.trace(request, &answer);
        let read: Value = serde_json::from_str(&answer).unwrap_or_default();
        assert!(is_answer(&read), "{request} gives {answer}");
        read
    }

    fn trace(&self, request: &str, answer: &str) {
        if self.is_traced {
            eprintln!("{request}\n  {answer}");
        }
    }

    fn step(&mut self, choices: &mut Choices) {
        let request = match choices.below(40) {
            0..=7 => return self.write(choices),
            8 | 9 => {
                let path = choices.pick(PATHS);
                self.trace("remove", path);
                self.files.remove(path);
                self.touched.insert(path.to_owned());
                return;
            }
            10 | 11 => json!({"push_dir": {"dir": choices.pick(DIRS), "namespace": choices.pick(NAMES)}}),
            12 => {
                json!({choices.pick(&["ignore", "collapse", "do_not_eager_load", "do_not_reload"]): {"pattern": choices.pick(PATTERNS)}})
            }
            13 => json!({"inflect": {"stem": choices.pick(WORDS), "attr": choices.pick(WORDS)}}),
            14 => json!({"acronym": {"word": choices.pick(WORDS)}}),
            15 => json!({"reserve": {"names": choices.pick(&["os", "a b", ""]), "owner": "the standard library"}}),
            16..=18 => json!("scan"),
            19 => json!(choices.pick(&[
                "version",
                "forget",
                "names",
                "expected_names",
                "problems",
                "to_inflect",
                "pending"
            ])),
            20 => json!(choices.pick(&["check", "graph", "cycles"])),
            21 => {
                json!({choices.pick(&["namespace", "aliases", "attribute", "record"]): {"name": choices.pick(NAMES)}})
            }
            22 => json!({"imports": {"path": choices.path()}}),
            23 => {
                json!({choices.pick(&["ignored", "collapsed", "module_names_at"]): {"paths": choices.several(PATHS)}})
            }
            24 => {
                json!({choices.pick(&["dependencies", "dependents"]): {"name": choices.pick(NAMES), "transitive": choices.flag()}})
            }
            25 => json!({"why": {"importer": choices.pick(NAMES), "imported": choices.pick(NAMES)}}),
            26 => json!({"select": {"force": choices.flag(), "dir": choices.pick(DIRS), "namespace": null}}),
            27 => json!({"select": {"force": choices.flag(), "dir": null, "namespace": choices.pick(NAMES)}}),
            28 => {
                json!({"observe": {"imports": [{"importer": choices.pick(NAMES), "imported": choices.pick(NAMES), "line": choices.below(3)}]}})
            }
            29 => json!({choices.pick(&["camelize"]): {"text": choices.pick(WORDS)}}),
            30 => json!({"underscore": {"attr": choices.pick(WORDS)}}),
            31 => json!({"set_attributes": {"attributes": {choices.pick(NAMES): choices.pick(WORDS)}}}),
            32 => json!("enable_reloading"),
            33 => json!({"mark_unloaded": {"names": choices.several(NAMES)}}),
            34 | 35 => return self.execute(choices),
            _ => return self.plan(choices),
        };
        let answer = self.ask(&request);
        let is_setting = ["push_dir", "ignore", "collapse", "inflect", "acronym", "reserve"];
        if answer["error"].is_null() && is_setting.iter().any(|name| !request[name].is_null()) {
            self.settings.push(request);
        } else if !request["set_attributes"].is_null() {
            self.has_own_attributes = true;
        }
    }

    fn write(&mut self, choices: &mut Choices) {
        let path = choices.pick(PATHS);
        let source = format!("{}{}", choices.pick(SOURCES), choices.pick(SOURCES));
        if choices.below(16) == 15 {
            let target = choices.pick(PATHS);
            self.trace(&format!("link {path}"), target);
            self.files.link(path, target);
        } else {
            self.trace(&format!("write {path}"), &source);
            self.files.write(path, &source);
        }
        self.touched.insert(path.to_owned());
    }

    /// Modules run, as somebody has imported them.
    fn execute(&mut self, choices: &mut Choices) {
        let modules: Vec<Value> = choices
            .several(NAMES)
            .into_iter()
            .map(|name| {
                self.clock += 1;
                let path = self.ask(&json!({"record": {"name": name}}))["ok"]["path"].as_str().map(str::to_owned);
                let digest = path.and_then(|path| self.digest_executed(&path));
                json!({"name": name, "mtime": 1.5, "digest": digest, "started": self.clock, "failed": choices.below(6) == 5})
            })
            .collect();
        self.ask(&json!({"mark_loaded": {"modules": modules}}));
    }

    /// Some of what has changed is told; what the plan says is done, or some of it.
    fn plan(&mut self, choices: &mut Choices) {
        let told: Vec<String> = self.touched.iter().filter(|_| choices.below(4) > 0).cloned().collect();
        let forced = if choices.below(4) == 3 { choices.several(NAMES) } else { Vec::new() };
        let plan = self.told(&told, &forced, choices.flag());
        for step in plan["ok"]["transactions"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|one| one.as_array().into_iter().flatten())
        {
            let Some(name) = step["name"].as_str() else { continue };
            self.clock += 1;
            let digest = step["file"].as_str().and_then(|path| self.digest_executed(path));
            let failed = choices.below(8) == 7;
            self.ask(&json!({"mark_unloaded": {"names": [name]}}));
            self.ask(&json!({"mark_loaded": {"modules": [
                {"name": name, "mtime": null, "digest": digest, "started": self.clock, "failed": failed}]}}));
        }
    }

    /// The hash of a file that is executed now.
    fn digest_executed(&mut self, path: &str) -> Option<u64> {
        let digest = self.files.digest(path)?;
        self.executed.insert(path.to_owned(), digest);
        Some(digest)
    }

    /// As the facade tells it: a rescan looks at all files that were executed, since one behind a link changes without being named.
    fn told(&mut self, paths: &[String], forced: &[&str], rescan: bool) -> Value {
        let mut all: BTreeSet<String> = paths.iter().cloned().collect();
        if rescan {
            let has_changed = |(path, digest): &(&String, &u64)| self.files.digest(path) != Some(**digest);
            all.extend(self.executed.iter().filter(has_changed).map(|(path, _)| path.clone()));
        }
        let mut changes = Vec::new();
        for path in all {
            let digest = self.files.digest(&path);
            changes.push(json!({"path": path, "digest": digest}));
            match (digest, self.executed.get_mut(&path)) {
                (Some(digest), Some(executed)) => *executed = digest,
                (None, Some(_)) => drop(self.executed.remove(&path)),
                (_, None) => {}
            }
            self.touched.remove(&path);
        }
        self.ask(&json!({"plan": {"changes": changes, "forced": forced, "rescan": rescan}}))
    }
}

fn is_answer(read: &Value) -> bool {
    match read {
        Value::Object(answer) if answer.len() == 1 => {
            answer.contains_key("ok")
                || answer["error"]["kind"].is_string()
                    && answer["error"]["message"].as_str().is_some_and(|message| !message.is_empty())
        }
        _ => false,
    }
}
