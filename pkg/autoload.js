/** A loader in a Pyodide, seen from JavaScript. */

import { listen } from "./listen.js";
import { callLoader, runApart } from "./python.js";

/** @typedef {import("./types.js").Options} Options */
/** @typedef {import("./types.js").GraphView} GraphView */
/** @typedef {import("./types.js").Problem} Problem */
/** @typedef {import("./types.js").ReloadReport} ReloadReport */
/** @typedef {import("./python.js").Pyodide} Pyodide */
/** @typedef {import("./listen.js").Port} Port */

/** A change of a file or a directory; `to` is the new path of what was renamed.
 * @typedef {Pick<import("./types.js").FileEvent, "kind" | "path"> & {to?: string | null}} FileEvent
 */

/** @typedef {Parameters<EventTarget["addEventListener"]>} Listening */

/** What listens to "reload".
 * @typedef {((event: CustomEvent<ReloadReport>) => void) | {handleEvent(event: CustomEvent<ReloadReport>): void}} ReloadListener
 */

const SET_UP = `
from pyautoload_wasm._bridge import set_up
set_up(options, tell)
`;

const DISPOSE = `
from pyautoload_wasm._bridge import dispose
dispose(loader)
`;

/** A loader in a Pyodide, seen from JavaScript. Made by `install`. After each flush that did something, whoever asked for it, there is an
 * event "reload" whose `detail` is the report.
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
   */
  setUp(options) {
    if (this.#loader) {
      throw new Error("this loader is set up already: dispose() of it first");
    }
    const tell = (/** @type {string} */ text) => {
      this.dispatchEvent(new CustomEvent("reload", { detail: JSON.parse(text) }));
    };
    this.#loader = runApart(this.#pyodide, SET_UP, { options: JSON.stringify(options), tell });
  }

  /** The Python loader, for what has no method here. It is this object's own: `dispose` destroys it. Undefined before `setUp`.
   * @returns {any}
   */
  get loader() {
    return this.#loader;
  }

  /**
   * Who imports whom, read from the files without running them.
   * @returns {GraphView}
   */
  graph() {
    return this.#call("graph", "graph");
  }

  /**
   * What is wrong with the project, by file and line, without running any of it.
   * @returns {Problem[]}
   */
  check() {
    return this.#call("check", "check");
  }

  /** Makes events of what anybody writes, moves and deletes in Pyodide's filesystem. With the option `reloading` that is so from the
   * beginning.
   */
  watch() {
    this.#call("watch", "enable_reloading", true);
  }

  /** Ends what {@link watch} began. */
  unwatch() {
    this.#call("unwatch", "unwatch");
  }

  /**
   * Notes that files or directories have changed. They are reloaded by {@link flush}, or by themselves on a later turn of the event loop.
   * @param {FileEvent[]} events
   * @throws an `Error` where one is wrong; none is noted then
   */
  notify(events) {
    this.#call("notify", "notify", events);
  }

  /**
   * Writes a file, making the folders above it, and notes that.
   * @param {string} path
   * @param {string} text
   * @throws an `Error` where the filesystem refuses
   */
  write(path, text) {
    // The event first: where there is no reloading nothing is written either.
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
   * Reloads now what the events affect.
   * @returns {ReloadReport}
   */
  flush() {
    return this.#call("flush", "flush");
  }

  /**
   * Lets nothing be reloaded by itself until the function is called that it returns: for user code that awaits.
   * @returns {() => void}
   */
  hold() {
    this.#require("hold");
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
   * Takes events as messages `{type: "pyautoload-wasm:events", events}`, each event perhaps with a `text` to be written first, and posts
   * reports, `{type: "pyautoload-wasm:report", report}`. What cannot be taken is answered with `{type: "pyautoload-wasm:error", message}`.
   * @param {Port} port a MessagePort, a Worker, a worker's `globalThis` or a BroadcastChannel
   * @returns {() => void} ends it; the port is not closed
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

  /** Takes the loader out of Python's import system again. Python's modules are left as `AutoLoader.teardown()` leaves them. */
  dispose() {
    for (const stop of this.#stops) {
      stop();
    }
    if (this.#loader) {
      runApart(this.#pyodide, DISPOSE, { loader: this.#loader });
      this.#loader.destroy();
      this.#loader = undefined;
    }
  }

  /**
   * As any `EventTarget`, but for a listener that throws: that is said on the console. Node would end the process.
   * @param {string} type
   * @param {ReloadListener | null} listener
   * @param {Listening[2]} [options]
   * @override
   */
  addEventListener(type, listener, options) {
    super.addEventListener(type, this.#guard(listener), options);
  }

  /**
   * @param {string} type
   * @param {ReloadListener | null} listener
   * @param {Listening[2]} [options]
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
    this.#require(name);
    return callLoader(this.#pyodide, this.#loader, method, ...values);
  }

  /** @param {string} name */
  #require(name) {
    if (!this.#loader) {
      throw new Error(`${name}() needs a loader: call setUp(options), or install(pyodide, options)`);
    }
  }
}
