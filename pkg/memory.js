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
