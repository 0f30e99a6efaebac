/**
 * What JupyterLite's page has stored: an IndexedDB that its kernels can read as well, in one go and without a request to the page.
 *
 * This file imports nothing. The wheel for Pyodide brings it beside the files that import it, and evaluates it with each of them.
 */

/** What the page's storage has of a file. @typedef {{path: string, last_modified: string, size?: number, format: string, content: any}} Stored */

/** Opens the page's storage; nothing where there is none of that name. @param {string} name @returns {Promise<IDBDatabase | undefined>} */
function openStorage(name) {
  if (typeof indexedDB === "undefined") {
    return Promise.resolve(undefined);
  }
  return new Promise((done) => {
    const request = indexedDB.open(name);
    // Called where there is no such database: it must not be made.
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onsuccess = () => done(request.result);
    request.onerror = () => done(undefined);
  });
}

/** What the page has stored below some folders; nothing where it stores elsewhere.
 * @param {string} name @param {string[]} prefixes @returns {Promise<Stored[] | undefined>}
 */
export function readStorage(name, prefixes) {
  return openStorage(name).then((storage) => (storage ? readAll(storage, prefixes) : undefined));
}

/** @param {IDBDatabase} storage @param {string[]} prefixes @returns {Promise<Stored[] | undefined>} */
async function readAll(storage, prefixes) {
  if (!storage.objectStoreNames.contains("files")) {
    storage.close();
    return undefined;
  }
  try {
    const files = storage.transaction("files").objectStore("files");
    const found = prefixes.map(
      (prefix) =>
        new Promise((done, fail) => {
          const request = files.getAll(prefix ? IDBKeyRange.bound(prefix, `${prefix}\uffff`) : undefined);
          request.onsuccess = () => done(request.result);
          request.onerror = () => fail(request.error);
        }),
    );
    return (await Promise.all(found)).flat();
  } finally {
    storage.close();
  }
}
