/** Earlier states of projects, in IndexedDB: each a record of its own, so that tabs that keep states at the same time lose none. */

import { createStore, delMany, entries, get, keys, set } from "idb-keyval";
import { isSameState } from "./difference.js";

/** @typedef {import("./project.js").Contained} Contained */
/** @typedef {{state: Contained, at: number, note: string | null}} Version `at`: when it was the project's state for the last time */
/** A version's key: its time, its size in characters, its project's title, and a number that no other has. @typedef {[number, number, string, string]} Key */

/** So many states of each project, and so much in all, are kept; the oldest go. */
export const MOST = { states: 20, size: 60_000_000 };

export class Versions {
  #database = createStore("pyautoload-sandbox-versions", "versions");
  /** One state after the other. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /**
   * Keeps a state, unless it is that of the newest version.
   * @param {Contained} state
   * @param {{at?: number, note?: string | null}} [about]
   */
  add(state, { at = Date.now(), note = null } = {}) {
    const added = this.#last.then(async () => {
      const there = await this.#keys();
      const newest = there.at(-1);
      if (newest && isSameState((await get(newest, this.#database)).state, state)) {
        return;
      }
      const key = /** @type {Key} */ ([at, sizeOf(state), state.title, Math.random().toString(36)]);
      await set(key, { state, at, note }, this.#database);
      await delMany(excess([...there, key]), this.#database);
    });
    this.#last = added.catch(() => undefined);
    return added;
  }

  /** The versions, the newest first. @returns {Promise<Version[]>} */
  async list() {
    await this.#last;
    const found = /** @type {[Key, Version][]} */ (await entries(this.#database));
    return found.sort(([one], [other]) => other[0] - one[0]).map(([, version]) => version);
  }

  /** In the order of their times. */
  async #keys() {
    const there = /** @type {Key[]} */ (await keys(this.#database));
    return there.sort(([one], [other]) => one - other);
  }
}

/** @param {Contained} state */
function sizeOf({ files, cells }) {
  return [...files.map(([, contents]) => contents), ...cells.map(({ code }) => code)].reduce(
    (sum, { length }) => sum + length,
    0,
  );
}

/** The versions that are too many or too large. @param {Key[]} there */
function excess(there) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  let total = 0;
  return there
    .sort(([one], [other]) => other - one)
    .filter(([, size, title]) => {
      const count = (counts.get(title) ?? 0) + 1;
      counts.set(title, count);
      total += size;
      return count > MOST.states || total > MOST.size;
    });
}
