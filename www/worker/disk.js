/** The project's folder in Pyodide's filesystem: written for the page, and looked over for what Python has changed. */

import { textOrBytes } from "../project/contents.js";
import { PROJECT_DIR } from "../project/paths.js";

/** @typedef {import("../project/project.js").Contents} Contents */
/** @typedef {import("../project/project.js").Operation} Operation */

/** What Python leaves beside sources, which is nobody's file. */
const NO_PART = /(^|\/)__pycache__(\/|$)|\.pyc$/;
/** The page keeps what it is told of; a file of more bytes stays in the worker. */
const MAX_FILE = 5_000_000;
const MAX_FILES = 5000;

export class Disk {
  #fs;
  /** The files as the page knows them. @type {Map<string, Uint8Array>} */
  #known = new Map();

  /** @param {any} fs Pyodide's `FS` */
  constructor(fs) {
    this.#fs = fs;
  }

  /** Makes the folder hold these files and no others. @param {{path: string, contents: Contents}[]} files @param {(done: number) => void} progress */
  fill(files, progress) {
    this.#known.clear();
    if (this.#fs.analyzePath(PROJECT_DIR).exists) {
      this.#empty(PROJECT_DIR);
    }
    this.#fs.mkdirTree(PROJECT_DIR);
    files.forEach(({ path, contents }, done) => {
      this.write(path, contents);
      progress(done + 1);
    });
  }

  /** Notes what somebody else has written here and the page knows of. @param {string} path @param {Contents} contents */
  note(path, contents) {
    this.#known.set(path, typeof contents === "string" ? new TextEncoder().encode(contents) : contents.slice());
  }

  /** What the page knows of a file. @param {string} path */
  contentsOf(path) {
    const bytes = this.#known.get(path);
    return bytes && textOrBytes(bytes);
  }

  /** @param {string} path @param {Contents} contents */
  write(path, contents) {
    const file = `${PROJECT_DIR}/${path}`;
    this.#fs.mkdirTree(file.slice(0, file.lastIndexOf("/")));
    this.#fs.writeFile(file, contents);
    this.note(path, contents);
  }

  /** @param {string} path */
  remove(path) {
    this.unlink(path);
    this.#known.delete(path);
  }

  /** Removes a file that the page does not know to be gone: the next look finds it missing. @param {string} path */
  unlink(path) {
    if (this.#fs.analyzePath(`${PROJECT_DIR}/${path}`).exists) {
      this.#fs.unlink(`${PROJECT_DIR}/${path}`);
      this.#dropEmptyFolders(path);
    }
  }

  /** @param {string} path @param {string} to */
  move(path, to) {
    const file = `${PROJECT_DIR}/${to}`;
    this.#fs.mkdirTree(file.slice(0, file.lastIndexOf("/")));
    this.#fs.rename(`${PROJECT_DIR}/${path}`, file);
    this.note(to, this.#known.get(path) ?? "");
    this.#known.delete(path);
    this.#dropEmptyFolders(path);
  }

  /**
   * What differs from what was known at the last look. A comparison of all bytes: time stamps are too coarse to see two quick
   * writes, and a project of 200 files takes a millisecond.
   * @returns {Operation[]}
   */
  changes() {
    const found = new Map();
    this.#walk("", found);
    /** @type {Operation[]} */
    const operations = [];
    for (const path of this.#known.keys()) {
      if (!found.has(path)) {
        operations.push({ kind: "remove", path });
      }
    }
    for (const [path, bytes] of found) {
      const known = this.#known.get(path);
      if (!known || known.length !== bytes.length || known.some((byte, at) => byte !== bytes[at])) {
        found.set(path, bytes.slice());
        operations.push({ kind: "write", path, contents: textOrBytes(bytes.slice()) });
      } else {
        found.set(path, known);
      }
    }
    this.#known = found;
    return operations;
  }

  /** @param {string} folder @param {Map<string, Uint8Array>} found */
  #walk(folder, found) {
    const { node } = this.#fs.lookupPath(`${PROJECT_DIR}/${folder}`, { follow: false });
    for (const [name, child] of Object.entries(node.contents)) {
      const path = folder ? `${folder}/${name}` : name;
      if (NO_PART.test(path) || found.size >= MAX_FILES) {
        continue;
      }
      if (this.#fs.isDir(child.mode)) {
        this.#walk(path, found);
      } else if (this.#fs.isFile(child.mode) && child.usedBytes <= MAX_FILE) {
        found.set(path, contentsOf(child));
      }
    }
  }

  /** Folders that nobody sees in a tree of files would still be namespace packages. @param {string} path */
  #dropEmptyFolders(path) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const folder = `${PROJECT_DIR}/${path.slice(0, at)}`;
      const names = this.#fs
        .readdir(folder)
        .filter((/** @type {string} */ name) => ![".", "..", "__pycache__"].includes(name));
      if (names.length) {
        return;
      }
      this.#empty(folder);
      this.#fs.rmdir(folder);
    }
  }

  /** @param {string} folder */
  #empty(folder) {
    for (const name of this.#fs.readdir(folder)) {
      const path = `${folder}/${name}`;
      if (name === "." || name === "..") {
        continue;
      }
      if (this.#fs.isDir(this.#fs.lstat(path).mode)) {
        this.#empty(path);
        this.#fs.rmdir(path);
      } else {
        this.#fs.unlink(path);
      }
    }
  }
}

/**
 * The bytes of a file of MEMFS, which keeps more room than the file has bytes, and in signed bytes where Python has written it.
 * @param {{contents?: ArrayBufferView, usedBytes: number}} node
 */
function contentsOf({ contents, usedBytes }) {
  return contents ? new Uint8Array(contents.buffer, contents.byteOffset, usedBytes) : new Uint8Array();
}
