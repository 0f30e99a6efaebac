/** A browser's storage, as far as the page uses it, for tests in Node: all tabs of one browser share one. */

/** Puts a new storage in the place of the one before. Returns what makes it fail. */
export function newStorage() {
  const [texts, databases] = [new Map(), new Map()];
  const state = {
    /** Whether writes are lost, as those of a page that is gone. */
    isLost: false,
    /** Why writes are refused. @type {Error | null} */
    refusal: null,
  };
  const check = () => {
    if (state.refusal) {
      throw state.refusal;
    }
  };
  globalThis.localStorage = {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => {
      check();
      texts.set(key, text);
    },
    removeItem: (key) => texts.delete(key),
  };
  globalThis.document = { documentElement: { dataset: {} } };
  const answer = (request, name, result) =>
    setTimeout(() => {
      request.result = result;
      request[name]?.({ target: request });
    });
  const objects = (records) => {
    const transaction = {};
    const ask = (result) => {
      const request = {};
      answer(request, "onsuccess", result);
      return request;
    };
    const find = (key) => [...records].find(([each]) => JSON.stringify(each) === JSON.stringify(key));
    const write = (change) => {
      check();
      if (!state.isLost) {
        change();
      }
      answer(transaction, "oncomplete");
    };
    answer(transaction, "oncomplete");
    return {
      transaction,
      get: (key) => ask(structuredClone(find(key)?.[1])),
      getAll: () => ask([...records.values()].map((each) => structuredClone(each))),
      getAllKeys: () => ask(structuredClone([...records.keys()])),
      put: (value, key) => write(() => records.set(find(key)?.[0] ?? key, structuredClone(value))),
      delete: (key) => write(() => records.delete(find(key)?.[0])),
    };
  };
  globalThis.indexedDB = {
    open: (name) => {
      const records = databases.get(name) ?? new Map();
      databases.set(name, records);
      const request = {};
      answer(request, "onsuccess", { transaction: () => ({ objectStore: () => objects(records) }) });
      return request;
    },
  };
  return state;
}
