/**
 * Collects the paths that are written, made, moved or deleted in a Pyodide's filesystem, whoever does it. Nothing else is done inside
 * a system call: Python has let go of its interpreter there. Python takes the paths when it flushes, and is woken for that once.
 *
 * This file imports nothing, since the wheel for Pyodide brings its text and evaluates it.
 */

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

/** Functions of `FS` that the delegate is not told of, or before they are refused: who makes a folder with all above it tries each.
 * @type {Record<string, PathsOf>}
 */
const UNTOLD = {
  truncate: (_fs, _result, [path]) => [path],
  ftruncate: (fs, _result, [fd]) => [fs.streams[fd]?.path],
  mkdir: (_fs, _result, [path]) => [path],
  symlink: (_fs, _result, [, path]) => [path],
};

/** What is told where there is no delegate at all, before Pyodide 0.27: Emscripten's own system calls go through these.
 * @type {Record<string, PathsOf>}
 */
const ALL = {
  ...UNTOLD,
  open: (_fs, stream, [path]) => (stream.flags & WRITES ? [path, stream.path] : []),
  write: (_fs, _result, [stream]) => [stream.path],
  rename: (_fs, _result, [from, to]) => [from, to],
  unlink: (_fs, _result, [path]) => [path],
  rmdir: (_fs, _result, [path]) => [path],
};

/** One for each filesystem, however many watch it: layers that are taken off in another order than they were put on would stay.
 * @type {WeakMap<object, Hook>}
 */
const hooks = new WeakMap();

/** What stands in a filesystem's way while somebody listens. */
class Hook {
  #fs;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  /** @type {(() => void)[]} */
  #undo = [];
  /** The delegates that each of our layers stands before. @type {WeakMap<Delegate, Delegate>} */
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
      for (const [name, pathsOf] of Object.entries(hasDelegate ? UNTOLD : ALL)) {
        this.#wrap(name, pathsOf);
      }
    }
    this.#listeners.add(listener);
  }

  /** What somebody else has put over ours in the meantime stays, and calls what listens to nothing. @param {Listener} listener */
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
    const original = fs[name];
    const wrapped = (/** @type {any[]} */ ...details) => {
      const result = original.apply(fs, details);
      this.#tell(pathsOf(fs, result, details));
      return result;
    };
    fs[name] = wrapped;
    this.#undo.push(() => {
      if (fs[name] === wrapped) {
        fs[name] = original;
      }
    });
  }

  /** `FS.trackingDelegate` becomes a property that is always a layer of ours before the delegate that somebody has set, or sets later. */
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
   * A layer before a delegate. It stands before that one for ever: who sets a delegate that calls the one before would else be called
   * by it again.
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
    // Not the delegate itself: of a frozen object a proxy may not say anything else.
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

/** Calls back on the next turn of the event loop. A timer would come late: browsers slow them down, in hidden pages to seconds.
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

/** The events of one loader's folders, and its turns. */
export class Watcher {
  #fs;
  #roots;
  /** @type {(() => void) | undefined} */
  #wake;
  /** @type {Set<string>} */
  #paths = new Set();
  #isScheduled = false;

  /**
   * @param {WatchedFS} fs a Pyodide's `FS`
   * @param {string} roots absolute paths with a NUL between them; with none, nothing is watched, and the turns are all there is
   * @param {() => void} [wake] called on a later turn, once, when something was collected or {@link schedule} has asked for it
   */
  constructor(fs, roots, wake) {
    this.#fs = fs;
    this.#roots = roots.split("\0").filter(Boolean);
    this.#wake = wake;
    if (this.#roots.length) {
      Hook.of(fs).add(this.#collect);
    }
  }

  /** Asks to be woken, on the next turn or after some milliseconds. @param {number} [milliseconds] */
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

  /** The paths since the last call, with a NUL between them: one string crosses to Python as fast as one path. */
  take() {
    const text = [...this.#paths].join("\0");
    this.#paths.clear();
    return text;
  }

  /** Watches no longer, and wakes nobody any more. */
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

  /** What Python itself writes beside sources while it imports them is no event. @param {string} path */
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
