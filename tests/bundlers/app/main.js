/** The example in the page, and then in a worker, as most bundlers expect to be told of one. */

import { example } from "./example.js";

const addresses = new URLSearchParams(location.search);

function inWorker() {
  return new Promise((done) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = (event) => done(`the worker did not start: ${event.message}`);
    worker.postMessage(addresses.get("workers"));
  });
}

(async () => {
  globalThis.result = { page: await example(addresses.get("pyodide")), worker: await inWorker() };
})().catch((error) => {
  globalThis.result = { page: `${error.stack ?? error}` };
});
