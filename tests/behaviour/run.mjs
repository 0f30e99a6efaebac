/**
 * Runs the behaviour suite in a Pyodide in Node: `node tests/behaviour/run.mjs --pyodide 314 --door js [-- pytest arguments]`.
 * Another door is one line of DOORS.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { install } from "../../pkg/index.js";
import { addMicropip, builtWheel, installWheel } from "../doors/pyodide.mjs";

const DOORS = {
  js: (pyodide) => install(pyodide),
  wheel: async (pyodide) => {
    await addMicropip(pyodide, values.pyodide);
    await installWheel(pyodide, builtWheel());
  },
};

/** The folders that pytest needs, from the environment that tools/setup.sh has made. All of it is pure Python. */
const PYTEST = /^(_?pytest|pluggy|iniconfig|packaging|pygments)(-.*\.dist-info)?$/;
/** Real packages that the suite loads as if they were the user's. */
const TREES = ["networkx", "rich"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pyodide: { type: "string", default: "314" }, door: { type: "string", default: "js" } },
});

const top = fileURLToPath(new URL("../..", import.meta.url));
const python = `${top}/.venv/bin/python`;
const site = execFileSync(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], {
  encoding: "utf8",
}).trim();

const { loadPyodide } = await import(`pyodide-${values.pyodide}`);
const pyodide = await loadPyodide();
await DOORS[values.door](pyodide);

mount(`${top}/tests/behaviour`, "/suite");
// Not a folder, and so nothing that can be mounted.
pyodide.FS.mkdirTree("/pytest");
pyodide.FS.writeFile("/pytest/py.py", readFileSync(`${site}/py.py`));
for (const name of readdirSync(site)) {
  if (PYTEST.test(name)) {
    mount(`${site}/${name}`, `/pytest/${name}`);
  }
}
for (const name of TREES) {
  mount(`${site}/${name}`, `/trees/${name}`);
}
pyodide.globals.set("arguments", pyodide.toPy(["/suite", "--color=no", ...positionals]));
const failed = pyodide.runPython(`
import os, sys
sys.path.append("/pytest")
os.environ["PYAUTOLOAD_TREES"] = "/trees"
os.chdir("/home/pyodide")
import pytest
int(pytest.main(list(arguments)))
`);
console.log(`behaviour suite in Pyodide ${pyodide.version} through the ${values.door} door`);
process.exit(failed);

function mount(from, to) {
  pyodide.FS.mkdirTree(to);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: from }, to);
}
