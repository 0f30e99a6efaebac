/** Where each entry of the package takes its engine from. */

import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { test } from "node:test";
import { hostFolder, top } from "./pyodide.mjs";

/** The exports of an entry, in a copy of the package without some of its files. */
async function entry(name, ...missing) {
  const folder = `${hostFolder()}/pkg`;
  cpSync(`${top}/pkg`, folder, { recursive: true });
  for (const file of missing) {
    rmSync(`${folder}/${file}`);
  }
  return import(`${folder}/${name}`);
}

function modulesOf({ Engine }) {
  const engine = Engine.fromFiles({ "/app/user.py": "" });
  engine.configure({ basePath: "/app", topLevel: "app" });
  return engine.scan().modules;
}

test("the main entry needs no copy of the engine where the file is there", async () => {
  const main = await entry("index.js", "engine_inline.js");
  await main.init();
  assert.ok(modulesOf(main) > 0);
});

test("the main entry takes the copy where the file was left behind", async () => {
  const main = await entry("index.js", "engine_bg.wasm");
  await main.init();
  assert.ok(modulesOf(main) > 0);
});

test("where neither is there, the error names the remedies, and the next call may bring the file", async () => {
  const main = await entry("index.js", "engine_bg.wasm", "engine_inline.js");
  await assert.rejects(main.init(), ({ message, cause }) => {
    assert.equal(
      message,
      "the engine of pyautoload-wasm, engine_bg.wasm, was not found beside the package's scripts, and neither was the copy in engine_inline.js; " +
        'import from "pyautoload-wasm/inline", or tell where the file is served: install(pyodide, { wasm: "/engine_bg.wasm" })',
    );
    assert.equal(cause.code, "ENOENT");
    return true;
  });
  await main.init(readFileSync(`${top}/pkg/engine_bg.wasm`));
  assert.ok(modulesOf(main) > 0);
});

test("the inline entry needs no file, and exports what the main entry does", async () => {
  const inline = await entry("inline.js", "engine_bg.wasm");
  await inline.init();
  assert.ok(modulesOf(inline) > 0);
  const main = await import("../../pkg/index.js");
  assert.deepEqual(Object.keys(inline), Object.keys(main));
});
