// `node tests/doors/watch.mjs 0.24 wheel`: in the Pyodide of that version, with the package by that door, changes files in every way
// that a filesystem has, and prints what was reloaded by itself after each.

import { install } from "../../pkg/index.js";
import { addMicropip, builtWheel, installWheel, start } from "./pyodide.mjs";

const [version, door] = process.argv.slice(2);
const pyodide = await start(version);
const { FS } = pyodide;
if (door === "js") {
  await install(pyodide);
} else {
  addMicropip(pyodide, version);
  await installWheel(pyodide, builtWheel(version));
}

FS.mkdirTree("/app/models");
FS.writeFile("/app/models/user.py", "NAME = 'Ada'\n");
FS.writeFile("/app/order.py", "from .models.user import NAME\n");
const reports = [];
pyodide.globals.set("tell", (text) => reports.push(text));
pyodide.runPython(`
import os
from pyautoload_wasm import AutoLoader
loader = AutoLoader("/app", "app").enable_reloading().setup()
loader.on_reload(lambda report: tell(str(report)))
import app.order
`);

const python = (code) => () => pyodide.runPython(code);
for (const change of [
  () => FS.writeFile("/app/models/user.py", "NAME = 'Eve'\n"),
  python("with open('/app/models/user.py', 'a') as file: file.write('AGE = 7\\n')"),
  python("os.truncate('/app/models/user.py', 13)"),
  () => FS.unlink("/app/order.py"),
  python("os.rename('/app/models/user.py', '/app/models/person.py')"),
  python("import app.models.person"),
  python("with loader.hold():\n  open('/app/models/person.py', 'w').close()\n  print(loader.flush())"),
  () => FS.rename("/app/models", "/elsewhere"),
  python("loader.teardown(); open('/app/late.py', 'w').close()"),
]) {
  change();
  // The watcher's turn is asked for by then, so it comes before the second of ours.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
console.log(JSON.stringify(reports));
