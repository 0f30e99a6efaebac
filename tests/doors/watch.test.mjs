// Watching, in every Pyodide that package.json names and through both doors: with the delegate of their filesystems, or without.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { versions } from "./pyodide.mjs";

const watch = fileURLToPath(new URL("watch.mjs", import.meta.url));

const REPORTS = [
  "reloaded app.models.user, app.order",
  "reloaded app.models.user, app.order",
  "reloaded app.models.user, app.order",
  "removed app.order",
  "removed app.models.user",
  "reloaded app.models.person",
  "removed app.models.person, app.models",
];

for (const version of versions) {
  for (const door of ["js", "wheel"]) {
    test(`Pyodide ${version} reloads what is changed in its filesystem, with the package from the ${door} door`, async () => {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [watch, version, door]);
      assert.deepEqual(JSON.parse(stdout.trim().split("\n").at(-1)), REPORTS, stderr);
    });
  }
}
