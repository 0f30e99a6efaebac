/**
 * A classic worker that puts the claims and posts what became of them. It can import modules only dynamically. Pyodide 0.29 is the
 * last that loads in one: 314 says "Classic web workers are not supported".
 */

addEventListener("unhandledrejection", (event) => postMessage({ unhandled: String(event.reason) }));

importScripts("/pyodide-0.29/pyodide.js");

import("/tests/browser/claims.mjs")
  .then(({ check }) => check(globalThis.loadPyodide, (name, fault) => postMessage({ name, fault })))
  .then(() => postMessage({ done: true }));
