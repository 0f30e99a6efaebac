/** How JavaScript calls Python here: in a scope of its own, with text in and text out, so that no proxy is left behind. */

import { AutoloadError } from "./errors.js";

/** What the package needs of a Pyodide.
 * @typedef {{
 *   FS: any,
 *   version: string,
 *   registerJsModule(name: string, module: object): void,
 *   runPython(code: string, options?: {globals?: any}): any,
 *   toPy(value: any): any,
 * }} Pyodide
 */

/**
 * Runs Python in a scope of its own: the user's globals are the user's.
 * @param {Pyodide} pyodide
 * @param {string} code
 * @param {object} [variables]
 */
export function runApart(pyodide, code, variables = {}) {
  const scope = pyodide.toPy(variables);
  try {
    return pyodide.runPython(code, { globals: scope });
  } finally {
    scope.destroy();
  }
}

const SITE_PACKAGES = `
import site
site.getsitepackages()[0]
`;

/** The folder of installed packages. Python knows it from its start on; `sysconfig` would have to be compiled. @param {Pyodide} pyodide */
export function sitePackages(pyodide) {
  return runApart(pyodide, SITE_PACKAGES);
}

const LOOK_AGAIN = `
import importlib, sys
if "importlib.metadata" in sys.modules:
    importlib.invalidate_caches()
else:
    for path, finder in list(sys.path_importer_cache.items()):
        if finder is None:
            del sys.path_importer_cache[path]
        elif hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()
`;

/**
 * Lets Python see files that were written into its folders. So does `importlib.invalidate_caches()`, which compiles `importlib.metadata` to
 * do it.
 * @param {Pyodide} pyodide
 */
export function lookAgain(pyodide) {
  runApart(pyodide, LOOK_AGAIN);
}

/** Calls a method of a loader with JSON as its arguments, and answers with what is to be had as JSON. */
const CALL = `
from pyautoload_wasm._bridge import call
call(loader, method, arguments)
`;

/**
 * Calls a method of a Python loader. Arguments and answer are plain data.
 * @param {Pyodide} pyodide
 * @param {any} loader
 * @param {string} method
 * @param {unknown[]} values
 * @returns {any}
 * @throws an `AutoloadError` where the loader refuses
 */
export function callLoader(pyodide, loader, method, ...values) {
  const variables = { loader, method, arguments: JSON.stringify(values) };
  const { answer, name, message } = JSON.parse(runApart(pyodide, CALL, variables));
  if (name !== undefined) {
    throw new AutoloadError(name, message);
  }
  return answer;
}

const START = `
from pyautoload_wasm._bridge import start
start(loader, method, options, tell)
`;

/** How far a call that awaits has come.
 * @typedef {{done: number, total: number, name: string}} Step
 */

/**
 * Calls a method of a Python loader that awaits, and that says how far it has come.
 * @param {Pyodide} pyodide
 * @param {any} loader
 * @param {string} method
 * @param {object} options plain data, as Python calls it
 * @param {((step: Step) => void) | undefined} onProgress what it throws is logged on the console
 * @param {AbortSignal} [signal] ends the call
 * @returns {Promise<any>}
 * @throws an `AutoloadError` where the loader refuses, and the signal's reason
 */
export async function startLoader(pyodide, loader, method, options, onProgress, signal) {
  signal?.throwIfAborted();
  const tell = (/** @type {number} */ done, /** @type {number} */ total, /** @type {string} */ name) => {
    try {
      onProgress?.({ done, total, name });
    } catch (error) {
      console.error("onProgress of pyautoload-wasm raised:", error);
    }
  };
  const task = runApart(pyodide, START, { loader, method, options: JSON.stringify(options), tell });
  const awaited = task.copy(); // Pyodide destroys a proxy that is awaited.
  const cancel = () => task.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    const { answer, name, message, cancelled } = JSON.parse(await awaited);
    if (name !== undefined) {
      throw new AutoloadError(name, message);
    }
    if (cancelled) {
      signal?.throwIfAborted();
      throw new Error(`${method}() was cancelled`);
    }
    return answer;
  } finally {
    signal?.removeEventListener("abort", cancel);
    task.destroy();
  }
}
