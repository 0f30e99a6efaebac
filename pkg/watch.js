/**
 * Collects the paths that anybody writes, makes, moves or deletes in a Pyodide's filesystem. Inside a system call, where Python does not hold
 * its lock, nothing else happens. Python takes the paths when it flushes, and is woken once for that.
 */

import { replaceMethod } from "./memfs.js";

/** What is used of Emscripten's `FS`. @typedef {Record<string, any> & {cwd(): string, streams: {path: string}[]}} WatchedFS */
/** @typedef {(...paths: unknown[]) => void} Listener */
/** @typedef {Record<string, any>} Delegate */

/** Bits of open(2)'s flags that can change a file: write only, read and write, create, truncate. */
const WRITES = 0o1 | 0o2 | 0o100 | 0o1000;

/** Which paths an event of `FS.trackingDelegate` is about. @type {Record<string, (...details: any[]) => unknown[]>} */
const EVENTS = {
  onOpenFile: (path, flags) => (flags & WRITES ? [path] : []),
  onWriteToFile: (path) => [path],
  onMovePath: (from, to) => [from, to],
  onDeletePath: (path) => [path],
};

/** Which paths a call of a function of `FS` is about. @typedef {(fs: WatchedFS, result: any, details: any[]) => unknown[]} PathsOf */

/** Functions of `FS` that the delegate does not report, or reports before they are refused: `mkdirTree` tries to make each folder of a path.
 * @type {Record<string, PathsOf>}
 */
const UNREPORTED = {
  truncate: (_fs, _result, [path]) => [path],
  ftruncate: (fs, _result, [fd]) => [fs.streams[fd]?.path],
  mkdir: (_fs, _result, [path]) => [path],
  symlink: (_fs, _result, [, path]) => [path],
};

/** The functions to wrap if there is no delegate, as before Pyodide 0.27: Emscripten's own system calls go through these.
 * @type {Record<string, PathsOf>}
 */
const WITHOUT_DELEGATE = {
  ...UNREPORTED,
  open: (_fs, stream, [path]) => (stream.flags & WRITES ? [path, stream.path] : []),
  write: (_fs, _result, [stream]) => [stream.path],
  rename: (_fs, _result, [from, to]) => [from, to],
  unlink: (_fs, _result, [path]) => [path],
  rmdir: (_fs, _result, [path]) => [path],
};

/** One for each filesystem, however many watch it: wrappers that are removed in another order than they were added would stay.
 * @type {WeakMap<object, Hook>}
 */
const hooks = new WeakMap();

/** The wrappers around a filesystem's functions and its delegate. They are there as long as somebody listens. */
class Hook {
  #fs;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  /** @type {(() => void)[]} */
  #undo = [];
  /** The delegate behind each of our layers. @type {WeakMap<Delegate, Delegate>} */
  #layers = new WeakMap();

  /** @param {WatchedFS} fs */
  constructor(fs) {
    this.#fs = fs;
  }

  /** @param {WatchedFS} fs */
  static of(fs) {
    const hook = hooks.get(fs) ?? new Hook(fs);
    hooks.set(fs, hook);
    return hook;
  }

  /** @param {Listener} listener */
  add(listener) {
    if (!this.#listeners.size) {
      const hasDelegate = "trackingDelegate" in this.#fs;
      if (hasDelegate) {
        this.#followDelegate();
      }
      for (const [name, pathsOf] of Object.entries(hasDelegate ? UNREPORTED : WITHOUT_DELEGATE)) {
        this.#wrap(name, pathsOf);
      }
    }
    this.#listeners.add(listener);
  }

  /** A wrapper that somebody else has put around ours stays, and ours then reports to nobody. @param {Listener} listener */
  delete(listener) {
    this.#listeners.delete(listener);
    if (!this.#listeners.size) {
      for (const undo of this.#undo.splice(0)) {
        undo();
      }
    }
  }

  /** @param {unknown[]} paths */
  #tell(paths) {
    if (paths.length) {
      for (const listener of this.#listeners) {
        listener(...paths);
      }
    }
  }

  /** @param {string} name @param {PathsOf} pathsOf */
  #wrap(name, pathsOf) {
    const fs = this.#fs;
    const undo = replaceMethod(fs, name, (original) => (...details) => {
      const result = original.apply(fs, details);
      this.#tell(pathsOf(fs, result, details));
      return result;
    });
    this.#undo.push(undo);
  }

  /** Makes `FS.trackingDelegate` a property whose value is always a layer of ours in front of the delegate that somebody sets. */
  #followDelegate() {
    const fs = this.#fs;
    let layer = this.#layerOf(fs.trackingDelegate);
    const get = () => layer;
    const set = (/** @type {Delegate} */ delegate) => {
      layer = this.#layerOf(delegate);
    };
    Object.defineProperty(fs, "trackingDelegate", { configurable: true, enumerable: true, get, set });
    this.#undo.push(() => {
      if (Object.getOwnPropertyDescriptor(fs, "trackingDelegate")?.get === get) {
        const value = this.#layers.get(layer);
        Object.defineProperty(fs, "trackingDelegate", { configurable: true, enumerable: true, writable: true, value });
      }
    });
  }

  /**
   * The layer in front of a delegate, which is the same each time: a new delegate may call the previous one, and would report an event twice
   * if each were given a new layer.
   * @param {Delegate} delegate
   */
  #layerOf(delegate) {
    if (this.#layers.has(delegate)) {
      return delegate;
    }
    const handler = (/** @type {string} */ event) => {
      const pathsOf = Object.hasOwn(EVENTS, event) ? EVENTS[event] : undefined;
      const next = delegate[event];
      if (!pathsOf) {
        return typeof next === "function" ? next.bind(delegate) : next;
      }
      return (/** @type {any[]} */ ...details) => {
        this.#tell(pathsOf(...details));
        return next?.apply(delegate, details);
      };
    };
    // The target is not the delegate: the proxy of a frozen object may not answer differently from it.
    const layer = new Proxy(/** @type {Delegate} */ ({}), {
      get: (_, event) => handler(String(event)),
      set: (_, event, value) => Reflect.set(delegate, event, value),
      has: (_, event) => event in delegate,
      deleteProperty: (_, event) => Reflect.deleteProperty(delegate, event),
      ownKeys: () => Reflect.ownKeys(delegate),
      getOwnPropertyDescriptor: (_, event) =>
        Object.hasOwn(delegate, event)
          ? { configurable: true, enumerable: true, writable: true, value: handler(String(event)) }
          : undefined,
    });
    this.#layers.set(layer, delegate);
    return layer;
  }
}

/** Calls back on the next turn of the event loop. Not by a timer: browsers delay timers, in hidden pages by seconds.
 * @param {() => void} call
 */
function onNextTurn(call) {
  if (typeof setImmediate === "function") {
    setImmediate(call);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    call();
  };
  port2.postMessage(null);
}

/** Collects the events in one loader's folders, and wakes the loader. */
export class Watcher {
  #fs;
  /** @type {string[]} */
  #roots = [];
  /** @type {(() => void) | undefined} */
  #wake;
  /** @type {Set<string>} */
  #paths = new Set();
  #isScheduled = false;

  /**
   * @param {WatchedFS} fs a Pyodide's `FS`
   * @param {string} roots absolute paths with a NUL between them; if there are none, nothing is watched, and only `schedule` wakes
   * @param {() => void} [wake] called once on a later turn after something was collected, or after {@link schedule}
   */
  constructor(fs, roots, wake) {
    this.#fs = fs;
    this.watch(roots);
    this.#wake = wake;
    if (this.#roots.length) {
      Hook.of(fs).add(this.#collect);
    }
  }

  /** Has `wake` called on the next turn, or after some milliseconds. @param {number} [milliseconds] */
  schedule(milliseconds) {
    if (!this.#wake || this.#isScheduled) {
      return;
    }
    this.#isScheduled = true;
    const turn = () => {
      this.#isScheduled = false;
      try {
        this.#wake?.();
      } catch (error) {
        console.error("pyautoload_wasm:", error);
      }
    };
    milliseconds ? setTimeout(turn, milliseconds) : onNextTurn(turn);
  }

  /** Collects below other folders, and such files, from now on. @param {string} roots as for the constructor */
  watch(roots) {
    this.#roots = roots.split("\0").filter(Boolean);
  }

  /** Returns the paths collected since the last call, with a NUL between them: a long string crosses to Python as fast as a short one. */
  take() {
    const text = [...this.#paths].join("\0");
    this.#paths.clear();
    return text;
  }

  /** Stops watching and waking. */
  stop() {
    Hook.of(this.#fs).delete(this.#collect);
    this.#wake = undefined;
    this.#paths.clear();
  }

  /** @param {unknown[]} paths */
  #collect = (...paths) => {
    for (const path of paths) {
      if (typeof path === "string" && path && this.#add(this.#absolute(path))) {
        this.schedule();
      }
    }
  };

  /** Bytecode files, which Python writes while it imports sources, are no events. @param {string} path */
  #add(path) {
    const concerns = this.#roots.some((root) => {
      const [short, long] = path.length < root.length ? [path, root] : [root, path];
      return long === short || long.startsWith(`${short}/`);
    });
    return concerns && !path.includes("/__pycache__") && this.#paths.add(path);
  }

  /** @param {string} path */
  #absolute(path) {
    const whole = path.startsWith("/") ? path : `${this.#fs.cwd()}/${path}`;
    if (!/\/(\.|\/|$)/.test(whole)) {
      return whole;
    }
    /** @type {string[]} */
    const parts = [];
    for (const part of whole.split("/")) {
      if (part === "..") {
        parts.pop();
      } else if (part && part !== ".") {
        parts.push(part);
      }
    }
    return `/${parts.join("/")}`;
  }
}
