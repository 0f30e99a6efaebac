/** Reloading as JavaScript sees it: by itself, or on demand; and what is told of it. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { install } from "../../pkg/index.js";
import { evaluate, hostFolder, mount, top, write } from "./pyodide.mjs";
import { BASE, buyer, here, nextReport, python, shareShop, start, turn, USER } from "./shop.mjs";

shareShop();

describe("by themselves", () => {
  for (const [who, edit] of [
    ["JavaScript writes", () => here.pyodide.FS.writeFile(USER, "NAME = 'Eve'\n")],
    ["Python writes", () => python(`open("${USER}", "w").write("NAME = 'Eve'\\n")`)],
    ["write() writes", () => here.autoload.write(USER, "NAME = 'Eve'\n")],
  ]) {
    test(`files are reloaded that ${who}, on a later turn`, async () => {
      await start();
      const report = nextReport();
      edit();
      assert.equal(buyer(), "Ada");
      const { seconds, ...what } = await report;
      assert.equal(buyer(), "Eve");
      assert.ok(seconds > 0);
      assert.deepEqual(what, {
        changed: [USER],
        patched: [],
        reloaded: [
          { name: "shop.user", reason: "changed at module level, line 1" },
          { name: "shop.order", reason: "imports shop.user, line 1" },
        ],
        removed: [],
        failed: [],
        pending: [],
        kept: [],
        rebound: [],
        stayed: [],
        cleared: [],
        needed: [],
        followed: [],
        notFollowed: [],
        errors: [],
        waiting: false,
      });
    });
  }

  test("events of notify() are flushed, from JavaScript and from Python", async () => {
    const autoload = await start();
    autoload.unwatch();
    here.pyodide.FS.writeFile(USER, "NAME = 'Eve'\n");
    await turn();
    assert.equal(buyer(), "Ada");
    autoload.notify([{ kind: "modified", path: USER }]);
    await turn();
    assert.equal(buyer(), "Eve");
    here.pyodide.FS.writeFile(USER, "NAME = 'Joan'\n");
    python(`from pyautoload_wasm import AutoLoader\nAutoLoader.loaders()[0].notify("${USER}")`);
    await turn();
    assert.equal(buyer(), "Joan");
  });

  test("nothing is flushed where the option says so, until flush() is called", async () => {
    const autoload = await start({ flush: "manual" });
    const told = [];
    autoload.addEventListener("reload", ({ detail }) => told.push(detail));
    here.pyodide.FS.writeFile(USER, "NAME = 'Eve'\n");
    autoload.notify([{ kind: "modified", path: USER }]);
    await turn();
    assert.equal(buyer(), "Ada");
    assert.deepEqual(autoload.flush().changed, [USER]);
    assert.equal(buyer(), "Eve");
    assert.equal(told.length, 1);
    assert.deepEqual(autoload.flush().changed, []);
    assert.equal(told.length, 1);
  });

  test("nothing is flushed while somebody holds, and all of it after the last release", async () => {
    const autoload = await start();
    const releases = [autoload.hold(), autoload.hold()];
    here.pyodide.FS.writeFile(USER, "NAME = 'Eve'\n");
    for (const release of releases) {
      await turn();
      assert.equal(buyer(), "Ada");
      release();
      release();
    }
    await turn();
    assert.equal(buyer(), "Eve");
  });

  test("an explicit flush() sees what was written a moment before, held or not", async () => {
    const autoload = await start();
    const release = autoload.hold();
    here.pyodide.FS.writeFile(USER, "NAME = 'Eve'\n");
    assert.equal(autoload.flush().reloaded.length, 2);
    python(`
from pyautoload_wasm import AutoLoader
[loader] = AutoLoader.loaders()
with loader.hold():
    open("${USER}", "w").write("NAME = 'Joan'\\n")
    assert list(loader.flush().reloaded) == ["shop.user", "shop.order"]
`);
    assert.equal(buyer(), "Joan");
    release();
  });

  test("nothing is flushed while a module runs, and all of it afterwards", async () => {
    const autoload = await start();
    globalThis.duringImport = () => {
      here.pyodide.FS.writeFile(USER, "NAME = 'Eve'\n");
      return JSON.stringify(autoload.flush());
    };
    write(here.pyodide, { [`${BASE}/slow.py`]: "import js\nREPORT = js.duringImport()\n" });
    python("import shop.slow");
    const { waiting, changed } = JSON.parse(evaluate(here.pyodide, 'sys.modules["shop.slow"].REPORT'));
    assert.deepEqual([waiting, changed], [true, []]);
    assert.equal(buyer(), "Ada");
    await turn();
    assert.equal(buyer(), "Eve");
    delete globalThis.duringImport;
  });

  test("a reload that fails is logged, reported, and mended by the next write", async () => {
    await start();
    const logged = [];
    globalThis.logged = (text) => logged.push(text);
    python(`
import js, logging
class Handler(logging.Handler):
    def emit(self, record): js.logged(record.getMessage())
logging.getLogger("pyautoload_wasm").handlers = [Handler()]
`);
    let report = nextReport();
    here.pyodide.FS.writeFile(USER, "NAME = 'Eve'\nraise ValueError('no')\n");
    const [{ traceback, ...failed }] = (await report).failed;
    assert.deepEqual(failed, {
      name: "shop.user",
      path: USER,
      line: 2,
      type: "ValueError",
      message: "no",
      held: ["shop.user", "shop.order"],
    });
    assert.match(traceback, /^Traceback .*\n {2}File "\/projects\/shop\/user\.py", line 2, in <module>/);
    assert.deepEqual(logged, ["shop.user failed, line 2 (ValueError: no), old code runs on"]);
    report = nextReport();
    here.pyodide.FS.writeFile(USER, "NAME = 'Eve'\n");
    assert.deepEqual((await report).pending, []);
    assert.equal(buyer(), "Eve");
    python("import logging\nlogging.getLogger('pyautoload_wasm').handlers = []");
    delete globalThis.logged;
  });

  test("a flush that breaks off is logged, and its events are not lost", async () => {
    await start();
    const logged = [];
    globalThis.logged = (text) => logged.push(text);
    python(`
import js, logging
class Handler(logging.Handler):
    def emit(self, record): js.logged(f"{record.getMessage()}: {record.exc_info[1]!r}")
logging.getLogger("pyautoload_wasm").handlers = [Handler()]
`);
    write(here.pyodide, { [USER]: "NAME = 'Eve'\nraise KeyboardInterrupt\n" });
    await turn();
    assert.deepEqual(logged, [
      "an automatic reload failed; it is tried again with the next event: KeyboardInterrupt()",
    ]);
    assert.equal(buyer(), "Ada");
    write(here.pyodide, { [USER]: "NAME = 'Joan'\n" });
    await turn();
    assert.equal(buyer(), "Joan");
    python("import logging\nlogging.getLogger('pyautoload_wasm').handlers = []");
    delete globalThis.logged;
  });

  test("a teardown in the middle of it ends it", async () => {
    await start();
    python(`
from pyautoload_wasm import AutoLoader
[loader] = AutoLoader.loaders()
loader.on_reload(lambda report: loader.teardown())
`);
    write(here.pyodide, { [USER]: "NAME = 'Eve'\n" });
    await turn();
    assert.equal(evaluate(here.pyodide, '"shop" in sys.modules'), false);
    write(here.pyodide, { [USER]: "NAME = 'Joan'\n" });
    await turn();
  });
});

describe("watch()", () => {
  test("begins it where the options did not, and unwatch() ends it", async () => {
    const autoload = await start({ reloading: false });
    autoload.unwatch();
    write(here.pyodide, { [USER]: "NAME = 'Eve'\n" });
    await turn();
    assert.equal(buyer(), "Ada");
    autoload.watch();
    autoload.watch();
    write(here.pyodide, { [USER]: "NAME = 'Joan'\n" });
    await turn();
    assert.equal(buyer(), "Joan");
    write(here.pyodide, { [USER]: "NAME = 'Mary'\n" });
    autoload.unwatch();
    write(here.pyodide, { [USER]: "NAME = 'Late'\n" });
    await turn();
    assert.equal(buyer(), "Late", "what was seen before the end is applied, as the file is by then");
    write(here.pyodide, { [USER]: "NAME = 'Unseen'\n" });
    await turn();
    assert.equal(buyer(), "Late");
  });

  test("sees roots under the names that links give them", async () => {
    python(`import os\nif not os.path.islink("/linked"): os.symlink("${BASE}", "/linked")`);
    await start({ basePath: "/linked" });
    for (const [path, name] of [
      ["/linked/user.py", "Eve"],
      [USER, "Joan"],
    ]) {
      write(here.pyodide, { [path]: `NAME = '${name}'\n` });
      await turn();
      assert.equal(buyer(), name);
    }
  });

  test("sees what lies behind a link that leads out of the root, and came later", async () => {
    await start();
    write(here.pyodide, { "/outside/user.py": "NAME = 'Eve'\n" });
    python(`import os\nos.symlink("/outside", "${BASE}/friends")`);
    await turn();
    python("import shop.friends.user");
    for (const [path, name] of [
      ["/outside/user.py", "Joan"],
      [`${BASE}/friends/user.py`, "Mary"],
    ]) {
      write(here.pyodide, { [path]: `NAME = '${name}'\n` });
      await turn();
      assert.equal(evaluate(here.pyodide, 'sys.modules["shop.friends.user"].NAME'), name);
    }
  });
});

test("a listener that throws is said on the console and breaks nothing", async (context) => {
  const complaints = context.mock.method(console, "error", () => {});
  const autoload = await start();
  const told = [];
  const bad = () => {
    throw new Error("mine");
  };
  autoload.addEventListener("reload", bad);
  autoload.addEventListener("reload", async () => {
    throw new Error("later");
  });
  autoload.addEventListener("reload", { handleEvent: ({ detail }) => told.push(detail.reloaded.length) });
  write(here.pyodide, { [USER]: "NAME = 'Eve'\n" });
  await turn();
  assert.equal(buyer(), "Eve");
  autoload.removeEventListener("reload", bad);
  write(here.pyodide, { [USER]: "NAME = 'Joan'\n" });
  assert.equal(autoload.flush().reloaded.length, 2);
  await turn();
  assert.deepEqual(told, [2, 2]);
  assert.deepEqual(
    complaints.mock.calls.map(({ arguments: [what, { message }] }) => `${what} ${message}`),
    ["mine", "later", "later"].map((message) => `a listener of pyautoload-wasm raised: ${message}`),
  );
});

test("a listener may flush, and Python's own callbacks are in the report", async () => {
  const autoload = await start();
  python(`
from pyautoload_wasm import AutoLoader
def broken(report): raise ValueError("mine")
AutoLoader.loaders()[0].on_reload(broken)
import logging; logging.getLogger("pyautoload_wasm").addHandler(logging.NullHandler())
`);
  const waiting = [];
  autoload.addEventListener("reload", () => waiting.push(autoload.flush().waiting));
  const report = nextReport();
  write(here.pyodide, { [USER]: "NAME = 'Eve'\n" });
  const { errors } = await report;
  assert.deepEqual(
    errors.map(({ callback }) => callback),
    ["on_reload: broken"],
  );
  assert.match(errors[0].traceback, /ValueError: mine\n$/);
  assert.deepEqual(waiting, [false]);
});

test("a report has the fields that are declared", async () => {
  const autoload = await start();
  const types = readFileSync(`${top}/pkg/types.d.ts`, "utf8");
  const [, fields] = /export interface ReloadReport \{\n([^}]*)\}/.exec(types);
  assert.deepEqual(
    Object.keys(autoload.flush()),
    [...fields.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name),
  );
});

test("leaks no proxy in either direction, whatever is called", async (context) => {
  context.mock.method(console, "error", () => {});
  const { _module } = here.pyodide;
  _module.enable_pyproxy_allocation_tracing();
  const proxies = () => {
    python("import gc, sys\ngc.collect()\nsys.last_exc = sys.last_value = sys.last_traceback = None");
    python("import gc\ngc.collect()");
    return { toPython: _module.pyproxy_alloc_map.size, toJavaScript: _module.hiwire.num_keys() };
  };
  let edits = 0;
  const round = async () => {
    const autoload = await start();
    autoload.addEventListener("reload", () => {
      throw new Error("mine");
    });
    const { port1, port2 } = new MessageChannel();
    autoload.listen(port1);
    autoload.hold()();
    autoload.hold();
    edits += 1;
    autoload.write(USER, `NAME = ${edits}\n`);
    assert.equal(autoload.flush().reloaded.length, 2);
    assert.throws(() => autoload.notify([{}]));
    autoload.unwatch();
    autoload.watch();
    autoload.dispose();
    port2.close();
    await turn();
  };
  await round();
  const before = proxies();
  for (let done = 0; done < 50; done++) {
    await round();
  }
  const after = proxies();
  // What earlier tests have left may go meanwhile; a leak would be fifty.
  assert.ok(
    after.toPython <= before.toPython && after.toJavaScript <= before.toJavaScript,
    JSON.stringify({ before, after }),
  );
  _module.disable_pyproxy_allocation_tracing();
});

test("names follow the imports that a source tells of, until they are tracked no longer", async () => {
  const autoload = await start();
  const names = here.pyodide.toPy({});
  const source = "from shop.user import NAME as who";
  autoload.track(names, source);
  here.pyodide.runPython(source, { globals: names });
  const write = (name) => {
    here.pyodide.FS.writeFile(USER, `NAME = '${name}'\n`);
    return autoload.flush().rebound;
  };
  assert.deepEqual([write("Eve"), names.get("who")], [["who"], "Eve"]);
  autoload.track(names);
  assert.deepEqual([write("Joan"), names.get("who")], [["who"], "Joan"]);
  autoload.untrack(names);
  assert.deepEqual([write("Ada"), names.get("who")], [[], "Joan"]);
  assert.throws(
    () => autoload.track(here.pyodide.globals.get("list")),
    /track\(\): an object of type 'type' is no namespace/,
  );
  assert.throws(() => autoload.track(names, 7), { name: "ConfigurationError", message: /expected the text of a cell/ });
  names.destroy();
  autoload.dispose();
  assert.throws(() => autoload.track(names, source), /track\(\) needs a loader/);
});

test("a look before a flush sees what the host has written to a mounted folder", async () => {
  const folder = hostFolder();
  writeFileSync(`${folder}/user.py`, "NAME = 'Ada'\n");
  writeFileSync(`${folder}/order.py`, "from .user import NAME as BUYER\n");
  mount(here.pyodide, folder, "/mounted");
  try {
    const autoload = await install(here.pyodide, { basePath: "/mounted", topLevel: "shop", reloading: true });
    here.autoload = autoload;
    python("import shop.order");
    assert.deepEqual(autoload.flush().reloaded, []);
    python(`
from pyautoload_wasm import AutoLoader
AutoLoader.loaders()[0]._session.reloader.look_for_changes()
`);
    for (const name of ["Eve", "Joan", "Anna"]) {
      writeFileSync(`${folder}/user.py`, `NAME = '${name}'\n`);
      assert.equal(autoload.flush().reloaded.length, 2);
      assert.equal(buyer(), name);
      assert.deepEqual(autoload.flush().changed, []);
    }
  } finally {
    here.autoload.dispose();
    here.pyodide.FS.unmount("/mounted");
  }
});
