// `node tests/doors/install.mjs 0.27`: installs the built wheel with micropip in the Pyodide of that version, imports it,
// and prints the versions of Python and of the package.

import { addMicropip, builtWheel, installWheel, start } from "./pyodide.mjs";

const version = process.argv[2];
const pyodide = await start(version);
addMicropip(pyodide, version);
await installWheel(pyodide, builtWheel(version));
const report = pyodide.runPython(`
import platform
from importlib.metadata import version
import pyautoload_wasm
import pyautoload_wasm._engine
f"Python {platform.python_version()}: pyautoload_wasm {version('pyautoload_wasm')}"
`);
console.log(report);
