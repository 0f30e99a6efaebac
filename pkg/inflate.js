/** Decompression in a worker, as the start of Pyodide keeps the page's own thread busy. */

/**
 * A function that needs nothing beside itself, since a worker is given its text.
 * @param {Blob} compressed
 * @returns {Promise<ArrayBuffer>}
 */
async function inflate(compressed) {
  return new Response(compressed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

const SCRIPT = `
  const inflate = ${inflate};
  onmessage = async ({ data }) => {
    try {
      const inflated = await inflate(data);
      postMessage(inflated, [inflated]);
    } catch (error) {
      postMessage(error);
    }
  };
`;

/**
 * Decompresses what gzip has compressed: in a worker, or on the same thread where none can be started.
 * @param {Blob} compressed
 * @returns {Promise<ArrayBuffer>}
 * @throws what `DecompressionStream` throws, if it is damaged
 */
export async function inflateApart(compressed) {
  const address = URL.createObjectURL(new Blob([SCRIPT], { type: "text/javascript" }));
  const worker = startWorker(address);
  try {
    return await new Promise((resolve, reject) => {
      if (worker) {
        worker.onmessage = ({ data }) => (data instanceof ArrayBuffer ? resolve(data) : reject(data));
        worker.onerror = () => resolve(inflate(compressed));
        worker.postMessage(compressed);
      } else {
        resolve(inflate(compressed));
      }
    });
  } finally {
    worker?.terminate();
    URL.revokeObjectURL(address);
  }
}

/**
 * A worker; null in Node, whose workers are others, and where a page's Content-Security-Policy refuses it. Browsers tell that by an exception
 * or by an event.
 * @param {string} address
 */
function startWorker(address) {
  try {
    return typeof Worker === "undefined" ? null : new Worker(address);
  } catch {
    return null;
  }
}
