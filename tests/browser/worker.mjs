/** A module worker that puts the claims and posts what became of them. */

import { loadPyodide } from "/pyodide-314/pyodide.mjs";
import { check } from "./claims.mjs";

// Nothing else tells the page of them.
addEventListener("unhandledrejection", (event) => postMessage({ unhandled: String(event.reason) }));

await check(loadPyodide, (name, fault) => postMessage({ name, fault }));
postMessage({ done: true });
