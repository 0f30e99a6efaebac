/**
 * `install(pyodide)` makes `import pyautoload_wasm` work in a Pyodide, over the engine compiled to WebAssembly beside this file.
 * It works in a page, a worker and Node.
 */

import { Autoload } from "./autoload.js";
import { ChangeCounter } from "./changes.js";
import initEngine, { Engine } from "./engine.js";
import { AutoloadError } from "./errors.js";
import { files as facade } from "./facade.js";
import { runApart } from "./python.js";
import { FileSystem } from "./vfs.js";
import { Watcher } from "./watch.js";

/** The module through which the Python facade reaches the engine. */
const BRIDGE = "_pyautoload_wasm_js";

/** @typedef {import("./errors.js").AutoloadErrorName} AutoloadErrorName */
/** @typedef {import("./types.js").Options} Options */
/** @typedef {import("./types.js").FileEvent} FileEvent */
/** @typedef {import("./types.js").ReloadReport} ReloadReport */
/** @typedef {import("./types.js").EventMessage} EventMessage */
/** @typedef {import("./types.js").ReportMessage} ReportMessage */
/** @typedef {import("./types.js").ErrorMessage} ErrorMessage */
/** @typedef {import("./python.js").Pyodide} Pyodide */

/** @type {Promise<unknown> | undefined} */
let initialized;

/**
 * Compiles the engine, once. {@link install} calls this; code that uses {@link Engine} alone has to.
 * @param {BufferSource | WebAssembly.Module | URL | Response} [wasm] the contents or the address of `engine_bg.wasm`, if a bundler has
 *   put it elsewhere
 * @returns {Promise<void>}
 */
export async function init(wasm) {
  initialized ??= fetchEngine(wasm).then((module_or_path) => initEngine({ module_or_path }));
  try {
    await initialized;
  } catch (error) {
    initialized = undefined;
    throw error;
  }
}

/** @param {BufferSource | WebAssembly.Module | URL | Response} [wasm] */
async function fetchEngine(wasm) {
  const source = wasm ?? new URL("./engine_bg.wasm", import.meta.url);
  if (source instanceof URL && source.protocol === "file:") {
    const node = "node:fs/promises";
    const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ node);
    return readFile(source);
  }
  return source;
}

/**
 * Makes `import pyautoload_wasm` work in a Pyodide. Given options, it also makes a loader and sets it up. Called again for the same namespace
 * and folder, as by React's StrictMode or hot module replacement, it gives another handle on the same project: what is loaded stays loaded,
 * other options are applied, and the project is torn down when the last handle is disposed of.
 * @param {Pyodide} pyodide
 * @param {Partial<Options> & {wasm?: Parameters<typeof init>[0]}} [options]
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
  const files = new FileSystem(pyodide.FS);
  writeFacade(pyodide, versionOf(new Engine(files)));
  pyodide.registerJsModule(BRIDGE, {
    open_engine: () => {
      const engine = new Engine(files);
      return Object.assign((/** @type {string} */ text) => engine.request(text), { free: () => engine.free() });
    },
    ChangeCounter,
    FileSystem,
    Watcher,
  });
  const autoload = new Autoload(pyodide);
  if (options) {
    autoload.setUp(configuration);
  }
  return autoload;
}

/** @param {Engine} engine */
function versionOf(engine) {
  const { ok } = JSON.parse(engine.request('"version"'));
  engine.free();
  return ok;
}

const FIND_PACKAGE = `
import importlib.util, json, sysconfig

def version():
    from importlib.metadata import PackageNotFoundError, version
    try:
        return version("pyautoload_wasm")
    except PackageNotFoundError:
        return None

importlib.invalidate_caches()
is_there = importlib.util.find_spec("pyautoload_wasm") is not None
json.dumps({"site": sysconfig.get_path("purelib"), "isThere": is_there, "wheel": version() if is_there else None})
`;

/**
 * Puts the Python package into Pyodide's site-packages, unless a wheel of it is there.
 * @param {Pyodide} pyodide
 * @param {string} version of this package
 * @throws an `Error`, if there is a wheel of another version, whose parts need not fit these
 */
function writeFacade(pyodide, version) {
  const { site, isThere, wheel } = JSON.parse(runApart(pyodide, FIND_PACKAGE));
  if (wheel && wheel !== version) {
    throw new Error(
      `this Pyodide has the wheel of pyautoload_wasm ${wheel}, but the npm package pyautoload-wasm is ${version}; install the same version of both, or only one of them`,
    );
  }
  if (isThere) {
    return;
  }
  for (const [name, source] of Object.entries(facade)) {
    const file = `${site}/pyautoload_wasm/${name}`;
    pyodide.FS.mkdirTree(file.slice(0, file.lastIndexOf("/")));
    pyodide.FS.writeFile(file, source);
  }
  runApart(pyodide, "import importlib; importlib.invalidate_caches()");
}

export { Autoload, AutoloadError, Engine, FileSystem };
