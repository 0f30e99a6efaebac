/**
 * The project that is open: its files and its cells. The page owns them, and the worker has a copy: a worker that is stopped by
 * force takes its memory with it, and the files have to outlive it.
 */

import { isSame } from "./contents.js";
import { faultOf, isWithin } from "./paths.js";

/** @typedef {import("./contents.js").Contents} Contents */
/** @typedef {{kind: "write", path: string, contents: Contents} | {kind: "remove", path: string} | {kind: "move", path: string, to: string}} Operation */
/** @typedef {{id: string, code: string, isLive: boolean}} Cell `isLive`: run again after each reload */
/** @typedef {{title: string, hint: string, files: [string, Contents][], cells: Cell[], shown: string | null, example: string | null, at?: number}} Contained `example`: what `reset` puts back; `at`: when it was saved, in milliseconds */

/** What a project may hold, and how large a file may be that a cell writes. A cell can write without end, and storage is finite. */
export const LIMITS = { files: 5000, bytes: 20_000_000, writtenBytes: 5_000_000 };

/**
 * Events: `opened`, whose detail is what was opened; `changed`, whose detail is the operations, who made them, and when; `cells`.
 */
export class Project extends EventTarget {
  title = "";
  /** What to try first, in a sentence. */
  hint = "";
  /** @type {Map<string, Contents>} */
  files = new Map();
  /** @type {Cell[]} */
  cells = [];
  /** @type {string | null} the file in the editor */
  shown = null;
  /** @type {string | null} the example that this was */
  example = null;

  /** @param {Contained} contained */
  open(contained) {
    const { title, hint, files, cells, shown, example } = contained;
    this.title = title;
    this.hint = hint;
    this.example = example;
    this.files = new Map(files);
    this.cells = cells.length ? cells : [newCell([])];
    this.shown = shown !== null && this.files.has(shown) ? shown : (this.paths()[0] ?? null);
    this.dispatchEvent(new CustomEvent("opened", { detail: contained }));
  }

  /** @returns {Contained} */
  contained() {
    const { title, hint, cells, shown, example } = this;
    return { title, hint, files: [...this.files], cells, shown, example };
  }

  /** The paths of all files, sorted. */
  paths() {
    return [...this.files.keys()].sort();
  }

  /** @param {string} path */
  textOf(path) {
    const contents = this.files.get(path);
    return typeof contents === "string" ? contents : undefined;
  }

  /**
   * Applies operations that are no news where nothing differs, and tells everybody of the others.
   * @param {Operation[]} operations
   * @param {"editor" | "page" | "worker"} origin
   */
  apply(operations, origin) {
    const at = performance.now();
    const made = operations.filter((operation) => this.#apply(operation));
    if (made.length) {
      this.dispatchEvent(new CustomEvent("changed", { detail: { operations: made, origin, at } }));
    }
  }

  /**
   * Applies what the worker says that Python did, as far as a project may have it. Returns the paths that it may not.
   * @param {Operation[]} operations
   */
  follow(operations) {
    const sizes = new Map([...this.files].map(([path, contents]) => [path, contents.length]));
    let size = [...sizes.values()].reduce((sum, each) => sum + each, 0);
    const [taken, refused] = [/** @type {Operation[]} */ ([]), /** @type {string[]} */ ([])];
    for (const operation of operations) {
      const { kind, path } = operation;
      const before = sizes.get(path);
      const added = (kind === "write" ? operation.contents.length : 0) - (before ?? 0);
      const isTooLarge = added > 0 && size + added > LIMITS.bytes;
      const isOneTooMany = kind === "write" && before === undefined && sizes.size >= LIMITS.files;
      if (faultOf(path) !== null || kind === "move" || isTooLarge || isOneTooMany) {
        refused.push(path);
        continue;
      }
      size += added;
      taken.push(operation);
      if (kind === "write") {
        sizes.set(path, operation.contents.length);
      } else {
        sizes.delete(path);
      }
    }
    this.apply(taken, "worker");
    return refused;
  }

  /** @param {Operation} operation */
  #apply(operation) {
    const { kind, path } = operation;
    if (kind === "remove") {
      return this.files.delete(path);
    }
    if (kind === "move") {
      const contents = this.files.get(path);
      if (contents === undefined) {
        return false;
      }
      this.files.delete(path);
      this.files.set(operation.to, contents);
      if (this.shown === path) {
        this.shown = operation.to;
      }
      return true;
    }
    if (isSame(this.files.get(path), operation.contents)) {
      return false;
    }
    this.files.set(path, operation.contents);
    return true;
  }

  /**
   * What is wrong with a path for something new, as a sentence; null where nothing is.
   * @param {string} path
   * @param {string} [leaving] the path that makes room by moving there
   */
  faultOfNew(path, leaving) {
    const fault = faultOf(path);
    if (fault !== null) {
      return fault;
    }
    for (const taken of this.files.keys()) {
      if (leaving !== undefined && isWithin(taken, leaving)) {
        continue;
      }
      if (isWithin(taken, path)) {
        return `There is ${taken === path ? "a file" : "a folder"} “${path}” already.`;
      }
      if (isWithin(path, taken)) {
        return `“${taken}” is a file, and cannot hold others.`;
      }
    }
    return leaving !== undefined && path !== leaving && isWithin(path, leaving)
      ? `“${leaving}” cannot be moved into itself.`
      : null;
  }

  /** The operations that bring a file, or a folder with all in it, to another path. @param {string} from @param {string} to */
  moves(from, to) {
    return this.paths()
      .filter((path) => isWithin(path, from))
      .map((path) => ({ kind: /** @type {const} */ ("move"), path, to: to + path.slice(from.length) }));
  }

  /** The operations that remove a file, or a folder with all in it. @param {string} path */
  removals(path) {
    return this.paths()
      .filter((each) => isWithin(each, path))
      .map((each) => ({ kind: /** @type {const} */ ("remove"), path: each }));
  }

  /** @param {Cell[]} cells */
  setCells(cells) {
    this.cells = cells;
    this.dispatchEvent(new Event("cells"));
  }
}

/**
 * A cell with a number that none of the others has. It stands in tracebacks, so it is short.
 * @param {Cell[]} others
 * @returns {Cell}
 */
export function newCell(others) {
  const id = String(Math.max(0, ...others.map((cell) => Number(cell.id))) + 1);
  return { id, code: "", isLive: false };
}
