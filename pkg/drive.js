/**
 * The files of JupyterLite. Its kernel's filesystem asks the page for them, in milliseconds each time, keeps no content, and forgets no
 * name: it asks for the status of a file that the page has deleted without end. So this asks as little as can be, and first whether
 * something is there.
 *
 * The wheel for Pyodide brings it beside the files that import it, and evaluates it with each of them.
 */

import { kindOf } from "./memfs.js";
import { readStorage } from "./storage.js";

/** @typedef {{id: number, name: string, mode: number, parent: DriveNode, node?: DriveNode}} DriveNode a node, or a stream that has one */
/** @typedef {Record<string, (...details: any[]) => any>} Operations */

/** JupyterLite's filesystem, as it is mounted.
 * @typedef {{
 *   API: {request(question: {method: string, path: string}): any, normalizePath(path: string): string, _baseUrl?: string},
 *   node_ops: Operations, ERRNO_CODES: {ENOENT: number}, realPath(node: DriveNode): string,
 * }} DriveFS
 */

/** Names by the letter of their kind. @typedef {Record<"f" | "d" | "l" | "o", string[]>} Names */

/** Where the one object for a drive is kept, since each script of the wheel is evaluated by itself. */
const KEY = Symbol.for("pyautoload_wasm.drive");
/** What our extension and a kernel say to each other, on a channel of this name and the site's path. */
const CHANNEL = "pyautoload-wasm";
const HELLO = "pyautoload-wasm:hello";
const HERE = "pyautoload-wasm:here";
const EVENTS = "pyautoload-wasm:events";
/** For so long, in milliseconds, what was just looked up is there. */
const FRESH_MS = 50;

const utf8 = new TextEncoder();

/** The drive on which a path lies. @param {any} fs a Pyodide's `FS` @param {string} path @returns {Drive | undefined} */
export function driveAt(fs, path) {
  const mounts = fs.root?.mount?.mounts ?? [];
  for (const { type, mountpoint } of mounts) {
    // Elsewhere than in JupyterLite no filesystem is one, and this is asked at each path.
    const isDrive = typeof type?.API?.request === "function" && typeof type.realPath === "function";
    if (isDrive && (path === mountpoint || path.startsWith(`${mountpoint}/`))) {
      type[KEY] ??= new Drive(fs, type, mountpoint);
      return type[KEY];
    }
  }
  return undefined;
}

/** One drive. Paths are absolute. */
export class Drive {
  #fs;
  #system;
  #mountpoint;
  /** The path of the site. */
  #base;
  /** Whether lists that were made before are true. Python says so, of the time of a flush. */
  isTrusted = false;
  /** Whether the page tells of changes. */
  isTold = false;
  /** Whether the storage was looked into since the changes were taken. */
  #hasLooked = false;
  /** What is in folders. @type {Map<string, Names>} */
  #lists = new Map();
  /** The sources of files, as the storage had them. @type {Map<string, string>} */
  #sources = new Map();
  /** What tells one version of a file from another, for all that was in the storage. @type {Map<string, string> | undefined} */
  #versions;
  /** What may have changed. @type {Set<string>} */
  #changed = new Set();
  /** The folders that are looked into. */
  #roots = "";
  /** What was just found to be there. @type {{node: DriveNode, at: number} | undefined} */
  #fresh;
  /** @type {BroadcastChannel | undefined} */
  #channel;

  /** @param {any} fs @param {DriveFS} system @param {string} mountpoint */
  constructor(fs, system, mountpoint) {
    this.#fs = fs;
    this.#system = system;
    this.#mountpoint = mountpoint;
    const page =
      system.API._baseUrl ?? globalThis.location?.href.replace(/(extensions|build)\/.*$/, "") ?? "http://localhost/";
    this.#base = new URL(page, globalThis.location?.href).pathname;
    this.#guard();
  }

  /** The drive on which a path lies, for Python. @param {any} fs @param {string} path */
  static at(fs, path) {
    return driveAt(fs, path);
  }

  /** Lets the filesystem ask whether something is there before it asks what it is. */
  #guard() {
    const operations = this.#system.node_ops;
    const wrap = (
      /** @type {string} */ name,
      /** @type {(original: Function) => (...details: any[]) => any} */ wrapped,
    ) => {
      const original = operations[name];
      if (original) {
        operations[name] = wrapped(original.bind(operations));
      }
    };
    wrap("lookup", (original) => (parent, name) => {
      const node = original(parent, name);
      this.#fresh = { node, at: performance.now() };
      return node;
    });
    for (const name of ["getattr", "readdir"]) {
      wrap(name, (original) => (node) => {
        this.#require(node.node ?? node);
        return original(node);
      });
    }
    for (const name of ["unlink", "rmdir"]) {
      wrap(name, (original) => (parent, child) => {
        this.#requirePath(`${this.#system.realPath(parent.node ?? parent)}/${child}`);
        return original(parent, child);
      });
    }
    wrap("rename", (original) => (node, folder, name) => {
      this.#require(node.node ?? node);
      return original(node, folder, name);
    });
  }

  /** Raises ENOENT for a node of what the page has deleted, and lets the filesystem forget it. @param {DriveNode} node */
  #require(node) {
    const fresh = this.#fresh;
    this.#fresh = undefined;
    if (node === node.parent || (fresh?.node === node && performance.now() - fresh.at < FRESH_MS)) {
      return;
    }
    const found = this.#ask("lookup", this.#system.realPath(node));
    if (!found.ok) {
      this.#fs.destroyNode(node);
      throw new this.#fs.ErrnoError(this.#system.ERRNO_CODES.ENOENT);
    }
    node.mode = found.mode;
  }

  /** @param {string} path */
  #requirePath(path) {
    if (!this.#ask("lookup", path).ok) {
      throw new this.#fs.ErrnoError(this.#system.ERRNO_CODES.ENOENT);
    }
  }

  /** @param {string} method @param {string} path */
  #ask(method, path) {
    const { API } = this.#system;
    return API.request({ method, path: API.normalizePath(path) });
  }

  /**
   * The letter of the kind of what stands at a path; `o` where nothing does.
   * @param {string} path
   * @returns {"f" | "d" | "o"}
   */
  kind(path) {
    if (this.isTrusted && path.startsWith(`${this.#mountpoint}/`)) {
      const known = this.#lists.get(path.slice(0, path.lastIndexOf("/")));
      if (known) {
        const name = path.slice(path.lastIndexOf("/") + 1);
        return known.f.includes(name) ? "f" : known.d.includes(name) ? "d" : "o";
      }
    }
    const { ok, mode } = this.#ask("lookup", path);
    return ok ? /** @type {"f" | "d"} */ (kindOf(mode)) : "o";
  }

  /** What is in a folder, which has to be there. @param {string} dir @returns {Names} */
  #list(dir) {
    const known = this.#lists.get(dir);
    if (known) {
      return known;
    }
    /** @type {Names} */
    const names = { f: [], d: [], l: [], o: [] };
    for (const name of this.#ask("readdir", dir)) {
      if (name !== "." && name !== "..") {
        // A name with a dot is taken for a file's: to ask would be a request for each.
        const isFile = name.includes(".") || this.kind(`${dir}/${name}`) === "f";
        names[isFile ? "f" : "d"].push(name);
      }
    }
    this.#lists.set(dir, names);
    return names;
  }

  /** What is in a folder now; nothing where there is none. @param {string} dir @returns {Names | undefined} */
  #listAnew(dir) {
    this.#lists.delete(dir);
    return this.#ask("lookup", dir).ok ? this.#list(dir) : undefined;
  }

  /**
   * Which of some names a folder has now, with a NUL between them, those of folders with a `/` behind. Lists it, whatever was known.
   * @param {string} dir
   */
  names(dir) {
    const found = this.#listAnew(dir);
    return found ? [...found.f, ...found.d.map((name) => `${name}/`)].join("\0") : "";
  }

  /** The same of what is known, if anything is. @param {string} dir */
  namesAsKnown(dir) {
    const found = this.#lists.get(dir);
    return found ? [...found.f, ...found.d.map((name) => `${name}/`)].join("\0") : this.names(dir);
  }

  /**
   * What is in a folder and below, each folder with its path from there.
   * @param {string} top
   * @param {number} most so many names are enough
   * @returns {{path: string, names: Names}[]}
   * @throws an `Error` where there is no such folder
   */
  tree(top, most) {
    if (!this.isTrusted) {
      this.#forgetLists(top);
    }
    if (this.kind(top) !== "d") {
      throw new Error("no such directory");
    }
    const folders = [{ path: "", names: this.#list(top) }];
    let listed = 0;
    // The list grows while it is walked.
    for (const { path, names } of folders) {
      listed += names.f.length + names.d.length;
      for (const name of listed < most ? names.d : []) {
        if (name !== "__pycache__") {
          folders.push({ path: `${path}${name}/`, names: this.#list(`${top}/${path}${name}`) });
        }
      }
    }
    return folders;
  }

  /** @param {string} top */
  #forgetLists(top) {
    for (const dir of [...this.#lists.keys()]) {
      if (dir === top || dir.startsWith(`${top}/`)) {
        this.#lists.delete(dir);
      }
    }
  }

  /**
   * The bytes of a file, as it is now.
   * @param {string} path
   * @returns {Uint8Array | undefined} nothing where there is no such file
   */
  read(path) {
    const source = this.isTrusted ? this.#sources.get(path) : undefined;
    return source === undefined ? this.#get(path) : utf8.encode(source);
  }

  /** The bytes of a file, as the storage had it last: who compares what was with what is has to have that. @param {string} path */
  readAsKnown(path) {
    const source = this.#sources.get(path);
    return source === undefined ? this.#get(path) : utf8.encode(source);
  }

  /** Reads a file, and keeps it for the time of a flush. @param {string} path */
  readAnew(path) {
    this.#sources.delete(path);
    const bytes = this.#get(path);
    if (bytes) {
      this.#sources.set(path, new TextDecoder().decode(bytes));
    }
    return bytes;
  }

  /** @param {string} path */
  #get(path) {
    const found = this.#ask("get", path);
    if (!found) {
      return undefined;
    }
    if (found.format === "base64") {
      return Uint8Array.from(atob(found.content), (sign) => sign.charCodeAt(0));
    }
    return utf8.encode(found.content);
  }

  /**
   * Looks into the page's storage for what has changed since the last time, without a request.
   * @param {string} roots the folders, with a NUL between them
   * @returns {Promise<boolean>} whether it is there
   */
  async look(roots) {
    const prefixes = roots.split("\0").map((root) => `${root}/`.slice(this.#mountpoint.length + 1));
    const records = await readStorage(`JupyterLite Storage - ${this.#base}`, prefixes).catch(() => undefined);
    if (!records) {
      return false;
    }
    const before = this.#roots === roots ? this.#versions : undefined;
    if (!before) {
      this.#lists.clear();
    }
    /** @type {Map<string, string>} */
    const now = new Map();
    this.#sources.clear();
    for (const { path: stored, last_modified, size, format, content } of records) {
      const path = `${this.#mountpoint}/${stored}`;
      now.set(path, `${last_modified} ${size} ${format}`);
      if (format === "text" && typeof content === "string" && path.endsWith(".py")) {
        this.#sources.set(path, content);
      }
    }
    for (const path of new Set([...now.keys(), ...(before?.keys() ?? [])])) {
      if (now.get(path) !== before?.get(path)) {
        this.#note(path);
      }
    }
    this.#roots = roots;
    this.#versions = now;
    this.#hasLooked = true;
    return true;
  }

  /** Notes that something happened at a path. @param {string} path */
  #note(path) {
    this.#changed.add(path);
    const folder = path.slice(0, path.lastIndexOf("/"));
    const name = path.slice(folder.length + 1);
    const known = this.#lists.get(folder);
    // A file that was and is there leaves its folder's list as it is.
    if (!(known?.f.includes(name) && this.#sources.has(path))) {
      this.#lists.delete(folder);
      this.#forgetLists(path);
    }
  }

  /** Takes what Python knows to have happened to a path: the list and the source are no longer true. @param {string} path */
  forget(path) {
    this.#sources.delete(path);
    this.#lists.delete(path.slice(0, path.lastIndexOf("/")));
    this.#forgetLists(path);
  }

  /** Returns the paths at which something may have changed, with a NUL between them; nothing where nobody can know. */
  take() {
    if (!this.#hasLooked && !this.isTold) {
      this.#lists.clear();
      return undefined;
    }
    const text = [...this.#changed].join("\0");
    this.#changed.clear();
    this.#hasLooked = false;
    return text;
  }

  /** From now on hears of changes from our extension, if the site has it. */
  listen() {
    if (this.#channel || typeof BroadcastChannel === "undefined") {
      return;
    }
    this.#channel = new BroadcastChannel(`${CHANNEL} ${this.#base}`);
    this.#channel.onmessage = ({ data }) => {
      if (data?.type === HERE) {
        this.isTold = true;
      } else if (data?.type === EVENTS && Array.isArray(data.events)) {
        this.isTold = true;
        for (const { path, to } of data.events) {
          for (const each of [path, to]) {
            if (typeof each === "string") {
              this.#sources.delete(`${this.#mountpoint}/${each}`);
              this.#note(`${this.#mountpoint}/${each}`);
            }
          }
        }
      }
    };
    this.#channel.postMessage({ type: HELLO });
  }
}
