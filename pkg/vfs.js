/**
 * A Pyodide's filesystem, as the engine asks for it. A directory crosses in one piece, at the cost of a single name; and as bytes, since a
 * string would be converted letter by letter.
 */

import { driveAt } from "./drive.js";
import { childOf, contentsOf, isInMemory, kindOf, packFiles } from "./memfs.js";

/** @typedef {import("./memfs.js").Node} Node */

/** After so many names no further directory is listed ahead: an ignored one, which nobody would ask for, may be large. */
const LISTED_AHEAD = 4000;

const encoder = new TextEncoder();

/** The part of Pyodide's `FS` that is used here. The type that Pyodide ships lacks Emscripten's nodes.
 * @typedef {{
 *   lookupPath(path: string, options?: {follow?: boolean}): {path: string, node: Node},
 *   readdir(path: string): string[],
 *   lstat(path: string): {mode: number},
 *   stat(path: string): {mode: number},
 *   readFile(path: string): Uint8Array,
 *   isDir(mode: number): boolean,
 *   filesystems: {MEMFS: object},
 * }} EmscriptenFS
 */

/** Names by the letter of their kind. @typedef {Record<"f" | "d" | "l" | "o", string[]>} Names */

/** The names of one kind, in the format of `readDir`.
 * @param {keyof Names} kind
 * @param {string[]} names
 */
function group(kind, names) {
  return names.length ? `${kind}${names.join("/")}//` : "";
}

/** The entries of a directory of MEMFS, and of those below it, in the format of `readDir`. @param {Node} top */
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
      const below = /** @type {Record<string, Node>} */ (folder.contents)[name];
      if (below && !below.mounted && !name.startsWith(".") && name !== "__pycache__") {
        folders.push({ path: `${path}${name}/`, folder: below });
      }
    }
  }
  return text;
}

/** The same of a folder in JupyterLite. @param {import("./drive.js").Drive} drive @param {string} top */
function treeOnDrive(drive, top) {
  return drive
    .tree(top, LISTED_AHEAD)
    .map(({ path, names }) => (path && `p${path}/`) + listing(names))
    .join("");
}

/** The names of all kinds, in the format of `readDir`. Joining lists is three times faster than appending single names. @param {Names} names */
function listing(names) {
  return group("f", names.f) + group("d", names.d) + group("l", names.l) + group("o", names.o);
}

/** @returns {Names} */
function noNames() {
  return { f: [], d: [], l: [], o: [] };
}

/** The names in a directory of MEMFS. @param {Node} folder */
function namesIn({ contents }) {
  const names = noNames();
  // Not `for … in`: a file called __proto__ becomes the prototype of the table.
  for (const name of Object.keys(contents)) {
    names[kindOf(/** @type {Record<string, Node>} */ (contents)[name]?.mode ?? 0)].push(name);
  }
  return names;
}

/** The filesystem's side of the engine's questions. Paths are absolute. Each method throws an `Error`, if the filesystem refuses. */
export class FileSystem {
  #fs;

  /** @param {EmscriptenFS} fs a Pyodide's `FS` */
  constructor(fs) {
    this.#fs = fs;
  }

  /**
   * The entries of a directory, in UTF-8: for each kind a letter (`f`iles, `d`irectories, `l`inks, `o`thers), the names with a `/` behind
   * each, and one more `/`. Then come those of directories below, if they are in memory, each behind a `p`, its path from there with a `/`
   * behind each part, and one more `/`: a tree of usual size crosses at once.
   * @param {string} dir
   * @returns {Uint8Array}
   */
  readDir(dir) {
    const drive = driveAt(this.#fs, dir);
    if (drive) {
      return encoder.encode(treeOnDrive(drive, dir));
    }
    const { node } = this.#lookup(dir);
    if (!this.#fs.isDir(node.mode)) {
      throw new Error("not a directory");
    }
    return encoder.encode(isInMemory(this.#fs, node) ? treeIn(node) : listing(this.#namesOnHost(dir)));
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

  /** A mounted folder lists names that Emscripten then refuses to look at: pipes, names that are not UTF-8, files that are gone since.
   * One of them must not spoil the whole listing. @param {string} path
   */
  #kindOfEntry(path) {
    try {
      return kindOf(this.#fs.lstat(path).mode);
    } catch {
      return "o";
    }
  }

  /**
   * The letter of the kind of what a path leads to, through links; `o` if it leads to nothing.
   * @param {string} path
   */
  kind(path) {
    try {
      const drive = driveAt(this.#fs, path);
      if (drive) {
        return drive.kind(path);
      }
      const { node } = this.#lookup(path);
      // The host may have changed the entry of a mounted folder since it was looked up.
      return kindOf(isInMemory(this.#fs, node) ? node.mode : this.#fs.stat(path).mode);
    } catch {
      return "o";
    }
  }

  /**
   * The path without links.
   * @param {string} path
   */
  canonical(path) {
    if (driveAt(this.#fs, path)) {
      return path; // there are no links, and who asks has seen it
    }
    return this.#lookup(path).path;
  }

  /**
   * The bytes of a file. Of a file in memory it is a view, to be read before anything changes.
   * @param {string} file
   * @returns {Uint8Array}
   */
  read(file) {
    try {
      const drive = driveAt(this.#fs, file);
      if (drive) {
        const bytes = drive.readAsKnown(file);
        if (!bytes) {
          throw new Error("no such file");
        }
        return bytes;
      }
      const { node } = this.#fs.lookupPath(file, { follow: true });
      const contents = isInMemory(this.#fs, node) ? contentsOf(node) : undefined;
      return contents ?? this.#fs.readFile(file);
    } catch (error) {
      throw new Error(`cannot be read (${reason(error)})`);
    }
  }

  /**
   * Several files of a directory, as `packFiles` has them. Those without an inode are to be read one by one.
   * @param {string} dir
   * @param {string} names with a `/` between them
   * @returns {Uint8Array}
   */
  readFiles(dir, names) {
    if (driveAt(this.#fs, dir)) {
      return packFiles(names.split("/").map(() => undefined));
    }
    const { node } = this.#lookup(dir);
    const isFolder = isInMemory(this.#fs, node) && kindOf(node.mode) === "d";
    return packFiles(names.split("/").map((name) => (isFolder ? childOf(node, name) : undefined)));
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

/** Why the filesystem refused. Emscripten's `ErrnoError` is no `Error`, and its message says nothing.
 * @param {unknown} error
 */
function reason(error) {
  const { errno, message } = /** @type {{errno?: number, message?: string}} */ (error);
  return errno === undefined ? String(message) : `errno ${errno}`;
}
