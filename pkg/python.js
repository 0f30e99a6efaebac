/** How JavaScript calls Python here: in a scope of its own, with text in and text out, so that no proxy is left behind. */

/** What the package needs of a Pyodide.
 * @typedef {{
 *   FS: any,
 *   registerJsModule(name: string, module: object): void,
 *   runPython(code: string, options?: {globals?: any}): any,
 *   toPy(value: any): any,
 * }} Pyodide
 */

/**
 * Runs Python in a scope of its own: the user's globals are the user's.
 * @param {Pyodide} pyodide
 * @param {string} code
 * @param {object} [variables]
 */
export function runApart(pyodide, code, variables = {}) {
  const scope = pyodide.toPy(variables);
  try {
    return pyodide.runPython(code, { globals: scope });
  } finally {
    scope.destroy();
  }
}

/** Calls a method of a loader with JSON as its arguments, and answers with what is to be had as JSON. */
const CALL = `
from pyautoload_wasm._bridge import call
call(loader, method, arguments)
`;

/**
 * Calls a method of a Python loader. Arguments and answer are plain data.
 * @param {Pyodide} pyodide
 * @param {any} loader
 * @param {string} method
 * @param {unknown[]} values
 * @returns {any}
 * @throws an `Error` with the name and the message of Python's, where the loader refuses
 */
export function callLoader(pyodide, loader, method, ...values) {
  const variables = { loader, method, arguments: JSON.stringify(values) };
  const { answer, name, message } = JSON.parse(runApart(pyodide, CALL, variables));
  if (name !== undefined) {
    throw Object.assign(new Error(message), { name });
  }
  return answer;
}
