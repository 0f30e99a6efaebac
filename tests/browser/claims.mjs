/** What has to hold wherever a Pyodide lives in a browser: in a page and in either kind of worker. */

import { Engine, install } from "/pkg/index.js";
import { runPytest } from "/tests/behaviour/pytest_in_pyodide.mjs";

const BASE = "/projects/shop";
const OPTIONS = { basePath: BASE, topLevel: "shop" };

let loadPyodide;
let pyodide;
let autoload;

function write(path, source) {
  pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
  pyodide.FS.writeFile(path, source);
}

function equal(actual, expected) {
  if (actual !== expected) {
    throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
  }
}

const claims = {
  "Pyodide loads": async () => {
    pyodide = await loadPyodide();
    write(`${BASE}/models/user.py`, "class User:\n    name = 'Ada'\n");
    write(`${BASE}/models/order.py`, "from shop.models import User\nbuyer = User.name\n");
  },
  "install() refuses a base path that is missing, and says so": async () => {
    const refusal = await install(pyodide, { basePath: "/missing" }).catch((error) => error);
    equal(refusal instanceof Error, true);
    equal(refusal.message.includes("ConfigurationError: the base path /missing does not exist"), true);
  },
  "install() makes a loader": async () => {
    autoload = await install(pyodide, OPTIONS);
    equal(pyodide.runPython("import pyautoload_wasm; pyautoload_wasm.engine_info()['door']"), "javascript");
  },
  "a module is imported": () => equal(pyodide.runPython("import shop.models.order as order; order.buyer"), "Ada"),
  "a class is reached without an import": () => equal(pyodide.runPython("import shop; shop.models.User.name"), "Ada"),
  "a class is imported from its package": () =>
    equal(pyodide.runPython("from shop.models import User; User.__module__"), "shop.models.user"),
  "a file that was written later is found": () => {
    write(`${BASE}/models/invoice.py`, "class Invoice: total = 42\n");
    equal(pyodide.runPython("from shop.models import Invoice; Invoice.total"), 42);
  },
  "a file that imports nothing that exists is blamed, not we": () => {
    write(`${BASE}/models/wrong.py`, "import nowhere\n");
    let message = "";
    try {
      pyodide.runPython("import shop.models.wrong");
    } catch (error) {
      message = error.message;
    }
    equal(message.includes(`${BASE}/models/wrong.py`), true);
    equal(message.includes("No module named 'nowhere'"), true);
  },
  "dispose() takes the loader away": () => {
    autoload.dispose();
    equal(pyodide.runPython("import importlib.util; importlib.util.find_spec('shop') is None"), true);
  },
  "the engine works without a Pyodide": () => {
    const engine = Engine.fromFiles({ "/app/models/user.py": "" });
    engine.configure({ basePath: "/app", topLevel: "app" });
    equal(engine.scan().modules, 3);
    equal(engine.records().at(-1).attribute, "User");
  },
};

const smoke = {
  "the smoke subset of the behaviour suite passes": async () => {
    const response = await fetch("/suite.zip");
    pyodide.unpackArchive(await response.arrayBuffer(), "zip", { extractDir: "/" });
    equal(runPytest(pyodide, ["-m", "smoke", "-q"]).status, 0);
  },
};

/**
 * Puts the claims, one after the other.
 * @param {() => Promise<object>} load Pyodide's `loadPyodide`
 * @param {(name: string, fault: string | null) => void} report is told of each
 * @param {{suite?: boolean}} [options]
 */
export async function check(load, report, { suite = false } = {}) {
  loadPyodide = load;
  for (const [name, claim] of Object.entries(suite ? { ...claims, ...smoke } : claims)) {
    try {
      await claim();
      report(name, null);
    } catch (error) {
      report(name, String(error?.message ?? error));
    }
  }
}
