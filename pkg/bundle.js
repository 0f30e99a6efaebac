/** A project and packages in one file, compiled already: see `cli.js`, which makes it. */

import { unpack } from "./container.js";
import { inflateApart } from "./inflate.js";
import { lookAgain, sitePackages } from "./python.js";

/** @typedef {{received: number, total: number | undefined}} Received in bytes; the total is as the server tells it */
/** @typedef {import("./container.js").BundledFile} BundledFile */

/**
 * Begins to fetch a bundle. Call it before `loadPyodide`, and hand it to `install`.
 * @param {string | URL | Response | BufferSource} from its address or contents
 * @param {{onProgress?: (received: Received) => void}} [options]
 * @returns {Promise<Bundle>}
 * @throws an `Error`, if it cannot be fetched or is no bundle
 *
 * @example
 * const bundle = fetchBundle("app.bundle");
 * const autoload = await install(loadPyodide(), { bundle });
 */
export function fetchBundle(from, { onProgress } = {}) {
  const bundle = read(from, onProgress);
  bundle.catch(() => {}); // `install` tells, which may not have been called yet.
  return bundle;
}

/** @param {string | URL | Response | BufferSource} from @param {((received: Received) => void) | undefined} onProgress */
async function read(from, onProgress) {
  if (from instanceof ArrayBuffer || ArrayBuffer.isView(from)) {
    return new Bundle(unpack(await decompressed(new Blob([from]))), true);
  }
  const response = from instanceof Response ? from : await fetch(from);
  if (!response.ok) {
    throw new Error(`the bundle ${response.url || from} cannot be fetched: status ${response.status}`);
  }
  const isOurs = response.url !== "" && new URL(response.url).origin === globalThis.location?.origin;
  const body = onProgress ? await received(response, onProgress) : await response.blob();
  return new Bundle(unpack(await decompressed(body)), isOurs);
}

/** The body of a response, of whose arrival somebody is told. @param {Response} response @param {(received: Received) => void} onProgress */
async function received(response, onProgress) {
  const total = Number(response.headers.get("content-length")) || undefined;
  const chunks = [];
  let size = 0;
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body).getReader();
  for (let { value } = await reader.read(); value; { value } = await reader.read()) {
    chunks.push(value);
    size += value.length;
    onProgress({ received: size, total });
  }
  return new Blob(chunks);
}

/**
 * What is compressed, decompressed; a browser has done that already where the server has told it so.
 * @param {Blob} body
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function decompressed(body) {
  const [first, second] = new Uint8Array(await body.slice(0, 2).arrayBuffer());
  const isCompressed = first === 0x1f && second === 0x8b;
  return new Uint8Array(await (isCompressed ? inflateApart(body) : body.arrayBuffer()));
}

/** What a bundle has, in memory. */
export class Bundle {
  #contents;
  #isTrusted;

  /** @param {import("./container.js").Contents} contents @param {boolean} isTrusted */
  constructor(contents, isTrusted) {
    this.#contents = contents;
    this.#isTrusted = isTrusted;
  }

  /** The name that the project is imported by. */
  get topLevel() {
    return this.#contents.topLevel;
  }

  /** The compiled code. None if the bundle comes from another origin than the page: bad code could do anything, and cannot be told from good. */
  get code() {
    return this.#isTrusted ? this.#contents.code : new Uint8Array();
  }

  /**
   * Makes the files in a Pyodide, without a copy of what they contain.
   * @param {import("./python.js").Pyodide} pyodide
   * @param {string} base the project's folder
   */
  unpack(pyodide, base) {
    const { FS } = pyodide;
    const folders = { project: base, site: sitePackages(pyodide) };
    const made = new Set();
    for (const { place, path, contents } of this.#contents.files) {
      const file = `${folders[place]}/${path}`;
      const folder = file.slice(0, file.lastIndexOf("/"));
      if (!made.has(folder)) {
        FS.mkdirTree(folder);
        made.add(folder);
      }
      FS.writeFile(file, contents, { canOwn: true });
    }
    lookAgain(pyodide);
  }
}
