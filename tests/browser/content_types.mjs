/** The content types of what tests serve, by extension: WebAssembly is compiled while it arrives only under its own type, and a module's script
 * needs one of JavaScript's. @type {Record<string, string>} */
export const CONTENT_TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".zip": "application/zip",
};
