/** What the tests of reloading share: a project of two modules, of which one has a name from the other, in one Pyodide. */

import { afterEach, before, beforeEach } from "node:test";
import { install } from "../../pkg/index.js";
import { evaluate, loadPyodide, write } from "./pyodide.mjs";

export const BASE = "/projects/shop";
export const USER = `${BASE}/user.py`;
export const PROJECT = { [USER]: "NAME = 'Ada'\n", [`${BASE}/order.py`]: "from .user import NAME as BUYER\n" };
export const OPTIONS = { basePath: BASE, topLevel: "shop", reloading: true };

/** The Pyodide, and the loader that the test has started last. */
export const here = {};

/** Has each test of a file find the project as it is above. */
export function shareShop() {
  before(async () => {
    here.pyodide = await loadPyodide();
    await install(here.pyodide);
  });

  beforeEach(() => {
    python(`import shutil; shutil.rmtree("${BASE}", ignore_errors=True)`);
    write(here.pyodide, PROJECT);
  });

  afterEach(() => here.autoload?.dispose());
}

/** Runs Python in a scope of its own. */
export function python(code) {
  const scope = here.pyodide.toPy({});
  try {
    here.pyodide.runPython(code, { globals: scope });
  } finally {
    scope.destroy();
  }
}

/** Makes a loader of the project, and loads its modules. */
export async function start(options = {}) {
  here.autoload = await install(here.pyodide, { ...OPTIONS, ...options });
  python("import shop.order");
  return here.autoload;
}

/** The name that the second module has from the first. */
export const buyer = () => evaluate(here.pyodide, 'sys.modules["shop.order"].BUYER');

/** Lets the event loop come to what it was asked to do until now. */
export const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** The report of the next flush that does something. */
export const nextReport = () =>
  new Promise((resolve) => here.autoload.addEventListener("reload", ({ detail }) => resolve(detail), { once: true }));
