/**
 * Counts what changes in the part of a Pyodide's filesystem that is in memory (Emscripten's MEMFS): while the count stays, so do all files
 * there, and nobody has to look at one. Looking at a file costs Python more than running a small module's kept code.
 *
 * This file imports nothing, since the wheel for Pyodide brings its text and evaluates it.
 */

/** The operations of MEMFS that change a file, or what a path leads to. */
const CHANGES = ["write", "allocate", "setattr", "mknod", "rename", "unlink", "rmdir", "symlink"];
/** Those of `FS` that put another filesystem in the place of a folder, and take it away. */
const MOUNTS = ["mount", "unmount"];
const UNCOUNTED = -1;
/** The size of an entry of `sources`, in bytes. */
const ENTRY = 20;
/** So much may be read ahead, and be in vain. */
const MOST_BYTES = 1_000_000;

/**
 * What is used of Emscripten's module: the memory of Python as it is at the moment, since it becomes another buffer where it grows. Pyodide's
 * public way to it, a buffer of a PyProxy, is closed in the middle of a system call, while Python does not hold its lock.
 * @typedef {{HEAPU32: Uint32Array}} Module
 */

/** One for each filesystem, however many count. @type {WeakMap<object, MemoryChanges>} */
const shared = new WeakMap();

/** The changes of one filesystem. */
export class MemoryChanges {
  /** How many there were, as an unsigned number of 32 bits. */
  count = 0;
  #fs;
  #module;
  /** Where in Python's memory the count goes, for each who counts. @type {Map<any, number>} */
  #places = new Map();
  /** @type {(() => void)[]} */
  #undo = [];

  /** @param {any} fs a Pyodide's `FS` @param {Module} module its `_module` */
  constructor(fs, module) {
    this.#fs = fs;
    this.#module = module;
  }

  /**
   * Begins to count, until `close()` is called with the same array. The count is written into that: Python reads it without a crossing.
   * @param {any} fs a Pyodide's `FS`
   * @param {Module} module its `_module`
   * @param {any} array a PyProxy, which keeps an `array` of one unsigned number where it is
   * @param {number} address where that is in memory
   * @throws an `Error` where the module is not as it was in all Pyodides so far
   */
  static open(fs, module, array, address) {
    if (!module?.HEAPU32?.length) {
      throw new Error("Pyodide's _module has no HEAPU32");
    }
    const changes = shared.get(fs) ?? new MemoryChanges(fs, module);
    shared.set(fs, changes);
    changes.#open(array, address);
    return changes;
  }

  /** @param {any} array @param {number} address */
  #open(array, address) {
    const isFirst = !this.#places.size;
    this.#places.set(array, address >>> 2);
    this.#note(); // for all that nobody has counted
    if (!isFirst) {
      return;
    }
    const { MEMFS } = this.#fs.filesystems;
    const { dir, file } = MEMFS.ops_table;
    // What is written through a mapping of memory goes by way of MEMFS's own operations.
    for (const operations of [dir.node, file.node, file.stream, MEMFS.stream_ops]) {
      this.#countIn(operations, CHANGES);
    }
    this.#countIn(this.#fs, MOUNTS);
  }

  /** @param {any} owner @param {string[]} names */
  #countIn(owner, names) {
    for (const name of names) {
      const original = owner[name];
      if (typeof original !== "function") {
        continue;
      }
      const counted = (/** @type {any[]} */ ...details) => {
        this.#note();
        return original.apply(owner, details);
      };
      owner[name] = counted;
      this.#undo.push(() => {
        if (owner[name] === counted) {
          owner[name] = original;
        }
      });
    }
  }

  #note() {
    this.count = (this.count + 1) >>> 0;
    for (const place of this.#places.values()) {
      this.#module.HEAPU32[place] = this.count;
    }
  }

  /** The count, if it speaks for a file: one in memory, and by way of no link and no mount. -1 for any other.
   * @param {string} path absolute
   */
  countFor(path) {
    return this.#isFile(this.#find(path)) ? this.count : UNCOUNTED;
  }

  /**
   * The sources of several modules of a directory. First an entry for each: 8 bytes for the time of the file's last change in milliseconds,
   * and 4 each for its inode, its size and where it begins, all with the least byte first. An inode of 0 stands for what is no file in
   * memory, or would be too much. Then the files.
   * @param {string} dir absolute
   * @param {string} stems with a `/` between them
   * @returns {Uint8Array}
   */
  sources(dir, stems) {
    const folder = this.#find(dir);
    const nodes = stems.split("/").map((stem) => this.#childOf(folder, `${stem}.py`));
    const start = nodes.length * ENTRY;
    let end = start;
    const found = nodes.map((node) => {
      const isHere = this.#isFile(node) && ArrayBuffer.isView(node.contents) && end + node.usedBytes <= MOST_BYTES;
      end += isHere ? node.usedBytes : 0;
      return isHere ? node : undefined;
    });
    const bytes = new Uint8Array(end);
    const view = new DataView(bytes.buffer);
    let at = start;
    found.forEach((node, place) => {
      if (node) {
        const entry = place * ENTRY;
        view.setFloat64(entry, Number(node.mtime ?? node.timestamp), true);
        view.setUint32(entry + 8, node.id, true);
        view.setUint32(entry + 12, node.usedBytes, true);
        view.setUint32(entry + 16, at, true);
        // There is more room than bytes, and the bytes are signed where Python has written them.
        bytes.set(new Uint8Array(node.contents.buffer, node.contents.byteOffset, node.usedBytes), at);
        at += node.usedBytes;
      }
    });
    return bytes;
  }

  /** What stands at a path, if all on the way is in memory. @param {string} path */
  #find(path) {
    let node = this.#fs.root;
    for (const name of path.split("/").slice(1)) {
      node = this.#childOf(node, name);
    }
    return node;
  }

  /** @param {any} folder @param {string} name */
  #childOf(folder, name) {
    const isFolder = folder && this.#isInMemory(folder) && this.#fs.isDir(folder.mode);
    return isFolder && Object.hasOwn(folder.contents, name) ? folder.contents[name] : undefined;
  }

  /** @param {any} node */
  #isFile(node) {
    return node !== undefined && this.#isInMemory(node) && this.#fs.isFile(node.mode);
  }

  /** @param {any} node */
  #isInMemory(node) {
    return !node.mounted && node.mount.type === this.#fs.filesystems.MEMFS;
  }

  /** Counts no longer for an array, and no longer at all once all who have opened it have closed it. @param {any} array */
  close(array) {
    if (this.#places.delete(array) && !this.#places.size) {
      for (const undo of this.#undo.splice(0)) {
        undo();
      }
    }
  }
}
