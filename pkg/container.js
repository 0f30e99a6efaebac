/**
 * The format of a bundle: four bytes for the size of a header, least byte first; the header, JSON; the contents of all files in its order;
 * records of compiled code, as `records.js` has them. Shipped, it is compressed by gzip.
 */

import { concatenate } from "./records.js";

const FORMAT = 1;
const SIZE = 4;

/** Where a file belongs: in the project, or among the installed packages.
 * @typedef {"project" | "site"} Place
 */

/** @typedef {{place: Place, path: string, contents: Uint8Array<ArrayBuffer>}} BundledFile the path is relative to its place */

/** @typedef {{topLevel: string, files: BundledFile[], code: Uint8Array<ArrayBuffer>}} Contents */

/**
 * @param {Contents} contents
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function pack({ topLevel, files, code }) {
  const listed = files.map(({ place, path, contents }) => [place, path, contents.length]);
  const header = new TextEncoder().encode(JSON.stringify({ format: FORMAT, topLevel, files: listed }));
  const parts = [header, ...files.map(({ contents }) => contents), code];
  const packed = concatenate([new Uint8Array(SIZE), ...parts]);
  new DataView(packed.buffer).setUint32(0, header.length, true);
  return packed;
}

/**
 * The contents of a bundle, as views of it.
 * @param {Uint8Array<ArrayBuffer>} packed
 * @returns {Contents}
 * @throws an `Error`, if it is none, or not a whole one
 */
export function unpack(packed) {
  const { topLevel, files: listed, at: start } = readHeader(packed);
  let at = start;
  const files = listed.map(([place, path, size]) => {
    at += size;
    return { place, path, contents: packed.subarray(at - size, at) };
  });
  if (at > packed.length) {
    throw new Error("the bundle is not complete: fetch or build it again");
  }
  return { topLevel, files, code: packed.subarray(at) };
}

/**
 * @param {Uint8Array} packed
 * @returns {{topLevel: string, files: [Place, string, number][], at: number}}
 */
function readHeader(packed) {
  try {
    const at = SIZE + new DataView(packed.buffer, packed.byteOffset, packed.byteLength).getUint32(0, true);
    const { format, topLevel, files } = JSON.parse(new TextDecoder().decode(packed.subarray(SIZE, at)));
    if (format === FORMAT) {
      return { topLevel, files, at };
    }
  } catch {
    // It is told below.
  }
  throw new Error("this is no bundle of this version of pyautoload-wasm: build it by 'npx pyautoload-wasm bundle'");
}
