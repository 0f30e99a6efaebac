/**
 * The packed npm package through each bundler, in a real Chromium: in the page, and in a worker.
 *
 *   node tests/bundlers/run.mjs                writes the table of docs/installing.md
 *   node tests/bundlers/run.mjs --quick        some of them
 *   node tests/bundlers/run.mjs Rollup "Vite 5, build"    these
 */

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { CONTENT_TYPES } from "../browser/content_types.mjs";
import { configurations } from "./configurations.mjs";

const top = fileURLToPath(new URL("../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const work = `${here}.work`;
const DOCUMENT = `${top}docs/installing.md`;
const [START, END] = ["<!-- bundlers: written by make test-bundlers -->", "<!-- end -->"];
/** Starting Python takes some seconds, twice, and the machine may be busy. */
const PATIENCE_MS = 120_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false } },
});

/** Serves a folder to pages of any origin. @param {string} folder */
async function serve(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname));
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    try {
      const content = await readFile(file);
      response.writeHead(200, {
        "Content-Type": CONTENT_TYPES[extname(file)] ?? "application/octet-stream",
        "Access-Control-Allow-Origin": "*",
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** Installs the tarball where all the copies of the app find it. */
function unpackPackage() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(`${work}/node_modules`, { recursive: true });
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", work], {
    cwd: `${top}pkg`,
    encoding: "utf8",
  });
  const [{ filename }] = JSON.parse(packed);
  execFileSync("tar", ["-xzf", filename, "-C", "node_modules"], { cwd: work });
  execFileSync("mv", ["node_modules/package", "node_modules/pyautoload-wasm"], { cwd: work });
}

/** What came out in one configuration: a row of the table, and whether it is right. */
async function check(configuration, number, browser, pyodides) {
  const folder = `${work}/${number}`;
  cpSync(`${here}app`, folder, { recursive: true });
  const started = Date.now();
  let built;
  try {
    built = await configuration.build(folder);
  } catch (error) {
    return { isGood: false, cells: [`does not build: ${error.stdout ?? ""}${error.stderr ?? error.stack}`, "", ""] };
  }
  const site = typeof built === "string" ? await serve(built) : built;
  const page = await browser.newPage();
  const engines = [];
  page.on("response", (response) => {
    // Whatever the bundler calls the file. Pyodide's own comes from another server.
    const isOurs = response.url().startsWith(site.address) && response.ok();
    if (isOurs && response.headers()["content-type"] === "application/wasm") {
      engines.push(response.url());
    }
  });
  try {
    const workers = configuration.hasClassicWorker ? pyodides.classic : pyodides.newest;
    await page.goto(`${site.address}?${new URLSearchParams({ pyodide: pyodides.newest, workers })}`);
    const handle = await page.waitForFunction(() => globalThis.result, undefined, { timeout: PATIENCE_MS });
    const result = await handle.jsonValue();
    const said = Object.values(result);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    console.log(`${configuration.name} ${configuration.version}: ${JSON.stringify(result)} in ${seconds} s`);
    const where = (/** @type {string | undefined} */ text) => (text === "ada" ? "runs" : (text ?? "not tried"));
    const engine = engines.length > 0 ? "the file" : "the copy in a script";
    const inWorker = `${where(result.worker)}${configuration.hasClassicWorker ? " (classic, Pyodide 0.29)" : ""}`;
    return { isGood: said.every((text) => text === "ada"), cells: [where(result.page), inWorker, engine] };
  } catch (error) {
    return { isGood: false, cells: [`nothing came: ${error.message}`, "", ""] };
  } finally {
    await page.close();
    await site.close();
  }
}

function writeTable(/** @type {string[][]} */ rows) {
  const head = [["bundler", "version", "page", "worker", "the engine comes from"], Array(5).fill("---")];
  const table = [...head, ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
  const [before, rest] = readFileSync(DOCUMENT, "utf8").split(`${START}\n`);
  const after = rest.slice(rest.indexOf(END));
  writeFileSync(DOCUMENT, `${before}${START}\n${table}${after}`);
}

const installed = `${top}.cache/bin/chromium`;
const executablePath = process.env.CHROMIUM ?? (existsSync(installed) ? installed : "/usr/bin/chromium");
const args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"];
const chosen = configurations.filter(
  ({ name, isQuick }) => (positionals.length === 0 || positionals.includes(name)) && (!values.quick || isQuick),
);
unpackPackage();
const newest = await serve(`${top}node_modules/pyodide-314`);
/** The last one that starts in a classic worker. */
const classic = await serve(`${top}node_modules/pyodide-0.29`);
const pyodides = { newest: newest.address, classic: classic.address };
const browser = await chromium.launch({ executablePath, args });
const rows = [];
let failed = chosen.length === 0 ? 1 : 0;
for (const [number, configuration] of chosen.entries()) {
  const { isGood, cells } = await check(configuration, number, browser, pyodides);
  if (!isGood) {
    failed += 1;
    console.log(`${configuration.name} ${configuration.version}: FAILED\n${cells.join("\n")}`);
  }
  rows.push([configuration.name, configuration.version, ...cells]);
}
await browser.close();
newest.close();
classic.close();
if (failed === 0 && chosen.length === configurations.length) {
  writeTable(rows);
}
console.log(`${chosen.length - failed} of ${chosen.length} configurations run`);
process.exit(failed === 0 ? 0 : 1);
