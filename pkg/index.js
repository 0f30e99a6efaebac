/**
 * `install(pyodide)` makes `import pyautoload_wasm` work in a Pyodide, over the engine compiled to WebAssembly beside this file.
 * It works in a page, a worker and Node.
 */

import { Autoload } from "./autoload.js";
import { Bundle, fetchBundle } from "./bundle.js";
import { CodeCache, openCodeCache } from "./codes.js";
import { Engine } from "./engine.js";
import { AutoloadError } from "./errors.js";
import { compile, installCompiled, readFile } from "./install.js";
import { startFromSnapshot } from "./snapshot.js";
import { FileSystem } from "./vfs.js";

/** @typedef {import("./errors.js").AutoloadErrorName} AutoloadErrorName */
/** @typedef {import("./codes.js").CodeStore} CodeStore */
/** @typedef {import("./types.js").Options} Options */
/** @typedef {import("./types.js").FileEvent} FileEvent */
/** @typedef {import("./types.js").ReloadReport} ReloadReport */
/** @typedef {import("./types.js").EventMessage} EventMessage */
/** @typedef {import("./types.js").ReportMessage} ReportMessage */
/** @typedef {import("./types.js").ErrorMessage} ErrorMessage */
/** @typedef {import("./python.js").Pyodide} Pyodide */
/** @typedef {import("./install.js").Wasm} Wasm */
/** @typedef {import("./install.js").InstallOptions} InstallOptions */

/**
 * Compiles the engine, once. {@link install} calls this; code that uses {@link Engine} alone has to.
 * @param {Wasm} [wasm] if `engine_bg.wasm` is to be taken from somewhere else than from beside this file
 * @returns {Promise<void>}
 */
export function init(wasm) {
  return compile(() => wasm ?? findEngine());
}

/**
 * Makes `import pyautoload_wasm` work in a Pyodide. Given options, it also makes a loader and sets it up. Called again for the same namespace
 * and folder, as by React's StrictMode or hot module replacement, it gives another handle on the same project: what is loaded stays loaded,
 * other options are applied, and the project is torn down when the last handle is disposed of.
 * @param {Pyodide | Promise<Pyodide>} pyodide
 * @param {InstallOptions} [options]
 * @returns {Promise<Autoload>}
 * @throws an {@link AutoloadError}, if an option or the layout is wrong; an `Error`, if the Pyodide has a wheel of another version. Nothing
 *   is installed then
 *
 * @example
 * const autoload = await install(pyodide, { basePath: "/home/pyodide/myapp", topLevel: "myapp" });
 * pyodide.runPython("import myapp; myapp.models.User");
 */
export async function install(pyodide, options) {
  const { wasm, ...configuration } = options ?? {};
  await init(wasm);
  return installCompiled(pyodide, options && configuration);
}

/**
 * The engine beside this file. Where a bundler has moved this file and left that one behind, as esbuild, Rollup, `bun build` and the
 * development servers of Vite 5 to 7 do, it is the copy in a module, which every bundler takes along.
 * @returns {Promise<Response | ArrayBuffer | Uint8Array<ArrayBuffer>>}
 */
async function findEngine() {
  let failure;
  try {
    // In this form, bundlers that know of such files find it. Where import.meta.url is undefined, it throws.
    const engine = await read(new URL("./engine_bg.wasm", import.meta.url));
    if (engine) {
      return engine;
    }
  } catch (error) {
    failure = error;
  }
  try {
    const { inlined } = await import("./inlined.js");
    return await inlined();
  } catch (cause) {
    throw new Error(
      "the engine of pyautoload-wasm, engine_bg.wasm, was not found beside the package's scripts, and neither was the copy in engine_inline.js; " +
        'import from "pyautoload-wasm/inline", or tell where the file is served: install(pyodide, { wasm: "/engine_bg.wasm" })',
      { cause: failure ?? cause },
    );
  }
}

/**
 * A file with WebAssembly; null if something else is served under its address, such as a page in its place.
 * @param {URL} address
 */
async function read(address) {
  if (address.protocol === "file:") {
    return readFile(address);
  }
  const response = await fetch(address);
  if (!response.ok) {
    return null;
  }
  if (response.headers.get("Content-Type")?.startsWith("application/wasm")) {
    return response;
  }
  const content = await response.arrayBuffer();
  return new TextDecoder("latin1").decode(content.slice(0, 4)) === "\0asm" ? content : null;
}

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
