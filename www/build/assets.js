/** What the built page has beside its own code: Pyodide, the wheel, the npm package, the example projects. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { exampleProjects } from "./examples.js";

const top = fileURLToPath(new URL("../..", import.meta.url));
const pyodide = join(top, "node_modules/pyodide-314");

/** The folder of Pyodide in the build. */
export const PYODIDE_DIR = "pyodide";

const PYODIDE_FILES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];
/** Those that Pyodide fetches; the others are imported, which nobody can watch. */
const FETCHED = ["pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];
export const PYODIDE_BYTES = FETCHED.reduce((sum, name) => sum + statSync(join(pyodide, name)).size, 0);

const wheels = existsSync(join(top, "dist"))
  ? readdirSync(join(top, "dist")).filter((name) => name.includes("-pyemscripten_"))
  : [];
if (wheels.length !== 1) {
  throw new Error(`dist/ has ${wheels.length} wheels for Pyodide, not one: run 'make build'`);
}
export const WHEEL = `wheel/${wheels[0]}`;

/** The npm package, for the minimal examples; the page itself bundles it. */
const PACKAGE_FILES = ["index.js", "vfs.js", "engine.js", "engine_bg.wasm", "facade.js"];

/** @returns {import("vite").Plugin} */
export function assets() {
  return {
    name: "assets",
    apply: "build",
    generateBundle() {
      const emit = (/** @type {string} */ fileName, /** @type {string | Uint8Array} */ source) =>
        this.emitFile({ type: "asset", fileName, source });
      for (const name of PYODIDE_FILES) {
        emit(`${PYODIDE_DIR}/${name}`, readFileSync(join(pyodide, name)));
      }
      for (const file of packageFiles()) {
        emit(`pkg/${relative(join(top, "pkg"), file)}`, readFileSync(file));
      }
      // Of what a worker bundles, the build lists no licence.
      for (const name of ["dagre", "graphlib"]) {
        emit(`licenses/${name}.txt`, readFileSync(join(top, `node_modules/@dagrejs/${name}/LICENSE`)));
      }
      emit(WHEEL, readFileSync(join(top, "dist", /** @type {string} */ (wheels[0]))));
      for (const [name, project] of exampleProjects(top)) {
        emit(`projects/${name}.json`, JSON.stringify(project));
      }
    },
  };
}

/** The package's scripts and its wasm, whatever it is made of. */
function packageFiles() {
  const missing = PACKAGE_FILES.filter((name) => !existsSync(join(top, "pkg", name)));
  if (missing.length) {
    throw new Error(`pkg/ lacks ${missing.join(", ")}: run 'make build'`);
  }
  return readdirSync(join(top, "pkg"))
    .filter((name) => name.endsWith(".js") || name.endsWith(".wasm"))
    .map((name) => join(top, "pkg", name));
}
