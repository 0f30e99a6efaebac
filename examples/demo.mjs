/**
 * `make demo`: starts Pyodide in Node, puts two projects into its filesystem, and autoloads them. What is done there is in demo.py.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide-314";
import { install } from "../pkg/index.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const find = "import importlib.util; print(importlib.util.find_spec('networkx').submodule_search_locations[0])";
const networkx = execFileSync(`${here}/../.venv/bin/python`, ["-c", find], { encoding: "utf8" }).trim();

const pyodide = await loadPyodide();
await install(pyodide);
console.log(`Pyodide ${pyodide.version} in Node ${process.version}`);
console.log(`  ${copy(pyodide, `${here}/shop`, "/home/pyodide/projects/shop")} files of examples/shop`);
console.log(`  ${copy(pyodide, networkx, "/home/pyodide/unpacked/networkx")} files of networkx from PyPI`);
const names = run(pyodide, "json.dumps(main())");

const stock = await loadPyodide();
copy(stock, networkx, "/home/pyodide/unpacked/networkx");
run(stock, `json.dumps(stock(json.loads(${JSON.stringify(names)})))`);

/** Evaluates an expression over the names of demo.py. */
function run(pyodide, expression) {
  pyodide.runPython(readFileSync(`${here}/demo.py`, "utf8"));
  return pyodide.runPython(`import json; ${expression}`);
}

/** Copies a folder into Pyodide's filesystem. Returns how many files it had. */
function copy(pyodide, from, to) {
  let count = 0;
  pyodide.FS.mkdirTree(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === "__pycache__") {
      continue;
    }
    const [source, target] = [`${from}/${entry.name}`, `${to}/${entry.name}`];
    if (entry.isDirectory()) {
      count += copy(pyodide, source, target);
    } else {
      pyodide.FS.writeFile(target, readFileSync(source));
      count += 1;
    }
  }
  return count;
}
