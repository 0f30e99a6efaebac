/** A loader in a Pyodide, seen from JavaScript. */

import { AutoloadError } from "./errors.js";
import { listen } from "./listen.js";
import { Profile } from "./profile.js";
import { callLoader, runApart, startLoader } from "./python.js";

/** @typedef {import("./types.js").Options} Options */
/** @typedef {import("./types.js").GraphView} GraphView */
/** What is wrong: what the engine finds, and a package of others that is missing.
 * @typedef {Omit<import("./types.js").Problem, "kind"> & {kind: import("./types.js").Problem["kind"] | "missing_package"}} Problem
 */
/** @typedef {import("./types.js").ReloadReport} ReloadReport */
/** @typedef {import("./python.js").Pyodide} Pyodide */
/** @typedef {import("./python.js").Step} Step */
/** @typedef {import("./listen.js").Port} Port */

/** When an import of a package runs.
 * @typedef {"always" | "lazy" | "function" | "guarded" | "type_checking"} ImportContext
 */

/** A package of others that the project imports, or a distribution that it declares: `null` stands for what nobody knows.
 * @typedef {{
 *   name: string | null,
 *   distribution: string | null,
 *   source: "installed" | "lock" | "declared" | null,
 *   installed: boolean,
 *   declared: string | null,
 *   declared_in: string | null,
 *   context: ImportContext | null,
 *   is_missing: boolean,
 *   imports: {importer: string, path: string, line: number, name: string, context: ImportContext}[],
 * }} Requirement
 */

/** What was loaded, and what is missing and of which nobody knows the distribution.
 * @typedef {{loaded: string[], unknown: Requirement[]}} PackagesReport
 */

/** A change of a file or a directory. `to` is the new path, if the kind is "renamed".
 * @typedef {Pick<import("./types.js").FileEvent, "kind" | "path"> & {to?: string | null}} FileEvent
 */

/** What eager loading did. `skipped` are programs (`__main__`), and what `doNotEagerLoad` covers.
 * @typedef {{
 *   loaded: string[],
 *   failed: {name: string, type: string, message: string, traceback: string}[],
 *   skipped: string[],
 *   seconds: number,
 * }} EagerLoadReport
 */

/** @typedef {Parameters<EventTarget["addEventListener"]>} ListenerArguments */

/** A listener for "reload".
 * @typedef {((event: CustomEvent<ReloadReport>) => void) | {handleEvent(event: CustomEvent<ReloadReport>): void}} ReloadListener
 */

const SET_UP = `
from pyautoload_wasm._bridge import set_up
set_up(options, tell)
`;

const TRACK = `
loader.track(namespace, source=source)
`;

const UNTRACK = `
loader.untrack(namespace)
`;

const PROFILE = `
loader.profile()
`;

const DISPOSE = `
from pyautoload_wasm._bridge import dispose
dispose(loader)
`;

/** A loader in a Pyodide, seen from JavaScript. Made by `install`. Each flush that did something, whoever asked for it, dispatches an event
 * "reload" whose `detail` is the report. What Python's loader raises is thrown as an `AutoloadError`.
 */
export class Autoload extends EventTarget {
  #pyodide;
  /** @type {any} The Python loader, a PyProxy that `dispose` destroys. */
  #loader;
  /** @type {Set<() => void>} */
  #stops = new Set();
  /** @type {WeakMap<object, (event: Event) => void>} */
  #guarded = new WeakMap();

  /** @param {Pyodide} pyodide */
  constructor(pyodide) {
    super();
    this.#pyodide = pyodide;
  }

  /**
   * Makes the loader and sets it up.
   * @param {Partial<Options>} options
   * @throws an `AutoloadError`, if an option or the layout is wrong; nothing is installed then
   */
  setUp(options) {
    if (this.#loader) {
      throw new Error("this loader is already set up; call dispose() first");
    }
    const tell = (/** @type {string} */ text) => {
      this.dispatchEvent(new CustomEvent("reload", { detail: JSON.parse(text) }));
    };
    this.#loader = runLoader(this.#pyodide, SET_UP, { options: JSON.stringify(options), tell });
  }

  /** The Python loader, for what has no method here. `dispose` destroys it. Undefined before `setUp`.
   * @returns {any}
   */
  get loader() {
    return this.#loader;
  }

  /**
   * The imports between the modules, read from the files without running them.
   * @returns {GraphView}
   */
  graph() {
    return this.#call("graph", "graph");
  }

  /**
   * The problems of the project, by file and line, found without running any of it.
   * @returns {Problem[]}
   */
  check() {
    return this.#call("check", "check");
  }

  /**
   * The packages of others that the project imports, in what context, and which distribution each is; read from the files without running
   * them.
   * @returns {Requirement[]}
   */
  requirements() {
    return this.#call("requirements", "requirements");
  }

  /**
   * Loads the packages that the project needs and that are missing: what Pyodide's lock file has in one go, and what the project declares
   * beyond that by micropip.
   * @param {{guarded?: boolean, onProgress?: (step: Step) => void}} [options] `guarded` takes in what is imported in a `try` that catches
   *   its failure
   * @returns {Promise<PackagesReport>}
   * @throws an `AutoloadError`, if a declaration cannot be understood or something cannot be loaded
   */
  async loadPackages({ guarded = false, onProgress } = {}) {
    return this.#start("loadPackages", "load_packages", { guarded }, onProgress);
  }

  /**
   * From now on an import of a package that is not there loads it, if Pyodide's lock file has it. Python waits for that, so the browser needs
   * JSPI, and the code has to be started by `runPythonAsync`. Elsewhere the import fails as without it.
   */
  loadPackagesOnImport() {
    this.#call("loadPackagesOnImport", "load_packages_on_import");
  }

  /**
   * Imports all modules, and lets the event loop take a turn every few milliseconds, so that a page goes on being drawn. A module that fails is in
   * the report, and the others are loaded.
   * @param {{force?: boolean, onProgress?: (step: Step) => void, signal?: AbortSignal}} [options] `force` takes in what `doNotEagerLoad` covers;
   *   `signal` ends it between two modules
   * @returns {Promise<EagerLoadReport>}
   * @throws the signal's reason; an `AutoloadError`, if the loader is disposed of meanwhile
   */
  async eagerLoad({ force = false, onProgress, signal } = {}) {
    return this.#start("eagerLoad", "eager_load_async", { force, on_error: "collect" }, onProgress, signal);
  }

  /**
   * Measures all imports from now on, of the project's modules and of others, until its `stop()`.
   * @returns {Profile}
   * @throws an `AutoloadError` while another profile is under way
   */
  profile() {
    this.#requireLoader("profile");
    return new Profile(this.#pyodide, runLoader(this.#pyodide, PROFILE, { loader: this.#loader }));
  }

  /** Makes events of everything that is written, moved or deleted in Pyodide's filesystem. The option `reloading` does so from the start. */
  watch() {
    this.#call("watch", "enable_reloading", true);
  }

  /** Stops what {@link watch} started. */
  unwatch() {
    this.#call("unwatch", "unwatch");
  }

  /**
   * Notes that files or directories have changed. {@link flush} applies that; by default it happens by itself on a later turn of the event loop.
   * @param {FileEvent[]} events
   * @throws an `AutoloadError`, if one of them is wrong; none is noted then
   */
  notify(events) {
    this.#call("notify", "notify", events);
  }

  /**
   * Writes a file and the folders above it, and notes the change.
   * @param {string} path
   * @param {string} text
   * @throws an `Error`, if the filesystem refuses
   */
  write(path, text) {
    // The event comes first, so that nothing is written if reloading is off.
    this.notify([{ kind: "modified", path }]);
    const { FS } = this.#pyodide;
    try {
      FS.mkdirTree(path.slice(0, path.lastIndexOf("/") + 1));
      FS.writeFile(path, text);
    } catch (error) {
      const { errno } = /** @type {{errno?: number}} */ (error);
      throw new Error(`write(${JSON.stringify(path)}): the filesystem refuses it (errno ${errno})`, { cause: error });
    }
  }

  /**
   * Reloads what the noted changes affect, now.
   * @returns {ReloadReport}
   */
  flush() {
    return this.#call("flush", "flush");
  }

  /**
   * Holds automatic reloads back, for the time in which user code runs that awaits.
   * @returns {() => void} ends the hold
   */
  hold() {
    this.#requireLoader("hold");
    const hold = this.#loader.hold();
    const release = () => {
      if (this.#stops.delete(release)) {
        hold.release();
        hold.destroy();
      }
    };
    this.#stops.add(release);
    return release;
  }

  /**
   * Keeps the names of a namespace current, such as those of `pyodide.globals`: what an import has brought is what it would bring now.
   * @param {any} namespace a PyProxy of a dict
   * @param {string} [source] the text of a cell that has run there, or is about to: its imports tell which name came from where
   * @throws an `AutoloadError`, if the namespace is no dict
   */
  track(namespace, source) {
    this.#requireLoader("track");
    runLoader(this.#pyodide, TRACK, { loader: this.#loader, namespace, source });
  }

  /**
   * Ends what {@link track} began.
   * @param {any} namespace
   */
  untrack(namespace) {
    this.#requireLoader("untrack");
    runLoader(this.#pyodide, UNTRACK, { loader: this.#loader, namespace });
  }

  /**
   * Takes events as messages `{type: "pyautoload-wasm:events", events}`, and posts reports, `{type: "pyautoload-wasm:report", report}`. An
   * event may have a `text`, which is written to its file first. A message that is refused is answered with
   * `{type: "pyautoload-wasm:error", message}`.
   * @param {Port} port a MessagePort, a Worker, a worker's `globalThis` or a BroadcastChannel
   * @returns {() => void} stops listening; the port stays open
   */
  listen(port) {
    const end = listen(this, port);
    const stop = () => {
      this.#stops.delete(stop);
      end();
    };
    this.#stops.add(stop);
    return stop;
  }

  /**
   * Takes the loader out of Python's import system, as `AutoLoader.teardown()` does; while there are other handles on the same project, only this
   * one's listeners and holds. A second call does nothing.
   */
  dispose() {
    for (const stop of this.#stops) {
      stop();
    }
    if (this.#loader) {
      runLoader(this.#pyodide, DISPOSE, { loader: this.#loader });
      this.#loader.destroy();
      this.#loader = undefined;
    }
  }

  /** Calls {@link dispose} at the end of a block: `using autoload = await install(pyodide, options)`. */
  [Symbol.dispose]() {
    this.dispose();
  }

  /**
   * As in any `EventTarget`, except that an error of a listener is logged on the console. Node would end the process.
   * @param {string} type
   * @param {ReloadListener | null} listener
   * @param {ListenerArguments[2]} [options]
   * @override
   */
  addEventListener(type, listener, options) {
    super.addEventListener(type, this.#guard(listener), options);
  }

  /**
   * @param {string} type
   * @param {ReloadListener | null} listener
   * @param {ListenerArguments[2]} [options]
   * @override
   */
  removeEventListener(type, listener, options) {
    super.removeEventListener(type, this.#guard(listener), options);
  }

  /** @param {any} listener */
  #guard(listener) {
    if (listener === null || listener === undefined) {
      return null;
    }
    let guarded = this.#guarded.get(listener);
    if (!guarded) {
      guarded = async (event) => {
        try {
          await (typeof listener === "function" ? listener.call(this, event) : listener.handleEvent(event));
        } catch (error) {
          console.error("a listener of pyautoload-wasm raised:", error);
        }
      };
      this.#guarded.set(listener, guarded);
    }
    return guarded;
  }

  /** @param {string} name @param {string} method @param {unknown[]} values */
  #call(name, method, ...values) {
    this.#requireLoader(name);
    return callLoader(this.#pyodide, this.#loader, method, ...values);
  }

  /**
   * @param {string} name
   * @param {string} method
   * @param {object} options
   * @param {((step: Step) => void) | undefined} onProgress
   * @param {AbortSignal} [signal]
   */
  #start(name, method, options, onProgress, signal) {
    this.#requireLoader(name);
    return startLoader(this.#pyodide, this.#loader, method, options, onProgress, signal);
  }

  /** @param {string} name */
  #requireLoader(name) {
    if (!this.#loader) {
      throw new Error(`${name}() needs a loader: call setUp(options), or install(pyodide, options)`);
    }
  }
}

/** The error that Python raised last, if it is one of the loader's. Pyodide notes it where Python's own prompt does. */
const LAST = `
import json, sys
from pyautoload_wasm import AutoloadError
error = sys.last_value
json.dumps({"name": type(error).__name__, "message": str(error)} if isinstance(error, AutoloadError) else None)
`;

/**
 * Runs Python in a scope of its own, as `runApart` does.
 * @param {Pyodide} pyodide
 * @param {string} code
 * @param {object} [variables]
 * @throws an `AutoloadError`, if Python raises one; its `cause` has Python's traceback
 */
function runLoader(pyodide, code, variables) {
  try {
    return runApart(pyodide, code, variables);
  } catch (error) {
    const found = error instanceof Error && error.name === "PythonError" ? JSON.parse(runApart(pyodide, LAST)) : null;
    throw found ? new AutoloadError(found.name, found.message, { cause: error }) : error;
  }
}
