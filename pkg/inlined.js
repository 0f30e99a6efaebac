/** The engine's WebAssembly as part of a script. */

import { gzipped } from "./engine_inline.js";

/** The contents of `engine_bg.wasm`. */
export async function inlined() {
  const bytes = Uint8Array.from(atob(gzipped), (character) => character.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain).arrayBuffer();
}
