/** Eager loading that a page survives: progress, turns of the event loop, and an end on demand. */

import assert from "node:assert/strict";
import { afterEach, before, beforeEach, test } from "node:test";
import { AutoloadError, install } from "../../pkg/index.js";
import { evaluate, loadPyodide, write } from "./pyodide.mjs";

const BASE = "/projects/shop";
/** A module that takes longer than the event loop is kept waiting. */
const SLOW = "import time\nend = time.perf_counter() + 0.01\nwhile time.perf_counter() < end: pass\n";
const ALL = ["shop", "shop.a", "shop.b", "shop.c"];
let pyodide;
let autoload;

before(async () => {
  pyodide = await loadPyodide();
  write(pyodide, { [`${BASE}/a.py`]: SLOW, [`${BASE}/b.py`]: SLOW, [`${BASE}/c.py`]: SLOW });
});

beforeEach(async () => {
  autoload = await install(pyodide, { basePath: BASE, topLevel: "shop", doNotEagerLoad: ["late.py"] });
});

afterEach(() => autoload.dispose());

const loaded = () => ALL.filter((name) => evaluate(pyodide, `${JSON.stringify(name)} in sys.modules`));

test("each module is told, and timers fire between two of them", async () => {
  const steps = [];
  const fired = [];
  const timer = setInterval(() => fired.push(steps.length), 1);
  const report = await autoload.eagerLoad({ onProgress: (step) => steps.push(step) });
  clearInterval(timer);
  assert.deepEqual([report.loaded, report.failed, report.skipped], [ALL, [], []]);
  assert.deepEqual(
    steps,
    ALL.map((name, at) => ({ done: at + 1, total: 4, name })),
  );
  assert.ok(
    fired.some((count) => count > 0 && count < 4),
    `timers have fired after ${fired} modules`,
  );
});

test("a module that fails is in the report, and what is left out comes on demand", async () => {
  write(pyodide, { [`${BASE}/bad.py`]: "1 / 0\n", [`${BASE}/late.py`]: "" });
  autoload.dispose();
  autoload = await install(pyodide, { basePath: BASE, topLevel: "shop", doNotEagerLoad: ["late.py"] });
  const report = await autoload.eagerLoad();
  const [{ traceback, ...failed }] = report.failed;
  assert.deepEqual(failed, { name: "shop.bad", type: "ZeroDivisionError", message: "division by zero" });
  assert.match(traceback, /bad\.py", line 1/);
  assert.deepEqual([report.loaded, report.skipped], [ALL, ["shop.late"]]);
  assert.ok((await autoload.eagerLoad({ force: true })).loaded.includes("shop.late"));
  pyodide.FS.unlink(`${BASE}/bad.py`);
  pyodide.FS.unlink(`${BASE}/late.py`);
});

test("a signal ends it between two modules, with its reason", async () => {
  const controller = new AbortController();
  const onProgress = ({ name }) => name === "shop.a" && controller.abort();
  await assert.rejects(autoload.eagerLoad({ onProgress, signal: controller.signal }), { name: "AbortError" });
  assert.deepEqual(loaded(), ["shop", "shop.a"]);
  assert.deepEqual((await autoload.eagerLoad()).loaded, ALL);
});

test("a signal that was given already lets nothing begin", async () => {
  await assert.rejects(autoload.eagerLoad({ signal: AbortSignal.abort(new Error("closed")) }), /closed/);
  assert.deepEqual(loaded(), []);
});

test("a loader that is disposed of meanwhile ends it", async () => {
  const onProgress = ({ name }) => name === "shop.a" && setTimeout(() => autoload.dispose());
  await assert.rejects(
    autoload.eagerLoad({ onProgress }),
    (error) => error instanceof AutoloadError && error.name === "SetupRequiredError",
  );
  assert.ok(!loaded().includes("shop.c"));
});
