/** Code objects that are kept between visits. Python compiles a source once, and the next visit finds the code by the source's hash. */

import { IndexedStore } from "./indexed.js";
import { runApart } from "./python.js";
import { concatenate, merge } from "./records.js";

/** Where the records are kept, all in one piece: what `save` was given last is what `load` gives.
 * @typedef {{
 *   load(): Promise<Uint8Array | ArrayBuffer | null | undefined>,
 *   save(records: Uint8Array<ArrayBuffer>): Promise<unknown>,
 * }} CodeStore
 */

/** How a cache is opened: `packages` takes in what is installed, `maxBytes` bounds what is kept, `store` keeps it elsewhere than in IndexedDB.
 * Where it is null, nothing is kept.
 * @typedef {{packages?: boolean, maxBytes?: number, store?: CodeStore | null}} CodeCacheOptions
 */

/** So long a page waits for a store at most, once Pyodide is there: some browsers never open a database that is damaged. */
const PATIENCE_MS = 3000;
/** After the first new code others follow: so long it waits for them. */
const DELAY_MS = 1000;
/** So long one turn takes at most, but for one long module. */
const SLICE_MS = 8;

const SHARE = `
import importlib.util, sys
if "pyautoload_wasm" not in sys.modules:
    # These import nothing else of the package, so that the rest of it can come from the cache.
    folder = importlib.util.find_spec("pyautoload_wasm").submodule_search_locations[0]
    for part in ("code_cache", "archives", "installed"):
        name = f"pyautoload_wasm._imports.{part}"
        spec = importlib.util.spec_from_file_location(name, f"{folder}/_imports/{part}.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
from pyautoload_wasm._imports.installed import share
share(data, note, packages=packages)
`;

const UNSHARE = `
from pyautoload_wasm._imports.installed import unshare
unshare()
`;

const PACK = `
from pyodide.ffi import to_js
from pyautoload_wasm._imports.installed import pack
to_js(pack(seconds))
`;

const COUNTS = `
import json
from pyautoload_wasm._imports.installed import counts
json.dumps(counts())
`;

/**
 * Opens the cache of compiled code, and begins to read it. Call it before `loadPyodide`, and hand it to `install`.
 * @param {CodeCacheOptions} [options]
 * @returns {CodeCache}
 *
 * @example
 * const codeCache = openCodeCache({ packages: true });
 * const autoload = await install(loadPyodide(), { codeCache, basePath: "/home/pyodide/myapp", topLevel: "myapp" });
 */
export function openCodeCache(options = {}) {
  return new CodeCache(options);
}

/** A cache of compiled code, for one Pyodide. What goes wrong with its store is logged on the console, and costs what is kept there. */
export class CodeCache {
  #packages;
  #maxBytes;
  /** @type {CodeStore | undefined} */
  #store;
  /** @type {Promise<Uint8Array>} */
  #kept;
  /** @type {import("./python.js").Pyodide | undefined} */
  #pyodide;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Uint8Array[]} New records, as Python has packed them. */
  #packed = [];
  /** @type {Promise<void>} */
  #written = Promise.resolve();
  #onHidden = () => {
    if (document.visibilityState === "hidden") {
      this.save();
    }
  };

  /** @param {CodeCacheOptions} options */
  constructor({ packages = false, maxBytes = 1 << 26, store }) {
    this.#packages = packages;
    this.#maxBytes = maxBytes;
    this.#store = store === undefined && globalThis.indexedDB ? new IndexedStore(indexedDB) : (store ?? undefined);
    this.#kept = this.#read();
  }

  async #read() {
    try {
      const kept = await this.#store?.load();
      return kept instanceof ArrayBuffer ? new Uint8Array(kept) : (kept ?? new Uint8Array());
    } catch (error) {
      console.warn("pyautoload-wasm: the code cache cannot be read:", error);
      return new Uint8Array();
    }
  }

  /**
   * Serves a Pyodide, in which the Python package is. `install` calls this.
   * @param {import("./python.js").Pyodide} pyodide
   * @param {Uint8Array} [bundled] records that are there anyway
   * @returns {Promise<void>}
   */
  async serve(pyodide, bundled = new Uint8Array()) {
    if (this.#pyodide) {
      if (this.#pyodide === pyodide) {
        return;
      }
      throw new Error("this code cache serves another Pyodide; open one for each");
    }
    this.#pyodide = pyodide;
    const kept = await inTime(this.#kept);
    const data = bundled.length === 0 ? kept : kept.length === 0 ? bundled : concatenate([bundled, kept]);
    this.#kept = Promise.resolve(new Uint8Array()); // Python has a copy.
    const note = this.#store && (() => this.#wait());
    runApart(pyodide, SHARE, { data, note, packages: this.#packages });
    globalThis.document?.addEventListener("visibilitychange", this.#onHidden);
  }

  /**
   * How often code was found, and how often not, since the cache serves its Pyodide.
   * @returns {{hits: number, misses: number}}
   */
  get counts() {
    const [hits, misses] = this.#pyodide ? JSON.parse(runApart(this.#pyodide, COUNTS)) : [0, 0];
    return { hits, misses };
  }

  /**
   * Writes what is new, now. By itself that happens in idle time, and when the page is hidden.
   * @returns {Promise<void>} settles when it is written
   */
  async save() {
    this.#stopWaiting();
    if (this.#pyodide && this.#store) {
      this.#pack(this.#pyodide, Number.POSITIVE_INFINITY);
      this.#write(this.#store);
    }
    await this.#written;
  }

  /** Lets Python's import system do without the cache. What is new and was not written is lost. */
  close() {
    this.#stopWaiting();
    globalThis.document?.removeEventListener("visibilitychange", this.#onHidden);
    if (this.#pyodide) {
      runApart(this.#pyodide, UNSHARE);
      this.#pyodide = undefined;
    }
  }

  /** Calls {@link close} at the end of a block. */
  [Symbol.dispose]() {
    this.close();
  }

  #stopWaiting() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait() {
    this.#stopWaiting();
    this.#timer = setTimeout(() => whenIdle(() => this.#work()), DELAY_MS);
    // A program in Node may end.
    /** @type {any} */ (this.#timer).unref?.();
  }

  #work() {
    if (!this.#timer || !this.#pyodide || !this.#store) {
      return;
    }
    if (this.#pack(this.#pyodide, SLICE_MS / 1000)) {
      whenIdle(() => this.#work());
    } else {
      this.#stopWaiting();
      this.#write(this.#store);
    }
  }

  /** Packs new records for so long. False if there were none. @param {import("./python.js").Pyodide} pyodide @param {number} seconds */
  #pack(pyodide, seconds) {
    const records = runApart(pyodide, PACK, { seconds });
    if (records.length > 0) {
      this.#packed.push(records);
    }
    return records.length > 0;
  }

  /** @param {CodeStore} store */
  #write(store) {
    const packed = this.#packed;
    if (packed.length === 0) {
      return;
    }
    this.#packed = [];
    const add = (/** @type {Uint8Array} */ kept) => merge([kept, ...packed], this.#maxBytes);
    this.#written = this.#written
      .then(async () => {
        if (store instanceof IndexedStore) {
          await store.update(add);
        } else {
          const kept = await store.load();
          await store.save(add(new Uint8Array(kept ?? [])));
        }
      })
      .catch((error) => console.warn("pyautoload-wasm: the code cache cannot be written:", error));
  }
}

/** What is kept, or nothing if that takes too long. @param {Promise<Uint8Array>} kept */
async function inTime(kept) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      console.warn("pyautoload-wasm: the code cache cannot be read in time");
      resolve(new Uint8Array());
    }, PATIENCE_MS);
  });
  try {
    return await Promise.race([kept, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @param {() => void} work */
function whenIdle(work) {
  if (typeof requestIdleCallback === "function") {
    requestIdleCallback(work, { timeout: 5000 });
  } else {
    setTimeout(work, 0);
  }
}
