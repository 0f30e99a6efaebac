/**
 * `make demo`: starts Pyodide in Node, puts two projects into its filesystem, autoloads them, and edits one. What Python does there is in demo.py.
 */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide-314";
import { install, openCodeCache } from "../pkg/index.js";

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

await edits("/home/pyodide/projects/shop");
await patches("/home/pyodide/projects/kiosk");
await visits("/home/pyodide/projects/networkx");

/** Edits the running app, first from JavaScript and then from Python, and tells what is reloaded by itself, and why. */
async function edits(basePath) {
  console.log(`\n\x1b[1m3. The app again, edited while it runs: ${basePath}\x1b[0m`);
  const autoload = await install(pyodide, {
    basePath,
    topLevel: "shop",
    ignore: ["tmp"],
    collapse: ["models/concerns"],
    inflect: { html_parser: "HTMLParser" },
    acronyms: ["API"],
    reloading: true,
  });
  const page = () => pyodide.runPython("import shop; shop.controllers.UsersController().show('grace')");
  console.log(`shop.controllers.UsersController().show('grace') = ${page()}`);
  const file = `${basePath}/models/user.py`;

  let reported = nextReport(autoload);
  pyodide.FS.writeFile(file, pyodide.FS.readFile(file, { encoding: "utf8" }).replace("Hello", "Good day"));
  tell("JavaScript writes models/user.py", await reported, page());

  reported = nextReport(autoload);
  pyodide.runPython(`
from pathlib import Path
templates = Path("${basePath}/views/templates.py")
templates.write_text(templates.read_text().replace("<h1>", "<h2>").replace("</h1>", "</h2>"))
`);
  tell("Python writes views/templates.py", await reported, page());

  reported = nextReport(autoload);
  pyodide.FS.writeFile(file, "class User(:\n");
  tell("JavaScript breaks models/user.py", await reported, page());
  autoload.dispose();
}

/** Gives a live object a new method, and the class another body of an old one, while the module keeps what it has. */
async function patches(basePath) {
  console.log(`\n\x1b[1m4. State that stays: ${basePath}\x1b[0m`);
  const write = (/** @type {string} */ methods) => {
    const text = `cart = []\n\nclass Customer:\n    def buy(self, what):\n        cart.append(what)\n${methods}`;
    pyodide.FS.writeFile(`${basePath}/customer.py`, text);
  };
  pyodide.FS.mkdirTree(basePath);
  write("    def total(self):\n        return len(cart)\n");
  const autoload = await install(pyodide, { basePath, topLevel: "kiosk", reloading: true });
  const shown = (/** @type {string} */ code) => `${code} = ${pyodide.runPython(code)}`;
  pyodide.runPython("from kiosk import customer\nada = customer.Customer(); ada.buy('tea'); ada.buy('cake')");
  console.log(shown("ada.total(), customer.cart"));
  const reported = nextReport(autoload);
  write("    def total(self):\n        return 5 * len(cart)\n    def receipt(self):\n        return ', '.join(cart)\n");
  const report = await reported;
  console.log(`JavaScript edits customer.py; ${(report.seconds * 1000).toFixed(1)} ms later:`);
  for (const { name, functions } of report.patched) {
    console.log(`  ${name} patched: ${functions.join(", ")}; executed again: ${report.reloaded.length} modules`);
  }
  console.log(shown("ada.total(), ada.receipt(), customer.cart"));
  autoload.dispose();
}

/** Imports networkx as a project in two new Pyodides, as two visits of a page do: the second takes the code from the cache. */
async function visits(basePath) {
  console.log(`\n\x1b[1m5. Two visits of a page, with a code cache: ${basePath}\x1b[0m`);
  let kept;
  const store = {
    load: async () => kept,
    save: async (records) => {
      kept = records;
    },
  };
  const columns = [];
  for (const visit of ["first visit", "second visit"]) {
    const codeCache = openCodeCache({ store });
    const pyodide = await loadPyodide();
    copy(pyodide, networkx, basePath);
    const began = performance.now();
    await install(pyodide, { codeCache, basePath, topLevel: "networkx" });
    const installed = performance.now();
    pyodide.runPython("import networkx");
    const times = [installed - began, performance.now() - installed];
    columns.push([visit, ...times.map((ms) => `${ms.toFixed(0)} ms`), String(codeCache.counts.misses)]);
    await codeCache.save();
  }
  ["", "install()", "import networkx", "modules compiled"].forEach((what, row) => {
    console.log(`  ${what.padEnd(20)}${columns.map((column) => column[row].padStart(14)).join("")}`);
  });
}

/** The report of the next reload. */
function nextReport(autoload) {
  return new Promise((done) => {
    autoload.addEventListener("reload", (event) => done(event.detail), { once: true });
  });
}

function tell(what, { patched, reloaded, failed, seconds }, page) {
  console.log(`${what}; ${(seconds * 1000).toFixed(1)} ms later:`);
  for (const { name, functions } of patched) {
    console.log(`  ${name.padEnd(40)} patched: ${functions.join(", ")}`);
  }
  for (const { name, reason } of reloaded) {
    console.log(`  ${name.padEnd(40)} ${reason}`);
  }
  for (const { name, line, type, message, held } of failed) {
    console.log(`  ${name} failed in line ${line}, ${type}: ${message}; still as before: ${held.join(", ")}`);
  }
  console.log(`  the page is now ${page}`);
}

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
