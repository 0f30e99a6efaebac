/** What `cli.js` has done in a Pyodide, in a process for each: `bundling.js packages|compile PYODIDE SOURCES …`. */

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Bundle } from "./bundle.js";
import { pack, unpack } from "./container.js";
import { install } from "./index.js";
import { runApart, sitePackages } from "./python.js";

const LIST = `
import json, os
found = [os.path.join(at, name) for at, _, names in os.walk(site) for name in names]
json.dumps([path[len(site) + 1:] for path in found if "__pycache__" not in path])
`;

const COMPILE = `
from pyodide.ffi import to_js
from pyautoload_wasm._start.bundling import records
data, failed = records(paths, started)
to_js([data, failed])
`;

const [part, folder = "", sources = "", ...packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder });
const site = sitePackages(pyodide);
const started = runApart(pyodide, "import json, sys; json.dumps(sorted(sys.modules))");

try {
  process.send?.(part === "packages" ? await addPackages() : await compile());
} catch (error) {
  process.send?.({ refusal: error instanceof Error ? error.message : String(error) });
}
process.disconnect();

/** Replaces the sources by the files of packages and of what these need. */
async function addPackages() {
  const before = new Set(list());
  const names = [];
  for (const name of packages) {
    if (existsSync(name)) {
      pyodide.unpackArchive(new Uint8Array(await readFile(name)), "wheel", { extractDir: site });
    } else if (/\.whl$|[\\/]/.test(name)) {
      throw new Error(`there is no wheel ${name}`);
    } else {
      names.push(name);
    }
  }
  await pyodide.loadPackage(names, { messageCallback: () => {}, checkIntegrity: true });
  const missing = names.filter((name) => !Object.hasOwn(pyodide.loadedPackages, name));
  if (missing.length > 0) {
    throw new Error(`not to be had from Pyodide's lock file: ${missing.join(", ")}; pass a wheel`);
  }
  const added = list().filter((path) => !before.has(path));
  const compiled = added.find((path) => path.endsWith(".so"));
  if (compiled) {
    throw new Error(`${compiled} is compiled for one Pyodide; load its package by autoload.loadPackages() instead`);
  }
  const files = added.map((path) => ({
    place: /** @type {const} */ ("site"),
    path,
    contents: pyodide.FS.readFile(`${site}/${path}`),
  }));
  await writeFile(sources, pack({ topLevel: "", files, code: new Uint8Array() }));
  return {};
}

/** @returns {string[]} the files of site-packages */
function list() {
  return JSON.parse(runApart(pyodide, LIST, { site }));
}

/** Writes the records of all sources, and of this package's own, beside these. */
async function compile() {
  const contents = unpack(new Uint8Array(await readFile(sources)));
  const base = `/home/pyodide/${contents.topLevel}`;
  new Bundle(contents, false).unpack(pyodide, base);
  await install(pyodide);
  const own = list().filter((path) => path.startsWith("pyautoload_wasm/"));
  const paths = [
    ...contents.files.map(({ place, path }) => `${place === "site" ? site : base}/${path}`),
    ...own.map((path) => `${site}/${path}`),
  ].filter((path) => path.endsWith(".py") && !isTest(path));
  const [code, failed] = runApart(pyodide, COMPILE, { paths: JSON.stringify(paths), started });
  await writeFile(`${sources}.code`, code);
  return { failed: JSON.parse(failed).map((/** @type {string} */ path) => path.replace(`${site}/`, "")) };
}

/** Whether nobody imports a file of an installed package but who tests the package. @param {string} path */
function isTest(path) {
  return path.includes("/site-packages/") && (/\/tests?\//.test(path) || basename(path) === "conftest.py");
}
