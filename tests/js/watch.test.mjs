/** What a Pyodide's filesystem tells of itself, whoever writes there, and whoever else listens. */

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { Watcher } from "../../pkg/watch.js";
import { loadPyodide, write } from "./pyodide.mjs";

let pyodide;
let FS;
const original = {};

before(async () => {
  pyodide = await loadPyodide();
  FS = pyodide.FS;
  Object.assign(original, { ...FS });
});

/** Watches while something happens; what was collected, sorted. */
function collected(happens, roots = "/app") {
  const watcher = new Watcher(FS, roots);
  try {
    happens();
    return watcher.take().split("\0").filter(Boolean).sort();
  } finally {
    watcher.stop();
  }
}

const untouched = () => {
  const { value } = Object.getOwnPropertyDescriptor(FS, "trackingDelegate");
  assert.equal(value, original.trackingDelegate);
  for (const [name, member] of Object.entries(original)) {
    assert.ok(typeof member !== "function" || FS[name] === member, name);
  }
};

const python = (code) => pyodide.runPython(`import os, pathlib, shutil\n${code}`, { globals: pyodide.toPy({}) });

describe("a path is collected", () => {
  beforeEach(() => {
    python("shutil.rmtree('/app', ignore_errors=True); shutil.rmtree('/elsewhere', ignore_errors=True)");
    write(pyodide, { "/app/a.py": "a = 1\n", "/app/sub/b.py": "", "/elsewhere/c.py": "" });
    FS.chdir("/home/pyodide");
  });

  const CASES = [
    ["when JavaScript writes", () => FS.writeFile("/app/a.py", "a = 2\n"), ["/app/a.py"]],
    ["when JavaScript makes a file", () => FS.writeFile("/app/new.py", ""), ["/app/new.py"]],
    ["when JavaScript makes folders", () => FS.mkdirTree("/app/x/y"), ["/app/x", "/app/x/y"]],
    ["when JavaScript deletes", () => FS.unlink("/app/a.py"), ["/app/a.py"]],
    ["when JavaScript truncates", () => FS.truncate("/app/a.py", 0), ["/app/a.py"]],
    ["when JavaScript links", () => FS.symlink("/elsewhere/c.py", "/app/c.py"), ["/app/c.py"]],
    ["when JavaScript renames", () => FS.rename("/app/a.py", "/app/z.py"), ["/app/a.py", "/app/z.py"]],
    ["when JavaScript moves in", () => FS.rename("/elsewhere/c.py", "/app/c.py"), ["/app/c.py"]],
    ["when JavaScript moves out", () => FS.rename("/app/a.py", "/elsewhere/a.py"), ["/app/a.py"]],
    ["when Python writes", () => python("open('/app/a.py', 'w').write('a = 2')"), ["/app/a.py"]],
    ["when Python appends", () => python("with open('/app/a.py', 'a') as f: f.write('b = 2')"), ["/app/a.py"]],
    ["when Python truncates", () => python("os.truncate('/app/a.py', 0)"), ["/app/a.py"]],
    ["when Python deletes", () => python("os.remove('/app/a.py')"), ["/app/a.py"]],
    ["when Python replaces", () => python("os.replace('/app/a.py', '/app/z.py')"), ["/app/a.py", "/app/z.py"]],
    ["when Python makes a folder", () => python("os.mkdir('/app/x')"), ["/app/x"]],
    ["when Python removes a tree", () => python("shutil.rmtree('/app/sub')"), ["/app/sub", "/app/sub/b.py"]],
    ["when Python links", () => python("os.symlink('/elsewhere', '/app/linked')"), ["/app/linked"]],
    [
      "when Python moves a folder above",
      () => python("os.rename('/app', '/app2'); os.rename('/app2', '/app')"),
      ["/app"],
    ],
    [
      "by its plain name, however it was written",
      () => {
        FS.chdir("/app/sub");
        FS.writeFile("../sub/./b.py", "b = 1\n");
        FS.writeFile("b2.py", "");
        FS.mkdir("//app//x/");
      },
      ["/app/sub/b.py", "/app/sub/b2.py", "/app/x"],
    ],
    ["not when it is read", () => python("open('/app/a.py').read(); os.listdir('/app'); os.stat('/app/a.py')"), []],
    ["not when it lies elsewhere", () => FS.writeFile("/elsewhere/c.py", "c = 1\n"), []],
    ["not when only its name begins alike", () => FS.writeFile("/apple.py", ""), []],
    ["not when nothing came of it", () => assert.throws(() => FS.mkdir("/app/sub")), []],
    ["not when Python keeps bytecode there", () => write(pyodide, { "/app/__pycache__/a.cpython-314.pyc": "" }), []],
  ];
  for (const [name, happens, expected] of CASES) {
    test(name, () => {
      assert.deepEqual(collected(happens), expected);
      untouched();
    });
  }

  test("of each root", () => {
    const happens = () => {
      FS.writeFile("/app/a.py", "");
      FS.writeFile("/elsewhere/c.py", "");
    };
    assert.deepEqual(collected(happens, "/app\0/elsewhere"), ["/app/a.py", "/elsewhere/c.py"]);
  });

  test("once, and taken once", () => {
    const watcher = new Watcher(FS, "/app");
    FS.writeFile("/app/a.py", "1");
    FS.writeFile("/app/a.py", "2");
    assert.equal(watcher.take(), "/app/a.py");
    assert.equal(watcher.take(), "");
    watcher.stop();
    FS.writeFile("/app/a.py", "3");
    assert.equal(watcher.take(), "");
  });
});

describe("others who listen", () => {
  /** A delegate that notes what it is told. */
  const noting = (log) => ({
    onDeletePath(path) {
      assert.ok("onDeletePath" in this);
      log.push(path);
    },
    onReadFile: () => log.push("read"),
  });
  const remove = (path) => {
    FS.writeFile(path, "x");
    FS.readFile(path);
    FS.unlink(path);
  };

  before(() => FS.mkdirTree("/app"));

  test("before us are told as before, and come back", () => {
    const log = [];
    const theirs = noting(log);
    FS.trackingDelegate = theirs;
    assert.deepEqual(
      collected(() => remove("/app/x.py")),
      ["/app/x.py"],
    );
    assert.deepEqual(log, ["read", "/app/x.py"]);
    assert.equal(FS.trackingDelegate, theirs);
    FS.trackingDelegate = original.trackingDelegate;
    untouched();
  });

  test("who replace the delegate after us are told, and so are we; theirs stays when we leave", () => {
    const log = [];
    const theirs = noting(log);
    const paths = collected(() => {
      FS.trackingDelegate = theirs;
      remove("/app/x.py");
    });
    assert.deepEqual(paths, ["/app/x.py"]);
    assert.deepEqual(log, ["read", "/app/x.py"]);
    assert.equal(FS.trackingDelegate, theirs);
    FS.trackingDelegate = original.trackingDelegate;
  });

  test("who chain themselves before us after us are told once, and so is who was there before", () => {
    const [first, second] = [[], []];
    const theirs = noting(first);
    FS.trackingDelegate = theirs;
    const paths = collected(() => {
      const before = FS.trackingDelegate;
      FS.trackingDelegate = {
        ...before,
        onDeletePath(path) {
          second.push(path);
          before.onDeletePath(path);
        },
      };
      remove("/app/x.py");
    });
    assert.deepEqual(paths, ["/app/x.py"]);
    assert.deepEqual(first, ["read", "/app/x.py"]);
    assert.deepEqual(second, ["/app/x.py"]);
    FS.trackingDelegate = original.trackingDelegate;
    untouched();
  });

  test("who set a single event after us are told", () => {
    const log = [];
    const theirs = {};
    FS.trackingDelegate = theirs;
    const paths = collected(() => {
      const before = FS.trackingDelegate.onDeletePath;
      FS.trackingDelegate.onDeletePath = (path) => {
        log.push(path);
        before?.(path);
      };
      remove("/app/x.py");
    });
    assert.deepEqual(paths, ["/app/x.py"]);
    assert.deepEqual(log, ["/app/x.py"]);
    assert.equal(FS.trackingDelegate, theirs);
    assert.deepEqual(Object.keys(theirs), ["onDeletePath"]);
    FS.trackingDelegate = original.trackingDelegate;
  });

  test("may bring a frozen delegate, or one that throws", () => {
    FS.trackingDelegate = Object.freeze({
      onDeletePath() {
        throw new RangeError("theirs");
      },
    });
    const paths = collected(() => assert.throws(() => remove("/app/x.py"), /theirs/));
    assert.deepEqual(paths, ["/app/x.py"]);
    FS.trackingDelegate = original.trackingDelegate;
  });

  test("who put a property of their own over ours leave us deaf, and are not taken away", () => {
    const log = [];
    const watcher = new Watcher(FS, "/app");
    const value = noting(log);
    Object.defineProperty(FS, "trackingDelegate", { configurable: true, enumerable: true, writable: true, value });
    remove("/app/x.py");
    watcher.stop();
    assert.deepEqual(log, ["read", "/app/x.py"]);
    assert.equal(FS.trackingDelegate, value);
    FS.trackingDelegate = original.trackingDelegate;
  });

  test("who put ours back add no layer, however often", () => {
    const watcher = new Watcher(FS, "/app");
    const ours = FS.trackingDelegate;
    for (let round = 0; round < 3; round++) {
      FS.trackingDelegate = {};
      FS.trackingDelegate = ours;
      assert.equal(FS.trackingDelegate, ours);
    }
    watcher.stop();
    untouched();
  });

  test("of our own kind come and go in any order", () => {
    const [one, two] = [new Watcher(FS, "/app"), new Watcher(FS, "/app\0/elsewhere")];
    remove("/app/x.py");
    one.stop();
    remove("/app/y.py");
    assert.deepEqual([one.take(), two.take()], ["", "/app/x.py\0/app/y.py"]);
    two.stop();
    untouched();
  });
});

describe("the wake-up", () => {
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  test("comes once, on a later turn, however much was written", async () => {
    let wakes = 0;
    const watcher = new Watcher(FS, "/app", () => {
      wakes += 1;
    });
    FS.writeFile("/app/a.py", "1");
    FS.writeFile("/app/b.py", "1");
    await Promise.resolve();
    assert.equal(wakes, 0);
    await turn();
    assert.equal(wakes, 1);
    await turn();
    assert.equal(wakes, 1);
    watcher.schedule();
    watcher.schedule();
    await turn();
    assert.equal(wakes, 2);
    watcher.stop();
  });

  test("does not come for what is stopped", async () => {
    const watcher = new Watcher(FS, "/app", () => assert.fail("woken"));
    FS.writeFile("/app/a.py", "2");
    watcher.stop();
    await turn();
    watcher.schedule();
    await turn();
  });

  test("that throws is said on the console, and the next one comes", async (context) => {
    const complaints = context.mock.method(console, "error", () => {});
    const watcher = new Watcher(FS, "", () => {
      throw new Error("mine");
    });
    watcher.schedule();
    await turn();
    watcher.schedule();
    await turn();
    watcher.stop();
    assert.deepEqual(
      complaints.mock.calls.map(({ arguments: [what, error] }) => [what, error.message]),
      [
        ["pyautoload_wasm:", "mine"],
        ["pyautoload_wasm:", "mine"],
      ],
    );
  });
});
