/**
 * Reloading against the truth in a Pyodide in Node: `node tests/reloading/run.mjs --seed 7 --edits 150`. Without a seed
 * three fixed ones. Also counts what is left of proxies.
 */

import { parseArgs } from "node:util";
import { install } from "../../pkg/index.js";
import { start } from "../doors/pyodide.mjs";

const { values } = parseArgs({
  options: { pyodide: { type: "string", default: "314" }, seed: { type: "string" }, edits: { type: "string" } },
});
const seeds = values.seed ? [Number(values.seed)] : [1, 2, 3];
const edits = Number(values.edits ?? 60);

const pyodide = await start(values.pyodide);
await install(pyodide);
pyodide.FS.mkdirTree("/tests");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: new URL("..", import.meta.url).pathname }, "/tests");
pyodide.runPython(`
import gc, sys, tempfile
sys.path.append("/tests")
sys.dont_write_bytecode = True
from reloading.run import run_features, run_tree
`);

let total = 0;
let proxies = 0;
for (const [kind, seed] of seeds.flatMap((seed) => ["tree", "features"].map((kind) => [kind, seed]))) {
  const counts = pyodide.runPython(`
counts = run_${kind}(${seed}, ${edits}, tempfile.mkdtemp(), forks=False)
gc.collect()
f"{counts.edits} {counts.flushes} {counts.reloaded} {counts.failed}"`);
  const [made, flushes, reloaded, failed] = counts.split(" ").map(Number);
  total += made;
  console.log(
    `${kind}, seed ${seed}: ${made} edits, ${flushes} flushes, ${reloaded} modules reloaded, ${failed} failures`,
  );
  const now = pyodide._module.hiwire?.num_keys?.() ?? 0;
  if (proxies && now > proxies) {
    throw new Error(`${now} references from Python to JavaScript after ${kind}, seed ${seed}, ${proxies} before it`);
  }
  proxies = now;
}
console.log(`${total} edits in Pyodide ${pyodide.version}`);
