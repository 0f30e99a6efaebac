/**
 * The behaviour suite in every Pyodide of package.json, through both doors; each run is a process of its own.
 *
 *   node tests/doors/matrix.mjs           all tests everywhere; writes the table into README.md
 *   node tests/doors/matrix.mjs --smoke   all tests in the newest stable Pyodide, the smoke subset in the others
 */

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isStable, versions } from "./pyodide.mjs";

const DOORS = ["wheel", "js"];
/** More at a time is slower: each run keeps a processor busy. */
const AT_ONCE = 2;

const { values } = parseArgs({ options: { smoke: { type: "boolean", default: false } } });
const top = fileURLToPath(new URL("../..", import.meta.url));
const newest = versions.filter(isStable).at(-1);

/** @typedef {{version: string, door: string, pyodide?: string, python?: string, passed?: number, failed?: number, status: number}} Result */

/** @param {string} version @param {string} door @returns {Promise<Result>} */
async function run(version, door) {
  const subset = values.smoke && version !== newest ? ["-m", "smoke"] : [];
  const script = ["tests/behaviour/run.mjs", "--pyodide", version, "--door", door, "--", "-q", ...subset];
  const child = spawn(process.execPath, script, { cwd: top, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part) => {
      text += part;
    });
  }
  const status = await new Promise((resolve) => child.on("close", resolve));
  // The runner's last line; a run that died has none.
  const found = /^\{"pyodide":.*\}$/m.exec(text);
  const result = { version, door, status: status ?? 1, ...(found ? JSON.parse(found[0]) : {}) };
  if (isGood(result)) {
    console.log(`${result.passed} passed in Pyodide ${result.pyodide} through the ${door} door`);
  } else {
    // Pyodide's stacks print lines of its minified source.
    console.log(text.replaceAll(/^(.{300}).+$/gm, "$1…"));
    console.log(`Pyodide ${version} through the ${door} door: FAILED with status ${status}`);
  }
  return result;
}

/** @param {Result} result */
function isGood({ status, passed }) {
  return status === 0 && passed !== undefined && passed > 0;
}

/** @param {Result | undefined} result */
function cell(result) {
  if (!result || result.passed === undefined) {
    return "does not run";
  }
  return result.failed ? `${result.passed} passed, ${result.failed} failed` : `${result.passed} passed`;
}

const waiting = versions.toReversed().flatMap((version) => DOORS.map((door) => ({ version, door })));
/** @type {Result[]} */
const results = [];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results.push(await run(next.version, next.door));
    }
  }),
);

const rows = versions.map((version) => {
  const [wheel, js] = DOORS.map((door) => results.find((r) => r.version === version && r.door === door));
  const { pyodide = version, python = "?" } = wheel?.pyodide ? wheel : (js ?? {});
  return `| ${pyodide} | ${python} | ${cell(wheel)} | ${cell(js)} |`;
});
const table = ["| Pyodide | Python | wheel | npm package |", "| --- | --- | --- | --- |", ...rows].join("\n");
console.log(`\n${table}\n`);

const failed = results.filter((result) => !isGood(result));
const early = failed.filter(({ version }) => !isStable(version));
for (const { version, door } of early) {
  console.log(`Pyodide ${version} is not released yet; its failure through the ${door} door is no failure of this run`);
}
if (!values.smoke) {
  const readme = `${top}/README.md`;
  const begin = "<!-- Pyodide: written by make test-all -->\n";
  const [before, rest] = readFileSync(readme, "utf8").split(begin);
  const end = rest.indexOf("<!-- end -->");
  writeFileSync(readme, `${before}${begin}${table}\n${rest.slice(end)}`);
}
process.exitCode = failed.length > early.length ? 1 : 0;
