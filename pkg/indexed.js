/** IndexedDB as the place where records of compiled code are kept, in pages and workers, for all tabs of an origin. */

import { concatenate } from "./records.js";

const NAME = "pyautoload-wasm";
const TABLE = "code";
/** To hand all of it over at once would be a long task. */
const CHUNK_BYTES = 1 << 22;

export class IndexedStore {
  #factory;

  /** @param {IDBFactory} factory */
  constructor(factory) {
    this.#factory = factory;
  }

  /** @returns {Promise<Uint8Array<ArrayBuffer>>} */
  async load() {
    const chunks = await this.#within("readonly", (table, done) => {
      table.getAll().onsuccess = ({ target }) => done(/** @type {IDBRequest} */ (target).result);
    });
    return join(chunks);
  }

  /** @param {Uint8Array} records */
  async save(records) {
    await this.update(() => records);
  }

  /**
   * Replaces what is kept, in one step for all tabs.
   * @param {(kept: Uint8Array) => Uint8Array} change
   */
  async update(change) {
    await this.#within("readwrite", (table) => {
      table.getAll().onsuccess = ({ target }) => {
        const records = change(join(/** @type {IDBRequest} */ (target).result));
        table.clear();
        const put = (/** @type {number} */ at) => {
          if (at < records.length) {
            table.put(records.slice(at, at + CHUNK_BYTES), at).onsuccess = () => put(at + CHUNK_BYTES);
          }
        };
        put(0);
      };
    });
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(table: IDBObjectStore, done: (answer: unknown) => void) => void} work
   * @returns {Promise<any>} what `work` has given to `done`, once the transaction is complete
   */
  async #within(mode, work) {
    const database = await this.#open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(TABLE, mode);
        /** @type {any} */
        let answer;
        transaction.oncomplete = () => resolve(answer);
        transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
        work(transaction.objectStore(TABLE), (found) => {
          answer = found;
        });
      });
    } finally {
      database.close();
    }
  }

  /** @returns {Promise<IDBDatabase>} */
  #open() {
    return new Promise((resolve, reject) => {
      const opening = this.#factory.open(NAME, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
  }
}

/** @param {unknown[]} chunks */
function join(chunks) {
  return concatenate(chunks.filter((chunk) => chunk instanceof Uint8Array));
}
