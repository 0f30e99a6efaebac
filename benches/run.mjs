/**
 * `make bench`: each row of benches/*.py in a fresh Pyodide in Node, through each door, as ratios of one run; those of a notebook in
 * a desktop's Python, and visits of a page in Chromium. Prints a table and writes bench-results.json.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { install } from "../pkg/index.js";
import { addMicropip, builtWheel, installWheel, start } from "../tests/doors/pyodide.mjs";

const VERSION = "314";
const DOORS = {
  js: install,
  wheel: async (pyodide) => {
    addMicropip(pyodide, VERSION);
    await installWheel(pyodide, builtWheel(VERSION));
  },
};
const SUITES = ["setup_and_imports", "graph", "implicit_names", "reloading", "scale", "patching", "following"];
const NATIVE_SUITES = ["notebook", "other_tools"];
const BROWSER_SUITES = ["visits"];
/** What the rows of a suite are measured beside, in folders of `.cache`. */
const PEERS = { reloading: "peers" };

const folder = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({ options: { door: { type: "string" }, suite: { type: "string" } } });

if (values.door && values.suite) {
  await measure(values.door, values.suite);
} else {
  await measureAll();
}

/** Every suite through every door, each in a process of its own: a second Pyodide in a process is slower than the first. */
async function measureAll() {
  const results = [];
  const own = fileURLToPath(import.meta.url);
  const runs = SUITES.flatMap((suite) =>
    Object.keys(DOORS).map((door) => ({
      door,
      suite,
      command: [process.execPath, own, "--door", door, "--suite", suite],
    })),
  );
  for (const suite of NATIVE_SUITES) {
    runs.push({ door: "native", suite, command: [`${folder}/../.venv/bin/python`, `${folder}/${suite}.py`] });
  }
  for (const suite of BROWSER_SUITES) {
    runs.push({ door: "js", suite, command: [process.execPath, `${folder}/${suite}.mjs`] });
  }
  for (const { door, suite, command } of runs) {
    const run = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
    for await (const text of createInterface({ input: run.stdout })) {
      const row = { door, ...JSON.parse(text) };
      results.push(row);
      console.log(line(row));
    }
    if (run.exitCode ?? (await once(run, "close"))[0]) {
      throw new Error(`${suite} through the ${door} door failed`);
    }
  }
  writeFileSync(new URL("../bench-results.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  const missed = results.filter((row) => !row.met);
  console.log(`${results.length} rows, ${missed.length} short of their target; all of them are in bench-results.json`);
}

/** One suite in a fresh Pyodide, a row a line, as JSON. */
async function measure(door, suite) {
  const pyodide = await start(VERSION);
  await DOORS[door](pyodide);
  if (PEERS[suite]) {
    addPeers(pyodide, `${folder}/../.cache/${PEERS[suite]}/packages`);
  }
  pyodide.FS.mkdirTree("/benches");
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".py"))) {
    pyodide.FS.writeFile(`/benches/${name}`, readFileSync(`${folder}/${name}`));
  }
  pyodide.runPython(`
import json, sys
sys.path.append("/benches")
import ${suite}
for row in ${suite}.rows():
    print(json.dumps(row))
`);
}

/** Copies unpacked wheels to where Python finds them: into memory, since a mounted folder would make the peers slow. */
function addPeers(pyodide, from) {
  for (const name of readdirSync(from)) {
    for (const entry of readdirSync(`${from}/${name}`, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) {
        const path = join("/peers", relative(`${from}/${name}`, entry.parentPath));
        pyodide.FS.mkdirTree(path);
        pyodide.FS.writeFile(`${path}/${entry.name}`, readFileSync(`${entry.parentPath}/${entry.name}`));
      }
    }
  }
}

/** One row for people. */
function line({ door, row, ours_us, peer_us, ratio, low, high, first, target, met, better, rounds }) {
  const sign = better === "larger" ? "≥" : "≤";
  return [
    door.padEnd(6),
    row.padEnd(56),
    `${ratio.toFixed(2)}x`.padStart(8),
    `(${low.toFixed(2)} to ${high.toFixed(2)}, median of ${rounds}; first ${first?.toFixed(2) ?? "-"}; wanted ${sign} ${target})`,
    met ? "met   " : "MISSED",
    `${ours_us.toFixed(2)} µs against ${peer_us.toFixed(2)} µs`,
  ].join(" ");
}
