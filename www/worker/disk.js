/** The project's folder in Pyodide's filesystem: written for the page, and looked over for what Python has changed. */

import { contentsOf, kindOf } from "../../pkg/memfs.js";
import { textOrBytes } from "../project/contents.js";
import { PROJECT_DIR } from "../project/paths.js";
import { LIMITS } from "../project/project.js";

/** @typedef {import("../project/project.js").Contents} Contents */
/** @typedef {import("../project/project.js").Operation} Operation */

/** What Python leaves beside sources, which is nobody's file. */
const NO_PART = /(^|\/)__pycache__(\/|$)|\.pyc$/;
/** Emscripten's numbers for "no such file or directory" and "not a directory". */
const GONE = [44, 54];

export class Disk {
  #fs;
  /** The files as the page knows them. @type {Map<string, Uint8Array>} */
  #known = new Map();
  /** The files that the last look passed over. @type {Set<string>} */
  #passedOver = new Set();
  /** Those that it was the first to pass over. @type {string[]} */
  #newlyPassedOver = [];

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
   * writes, and a project of 200 files takes a millisecond. What was not looked at is unknown, and stays known as it was.
   * @returns {Operation[]}
   */
  changes() {
    const files = this.#files();
    /** @type {Operation[]} */
    const operations = [];
    for (const path of this.#known.keys()) {
      if (!files.has(path) && this.#isGone(path)) {
        this.#known.delete(path);
        operations.push({ kind: "remove", path });
      }
    }
    const passedOver = new Set();
    for (const [path, node] of files) {
      const known = this.#known.get(path);
      const isLarge = node.usedBytes > LIMITS.writtenBytes;
      if (isLarge ? known?.length !== node.usedBytes : !known && this.#known.size >= LIMITS.files) {
        passedOver.add(path);
      } else if (!isLarge) {
        const bytes = contentsOf(node) ?? new Uint8Array();
        if (!known || known.length !== bytes.length || known.some((byte, at) => byte !== bytes[at])) {
          this.#known.set(path, bytes.slice());
          operations.push({ kind: "write", path, contents: textOrBytes(bytes.slice()) });
        }
      }
    }
    this.#newlyPassedOver = [...passedOver].filter((path) => !this.#passedOver.has(path));
    this.#passedOver = passedOver;
    return operations;
  }

  /** The files that the last look passed over, because they are too large or too many, and the look before did not. */
  get newlyPassedOver() {
    return this.#newlyPassedOver;
  }

  /** All regular files of the folder, by path. */
  #files() {
    /** @type {Map<string, import("../../pkg/memfs.js").Node>} */
    const files = new Map();
    const folders = this.#fs.analyzePath(PROJECT_DIR).exists ? [""] : [];
    // The list grows while it is walked.
    for (const folder of folders) {
      const { node } = this.#fs.lookupPath(PROJECT_DIR + folder, { follow: false });
      for (const [name, child] of Object.entries(node.contents)) {
        const path = `${folder}/${name}`;
        const kind = child.mounted || NO_PART.test(path) ? "o" : kindOf(child.mode);
        if (kind === "d") {
          folders.push(path);
        } else if (kind === "f") {
          files.set(path.slice(1), child);
        }
      }
    }
    return files;
  }

  /** Whether there is certainly no file at a path. @param {string} path */
  #isGone(path) {
    try {
      return kindOf(this.#fs.lookupPath(`${PROJECT_DIR}/${path}`, { follow: false }).node.mode) === "d";
    } catch (error) {
      return GONE.includes(/** @type {{errno: number}} */ (error).errno);
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
