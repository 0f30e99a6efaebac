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

/** One for each filesystem, however many count. @type {WeakMap<object, MemoryChanges>} */
const shared = new WeakMap();

/** The changes of one filesystem. */
export class MemoryChanges {
  /** How many there were. */
  count = 0;
  #fs;
  #users = 0;
  /** @type {(() => void)[]} */
  #undo = [];

  /** @param {any} fs a Pyodide's `FS` */
  constructor(fs) {
    this.#fs = fs;
  }

  /** Begins to count, until `close()` is called as often. @param {any} fs a Pyodide's `FS` */
  static open(fs) {
    const changes = shared.get(fs) ?? new MemoryChanges(fs);
    shared.set(fs, changes);
    changes.#open();
    return changes;
  }

  #open() {
    this.#users += 1;
    if (this.#users > 1) {
      return;
    }
    this.count += 1; // for all that nobody has counted
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
        this.count += 1;
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

  /** The count, if it speaks for a file: one in memory, and by way of no link and no mount. -1 for any other.
   * @param {string} path absolute
   */
  countFor(path) {
    let node = this.#fs.root;
    for (const name of path.split("/").slice(1)) {
      const isFolder = this.#isInMemory(node) && this.#fs.isDir(node.mode);
      node = isFolder && Object.hasOwn(node.contents, name) ? node.contents[name] : undefined;
    }
    return this.#isInMemory(node) && this.#fs.isFile(node.mode) ? this.count : UNCOUNTED;
  }

  /** @param {any} node */
  #isInMemory(node) {
    return node !== undefined && !node.mounted && node.mount.type === this.#fs.filesystems.MEMFS;
  }

  /** Counts no longer, once all who have opened it have closed it. */
  close() {
    this.#users -= 1;
    if (!this.#users) {
      for (const undo of this.#undo.splice(0)) {
        undo();
      }
    }
  }
}
