/** What all entries of the package do; each has its own way to the engine's WebAssembly. */

import { Autoload } from "./autoload.js";
import { ChangeCounter } from "./changes.js";
import { CodeCache } from "./codes.js";
import { Drive } from "./drive.js";
import initEngine, { Engine } from "./engine.js";
import { lookAgain, runApart, sitePackages } from "./python.js";
import { FileSystem } from "./vfs.js";
import { Watcher } from "./watch.js";

/** The module through which the Python facade reaches the engine. */
const BRIDGE = "_pyautoload_wasm_js";

/** @typedef {BufferSource | WebAssembly.Module | URL | string | Response} Wasm the contents or the address of `engine_bg.wasm` */
/** @typedef {Partial<import("./types.js").Options> & {
 *   wasm?: Wasm,
 *   codeCache?: CodeCache | undefined,
 *   bundle?: import("./bundle.js").Bundle | Promise<import("./bundle.js").Bundle> | undefined,
 * }} InstallOptions
 */

/** @type {Promise<unknown> | undefined} */
let initialized;

/**
 * Compiles the engine, once, whichever entry asks.
 * @param {() => Wasm | Promise<Wasm>} find
 * @returns {Promise<void>}
 */
export async function compile(find) {
  initialized ??= Promise.resolve(find())
    .then((wasm) => (wasm instanceof URL && wasm.protocol === "file:" ? readFile(wasm) : wasm))
    .then((module_or_path) => initEngine({ module_or_path }));
  try {
    await initialized;
  } catch (error) {
    initialized = undefined;
    throw error;
  }
}

/**
 * A file of this machine, which no `fetch` reads.
 * @param {URL} address
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function readFile(address) {
  const node = "node:fs/promises";
  const { readFile: read } = await import(/* @vite-ignore */ /* webpackIgnore: true */ node);
  return read(address);
}

/**
 * Makes `import pyautoload_wasm` work in a Pyodide, with an engine that is compiled already.
 * @param {import("./python.js").Pyodide | Promise<import("./python.js").Pyodide>} starting
 * @param {Omit<InstallOptions, "wasm">} [options] `codeCache`, `bundle`, and those of a loader that is to be set up
 * @returns {Promise<Autoload>}
 */
export async function installCompiled(starting, options) {
  const { codeCache, bundle: arriving, ...given } = options ?? {};
  // The facade is the largest script by far. Imported here, it keeps no page from starting Pyodide.
  const [{ files: facade }, pyodide, bundle] = await Promise.all([import("./facade.js"), starting, arriving]);
  const settings = bundle
    ? { basePath: `/home/pyodide/${bundle.topLevel}`, topLevel: bundle.topLevel, ...given }
    : given;
  const files = new FileSystem(pyodide.FS);
  writeFacade(pyodide, facade, versionOf(new Engine(files)));
  pyodide.registerJsModule(BRIDGE, {
    open_engine: () => {
      const engine = new Engine(files);
      return Object.assign((/** @type {string} */ text) => engine.request(text), { free: () => engine.free() });
    },
    ChangeCounter,
    Drive,
    FileSystem,
    Watcher,
  });
  if (bundle) {
    bundle.unpack(pyodide, String(settings.basePath));
    await (codeCache ?? new CodeCache({ packages: true, store: null })).serve(pyodide, bundle.code);
  } else {
    await codeCache?.serve(pyodide);
  }
  const autoload = new Autoload(pyodide);
  // A cache alone asks for no loader.
  if (options && !("codeCache" in options && Object.keys(settings).length === 0)) {
    autoload.setUp(settings);
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
import importlib.util, json

def version():
    from importlib.metadata import PackageNotFoundError, version
    try:
        return version("pyautoload_wasm")
    except PackageNotFoundError:
        return None

is_there = importlib.util.find_spec("pyautoload_wasm") is not None
json.dumps({"isThere": is_there, "wheel": version() if is_there else None})
`;

/**
 * Puts the Python package into Pyodide's site-packages, unless a wheel of it is there.
 * @param {import("./python.js").Pyodide} pyodide
 * @param {Readonly<Record<string, string>>} facade
 * @param {string} version of this package
 * @throws an `Error`, if there is a wheel of another version, whose parts need not fit these
 */
function writeFacade(pyodide, facade, version) {
  lookAgain(pyodide);
  const { isThere, wheel } = JSON.parse(runApart(pyodide, FIND_PACKAGE));
  if (wheel && wheel !== version) {
    throw new Error(
      `this Pyodide has the wheel of pyautoload_wasm ${wheel}, but the npm package pyautoload-wasm is ${version}; install the same version of both, or only one of them`,
    );
  }
  if (isThere) {
    return;
  }
  const site = sitePackages(pyodide);
  const encoder = new TextEncoder(); // Emscripten's own takes much longer.
  for (const [name, source] of Object.entries(facade)) {
    const file = `${site}/pyautoload_wasm/${name}`;
    pyodide.FS.mkdirTree(file.slice(0, file.lastIndexOf("/")));
    pyodide.FS.writeFile(file, encoder.encode(source), { canOwn: true });
  }
  lookAgain(pyodide);
}
