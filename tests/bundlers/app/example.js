/** README's first example, from the package as a bundler finds it. Pyodide comes from another server, as from a CDN. */

import { install } from "pyautoload-wasm";

/** @param {string} pyodideUrl @returns {Promise<string>} what Python says */
export async function example(pyodideUrl) {
  const { loadPyodide } = await import(/* @vite-ignore */ /* webpackIgnore: true */ `${pyodideUrl}pyodide.mjs`);
  const pyodide = await loadPyodide({ indexURL: pyodideUrl });
  pyodide.FS.mkdirTree("/home/pyodide/myapp/models");
  pyodide.FS.writeFile("/home/pyodide/myapp/models/user.py", "class User:\n    name = 'ada'\n");
  const autoload = await install(pyodide, { basePath: "/home/pyodide/myapp", topLevel: "myapp" });
  const name = pyodide.runPython("from myapp.models import User; User.name");
  autoload.dispose();
  return name;
}
