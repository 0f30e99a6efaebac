/** What the tests share: a Pyodide, and projects written into it. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { loadPyodide as load } from "pyodide-314";

/** The repository. */
export const top = fileURLToPath(new URL("../..", import.meta.url));

/** A new Pyodide, not yet touched. It takes seconds: a file of tests makes one or two. */
export const loadPyodide = () => load();

/** Writes files, with the directories above them: `{path: source}`. */
export function write(pyodide, files) {
  for (const [path, source] of Object.entries(files)) {
    pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")) || "/");
    pyodide.FS.writeFile(path, source);
  }
}

/** Evaluates Python in a scope of its own and returns plain data. */
export function evaluate(pyodide, code) {
  const scope = pyodide.toPy({});
  try {
    return JSON.parse(pyodide.runPython(`import json, sys\njson.dumps(${code})`, { globals: scope }));
  } finally {
    scope.destroy();
  }
}

/** A folder of the host that is gone when the process is. */
export function hostFolder() {
  const folder = mkdtempSync(join(tmpdir(), "pyautoload-js-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The folder of the Pyodide of a version. */
export const pyodideFolder = (version) => `${top}node_modules/pyodide-${version}`;

/** Runs the package's command in a folder of the host. */
export async function runCommand(folder, ...words) {
  const options = { cwd: folder, env: { ...process.env, NODE_NO_WARNINGS: "1" } };
  return promisify(execFile)(process.execPath, [`${top}pkg/cli.js`, ...words], options);
}

/** Mounts a folder of the host. */
export function mount(pyodide, from, to) {
  pyodide.FS.mkdirTree(to);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: from }, to);
}
