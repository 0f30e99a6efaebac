/**
 * `install(pyodide)` makes `import pyautoload_wasm` work in a Pyodide, over the engine compiled to WebAssembly beside this file.
 * It works in a page, a worker and Node.
 */

import initEngine, { Engine } from "./engine.js";
import { files as facade } from "./facade.js";
import { FileSystem } from "./vfs.js";

/** The module through which the Python facade reaches the engine. */
const BRIDGE = "_pyautoload_wasm_js";

/** @typedef {import("./types.js").Options} Options */
/** @typedef {import("./types.js").GraphView} GraphView */
/** @typedef {import("./types.js").Problem} Problem */

/** What `install` needs of a Pyodide.
 * @typedef {{
 *   FS: any,
 *   registerJsModule(name: string, module: object): void,
 *   runPython(code: string, options?: {globals?: any}): any,
 *   toPy(value: any): any,
 * }} Pyodide
 */

/** @type {Promise<unknown> | undefined} */
let initialized;

/**
 * Compiles the engine, once. Needed only by who uses {@link Engine} without {@link install}.
 * @param {BufferSource | WebAssembly.Module | URL | Response} [wasm] the contents or the address of `engine_bg.wasm`, for a
 *   bundler that puts it elsewhere
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
 * Makes `import pyautoload_wasm` work in a Pyodide. With options it also makes a loader and sets it up.
 * @param {Pyodide} pyodide
 * @param {Partial<Options> & {wasm?: Parameters<typeof init>[0]}} [options]
 * @returns {Promise<Autoload>}
 * @throws an `Error` that carries Python's message where an option or the layout is wrong; nothing is installed then
 *
 * @example
 * const autoload = await install(pyodide, { basePath: "/home/pyodide/myapp", topLevel: "myapp" });
 * pyodide.runPython("import myapp; myapp.models.User");
 */
export async function install(pyodide, options) {
  const { wasm, ...configuration } = options ?? {};
  await init(wasm);
  pyodide.registerJsModule(BRIDGE, {
    open_engine: () => {
      const engine = new Engine(new FileSystem(pyodide.FS));
      return (/** @type {string} */ text) => engine.request(text);
    },
  });
  writeFacade(pyodide);
  const autoload = new Autoload(pyodide);
  if (options) {
    autoload.setUp(configuration);
  }
  return autoload;
}

/** Puts the Python package into Pyodide's site-packages, unless a wheel of it is there. @param {Pyodide} pyodide */
function writeFacade(pyodide) {
  const found = runApart(
    pyodide,
    `
import importlib.util, json, sysconfig
importlib.invalidate_caches()
json.dumps({"site": sysconfig.get_path("purelib"), "isThere": importlib.util.find_spec("pyautoload_wasm") is not None})
`,
  );
  const { site, isThere } = JSON.parse(found);
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

/** Runs Python in a scope of its own: the user's globals are the user's.
 * @param {Pyodide} pyodide
 * @param {string} code
 * @param {object} [variables]
 */
function runApart(pyodide, code, variables = {}) {
  const scope = pyodide.toPy(variables);
  try {
    return pyodide.runPython(code, { globals: scope });
  } finally {
    scope.destroy();
  }
}

/** A loader in a Pyodide, seen from JavaScript. Made by {@link install}. */
export class Autoload {
  #pyodide;
  /** @type {any} The Python loader, a PyProxy that `dispose` destroys. */
  #loader;

  /** @param {Pyodide} pyodide */
  constructor(pyodide) {
    this.#pyodide = pyodide;
  }

  /**
   * Makes the loader and sets it up.
   * @param {Partial<Options>} options
   */
  setUp(options) {
    if (this.#loader) {
      throw new Error("this loader is set up already: dispose() of it first");
    }
    this.#loader = runApart(
      this.#pyodide,
      "from pyautoload_wasm import AutoLoader\nAutoLoader.from_options(options).setup()",
      { options: JSON.stringify(options) },
    );
  }

  /**
   * Who imports whom, read from the files without running them.
   * @returns {GraphView}
   */
  graph() {
    return this.#ask("graph");
  }

  /**
   * What is wrong with the project, by file and line, without running any of it.
   * @returns {Problem[]}
   */
  check() {
    return this.#ask("check");
  }

  /** @param {string} request */
  #ask(request) {
    if (!this.#loader) {
      throw new Error(`${request}() needs a loader: call setUp(options), or install(pyodide, options)`);
    }
    const variables = { loader: this.#loader, request };
    return JSON.parse(runApart(this.#pyodide, "import json\njson.dumps(loader.ask(request))", variables));
  }

  /** Takes the loader out of Python's import system again. Python's modules are left as `AutoLoader.teardown()` leaves them. */
  dispose() {
    this.#loader?.teardown().destroy();
    this.#loader?.destroy();
    this.#loader = undefined;
  }
}

export { Engine, FileSystem };
