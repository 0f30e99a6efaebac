// `node tests/installs/pyodide.mjs 0.29 INDEX WHAT EXAMPLE`: in the Pyodide of that version, micropip installs WHAT, a name or an
// address, with the index in place of PyPI, and then the example is run. Prints the versions, and what the example prints.

import { readFileSync } from "node:fs";
import { addMicropip, start } from "../doors/pyodide.mjs";

const [version, index, what, example] = process.argv.slice(2);
const pyodide = await start(version);
addMicropip(pyodide, version);
console.log(pyodide.version, pyodide.runPython("import platform; platform.python_version()"));
const micropip = pyodide.pyimport("micropip");
if (!what.startsWith("http")) {
  micropip.set_index_urls([index]);
}
await micropip.install(what);
await pyodide.runPythonAsync(readFileSync(example, "utf8"));
