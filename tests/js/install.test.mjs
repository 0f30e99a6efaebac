/** `install()` in a Pyodide in Node: what it brings, what it refuses, and that it leaves nothing behind. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, beforeEach, describe, test } from "node:test";
import { AutoloadError, install } from "../../pkg/index.js";
import { evaluate, loadPyodide, write } from "./pyodide.mjs";

const { version } = JSON.parse(readFileSync(new URL("../../pkg/package.json", import.meta.url), "utf8"));
const ENGINE = { door: "javascript", version };

/** Where Python itself does not look. */
const BASE = "/projects/shop";
const PROJECT = {
  [`${BASE}/models/user.py`]: "class User:\n    name = 'Ada'\n",
  [`${BASE}/models/html_parser.py`]: "class HTMLParser: pass\n",
  [`${BASE}/models/concerns/named.py`]: "class Named: pass\n",
  [`${BASE}/drafts/half.py`]: "raise RuntimeError('a draft')\n",
  "/projects/bare/user.py": "class User:\n    name = 'Ada'\n",
  "/projects/bare/order.py": "class Order:\n    def buyer(self): return User.name\n",
};

let pyodide;

/** What an installation changes, and must leave as it was. */
const importSystem = () =>
  evaluate(pyodide, "[[repr(finder) for finder in sys.meta_path], sorted(sys.modules), sys.path]");

describe("install", () => {
  before(async () => {
    pyodide = await loadPyodide();
    write(pyodide, PROJECT);
  });

  test("has Python compile next to nothing of the standard library, which has no bytecode in Pyodide", async () => {
    const fresh = await loadPyodide();
    write(fresh, { [`${BASE}/a.py`]: "" });
    const before = new Set(evaluate(fresh, "sorted(sys.modules)"));
    await install(fresh, { basePath: BASE, topLevel: "shop" });
    const added = evaluate(fresh, "sorted(sys.modules)").filter(
      (name) => !before.has(name) && !/^_?pyautoload/.test(name),
    );
    assert.deepEqual(added, ["pkgutil"]);
  });

  test("alone makes `import pyautoload_wasm` work, and touches nothing else", async () => {
    assert.throws(() => pyodide.runPython("import pyautoload_wasm"), /No module named 'pyautoload_wasm'/);
    const globals = evaluate(pyodide, 'sorted(vars(sys.modules["__main__"]))');
    const finders = evaluate(pyodide, "[repr(finder) for finder in sys.meta_path]");
    await install(pyodide);
    assert.deepEqual(evaluate(pyodide, 'sorted(vars(sys.modules["__main__"]))'), globals);
    assert.deepEqual(evaluate(pyodide, "[repr(finder) for finder in sys.meta_path]"), finders);
    assert.deepEqual(evaluate(pyodide, '__import__("pyautoload_wasm").engine_info()'), ENGINE);
  });

  test("twice is once", async () => {
    await install(pyodide);
    await Promise.all([install(pyodide), install(pyodide)]);
    assert.deepEqual(evaluate(pyodide, '__import__("pyautoload_wasm").engine_info()'), ENGINE);
  });

  test("after an import of the package failed, is found nevertheless", async () => {
    const fresh = await loadPyodide();
    assert.throws(() => fresh.runPython("import pyautoload_wasm"));
    await install(fresh);
    assert.deepEqual(evaluate(fresh, '__import__("pyautoload_wasm").engine_info()'), ENGINE);
  });
});

describe("beside a wheel", () => {
  /** A Pyodide with what micropip leaves of a wheel. */
  async function withWheel(wheelVersion) {
    const fresh = await loadPyodide();
    const site = fresh.runPython('import sysconfig; sysconfig.get_path("purelib")');
    write(fresh, {
      [`${site}/pyautoload_wasm/__init__.py`]: "AutoloadError = Exception\nengine = 'extension'\n",
      [`${site}/pyautoload_wasm-${wheelVersion}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: pyautoload_wasm\nVersion: ${wheelVersion}\n`,
    });
    return fresh;
  }

  test("of its own version, install takes the wheel's package", async () => {
    const fresh = await withWheel(version);
    await install(fresh);
    assert.equal(fresh.runPython("import pyautoload_wasm; pyautoload_wasm.engine"), "extension");
  });

  test("of another version, install is refused, and nothing is installed", async () => {
    const fresh = await withWheel("9.9");
    await assert.rejects(
      install(fresh),
      new RegExp(
        `wheel of pyautoload_wasm 9\\.9, but the npm package pyautoload-wasm is ${version}; install the same version`,
      ),
    );
    assert.throws(() => fresh.runPython("import _pyautoload_wasm_js"), /No module named/);
  });
});

describe("install with options", () => {
  before(async () => {
    await install(pyodide);
    // What the first import brings is Python's, and stays.
    (await install(pyodide, { basePath: BASE, topLevel: "shop" })).dispose();
  });

  let untouched;
  beforeEach(() => {
    untouched = importSystem();
  });

  /** Installs, tells what an expression gives, and disposes. */
  async function told(options, expression) {
    const autoload = await install(pyodide, options);
    try {
      return evaluate(pyodide, expression);
    } finally {
      autoload.dispose();
      assert.deepEqual(importSystem(), untouched);
    }
  }

  const shop = { basePath: BASE, topLevel: "shop" };
  const OPTIONS = [
    ["basePath alone", { basePath: BASE }, '__import__("models").User.name', "Ada"],
    ["topLevel", shop, '__import__("shop").models.User.name', "Ada"],
    ["topLevel with dots", { ...shop, topLevel: "a.b" }, '__import__("a.b").b.models.User.name', "Ada"],
    ["topLevel null", { ...shop, topLevel: null }, '__import__("models").User.name', "Ada"],
    ["roots", { roots: [{ dir: `${BASE}/models`, namespace: "m" }] }, '__import__("m").User.name', "Ada"],
    [
      "a root at the top level",
      { roots: [{ dir: `${BASE}/models`, namespace: "" }] },
      '__import__("user").User.name',
      "Ada",
    ],
    ["ignore", { ...shop, ignore: ["drafts"] }, 'hasattr(__import__("shop"), "drafts")', false],
    [
      "collapse",
      { ...shop, collapse: ["models/concerns"] },
      '__import__("shop").models.Named.__module__',
      "shop.models.named",
    ],
    [
      "inflect",
      { ...shop, inflect: { html_parser: "HTMLParser" } },
      '__import__("shop").models.HTMLParser.__name__',
      "HTMLParser",
    ],
    ["acronyms", { ...shop, acronyms: ["HTML"] }, '__import__("shop").models.HTMLParser.__name__', "HTMLParser"],
    [
      "allowShadowing",
      { ...shop, topLevel: "wave", allowShadowing: true },
      '__import__("wave").models.User.name',
      "Ada",
    ],
    ["strict", { ...shop, strict: true }, '__import__("shop").models.User.name', "Ada"],
    [
      "implicitNames",
      { basePath: "/projects/bare", topLevel: "bare", implicitNames: true },
      '__import__("bare").order.Order().buyer()',
      "Ada",
    ],
    [
      "doNotEagerLoad",
      { ...shop, doNotEagerLoad: ["drafts", "models/concerns"] },
      "[sorted(report.loaded) for loader in __import__('pyautoload_wasm').AutoLoader.loaders() for report in [loader.eager_load()]][0]",
      ["shop", "shop.models", "shop.models.html_parser", "shop.models.user"],
    ],
    [
      "doNotReload",
      { ...shop, reloading: true, flush: "manual", doNotReload: ["models/user.py"] },
      "[loader.reload_module('shop.models.user').kept for loader in __import__('pyautoload_wasm').AutoLoader.loaders() if __import__('shop.models.user')][0]",
      ["shop.models.user"],
    ],
    ...["follow", "stay"].map((objects) => [
      `objects: ${objects}`,
      { ...shop, reloading: true, flush: "manual", objects },
      "[(user := __import__('shop').models.User(), loader.reload_module('shop.models.user'), isinstance(user, __import__('shop').models.User))[2] for loader in __import__('pyautoload_wasm').AutoLoader.loaders()][0]",
      objects === "follow",
    ]),
    ["what is undefined", { ...shop, ignore: undefined }, '__import__("shop").models.User.name', "Ada"],
  ];
  test("takes log", async () => {
    const lines = [];
    pyodide.setStderr({ batched: (line) => lines.push(line) });
    await told({ ...shop, log: true }, '__import__("shop").models.User.name');
    pyodide.setStderr();
    assert.ok(
      lines.some((line) => line.includes("shop.models.user")),
      lines.join("\n"),
    );
  });

  test("gives the Python loader for what has no method here", async () => {
    const autoload = await install(pyodide);
    assert.equal(autoload.loader, undefined);
    autoload.setUp(shop);
    assert.equal(autoload.loader.module_name_at(`${BASE}/models/user.py`), "shop.models.user");
    autoload.dispose();
    assert.equal(autoload.loader, undefined);
  });

  for (const [name, options, expression, expected] of OPTIONS) {
    test(`takes ${name}`, async () => {
      assert.deepEqual(await told(options, expression), expected);
    });
  }

  const FAULTS = [
    [
      "an option that does not exist",
      { ...shop, toplevel: "shop" },
      /ConfigurationError: .*unknown field `toplevel`, expected one of .*`topLevel`/,
    ],
    [
      "an option of the wrong type",
      { ...shop, ignore: "drafts" },
      /ConfigurationError: .*invalid type: string "drafts", expected a sequence/,
    ],
    [
      "a base path that is missing",
      { ...shop, basePath: "/missing" },
      /ConfigurationError: .*\/missing does not exist: create the folder/,
    ],
    [
      "a base path that is a file",
      { ...shop, basePath: `${BASE}/models/user.py` },
      /ConfigurationError: .*user\.py is a file: pass the folder/,
    ],
    ["no root at all", {}, /ConfigurationError: .*without a root: pass base_?path/i],
    [
      "a glob that is none",
      { ...shop, ignore: ["ok", "a[b"] },
      /ConfigurationError: ignore\("a\[b"\): not a glob: .*position 2/,
    ],
    ["an empty glob", { ...shop, collapse: [""] }, /ConfigurationError: collapse\(""\): the pattern is empty/],
    [
      "a top level that is no name",
      { ...shop, topLevel: "my-shop" },
      /ConfigurationError: 'my-shop' cannot be imported/,
    ],
    [
      "a top level that is a keyword",
      { ...shop, topLevel: "a.class" },
      /ConfigurationError: 'a\.class' cannot be imported/,
    ],
    ["a top level of the standard library", { ...shop, topLevel: "wave" }, /ConfigurationError: .*would shadow/],
    ["an inflection that is no name", { ...shop, inflect: { a: "b c" } }, /ConfigurationError: .*"b c"/],
    ["an acronym that is no word", { ...shop, acronyms: ["A-B"] }, /ConfigurationError: .*"A-B"/],
    ["a root twice", { ...shop, roots: [{ dir: BASE, namespace: "x" }] }, /ConfigurationError: .*is a root already/],
    ["a path with a NUL", { ...shop, basePath: "/a\0b" }, /ConfigurationError: the base path/],
    ["a path with half a character", { ...shop, basePath: "/\ud800" }, /ConfigurationError: /],
  ];
  for (const [name, options, message] of FAULTS) {
    test(`refuses ${name}, and changes nothing`, async () => {
      await assert.rejects(install(pyodide, options), (error) => {
        assert.ok(error instanceof AutoloadError);
        assert.match(String(error), message);
        assert.doesNotMatch(error.message, /Traceback|Error: /);
        assert.match(error.cause.message, /^Traceback/);
        return true;
      });
      assert.deepEqual(importSystem(), untouched);
      assert.equal(await told(shop, '__import__("shop").models.User.name'), "Ada");
    });
  }

  test("names its errors as Python does", async () => {
    const names = evaluate(
      pyodide,
      "[name for name, value in vars(__import__('pyautoload_wasm')).items() if isinstance(value, type) and issubclass(value, __import__('pyautoload_wasm').AutoloadError)] + ['ModuleNotFoundError']",
    );
    const declared = readFileSync(new URL("../../pkg/errors.d.ts", import.meta.url), "utf8");
    const [, union] = /AutoloadErrorName = (.*);/.exec(declared);
    assert.deepEqual(new Set(names), new Set(union.match(/\w+/g)));
    const autoload = await install(pyodide, shop);
    assert.throws(
      () => autoload.flush(),
      (error) =>
        error instanceof AutoloadError && error.name === "ReloadingDisabledError" && !/^\w+Error:/.test(error.message),
    );
    autoload.dispose();
  });

  test("throws another error than the loader's as it is", async () => {
    await assert.rejects(install(pyodide, { basePath: "/missing" }), AutoloadError);
    pyodide.runPython("from pyautoload_wasm import _bridge; kept = _bridge.loader_from\ndel _bridge.loader_from");
    await assert.rejects(install(pyodide, shop), (error) => error.name === "PythonError" && error.type === "NameError");
    pyodide.runPython("_bridge.loader_from = kept; del kept, _bridge");
  });

  test("is disposed of at the end of a block", async () => {
    const autoload = await install(pyodide, shop);
    autoload[Symbol.dispose]();
    assert.equal(autoload.loader, undefined);
    assert.deepEqual(importSystem(), untouched);
  });

  test("refuses options that have no JSON form", async () => {
    const circular = { ...shop };
    circular.ignore = circular;
    await assert.rejects(install(pyodide, circular), TypeError);
    assert.deepEqual(importSystem(), untouched);
  });

  test("refuses the same files under another name, and the first goes on", async () => {
    const first = await install(pyodide, shop);
    await assert.rejects(
      install(pyodide, { ...shop, topLevel: "store" }),
      /^ConflictError: .*overlaps .*\/shop, a root of another loader/,
    );
    assert.equal(evaluate(pyodide, '__import__("shop").models.User.name'), "Ada");
    first.dispose();
    assert.deepEqual(importSystem(), untouched);
  });

  test("twice gives two handles on one project, and the last one that is disposed of ends it", async () => {
    const options = { ...shop, reloading: true, flush: "manual" };
    // As React's StrictMode mounts an effect: the first is unmounted while the second is being installed.
    const first = install(pyodide, options).then((autoload) => autoload.dispose());
    const second = await install(pyodide, options);
    await first;
    const heard = [];
    const third = await install(pyodide, options);
    for (const [name, autoload] of Object.entries({ second, third })) {
      autoload.addEventListener("reload", () => heard.push(name));
    }
    assert.equal(evaluate(pyodide, 'len(__import__("pyautoload_wasm").AutoLoader.loaders())'), 2);
    assert.equal(evaluate(pyodide, '__import__("shop").models.User.name'), "Ada");
    const user = PROJECT[`${BASE}/models/user.py`];
    third.write(`${BASE}/models/user.py`, user.replace("Ada", "Eve"));
    assert.deepEqual(
      second.flush().reloaded.map(({ name }) => name),
      ["shop.models.user"],
    );
    assert.deepEqual(heard, ["second", "third"]);
    second.dispose();
    third.write(`${BASE}/models/user.py`, user);
    third.flush();
    assert.deepEqual(heard, ["second", "third", "third"]);
    assert.equal(evaluate(pyodide, '__import__("shop").models.User.name'), "Ada");
    third.dispose();
    assert.deepEqual(importSystem(), untouched);
  });

  test("makes two loaders of two projects", async () => {
    const one = await install(pyodide, { basePath: `${BASE}/models`, topLevel: "one" });
    const two = await install(pyodide, { basePath: `${BASE}/drafts`, topLevel: "two" });
    assert.equal(evaluate(pyodide, '__import__("one").User.name'), "Ada");
    assert.throws(() => pyodide.runPython("import two.half"), /a draft/);
    one.dispose();
    assert.equal(evaluate(pyodide, 'hasattr(__import__("two"), "half2")'), false);
    two.dispose();
    assert.deepEqual(importSystem(), untouched);
  });

  test("dispose() gives back what was found, and may be called twice", async () => {
    const autoload = await install(pyodide, shop);
    assert.equal(evaluate(pyodide, '__import__("shop").models.User.name'), "Ada");
    assert.notDeepEqual(importSystem(), untouched);
    autoload.dispose();
    autoload.dispose();
    assert.deepEqual(importSystem(), untouched);
    assert.throws(() => pyodide.runPython("import shop"), /No module named 'shop'/);
    autoload.setUp(shop);
    assert.throws(() => autoload.setUp(shop), /already set up; call dispose\(\)/);
    autoload.dispose();
    assert.deepEqual(importSystem(), untouched);
  });

  test("a loader has a graph and a check, as plain data", async () => {
    const autoload = await install(pyodide, shop);
    assert.ok(autoload.graph().nodes.includes("shop.models.user"));
    assert.ok(Array.isArray(autoload.check()));
    autoload.dispose();
    assert.throws(() => autoload.graph(), /graph\(\) needs a loader/);
  });

  test("a loader that Python has torn down is disposed of as well", async () => {
    const autoload = await install(pyodide, shop);
    pyodide.runPython(
      "from pyautoload_wasm import AutoLoader\nfor loader in AutoLoader.loaders(): loader.teardown()\ndel AutoLoader, loader",
    );
    autoload.dispose();
    assert.deepEqual(importSystem(), untouched);
  });

  test("leaks no proxy in either direction, in success and in failure", async () => {
    const { _module } = pyodide;
    _module.enable_pyproxy_allocation_tracing();
    const proxies = () => {
      pyodide.runPython("import gc, sys\ngc.collect()\nsys.last_exc = sys.last_value = sys.last_traceback = None");
      pyodide.runPython("gc.collect()");
      return { toPython: _module.pyproxy_alloc_map.size, toJavaScript: _module.hiwire.num_keys() };
    };
    const round = async () => {
      const autoload = await install(pyodide, shop);
      pyodide.runPython("import shop; shop.models.User; del shop");
      autoload.dispose();
      await assert.rejects(install(pyodide, { basePath: "/missing" }));
    };
    await round();
    const beforehand = proxies();
    for (let done = 0; done < 100; done++) {
      await round();
    }
    assert.deepEqual(proxies(), beforehand);
    _module.disable_pyproxy_allocation_tracing();
  });
});
