/**
 * The same as the main entry, with the WebAssembly inside of the script: for bundlers that leave `engine_bg.wasm` behind, and for one file that
 * has everything.
 */

import { Autoload } from "./autoload.js";
import { Bundle, fetchBundle } from "./bundle.js";
import { CodeCache, openCodeCache } from "./codes.js";
import { Engine } from "./engine.js";
import { AutoloadError } from "./errors.js";
import { inlined } from "./inlined.js";
import { compile, installCompiled } from "./install.js";
import { startFromSnapshot } from "./snapshot.js";
import { FileSystem } from "./vfs.js";

/** @typedef {import("./install.js").Wasm} Wasm */

/**
 * Compiles the engine, once; see the main entry.
 * @param {Wasm} [wasm]
 * @returns {Promise<void>}
 */
export function init(wasm) {
  return compile(() => wasm ?? inlined());
}

/**
 * Makes `import pyautoload_wasm` work in a Pyodide; see the main entry.
 * @param {import("./python.js").Pyodide | Promise<import("./python.js").Pyodide>} pyodide
 * @param {import("./install.js").InstallOptions} [options]
 * @returns {Promise<Autoload>}
 */
export async function install(pyodide, options) {
  const { wasm, ...configuration } = options ?? {};
  await init(wasm);
  return installCompiled(pyodide, options && configuration);
}

/** @typedef {import("./errors.js").AutoloadErrorName} AutoloadErrorName */
/** @typedef {import("./codes.js").CodeStore} CodeStore */
/** @typedef {import("./types.js").Options} Options */
/** @typedef {import("./types.js").FileEvent} FileEvent */
/** @typedef {import("./types.js").ReloadReport} ReloadReport */
/** @typedef {import("./types.js").EventMessage} EventMessage */
/** @typedef {import("./types.js").ReportMessage} ReportMessage */
/** @typedef {import("./types.js").ErrorMessage} ErrorMessage */
/** @typedef {import("./python.js").Pyodide} Pyodide */
/** @typedef {import("./install.js").InstallOptions} InstallOptions */

export {
  Autoload,
  AutoloadError,
  Bundle,
  CodeCache,
  Engine,
  FileSystem,
  fetchBundle,
  openCodeCache,
  startFromSnapshot,
};
