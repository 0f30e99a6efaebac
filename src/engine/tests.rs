use serde_json::{Value, json};

use crate::Engine;
use crate::vfs::MemoryVfs;

const FILES: [(&str, &str); 4] =
    [("/app/a.py", ""), ("/app/db/b.py", "import app.a\n"), ("/app/tests/c.py", ""), ("/app/more/d.py", "")];

/// Every way in which a directory, or a file below it, can be written.
fn spellings(path: &str) -> [String; 6] {
    let (dir, name) = path.rsplit_once('/').unwrap_or_default();
    [
        path.to_owned(),
        format!("{path}/"),
        format!("//{}", path.trim_start_matches('/')),
        format!("{dir}//{name}"),
        format!("{dir}/./{name}/."),
        format!("{dir}/x/../{name}"),
    ]
}

fn engine() -> Engine<MemoryVfs> {
    Engine::new(FILES.into_iter().collect())
}

fn asked(engine: &mut Engine<MemoryVfs>, request: &Value) -> Value {
    let answer: Value = serde_json::from_str(&engine.request(&request.to_string())).unwrap();
    assert!(answer["error"].is_null(), "{request}: {answer}");
    answer["ok"].clone()
}

#[test]
fn a_root_is_the_same_in_every_spelling() {
    for dir in spellings("/app") {
        let mut engine = engine();
        engine.push_dir(&dir, "app").unwrap();
        engine.scan().unwrap();
        assert_eq!(
            asked(&mut engine, &json!({"module_names_at": {"paths": ["/app/a.py"]}})),
            json!(["app.a"]),
            "{dir}"
        );
        assert_eq!(asked(&mut engine, &json!({"record": {"name": "app.db.b"}}))["path"], "/app/db/b.py", "{dir}");
        for again in spellings("/app") {
            let error = engine.push_dir(&again, "other").unwrap_err();
            assert_eq!(error.message, "/app is a root already, for 'app': push each folder once");
        }
    }
    let mut engine = engine();
    engine.push_dir("//./", "").unwrap();
    engine.scan().unwrap();
    assert_eq!(asked(&mut engine, &json!({"module_names_at": {"paths": ["/app/a.py"]}})), json!(["app.a"]));
}

#[test]
fn a_root_in_a_root_is_found_in_every_spelling() {
    for dir in spellings("/app/more") {
        let mut engine = engine();
        engine.push_dir("/app", "app").unwrap();
        engine.push_dir(&dir, "more").unwrap();
        engine.scan().unwrap();
        let names = asked(&mut engine, &json!("names"));
        assert_eq!(names, "app app.a app.db app.db.b app.tests app.tests.c more more.d", "{dir}");
    }
}

#[test]
fn a_path_is_the_same_in_every_spelling() {
    let mut engine = engine();
    engine.push_dir("/app", "app").unwrap();
    for request in [json!({"ignore": {"pattern": "/app/tests"}}), json!({"collapse": {"pattern": "/app/more"}})] {
        asked(&mut engine, &request);
    }
    asked(&mut engine, &json!("scan"));
    for path in spellings("/app/db/b.py") {
        assert_eq!(asked(&mut engine, &json!({"module_names_at": {"paths": [path]}})), json!(["app.db.b"]), "{path}");
    }
    for path in spellings("/app/tests") {
        assert_eq!(asked(&mut engine, &json!({"ignored": {"paths": [path]}})), json!([true]), "{path}");
    }
    for path in spellings("/app/more") {
        assert_eq!(asked(&mut engine, &json!({"collapsed": {"paths": [path]}})), json!([true]), "{path}");
    }
    for dir in spellings("/app/db") {
        let selected = asked(&mut engine, &json!({"select": {"force": false, "dir": dir, "namespace": null}}));
        assert_eq!(selected["load"], "app.db app.db.b", "{dir}");
    }
}

#[test]
fn an_event_is_the_same_in_every_spelling() {
    for path in spellings("/app/a.py") {
        let mut engine = engine();
        engine.push_dir("/app", "app").unwrap();
        asked(&mut engine, &json!("enable_reloading"));
        asked(&mut engine, &json!("scan"));
        let module = json!({"name": "app.a", "mtime": null, "digest": 1, "started": 1, "failed": false});
        asked(&mut engine, &json!({"mark_loaded": {"modules": [module]}}));
        let changes = json!([{"path": path, "digest": 2}]);
        let plan = asked(&mut engine, &json!({"plan": {"changes": changes, "forced": [], "rescan": false}}));
        assert_eq!(plan["transactions"][0][0]["name"], "app.a", "{path}");
    }
}

#[test]
fn an_empty_path_is_no_root() {
    let error = engine().push_dir("", "app").unwrap_err();
    assert_eq!(error.message, "the base path is empty: pass the folder that holds your modules");
}
