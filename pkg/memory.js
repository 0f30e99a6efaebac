/**
 * Memory without its empty pages, half of which a Python that has just started has: four bytes for the size of the whole, least byte first;
 * the number of its parts; for each the place and the size; and the parts.
 */

const NUMBER = 4;

/**
 * A function that needs nothing beside itself, since a worker is given its text.
 * @param {Uint8Array<ArrayBuffer>} memory
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function condense(memory) {
  const page = 4096;
  /** @type {[number, number][]} */
  const parts = [];
  for (let at = 0; at < memory.length; at += page) {
    const end = Math.min(at + page, memory.length);
    const last = parts[parts.length - 1];
    if (memory.subarray(at, end).every((byte) => byte === 0)) {
      continue;
    }
    if (last && last[1] === at) {
      last[1] = end;
    } else {
      parts.push([at, end]);
    }
  }
  const header = Uint32Array.of(memory.length, parts.length, ...parts.flatMap(([at, end]) => [at, end - at]));
  const condensed = new Uint8Array(parts.reduce((size, [at, end]) => size + end - at, header.byteLength));
  condensed.set(new Uint8Array(header.buffer));
  let to = header.byteLength;
  for (const [at, end] of parts) {
    condensed.set(memory.subarray(at, end), to);
    to += end - at;
  }
  return condensed;
}

/**
 * Fills a memory that is all zeros, of the size that the condensed one had.
 * @param {Uint8Array<ArrayBuffer>} condensed
 * @param {Uint8Array<ArrayBuffer>} memory stays as it is where an error is thrown
 * @throws an `Error`, if it is none, not a whole one, or one of another size
 */
export function expand(condensed, memory) {
  const parts = partsOf(condensed, memory.length);
  if (!parts) {
    throw new Error("the snapshot is damaged");
  }
  for (const [at, part] of parts) {
    memory.set(part, at);
  }
}

/**
 * The parts of a memory of that size, each with its place; null if they are not whole.
 * @param {Uint8Array<ArrayBuffer>} condensed
 * @param {number} memorySize
 * @returns {[number, Uint8Array][] | null}
 */
function partsOf(condensed, memorySize) {
  const numbers = new DataView(condensed.buffer, condensed.byteOffset, condensed.byteLength);
  const number = (/** @type {number} */ place) => numbers.getUint32(place * NUMBER, true);
  const count = condensed.length < 2 * NUMBER ? 0 : number(1);
  let from = (2 + 2 * count) * NUMBER;
  if (from > condensed.length || number(0) !== memorySize) {
    return null;
  }
  /** @type {[number, Uint8Array][]} */
  const parts = [];
  for (let part = 0; part < count; part += 1) {
    const [at, size] = [number(2 + 2 * part), number(3 + 2 * part)];
    if (at + size > memorySize) {
      return null;
    }
    parts.push([at, condensed.subarray(from, from + size)]);
    from += size;
  }
  return from === condensed.length ? parts : null;
}
