/**
 * Counts the changes of the part of a Pyodide's filesystem that is in memory (Emscripten's MEMFS). While the count stays, all files there
 * are what they were, and Python need not look at any of them. Looking at a file takes longer than running a small module's cached code.
 */

import { childOf, isInMemory, kindOf, packFiles, replaceMethod } from "./memfs.js";

/** @typedef {import("./memfs.js").Node} Node */

/** The operations of MEMFS that change a file, or what a path leads to. */
const CHANGES = ["write", "allocate", "setattr", "mknod", "rename", "unlink", "rmdir", "symlink"];
/** The functions of `FS` that put another filesystem in the place of a folder, and remove it. */
const MOUNTS = ["mount", "unmount"];
/** The count for a file that it says nothing about. */
const UNCOUNTED = -1;
/** The size limit of one call of `sources`: what is read ahead may turn out not to be needed. */
const MOST_BYTES = 1_000_000;

/**
 * What is used of Emscripten's module: a view of Python's memory, which is replaced when the memory grows. Pyodide's public access, the buffer
 * of a PyProxy, is not available during a system call, since Python does not hold its lock there.
 * @typedef {{HEAPU32: Uint32Array}} Module
 */

/** One counter for each filesystem, however many arrays it writes to. @type {WeakMap<object, ChangeCounter>} */
const shared = new WeakMap();

/** Counts the changes of one filesystem. */
export class ChangeCounter {
  /** The number of changes so far, modulo 2^32. */
  count = 0;
  #fs;
  #module;
  /** For each array of Python's, the index in its memory at which the count is written. @type {Map<any, number>} */
  #places = new Map();
  /** @type {(() => void)[]} */
  #undo = [];

  /** @param {any} fs a Pyodide's `FS` @param {Module} module its `_module` */
  constructor(fs, module) {
    this.#fs = fs;
    this.#module = module;
  }

  /**
   * Counts until `close()` is called with the same array. The count is written into the array, so that Python reads it without a call of
   * JavaScript.
   * @param {any} fs a Pyodide's `FS`
   * @param {Module} module its `_module`
   * @param {any} array a PyProxy of an `array` of one unsigned number, which keeps that where it is
   * @param {number} address of that number in memory
   * @throws an `Error` if the module has no `HEAPU32`, as it had in all versions of Pyodide so far
   */
  static open(fs, module, array, address) {
    if (!module?.HEAPU32?.length) {
      throw new Error("Pyodide's _module has no HEAPU32");
    }
    const changes = shared.get(fs) ?? new ChangeCounter(fs, module);
    shared.set(fs, changes);
    changes.#open(array, address);
    return changes;
  }

  /** @param {any} array @param {number} address */
  #open(array, address) {
    const isFirst = !this.#places.size;
    this.#places.set(array, address >>> 2);
    this.#note(); // stands for all changes while nobody counted
    if (!isFirst) {
      return;
    }
    const { MEMFS } = this.#fs.filesystems;
    const { dir, file } = MEMFS.ops_table;
    // Writes through mapped memory call MEMFS.stream_ops directly.
    for (const operations of [dir.node, file.node, file.stream, MEMFS.stream_ops]) {
      this.#countIn(operations, CHANGES);
    }
    this.#countIn(this.#fs, MOUNTS);
  }

  /** @param {any} owner @param {string[]} names */
  #countIn(owner, names) {
    for (const name of names.filter((each) => typeof owner[each] === "function")) {
      const undo = replaceMethod(owner, name, (original) => (...details) => {
        this.#note();
        return original.apply(owner, details);
      });
      this.#undo.push(undo);
    }
  }

  #note() {
    this.count = (this.count + 1) >>> 0;
    for (const place of this.#places.values()) {
      this.#module.HEAPU32[place] = this.count;
    }
  }

  /** The count, if it covers a file: one in memory whose path has no link and no mount. -1 for any other.
   * @param {string} path absolute
   */
  countFor(path) {
    const node = this.#find(path);
    return node && this.#isCounted(node) && kindOf(node.mode) === "f" ? this.count : UNCOUNTED;
  }

  /**
   * The sources of several modules of a directory, as `packFiles` has them. None of what the count does not cover.
   * @param {string} dir absolute
   * @param {string} stems with a `/` between them
   * @returns {Uint8Array}
   */
  sources(dir, stems) {
    const folder = this.#find(dir);
    const nodes = stems.split("/").map((stem) => this.#childOf(folder, `${stem}.py`));
    return packFiles(nodes, MOST_BYTES);
  }

  /** What stands at a path, if everything on the way is in memory. @param {string} path */
  #find(path) {
    /** @type {Node | undefined} */
    let node = this.#fs.root;
    for (const name of path.split("/").slice(1)) {
      node = this.#childOf(node, name);
    }
    return node;
  }

  /** @param {Node | undefined} folder @param {string} name */
  #childOf(folder, name) {
    const isFolder = folder && this.#isCounted(folder) && kindOf(folder.mode) === "d";
    const child = isFolder ? childOf(folder, name) : undefined;
    return child && this.#isCounted(child) ? child : undefined;
  }

  /** @param {Node} node */
  #isCounted(node) {
    return !node.mounted && isInMemory(this.#fs, node);
  }

  /** Stops counting for an array; with the last one the filesystem gets its own functions back. @param {any} array */
  close(array) {
    if (this.#places.delete(array) && !this.#places.size) {
      for (const undo of this.#undo.splice(0)) {
        undo();
      }
    }
  }
}
