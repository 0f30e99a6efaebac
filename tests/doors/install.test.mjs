// The wheels for Pyodide, which hold one extension, in every Pyodide that package.json names.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { versions } from "./pyodide.mjs";

const install = fileURLToPath(new URL("install.mjs", import.meta.url));
const manifest = readFileSync(new URL("../../Cargo.toml", import.meta.url), "utf8");
const ours = /^version = "(.*)"$/m.exec(manifest)[1];

for (const version of versions) {
  test(`micropip of Pyodide ${version} installs the wheel, and the package imports`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [install, version]);
    assert.match(stdout, new RegExp(`^Python 3\\.\\S+: pyautoload_wasm ${ours.replaceAll(".", "\\.")}$`, "m"));
  });
}
