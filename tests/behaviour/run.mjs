/**
 * Runs the behaviour suite in a Pyodide in Node: `node tests/behaviour/run.mjs --pyodide 314 --door js [-- pytest arguments]`.
 * Another door is one line of DOORS.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { install } from "../../pkg/index.js";
import { addMicropip, builtWheel, installWheel, start } from "../doors/pyodide.mjs";

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

const pyodide = await start(values.pyodide);
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
// pytest's other way to capture asks for the status of a deleted file, which Emscripten refused until Pyodide 0.28.
pyodide.globals.set("arguments", pyodide.toPy(["/suite", "--color=no", "--capture=sys", ...positionals]));
const result = pyodide.runPython(`
import json, os, platform, sys
sys.path.append("/pytest")
os.environ["PYAUTOLOAD_TREES"] = "/trees"
os.chdir("/home/pyodide")
import pytest

class Count:
    def pytest_terminal_summary(self, terminalreporter):
        self.outcomes = {name: len(terminalreporter.stats.get(name, ())) for name in ("passed", "failed", "error")}

count = Count()
status = int(pytest.main(list(arguments), plugins=[count]))
json.dumps({"python": platform.python_version(), "status": status, **count.outcomes})
`);
const { python: version, status, passed, failed, error } = JSON.parse(result);
// One line for tests/doors/matrix.mjs.
console.log(
  JSON.stringify({ pyodide: pyodide.version, python: version, door: values.door, passed, failed: failed + error }),
);
process.exit(status);

function mount(from, to) {
  pyodide.FS.mkdirTree(to);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: from }, to);
}
