/**
 * Records of compiled code, as `_imports/code_cache.py` makes them: 8 bytes of a checksum, 4 for the time of the last use in seconds, 4 for
 * the size of the code, 16 for the Python and the source that it is for, with the least byte first; then the code. A record without code tells
 * of a use. Python verifies each when it needs it; here only their bounds matter.
 */

const HEADER = 32;
const USED = 8;
const SIZE = 12;
const KEY = 16;
/** A time that lies further ahead is damaged. */
const AHEAD_SECONDS = 86_400;

/** @typedef {{bytes: Uint8Array, used: number}} CodeRecord */

/**
 * The records of a buffer, up to the first that does not end in it.
 * @param {Uint8Array} bytes
 * @returns {Generator<CodeRecord & {key: string}>}
 */
export function* recordsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const end = at + HEADER + view.getUint32(at + SIZE, true);
    if (end > bytes.length) {
      return;
    }
    const key = String.fromCharCode(...bytes.subarray(at + KEY, at + HEADER));
    yield { key, bytes: bytes.subarray(at, end), used: view.getUint32(at + USED, true) };
    at = end;
  }
}

/**
 * Puts records together, of those for one source the last. Beyond the bound those go that were not used for the longest time.
 * @param {Uint8Array[]} buffers
 * @param {number} maxBytes
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function merge(buffers, maxBytes) {
  /** @type {Map<string, CodeRecord>} */
  const records = new Map();
  const latest = Date.now() / 1000 + AHEAD_SECONDS;
  for (const buffer of buffers) {
    for (const { key, bytes, used } of recordsOf(buffer)) {
      const known = records.get(key);
      if (bytes.length > HEADER) {
        records.set(key, { bytes, used: used > latest ? 0 : used });
      } else if (known) {
        known.used = Math.max(known.used, used);
      }
    }
  }
  let size = 0;
  const staying = [...records.values()]
    .sort((one, other) => other.used - one.used)
    .filter(({ bytes }) => {
      size += bytes.length;
      return size <= maxBytes;
    });
  return join(staying);
}

/**
 * Buffers, one after the other.
 * @param {Uint8Array[]} buffers
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function concatenate(buffers) {
  const whole = new Uint8Array(buffers.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const buffer of buffers) {
    whole.set(buffer, at);
    at += buffer.length;
  }
  return whole;
}

/** @param {CodeRecord[]} records */
function join(records) {
  const joined = concatenate(records.map(({ bytes }) => bytes));
  const view = new DataView(joined.buffer);
  let at = 0;
  for (const { bytes, used } of records) {
    view.setUint32(at + USED, used, true);
    at += bytes.length;
  }
  return joined;
}
