/**
 * Python as it is right after its start, kept between visits. The browser makes the snapshot itself, in a worker: what WebAssembly can do
 * there, Python finds out when it starts, and has in its memory.
 */

import { condense, expand } from "./memory.js";
import { runApart } from "./python.js";

/** @typedef {import("./python.js").Pyodide} Pyodide */

/** The options of `loadPyodide` that matter here.
 * @typedef {{
 *   env?: Record<string, string> | undefined, args?: string[] | undefined, indexURL?: string | undefined,
 *   fsInit?: ((...given: any[]) => Promise<void>) | undefined,
 * }} StartOptions
 */

const STORE = "pyautoload-wasm snapshots";
/** So long after a start without a snapshot one is made: until then the page is busy. */
const DELAY_MS = 3000;
/** The header of a snapshot that has the size of the memory, in bytes. */
const SIZE = "Memory-Size";

/** What a start does that a snapshot has done before, for all visits alike. */
const AFTERWARDS = `
import os, random, sys
random.seed()
os.environ.update(env)
sys.path[:] = dict.fromkeys(sys.path)
`;

/**
 * Starts a Pyodide from a snapshot of its memory that an earlier visit has kept, which takes a fraction of the time. Without one Pyodide
 * starts as ever, and a worker makes one a little later. Where a snapshot is no good, the console says so, and Pyodide starts as ever.
 * @template {Pyodide} P
 * @template {StartOptions} O
 * @param {(options?: O) => Promise<P>} loadPyodide Pyodide's function
 * @param {string | URL} module the address of the `pyodide.mjs` that has it, which the worker imports
 * @param {O} [options] those of `loadPyodide`
 * @returns {Promise<P>}
 *
 * @example
 * const pyodide = startFromSnapshot(loadPyodide, "/pyodide/pyodide.mjs");
 * const autoload = await install(pyodide, { basePath: "/home/pyodide/myapp", topLevel: "myapp" });
 */
export async function startFromSnapshot(loadPyodide, module, options) {
  // Node, and pages without a secure origin, have no place for it.
  if (!globalThis.caches || !globalThis.location || isReadAtStart(options)) {
    return loadPyodide(options);
  }
  const { href } = new URL(module, globalThis.location.href);
  const key = keyOf(href, options?.indexURL);
  try {
    const kept = await caches.match(key, { cacheName: STORE });
    if (kept) {
      return await restore(loadPyodide, kept, options);
    }
  } catch (error) {
    console.warn("Pyodide starts without its snapshot:", error);
    await forget(key);
  }
  const pyodide = await loadPyodide(options);
  // Those before 0.26 have no snapshots, and 0.26 has no `fsInit`.
  if ("makeMemorySnapshot" in pyodide && !pyodide.version.startsWith("0.26.")) {
    setTimeout(() => make(href, key, options?.indexURL), DELAY_MS);
  }
  return pyodide;
}

/** Lets go of a snapshot. One that cannot be removed keeps nobody from starting. @param {string} key */
async function forget(key) {
  try {
    const store = await caches.open(STORE);
    await store.delete(key);
  } catch (error) {
    console.warn("The snapshot of Pyodide cannot be removed:", error);
  }
}

/** Whether there are options that Python reads when it starts. @param {StartOptions} [options] */
function isReadAtStart({ env = {}, args = [] } = {}) {
  return args.length > 0 || Object.keys(env).some((name) => name.startsWith("PYTHON"));
}

/**
 * Where a snapshot is kept: another browser, or one that has learned something, has another.
 * @param {string} href
 * @param {string | undefined} indexURL
 */
function keyOf(href, indexURL = "") {
  const key = new URL("/pyautoload-wasm/snapshot", globalThis.location.origin);
  const parts = { of: href, with: indexURL, in: navigator.userAgent, switches: String("Suspending" in WebAssembly) };
  key.search = String(new URLSearchParams(parts));
  return key.href;
}

/**
 * The memory is filled while Pyodide is compiled, which needs only its size until then.
 * @template {Pyodide} P
 * @template {StartOptions} O
 * @param {(options?: O) => Promise<P>} loadPyodide
 * @param {Response} kept
 * @param {O} [options]
 * @returns {Promise<P>}
 */
async function restore(loadPyodide, kept, options) {
  const memory = new Uint8Array(Number(kept.headers.get(SIZE)));
  const fault = kept
    .arrayBuffer()
    .then((condensed) => expand(new Uint8Array(condensed), memory))
    .then(
      () => null,
      (error) => error,
    );
  const own = {
    ...options,
    // Pyodide adds to env what is its own, and the options may be used again.
    env: { ...options?.env },
    _loadSnapshot: memory,
    fsInit: async (/** @type {any[]} */ ...given) => {
      await fault; // Pyodide refuses a memory that is empty.
      await options?.fsInit?.(...given);
    },
  };
  let pyodide;
  try {
    pyodide = await loadPyodide(/** @type {any} */ (own));
  } catch (error) {
    throw (await fault) ?? error;
  }
  runApart(pyodide, AFTERWARDS, { env: options?.env ?? {} });
  return pyodide;
}

/** Has a worker make a snapshot, in the place of older ones. @param {string} href @param {string} key @param {string | undefined} indexURL */
function make(href, key, indexURL) {
  const text = `
    const condense = ${condense};
    try {
      const { loadPyodide } = await import(${JSON.stringify(href)});
      const pyodide = await loadPyodide({ ...${JSON.stringify({ indexURL })}, _makeSnapshot: true });
      const memory = pyodide.makeMemorySnapshot();
      const headers = { ${JSON.stringify(SIZE)}: memory.length };
      const store = await caches.open(${JSON.stringify(STORE)});
      for (const { url } of await store.keys()) {
        if (new URL(url).searchParams.get("of") === ${JSON.stringify(href)}) {
          await store.delete(url);
        }
      }
      await store.put(${JSON.stringify(key)}, new Response(condense(memory), { headers }));
    } catch (error) {
      console.warn("No snapshot of Pyodide can be kept:", error);
    }
    close();
  `;
  const refused = (/** @type {unknown} */ why) => console.warn("No snapshot of Pyodide can be kept:", why);
  try {
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const worker = new Worker(address, { type: "module" });
    worker.addEventListener("error", () => refused("its worker cannot be started"));
  } catch (error) {
    refused(error);
  }
}
