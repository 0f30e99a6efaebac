/** What a file holds: text where it is some, so that the editor can show it, and else bytes. */

/** @typedef {string | Uint8Array} Contents */

/** @param {Contents | undefined} one @param {Contents | undefined} other */
export function isSame(one, other) {
  if (one instanceof Uint8Array && other instanceof Uint8Array) {
    return one.length === other.length && one.every((byte, at) => byte === other[at]);
  }
  return one === other;
}

/** @param {Uint8Array} bytes @returns {string | Uint8Array} */
export function textOrBytes(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? bytes : text;
  } catch {
    return bytes;
  }
}
