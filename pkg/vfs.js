/**
 * The filesystem of a Pyodide, as the engine wants to see it. A directory crosses the boundary in one piece, which costs what a
 * single name would; and as bytes, since both doors would take a string apart letter by letter.
 *
 * This file imports nothing, since the wheel for Pyodide brings its text and evaluates it.
 */

const TYPE_MASK = 0o170000;
const DIRECTORY = 0o040000;
const LINK = 0o120000;
const FILE = 0o100000;

/** After so many names no further directory is listed ahead: one that is ignored, and would not be asked for, may be large. */
const LISTED_AHEAD = 4000;

const encoder = new TextEncoder();

/** Pyodide's `FS`, as far as it is used here. The type that Pyodide ships leaves out Emscripten's node level.
 * @typedef {{
 *   lookupPath(path: string, options?: {follow?: boolean}): {path: string, node: Node},
 *   readdir(path: string): string[],
 *   lstat(path: string): {mode: number},
 *   stat(path: string): {mode: number},
 *   readFile(path: string): Uint8Array,
 *   isDir(mode: number): boolean,
 *   filesystems: {MEMFS: object},
 * }} EmscriptenFS
 * @typedef {{mode: number, mount: {type: object}, mounted?: object, contents: Record<string, Node> | ArrayBufferView, usedBytes: number}} Node
 */

/** Names by the letter of their kind. @typedef {Record<"f" | "d" | "l" | "o", string[]>} Names */

/**
 * The letter of a kind.
 * @param {number} mode
 * @returns {keyof Names}
 */
function kindOf(mode) {
  switch (mode & TYPE_MASK) {
    case FILE:
      return "f";
    case DIRECTORY:
      return "d";
    case LINK:
      return "l";
    default:
      return "o";
  }
}

/** The names of one kind, as `readDir` writes them.
 * @param {keyof Names} kind
 * @param {string[]} names
 */
function group(kind, names) {
  return names.length ? `${kind}${names.join("/")}//` : "";
}

/** A directory of MEMFS, and those below it. @param {Node} top */
function treeIn(top) {
  let text = "";
  let listed = 0;
  const folders = [{ path: "", folder: top }];
  // The list grows while it is walked.
  for (const { path, folder } of folders) {
    const names = namesIn(folder);
    text += (path && `p${path}/`) + listing(names);
    listed += names.f.length + names.d.length;
    for (const name of listed < LISTED_AHEAD ? names.d : []) {
      const below = childOf(folder, name);
      if (below && !below.mounted && !name.startsWith(".") && name !== "__pycache__") {
        folders.push({ path: `${path}${name}/`, folder: below });
      }
    }
  }
  return text;
}

/** The names of all kinds. Joining those of a kind is three times faster than adding them one by one. @param {Names} names */
function listing(names) {
  return group("f", names.f) + group("d", names.d) + group("l", names.l) + group("o", names.o);
}

/** @returns {Names} */
function noNames() {
  return { f: [], d: [], l: [], o: [] };
}

/** The names in a directory of MEMFS. @param {Node} folder */
function namesIn(folder) {
  const names = noNames();
  // Not `for … in`: a file called __proto__ becomes the prototype of the table.
  for (const name of Object.keys(folder.contents)) {
    names[kindOf(childOf(folder, name)?.mode ?? 0)].push(name);
  }
  return names;
}

/** @param {Node} folder @param {string} name */
function childOf(folder, name) {
  return /** @type {Record<string, Node>} */ (folder.contents)[name];
}

/** What the engine asks of a filesystem. Paths are absolute. Each method throws an `Error` where the host refuses. */
export class FileSystem {
  #fs;

  /** @param {EmscriptenFS} fs a Pyodide's `FS` */
  constructor(fs) {
    this.#fs = fs;
  }

  /**
   * The entries of a directory, in UTF-8: for each kind a letter (`f`iles, `d`irectories, `l`inks, `o`thers), the names with a `/` behind
   * each, and one more `/`. Behind them those of directories below, as far as they are at hand, each behind a `p`, its path from there
   * with a `/` behind each part, and one more `/`: a tree of usual size crosses the boundary at once.
   * @param {string} dir
   * @returns {Uint8Array}
   */
  readDir(dir) {
    const { node } = this.#lookup(dir);
    if (!this.#fs.isDir(node.mode)) {
      throw new Error("not a directory");
    }
    return encoder.encode(this.#isInMemory(node) ? treeIn(node) : listing(this.#namesOnHost(dir)));
  }

  /** @param {Node} node */
  #isInMemory(node) {
    return node.mount.type === this.#fs.filesystems.MEMFS;
  }

  /** @param {string} dir */
  #namesOnHost(dir) {
    const names = noNames();
    for (const name of this.#names(dir)) {
      if (name !== "." && name !== "..") {
        names[this.#kindOfEntry(`${dir}/${name}`)].push(name);
      }
    }
    return names;
  }

  /** @param {string} dir */
  #names(dir) {
    try {
      return this.#fs.readdir(dir);
    } catch (error) {
      throw new Error(`cannot be listed (${reason(error)})`);
    }
  }

  /** A mounted folder lists names that Emscripten refuses to look at: pipes, names that are not UTF-8, files that are gone since.
   * One of them must not cost the directory. @param {string} path
   */
  #kindOfEntry(path) {
    try {
      return kindOf(this.#fs.lstat(path).mode);
    } catch {
      return "o";
    }
  }

  /**
   * The letter of what stands at a path, links followed; `o` where nothing does.
   * @param {string} path
   */
  kind(path) {
    try {
      const { node } = this.#lookup(path);
      // What a mounted folder has can have changed since it was looked up.
      return kindOf(this.#isInMemory(node) ? node.mode : this.#fs.stat(path).mode);
    } catch {
      return "o";
    }
  }

  /**
   * The path without links.
   * @param {string} path
   */
  canonical(path) {
    return this.#lookup(path).path;
  }

  /**
   * The bytes of a file; of a file in memory as they lie there, to be read at once.
   * @param {string} file
   * @returns {Uint8Array}
   */
  read(file) {
    try {
      const { node } = this.#fs.lookupPath(file, { follow: true });
      const contents = this.#isInMemory(node) ? contentsOf(node) : undefined;
      return contents ?? this.#fs.readFile(file);
    } catch (error) {
      throw new Error(`cannot be read (${reason(error)})`);
    }
  }

  /**
   * The bytes of several files of a directory in one array: for each a byte that is 1, four bytes of length, least first, and the
   * contents; or a byte that is 0, for a file that is to be read by itself.
   * @param {string} dir
   * @param {string} names with a `/` between them
   * @returns {Uint8Array}
   */
  readFiles(dir, names) {
    const { node } = this.#lookup(dir);
    const isMemory = this.#isInMemory(node) && kindOf(node.mode) === "d";
    /** @type {Map<string, Node>} */
    const children = new Map(isMemory ? Object.entries(node.contents) : []);
    const found = names.split("/").map((name) => contentsOf(children.get(name)));
    const bytes = new Uint8Array(found.reduce((size, contents) => size + 1 + (contents ? 4 + contents.length : 0), 0));
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const contents of found) {
      bytes[at++] = contents ? 1 : 0;
      if (contents) {
        view.setUint32(at, contents.length, true);
        bytes.set(contents, at + 4);
        at += 4 + contents.length;
      }
    }
    return bytes;
  }

  /** @param {string} path */
  #lookup(path) {
    try {
      return this.#fs.lookupPath(path, { follow: true });
    } catch (error) {
      throw new Error(`no such file or directory (${reason(error)})`);
    }
  }
}

/**
 * The bytes of a regular file of MEMFS, which keeps more room than the file has bytes, and in signed bytes where Python has written it.
 * @param {Node | undefined} node
 */
function contentsOf(node) {
  if (node && kindOf(node.mode) === "f" && ArrayBuffer.isView(node.contents)) {
    return new Uint8Array(node.contents.buffer, node.contents.byteOffset, node.usedBytes);
  }
  return undefined;
}

/** Emscripten's `ErrnoError` is no `Error`, and its message is "FS error".
 * @param {unknown} error
 */
function reason(error) {
  const { errno, message } = /** @type {{errno?: number, message?: string}} */ (error);
  return errno === undefined ? String(message) : `errno ${errno}`;
}
