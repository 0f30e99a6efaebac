/**
 * `make bench`: each row of benches/*.py in a fresh Pyodide in Node, through each door, as ratios of one run. Prints a table and
 * writes bench-results.json.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide-314";
import { install } from "../pkg/index.js";

const DOORS = { js: install };
const SUITES = ["setup_and_imports"];

const folder = fileURLToPath(new URL(".", import.meta.url));
const results = [];

for (const [door, open] of Object.entries(DOORS)) {
  for (const suite of SUITES) {
    const pyodide = await loadPyodide();
    await open(pyodide);
    pyodide.FS.mkdirTree("/benches");
    for (const name of readdirSync(folder).filter((name) => name.endsWith(".py"))) {
      pyodide.FS.writeFile(`/benches/${name}`, readFileSync(`${folder}/${name}`));
    }
    pyodide.globals.set("report", (text) => {
      const row = { door, python: pyodide.version, ...JSON.parse(text) };
      results.push(row);
      console.log(line(row));
    });
    pyodide.runPython(`
import json, sys
sys.path.append("/benches")
import ${suite}
for row in ${suite}.rows():
    report(json.dumps(row))
`);
  }
}
writeFileSync(new URL("../bench-results.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
const missed = results.filter((row) => !row.met);
console.log(`${results.length} rows, ${missed.length} short of their target; all of them are in bench-results.json`);

/** One row for people. */
function line({ door, row, ours_us, peer_us, ratio, low, high, target, met, better, rounds }) {
  const sign = better === "larger" ? "≥" : "≤";
  return [
    door.padEnd(6),
    row.padEnd(56),
    `${ratio.toFixed(2)}x`.padStart(8),
    `(${low.toFixed(2)} to ${high.toFixed(2)}, median of ${rounds}; wanted ${sign} ${target})`,
    met ? "met   " : "MISSED",
    `${ours_us.toFixed(2)} µs against ${peer_us.toFixed(2)} µs`,
  ].join(" ");
}
