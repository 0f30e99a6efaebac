// The messages between page and worker: what is declared passes, and nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accept, TO_PAGE, TO_WORKER } from "../../www/protocol.js";

const report = {
  changed: [],
  patched: [{ name: "app", functions: ["run"] }],
  reloaded: [],
  removed: [],
  failed: [],
  pending: [],
  rebound: [],
  stayed: [],
  cleared: ["app.run"],
  needed: [{ name: "pandas", reason: "'pandas' is not loaded" }],
  followed: [{ name: "app.User", count: 3 }],
  notFollowed: [],
  errors: [],
  seconds: 0.1,
};

const module = {
  name: "app",
  path: null,
  imported_by: null,
  loaded: true,
  own: 0.5,
  total: 0.5,
  find: 0.1,
  read: 0.1,
  compile: 0.1,
  unmarshal: 0,
  execute: 0.2,
};

test("declared messages pass", () => {
  for (const [declared, message] of [
    [TO_WORKER, { type: "open", files: [{ path: "a.py", contents: "" }] }],
    [TO_WORKER, { type: "open", files: [{ path: "a.bin", contents: new Uint8Array(1) }] }],
    [TO_WORKER, { type: "edit", operations: [{ kind: "move", path: "a.py", to: "b.py" }] }],
    [TO_WORKER, { type: "edit", operations: [{ kind: "remove", path: "a.py" }] }],
    [TO_WORKER, { type: "run", id: "1", code: "" }],
    [TO_WORKER, { type: "stop" }],
    [TO_WORKER, { type: "record" }],
    [TO_WORKER, { type: "stopRecording" }],
    [TO_PAGE, { type: "recorded", modules: [module], speedscope: "{}" }],
    [TO_PAGE, { type: "notRecorded", message: "another one is under way" }],
    [TO_PAGE, { type: "report", report, origin: "tab" }],
    [TO_PAGE, { type: "result", id: "1", value: null, error: null, seconds: 0 }],
    [TO_PAGE, { type: "output", id: "1", stream: "stderr", text: "x" }],
    [TO_PAGE, { type: "changes", operations: [{ kind: "remove", path: "a.py" }], passedOver: ["b.bin"] }],
  ]) {
    assert.equal(accept(declared, message), message);
  }
});

test("others do not", () => {
  for (const [declared, message] of [
    [TO_PAGE, undefined],
    [TO_PAGE, null],
    [TO_PAGE, "report"],
    [TO_PAGE, { type: "toString" }],
    [TO_PAGE, { type: "__proto__" }],
    [TO_PAGE, { type: ["report"], report, origin: "page" }],
    [TO_PAGE, { type: "report", report: { ...report, changed: "a.py" }, origin: "page" }],
    [TO_PAGE, { type: "report", report: { ...report, seconds: Number.NaN }, origin: "page" }],
    [TO_PAGE, { type: "report", report: { ...report, patched: [{ name: "app" }] }, origin: "page" }],
    [TO_PAGE, { type: "report", report, origin: "elsewhere" }],
    [TO_PAGE, { type: "output", id: "1", stream: "innerHTML", text: "x" }],
    [TO_PAGE, { type: "changes", operations: [{ kind: "write", path: "a.py" }], passedOver: [] }],
    [TO_PAGE, { type: "changes", operations: [{ kind: "move", path: "a.py" }], passedOver: [] }],
    [TO_PAGE, { type: "changes", operations: [], passedOver: [7] }],
    [TO_PAGE, { type: "run", id: "1", code: "" }],
    [TO_PAGE, { type: "recorded", modules: [{ ...module, own: "long" }], speedscope: "{}" }],
    [TO_PAGE, { type: "recorded", modules: [{ ...module, path: 7 }], speedscope: "{}" }],
    [TO_PAGE, { type: "recorded", modules: [], speedscope: {} }],
    [TO_PAGE, { type: "notRecorded" }],
    [TO_WORKER, { type: "result", id: "1", value: null, error: null, seconds: 0 }],
    [TO_WORKER, { type: "open", files: [{ path: "a.py", contents: 5 }] }],
    [TO_WORKER, { type: "start", pyodideUrl: "", wheelUrl: "", door: "window", channel: "", interrupt: null }],
  ]) {
    assert.equal(accept(declared, message), undefined);
  }
});
