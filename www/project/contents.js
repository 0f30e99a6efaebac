/** What a file holds: text where it is some, so that the editor can show it, and else bytes. */

/** @param {Uint8Array} bytes @returns {string | Uint8Array} */
export function textOrBytes(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? bytes : text;
  } catch {
    return bytes;
  }
}
