/**
 * Runs the behaviour suite in a Pyodide in Node: `node tests/behaviour/run.mjs --pyodide 314 --door js [-- pytest arguments]`.
 * Another door is one line of DOORS.
 */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { install } from "../../pkg/index.js";
import { addMicropip, builtWheel, installWheel, start } from "../doors/pyodide.mjs";
import { PYTEST_FILE, pytestFolders, site, TREES, top } from "./packages.mjs";
import { runPytest } from "./pytest_in_pyodide.mjs";

const DOORS = {
  js: (pyodide) => install(pyodide),
  wheel: async (pyodide) => {
    addMicropip(pyodide, values.pyodide);
    await installWheel(pyodide, builtWheel(values.pyodide));
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pyodide: { type: "string", default: "314" }, door: { type: "string", default: "js" } },
});

const pyodide = await start(values.pyodide);
await DOORS[values.door](pyodide);

mount(`${top}/tests/behaviour`, "/suite");
mount(`${top}/examples`, "/examples");
for (const name of pytestFolders) {
  mount(`${site}/${name}`, `/pytest/${name}`);
}
// Not a folder, and so nothing that can be mounted.
pyodide.FS.writeFile(`/pytest/${PYTEST_FILE}`, readFileSync(`${site}/${PYTEST_FILE}`));
for (const name of TREES) {
  mount(`${site}/${name}`, `/trees/${name}`);
}
const { python, status, passed, failed } = runPytest(pyodide, positionals);
// One line for tests/doors/matrix.mjs.
console.log(JSON.stringify({ pyodide: pyodide.version, python, door: values.door, passed, failed }));
process.exit(status);

function mount(from, to) {
  pyodide.FS.mkdirTree(to);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: from }, to);
}
