/**
 * Reloading against the truth in a Pyodide in Node: `node tests/reloading/run.mjs --seed 7 --edits 150 --of labelled`. Without a
 * seed three fixed ones. Also counts what is left of proxies.
 */

import { parseArgs } from "node:util";
import { install } from "../../pkg/index.js";
import { start } from "../doors/pyodide.mjs";

const { values } = parseArgs({
  options: {
    pyodide: { type: "string", default: "314" },
    seed: { type: "string" },
    edits: { type: "string" },
    of: { type: "string" },
  },
});
const seeds = values.seed ? [Number(values.seed)] : [1, 2, 3];
const edits = Number(values.edits ?? 60);
const kinds = values.of ? [values.of] : ["tree", "features", "labelled"];
// Some references are made once, when something is first used. A program of any shape uses all.
const first = values.of ? [["tree", 1]] : [];

const pyodide = await start(values.pyodide);
await install(pyodide);
pyodide.FS.mkdirTree("/tests");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: new URL("..", import.meta.url).pathname }, "/tests");
pyodide.runPython(`
import gc, sys, tempfile
sys.path.append("/tests")
sys.dont_write_bytecode = True
from reloading.run import run_features, run_labelled, run_tree
`);

let total = 0;
let proxies = 0;
for (const [kind, seed] of [...first, ...seeds.flatMap((seed) => kinds.map((kind) => [kind, seed]))]) {
  const counts = pyodide.runPython(`
counts = run_${kind}(${seed}, ${edits}, tempfile.mkdtemp(), forks=False)
gc.collect()
f"{counts.edits} {counts}"`);
  const made = Number(counts.split(" ", 1)[0]);
  const told = counts.slice(counts.indexOf(" ") + 1);
  total += made;
  console.log(`${kind}, seed ${seed}: ${told}`);
  const now = pyodide._module.hiwire?.num_keys?.() ?? 0;
  if (proxies && now > proxies) {
    throw new Error(`${now} references from Python to JavaScript after ${kind}, seed ${seed}, ${proxies} before it`);
  }
  proxies = now;
}
console.log(`${total} edits in Pyodide ${pyodide.version}`);
