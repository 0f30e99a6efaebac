/** What has to hold wherever a Pyodide lives in a browser: in a page and in either kind of worker. */

import { Engine, install, openCodeCache } from "/pkg/index.js";
import { runPytest } from "/tests/behaviour/pytest_in_pyodide.mjs";

const BASE = "/projects/shop";
const OPTIONS = { basePath: BASE, topLevel: "shop" };
const USER = `${BASE}/models/user.py`;

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

/** Lets the event loop come to what it was asked to do until now: messages come in the order in which they were posted. */
async function turns() {
  for (let turn = 0; turn < 2; turn++) {
    const { port1, port2 } = new MessageChannel();
    const turned = nextMessage(port1);
    port1.start();
    port2.postMessage(null);
    await turned;
    port1.close();
  }
}

/** The report of the next flush that does something. */
function nextReport() {
  return new Promise((resolve) => autoload.addEventListener("reload", ({ detail }) => resolve(detail), { once: true }));
}

/** What an end of a channel is told next. */
function nextMessage(port) {
  return new Promise((resolve) => port.addEventListener("message", ({ data }) => resolve(data), { once: true }));
}

/** Sends an edit through one end of a channel, while the loader listens to the other. */
async function editThrough(far, near, name) {
  const stop = autoload.listen(near);
  far.start?.();
  const refusal = nextMessage(far);
  far.postMessage({ type: "pyautoload-wasm:events", events: [{ kind: "touched", path: USER }] });
  equal((await refusal).message, "notify(kind='touched'): expected one of created, modified, deleted, renamed");
  const answer = nextMessage(far);
  const text = `class User:\n    name = '${name}'\n`;
  far.postMessage({ type: "pyautoload-wasm:events", events: [{ kind: "modified", path: USER, text }] });
  const { type, report } = await answer;
  equal(type, "pyautoload-wasm:report");
  equal(report.reloaded.map((module) => module.name).join(), "shop.models.user,shop.models.order");
  stop();
  far.close();
  near.close();
  equal(pyodide.runPython("import shop.models.order as order; order.buyer"), name);
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
    equal(String(refusal).startsWith("ConfigurationError: the base path /missing does not exist"), true);
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
  "what is written is reloaded by itself, once watch() was called": async () => {
    autoload.watch();
    const report = nextReport();
    write(USER, "class User:\n    name = 'Eve'\n");
    equal(pyodide.runPython("order.buyer"), "Ada");
    equal((await report).changed.join(), USER);
    equal(pyodide.runPython("import shop.models.order as order; order.buyer"), "Eve");
  },
  "so is what Python writes": async () => {
    const report = nextReport();
    pyodide.runPython(`with open("${USER}", "a") as file: file.write("    age = 36\\n")`);
    equal((await report).reloaded.length, 2);
    equal(pyodide.runPython("shop.models.User.age"), 36);
  },
  "nothing is reloaded while somebody holds": async () => {
    const release = autoload.hold();
    const report = nextReport();
    autoload.write(USER, "class User:\n    name = 'Joan'\n");
    await turns();
    equal(pyodide.runPython("import shop.models.order as order; order.buyer"), "Eve");
    release();
    await report;
    equal(pyodide.runPython("import shop.models.order as order; order.buyer"), "Joan");
  },
  "nothing is reloaded while a module waits in its own body, and all of it afterwards": async () => {
    if (
      !("Suspending" in WebAssembly) ||
      !pyodide.runPython("import pyodide.ffi; hasattr(pyodide.ffi, 'can_run_sync')")
    ) {
      return;
    }
    let open;
    globalThis.gate = new Promise((resolve) => {
      open = resolve;
    });
    write(`${BASE}/slow.py`, "import js\nfrom pyodide.ffi import run_sync\nrun_sync(js.gate)\n");
    const imported = pyodide.runPythonAsync("import shop.slow");
    await turns();
    const report = nextReport();
    autoload.write(USER, "class User:\n    name = 'Ida'\n");
    await turns();
    equal(autoload.flush().waiting, true);
    equal(pyodide.runPython("import sys; sys.modules['shop.models.order'].buyer"), "Joan");
    open();
    await imported;
    await report;
    equal(pyodide.runPython("import sys; sys.modules['shop.models.order'].buyer"), "Ida");
    autoload.write(USER, "class User:\n    name = 'Joan'\n");
    autoload.flush();
  },
  "a failure is told, and old code runs on": async () => {
    const report = nextReport();
    autoload.write(USER, "class User\n");
    const { failed } = await report;
    equal(`${failed[0].name}, line ${failed[0].line}: ${failed[0].type}`, "shop.models.user, line 1: SyntaxError");
    equal(pyodide.runPython("order.buyer"), "Joan");
  },
  "a MessagePort brings events, and takes reports": () => {
    const { port1, port2 } = new MessageChannel();
    return editThrough(port1, port2, "Mary");
  },
  "so does a BroadcastChannel": () =>
    editThrough(new BroadcastChannel("edits"), new BroadcastChannel("edits"), "Grace"),
  "so does the page of a worker": async () => {
    if (typeof WorkerGlobalScope === "undefined") {
      return;
    }
    const stop = autoload.listen(globalThis);
    const text = "class User:\n    name = 'Lise'\n";
    const posted = new Promise((resolve) => {
      addEventListener("message", function listener({ data }) {
        if (data.posted) {
          removeEventListener("message", listener);
          resolve(data.posted);
        }
      });
    });
    postMessage({
      pageShallPost: { type: "pyautoload-wasm:events", events: [{ kind: "modified", path: USER, text }] },
    });
    equal((await posted).report.changed.join(), USER);
    equal(pyodide.runPython("import shop.models.order as order; order.buyer"), "Lise");
    stop();
  },
  "dispose() takes the loader away": () => {
    autoload.dispose();
    equal(pyodide.runPython("import importlib.util; importlib.util.find_spec('shop') is None"), true);
  },
  "compiled code is kept in the browser": async () => {
    pyodide.FS.mkdirTree("/home/pyodide/kept");
    pyodide.FS.writeFile("/home/pyodide/kept/a.py", "X = 1\n");
    const visit = async () => {
      const codeCache = openCodeCache();
      const kept = await install(pyodide, { codeCache, basePath: "/home/pyodide/kept", topLevel: "kept" });
      equal(pyodide.runPython("import kept.a; kept.a.X"), 1);
      await codeCache.save();
      const { hits, misses } = codeCache.counts;
      kept.dispose();
      codeCache.close();
      return [hits > 0, misses > 0].join();
    };
    equal(await visit(), "false,true");
    equal(await visit(), "true,false");
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
  "an import loads a package of the lock file where Python can wait for it, and fails elsewhere": async () => {
    const other = await loadPyodide({
      lockFileContents: await lockOfForge(),
      packageBaseUrl: `${location.origin}/wheels/`,
    });
    other.FS.mkdirTree("/projects/mine");
    other.FS.writeFile("/projects/mine/tool.py", "import forge\nVALUE = forge.VALUE\n");
    const mine = await install(other, { basePath: "/projects/mine", topLevel: "mine" });
    mine.loadPackagesOnImport();
    equal(
      other.runPython(
        "try:\n    import mine.tool\nexcept ModuleNotFoundError as error:\n    missing = error.name\nmissing",
      ),
      "forge",
    );
    equal(await other.runPythonAsync("import mine.tool; mine.tool.VALUE"), 7);
    const failure = await other.runPythonAsync("import broken").catch((error) => String(error));
    equal(/ModuleNotFoundError: No module named 'broken': Pyodide could not load broken: \S/.test(failure), true);
    await mine.dispose();
  },
};

/** A lock file that has a package of the server's alone. */
async function lockOfForge() {
  const name = "forge-1.0-py3-none-any.whl";
  const [lock, wheel] = await Promise.all([
    fetch("/pyodide-314/pyodide-lock.json").then((response) => response.json()),
    fetch(`/wheels/${name}`).then((response) => response.arrayBuffer()),
  ]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", wheel));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const where = { file_name: name, install_dir: "site", sha256, package_type: "package" };
  const broken = { ...where, imports: ["broken"], depends: ["nowhere"] };
  lock.packages = {
    broken: { name: "broken", version: "1.0", ...broken },
    forge: { name: "forge", version: "1.0", ...where, imports: ["forge"], depends: [] },
  };
  return JSON.stringify(lock);
}

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
