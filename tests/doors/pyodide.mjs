// A Pyodide of any version in Node, and micropip in it, from what tools/setup.sh installed: no network is used.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

const { devDependencies } = require(join(root, "package.json"));

/** The versions in package.json, oldest first, as in `pyodide-0.24`. */
export const versions = Object.keys(devDependencies)
  .filter((name) => name.startsWith("pyodide-"))
  .map((name) => name.slice("pyodide-".length))
  .sort((a, b) => Number(a) - Number(b));

/** Whether a version is a release, and no alpha. */
export function isStable(version) {
  return !devDependencies[`pyodide-${version}`].includes("-");
}

/** The wheel in dist/ for a Pyodide: that of PyPI, or the one for versions whose tags PyPI does not know. */
export function builtWheel(version) {
  const isNew = Number(version) >= 0.29;
  const found = readdirSync(join(root, "dist")).filter(
    (name) => name.endsWith("_wasm32.whl") && name.includes("-pyemscripten_") === isNew,
  );
  if (found.length !== 1) {
    throw new Error(`dist/ has ${found.length} wheels for Pyodide ${version}, not one: run 'make build'`);
  }
  return join(root, "dist", found[0]);
}

/** Starts the Pyodide of a version, as in `start("0.27")`. A process can hold only one version: they share globals. */
export async function start(version, options = {}) {
  const dir = dirname(require.resolve(`pyodide-${version}/package.json`));
  const { loadPyodide } = await import(`pyodide-${version}`);
  return loadPyodide({ indexURL: dir, ...options });
}

/** Puts that version's micropip into a Pyodide. */
export function addMicropip(pyodide, version) {
  const dir = join(root, ".cache", "wheels", `pyodide-${version}`);
  for (const name of readdirSync(dir)) {
    pyodide.unpackArchive(new Uint8Array(readFileSync(join(dir, name))), "wheel");
  }
}

/** Installs a wheel file of this machine with micropip, as a user does from a URL. */
export async function installWheel(pyodide, file) {
  const path = `/tmp/${file.split("/").at(-1)}`;
  pyodide.FS.writeFile(path, new Uint8Array(readFileSync(file)));
  const micropip = pyodide.pyimport("micropip");
  try {
    await micropip.install(`emfs:${path}`);
  } finally {
    micropip.destroy();
  }
}
