/** Interrupts on their way from the page to Python. */

/**
 * What Pyodide takes for its buffer of interrupts. Python reads it and then sets it to 0; a number that the page writes in between
 * would be lost (https://github.com/python/cpython/issues/157548), so that here the reading itself clears it.
 * @param {Uint8Array} shared what the page writes to
 */
export function bufferOf(shared) {
  return {
    get 0() {
      // Python reads it all the time, and an exchange is dearer than a look.
      return shared[0] ? Atomics.exchange(shared, 0, 0) : 0;
    },
    set 0(_) {},
  };
}
