// What the page makes of a report: patched and executed modules are told apart, in the graph and in the log.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Modules } from "../../www/app/modules.js";
import { patchInWords, reportInWords } from "../../www/app/words.js";

const report = {
  changed: ["/home/pyodide/project/shop/user.py"],
  patched: [{ name: "shop.user", functions: ["User.greet"] }],
  reloaded: [],
  removed: [],
  failed: [],
  pending: [],
  errors: [],
};

test("a report says what was patched apart from what was reloaded", () => {
  assert.equal(reportInWords(report), "Patched 1 module: shop.user.");
  const both = { ...report, reloaded: [{ name: "shop.conf", reason: "" }] };
  assert.equal(reportInWords(both), "Patched 1 module: shop.user. Reloaded 1 module: shop.conf.");
  assert.equal(patchInWords(["User.greet", "scale"]), "patched: User.greet, scale");
  assert.equal(patchInWords([]), "line numbers alone differ");
});

test("a module's state says what the last report did to it", () => {
  const modules = new Modules();
  const stateOf = (/** @type {string} */ name) => modules.stateOf({ name, path: "", isLoaded: true });
  modules.takeReport({ ...report, reloaded: [{ name: "shop.conf" }] });
  assert.deepEqual(["shop.user", "shop.conf", "shop.other"].map(stateOf), ["patched", "reloaded", "loaded"]);
  modules.takeReport({ ...report, patched: [], pending: ["shop.user"] });
  assert.equal(stateOf("shop.user"), "stale");
});
