/** The cache of compiled code: a store of any kind, from one visit to the next. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { install, openCodeCache } from "../../pkg/index.js";
import { merge, recordsOf } from "../../pkg/records.js";
import { loadPyodide, write } from "./pyodide.mjs";

const BASE = "/projects/shop";
const FILES = { [`${BASE}/a.py`]: "import shop.b\nX = shop.b.X\n", [`${BASE}/b.py`]: "X = 1\n" };

/** A store that any object can be. */
class Store {
  saved = 0;
  constructor(records) {
    this.records = records;
  }
  async load() {
    return this.records;
  }
  async save(records) {
    this.saved += 1;
    this.records = records;
  }
}

/** A visit: a new Pyodide, the project, and `import shop.a`. */
async function visit(store, { files = FILES, ...options } = {}) {
  const codeCache = openCodeCache({ store, ...options });
  const pyodide = await loadPyodide();
  write(pyodide, files);
  const autoload = await install(Promise.resolve(pyodide), { codeCache, basePath: BASE, topLevel: "shop" });
  const x = pyodide.runPython("import shop.a; shop.a.X");
  return { codeCache, pyodide, autoload, x };
}

const first = new Store(undefined);

test("the first visit keeps the project's code and the package's own, when nobody waits", async () => {
  const { codeCache, autoload, x } = await visit(first);
  assert.equal(x, 1);
  assert.equal(codeCache.counts.hits, 0);
  assert.ok(codeCache.counts.misses > 50);
  assert.equal(first.saved, 0);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  assert.equal(first.saved, 1);
  const kept = [...recordsOf(first.records)];
  assert.equal(kept.length, codeCache.counts.misses);
  await codeCache.save(); // nothing is new
  assert.equal(first.saved, 1);
  autoload.dispose();
  codeCache.close();
});

test("the second visit compiles what has changed", async () => {
  const store = new Store(first.records.buffer); // an ArrayBuffer will do
  const { codeCache, x } = await visit(store, { files: { ...FILES, [`${BASE}/b.py`]: "X = 2\n" } });
  assert.equal(x, 2);
  assert.equal(codeCache.counts.misses, 1);
  assert.ok(codeCache.counts.hits > 50);
  await codeCache.save();
  assert.equal([...recordsOf(store.records)].length, [...recordsOf(first.records)].length + 1);
});

test("a page without the package's code in Python takes it from the cache, and installed packages too", async () => {
  const store = new Store(first.records);
  for (const misses of [1, 0]) {
    const codeCache = openCodeCache({ store, packages: true });
    const pyodide = await loadPyodide();
    const site = pyodide.runPython("import sysconfig; sysconfig.get_path('purelib')");
    write(pyodide, { [`${site}/single.py`]: "X = 3\n" });
    await install(pyodide, { codeCache });
    const before = codeCache.counts.misses;
    assert.equal(pyodide.runPython("import single; single.X"), 3);
    assert.equal(codeCache.counts.misses - before, misses);
    await codeCache.save();
  }
});

test("a store that fails costs what is kept there", async (context) => {
  const warn = context.mock.method(console, "warn", () => {});
  const store = { load: async () => Promise.reject(new Error("no")), save: async () => {} };
  const { codeCache, pyodide, x } = await visit(store);
  assert.equal(x, 1);
  await codeCache.save();
  assert.deepEqual(
    warn.mock.calls.map(({ arguments: [message] }) => message),
    ["pyautoload-wasm: the code cache cannot be read:", "pyautoload-wasm: the code cache cannot be written:"],
  );
  await assert.rejects(install(await loadPyodide(), { codeCache }), /serves another Pyodide; open one for each/);
  await install(pyodide, { codeCache });
});

test("a store that never answers holds nobody up", async (context) => {
  const warn = context.mock.method(console, "warn", () => {});
  const { x } = await visit({ load: () => new Promise(() => {}), save: async () => {} });
  assert.equal(x, 1);
  assert.deepEqual(warn.mock.calls[0].arguments, ["pyautoload-wasm: the code cache cannot be read in time"]);
});

test("the bound holds, and what was not used for the longest time goes", () => {
  const now = Math.floor(Date.now() / 1000);
  const record = (name, used, size = 100) => {
    const bytes = new Uint8Array(32 + size);
    const view = new DataView(bytes.buffer);
    view.setUint32(8, used, true);
    view.setUint32(12, size, true);
    bytes.fill(name.charCodeAt(0), 16, 32);
    return bytes;
  };
  const together = (...records) => new Uint8Array(records.flatMap((bytes) => [...bytes]));
  const names = (bytes) => [...recordsOf(bytes)].map(({ key }) => key[0]).join("");
  const old = together(record("a", now - 30), record("b", now - 20), record("c", now - 10));
  assert.equal(names(merge([old, record("d", now)], 400)), "dcb");
  // A use without code keeps what it names.
  assert.equal(
    names(merge([old, together(record("a", now, 0), record("d", now - 1), record("x", now, 0))], 400)),
    "adc",
  );
  // A time that is damaged counts as none, and a record beyond the end as not there.
  assert.equal(names(merge([together(record("a", 0xffffffff), record("b", now)), record("c", now)], 270)), "bc");
  assert.equal(names(merge([old.subarray(0, 200), new Uint8Array()], 1000)), "a");
  assert.equal(merge([new Uint8Array()], 10).length, 0);
});
