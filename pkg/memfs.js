/**
 * What the other files share of Emscripten's filesystem, and of the part of it that is in memory (MEMFS).
 *
 * This file imports nothing. The wheel for Pyodide brings it beside the files that import it, and evaluates it with each of them.
 */

/**
 * @typedef {{
 *   mode: number, mount: {type: object}, mounted?: object, contents: Record<string, Node> | ArrayBufferView, usedBytes: number,
 *   id: number, mtime?: number | Date, timestamp?: number,
 * }} Node
 */

const TYPE_MASK = 0o170000;
const DIRECTORY = 0o040000;
const LINK = 0o120000;
const FILE = 0o100000;

/** The size of an entry of {@link packFiles}, in bytes. */
const ENTRY = 20;

/**
 * The letter of a kind: a file, a directory, a link, or something else.
 * @param {number} mode
 * @returns {"f" | "d" | "l" | "o"}
 */
export function kindOf(mode) {
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

/** @param {{filesystems: {MEMFS: object}}} fs @param {Node} node */
export function isInMemory(fs, node) {
  return node.mount.type === fs.filesystems.MEMFS;
}

/** What a directory of MEMFS has under a name. @param {Node} folder @param {string} name @returns {Node | undefined} */
export function childOf({ contents }, name) {
  return Object.hasOwn(contents, name) ? /** @type {Record<string, Node>} */ (contents)[name] : undefined;
}

/**
 * The bytes of a regular file of MEMFS, where they lie. MEMFS keeps more room than a file has bytes, and in signed bytes where Python has
 * written it.
 * @param {Node | undefined} node
 */
export function contentsOf(node) {
  if (node && kindOf(node.mode) === "f" && ArrayBuffer.isView(node.contents)) {
    return new Uint8Array(node.contents.buffer, node.contents.byteOffset, node.usedBytes);
  }
  return undefined;
}

/**
 * Several files in one array. First an entry for each: 8 bytes for the time of its last change in milliseconds, and 4 each for its inode, its
 * size and where it begins, all with the least byte first. An inode of 0 stands for what is no file in memory, or would exceed `most` bytes.
 * Then the contents.
 * @param {(Node | undefined)[]} nodes
 * @param {number} [most]
 * @returns {Uint8Array}
 */
export function packFiles(nodes, most = Number.POSITIVE_INFINITY) {
  let end = nodes.length * ENTRY;
  const files = nodes.map((node) => {
    const contents = contentsOf(node);
    if (!node || !contents || end + contents.length > most) {
      return undefined;
    }
    const start = end;
    end += contents.length;
    return { node, contents, start };
  });
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  files.forEach((file, place) => {
    if (file) {
      const { node, contents, start } = file;
      const entry = place * ENTRY;
      view.setFloat64(entry, Number(node.mtime ?? node.timestamp), true);
      view.setUint32(entry + 8, node.id, true);
      view.setUint32(entry + 12, contents.length, true);
      view.setUint32(entry + 16, start, true);
      bytes.set(contents, start);
    }
  });
  return bytes;
}

/**
 * Puts a function in the place of a method.
 * @param {any} owner
 * @param {string} name
 * @param {(original: Function) => (...details: any[]) => any} wrapped
 * @returns {() => void} puts the method back, unless somebody else has replaced it since
 */
export function replaceMethod(owner, name, wrapped) {
  const original = owner[name];
  const replacement = wrapped(original);
  owner[name] = replacement;
  return () => {
    if (owner[name] === replacement) {
      owner[name] = original;
    }
  };
}
