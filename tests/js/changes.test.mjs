/** What counts the changes of Pyodide's files in memory, and the imports that go by it. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { before, beforeEach, describe, test } from "node:test";
import { ChangeCounter } from "../../pkg/changes.js";
import { install } from "../../pkg/index.js";
import { evaluate, hostFolder, loadPyodide, mount, write } from "./pyodide.mjs";

const BASE = "/app";
const FILE = `${BASE}/user.py`;

let pyodide;
let FS;
before(async () => {
  pyodide = await loadPyodide();
  FS = pyodide.FS;
});

/** The functions that are replaced while somebody counts. */
function functions() {
  const { MEMFS } = FS.filesystems;
  const { dir, file } = MEMFS.ops_table;
  return [dir.node, file.node, file.stream, MEMFS.stream_ops, { mount: FS.mount, unmount: FS.unmount }].map(
    (owner) => ({
      ...owner,
    }),
  );
}

/** Ways to make a path lead to other contents, each with what has to be there before. */
const WAYS = {
  "a write of JavaScript's": () => FS.writeFile(FILE, "NAME = 'Eve'\n"),
  "a write of Python's": () => python(`open(${quoted(FILE)}, "w").write("NAME = 'Eve'\\n")`),
  "a write into the middle": () => python(`f = open(${quoted(FILE)}, "r+"); f.seek(8); f.write("Eve"); f.close()`),
  "a write through mapped memory": () =>
    python(`import mmap
with open(${quoted(FILE)}, "r+b") as f, mmap.mmap(f.fileno(), 0) as m:
    m[8:11] = b"Eve"
    m.flush()`),
  "a rename": () => {
    FS.writeFile("/tmp/other.py", "NAME = 'Eve'\n");
    FS.rename("/tmp/other.py", FILE);
  },
  "a file that is removed and made anew": () => {
    FS.unlink(FILE);
    FS.writeFile(FILE, "NAME = 'Eve'\n");
  },
  "a folder that is renamed": () => {
    write(pyodide, { "/new/user.py": "NAME = 'Eve'\n" });
    FS.rename(BASE, "/old");
    FS.rename("/new", BASE);
  },
  "a mount": () => {
    const folder = hostFolder();
    writeFileSync(`${folder}/user.py`, "NAME = 'Eve'\n");
    mount(pyodide, folder, BASE);
  },
};

const quoted = JSON.stringify;
const python = (code) => pyodide.runPython(code, { globals: pyodide.toPy({}) });

/** Begins to count. What Python reads is to be what JavaScript has counted. */
function count() {
  const array = python("from array import array\nfrom pyodide.ffi import create_proxy\ncreate_proxy(array('I', [0]))");
  const changes = ChangeCounter.open(FS, pyodide._module, array, array.buffer_info().get(0));
  return {
    changes,
    get count() {
      assert.equal(array.toJs()[0], changes.count);
      return changes.count;
    },
    close() {
      changes.close(array);
      array.destroy();
    },
  };
}

function clean() {
  for (const path of [BASE, "/old", "/new"]) {
    if (FS.analyzePath(path).exists) {
      if (FS.lookupPath(path, { follow_mount: false }).node.mounted) {
        FS.unmount(path);
      }
      python(`import shutil; shutil.rmtree(${quoted(path)})`);
    }
  }
}

describe("ChangeCounter", () => {
  beforeEach(() => {
    clean();
    write(pyodide, { [FILE]: "NAME = 'Ada'\n" });
  });

  for (const [way, change] of Object.entries(WAYS)) {
    test(`counts ${way}`, () => {
      const counter = count();
      const before = counter.count;
      FS.readFile(FILE);
      python(`import os; os.stat(${quoted(FILE)}); os.listdir(${quoted(BASE)})`);
      assert.equal(counter.count, before, "who reads changes nothing");
      change();
      assert.ok(counter.count > before);
      counter.close();
    });
  }

  test("speaks for files in memory alone", () => {
    const folder = hostFolder();
    writeFileSync(`${folder}/a.py`, "");
    mount(pyodide, folder, `${BASE}/host`);
    FS.symlink(FILE, `${BASE}/link.py`);
    FS.symlink(BASE, "/tmp/link");
    const counter = count();
    const { changes } = counter;
    assert.equal(changes.countFor(FILE), counter.count);
    const others = [BASE, `${BASE}/host/a.py`, `${BASE}/link.py`, "/tmp/link/user.py", `${BASE}/../app/user.py`];
    for (const path of [...others, `${BASE}/missing.py`, `${FILE}/x.py`, "/dev/null", "/", "", "app/user.py"]) {
      assert.equal(changes.countFor(path), -1, path);
    }
    counter.close();
    FS.unlink("/tmp/link");
    FS.unmount(`${BASE}/host`);
  });

  test("leaves the filesystem as it was, once all have closed it", () => {
    const untouched = functions();
    const [one, other] = [count(), count()];
    assert.notDeepEqual(functions(), untouched);
    const before = one.count;
    one.close();
    assert.notDeepEqual(functions(), untouched);
    other.close();
    assert.deepEqual(functions(), untouched);
    const again = count();
    assert.ok(again.count > before, "what was not counted may have changed anything");
    again.close();
  });

  test("gives the sources of several modules, and entries without an inode for what is none", () => {
    const folder = hostFolder();
    writeFileSync(`${folder}/a.py`, "");
    mount(pyodide, folder, `${BASE}/host`);
    FS.symlink(FILE, `${BASE}/link.py`);
    FS.mkdir(`${BASE}/folder.py`);
    write(pyodide, { [`${BASE}/blank.py`]: "", [`${BASE}/large.py`]: new Uint8Array(1_000_000) });
    python(`open("${BASE}/late.py", "w").write("é")`);
    FS.utime(FILE, 5, 1234567890123);
    const stems = ["user", "missing", "link", "folder", "large", "late", "../app/user", "blank"];
    const counter = count();
    const { changes } = counter;
    /** @param {string} dir */
    const sources = (dir) => {
      const bytes = changes.sources(dir, stems.join("/"));
      const view = new DataView(bytes.buffer);
      return Array.from({ length: stems.join("/").split("/").length }, (_, at) => {
        const [inode, size, start] = [8, 12, 16].map((field) => view.getUint32(at * 20 + field, true));
        const text = new TextDecoder().decode(bytes.subarray(start, start + size));
        return inode ? [text, view.getFloat64(at * 20, true), inode] : null;
      });
    };
    const [user, ...rest] = sources(BASE);
    assert.deepEqual(user, ["NAME = 'Ada'\n", 1234567890123, FS.stat(FILE).ino]);
    assert.deepEqual(
      rest.map((source) => source?.[0] ?? null),
      [null, null, null, null, "é", null, null, "NAME = 'Ada'\n", ""],
    );
    for (const dir of [`${BASE}/host`, `${BASE}/missing`, FILE, "/dev", ""]) {
      assert.ok(
        sources(dir).every((source) => source === null),
        dir,
      );
    }
    counter.close();
    FS.unmount(`${BASE}/host`);
  });

  test("lets pass what the filesystem refuses", () => {
    const counter = count();
    assert.throws(() => FS.rmdir(BASE), { errno: 55 });
    assert.throws(() => FS.unlink(`${BASE}/missing.py`), { errno: 44 });
    counter.close();
  });

  test("refuses a Pyodide whose memory is not to be had", () => {
    for (const module of [undefined, {}, { HEAPU32: new Uint32Array() }]) {
      assert.throws(() => ChangeCounter.open(FS, module, {}, 0), /_module has no HEAPU32/);
    }
  });

  test("tells Python the count wherever Python's memory has gone", () => {
    const [one, other] = [count(), count()];
    const { buffer } = pyodide._module.HEAPU8;
    python("bytearray(300_000_000)");
    assert.notEqual(pyodide._module.HEAPU8.buffer, buffer, "the memory has grown");
    for (const change of [() => FS.writeFile(FILE, ""), () => python(`import os; os.mkdir("${BASE}/new")`)]) {
      const before = one.count;
      change();
      assert.ok(one.count > before);
      assert.equal(other.count, one.count);
    }
    one.close();
    FS.writeFile(FILE, "");
    assert.ok(other.count);
    other.close();
  });
});

describe("an import of a kept module", () => {
  let autoload;
  beforeEach(async () => {
    autoload?.dispose();
    clean();
    write(pyodide, { [FILE]: "NAME = 'Ada'\n" });
    // Otherwise it passes for one that may be edited again in the same tick.
    FS.utime(FILE, 1e12, 1e12);
    autoload = await install(pyodide, { basePath: BASE, topLevel: "app" });
  });

  const imported = () => evaluate(pyodide, `(sys.modules.pop("app.user", None), __import__("app.user").user.NAME)[1]`);
  const stats = () => {
    let asked = 0;
    const { MEMFS } = FS.filesystems;
    const { getattr } = MEMFS.ops_table.file.node;
    MEMFS.ops_table.file.node.getattr = (node) => {
      asked += node.name === "user.py" ? 1 : 0;
      return getattr(node);
    };
    imported();
    MEMFS.ops_table.file.node.getattr = getattr;
    return asked;
  };

  test("looks at its file once for each change", () => {
    assert.equal(imported(), "Ada");
    assert.ok(stats() > 0);
    assert.equal(stats(), 0);
    FS.writeFile("/tmp/log.txt", "");
    assert.ok(stats() > 0);
    assert.equal(stats(), 0);
  });

  test("looks at its file each time in a Pyodide whose memory is not to be had", () => {
    const untouched = functions();
    python(
      "import sys, types, pyodide_js; sys.modules['pyodide_js'] = types.SimpleNamespace(FS=pyodide_js.FS, real=pyodide_js)",
    );
    assert.equal(imported(), "Ada");
    assert.ok(stats() > 0);
    assert.ok(stats() > 0);
    FS.writeFile(FILE, "NAME = 'Eve'\n");
    assert.equal(imported(), "Eve");
    assert.deepEqual(functions(), untouched);
    python("import sys; sys.modules['pyodide_js'] = sys.modules['pyodide_js'].real");
  });

  test("reads the files of a directory ahead, and none of them twice", () => {
    const many = Array.from({ length: 100 }, (_, number) => [`${BASE}/many/m${number}.py`, `N = ${number}\n`]);
    write(pyodide, Object.fromEntries(many));
    for (const [path] of many) {
      FS.utime(path, 1e12, 1e12);
    }
    let opened = 0;
    const { open } = FS;
    FS.open = (path, ...details) => {
      opened += String(path).startsWith(`${BASE}/many/`) ? 1 : 0;
      return open.call(FS, path, ...details);
    };
    const all = () =>
      evaluate(
        pyodide,
        `sum([sys.modules.pop(f"app.many.m{n}", None) or 1 and __import__("importlib").import_module(f"app.many.m{n}").N for n in range(100)])`,
      );
    assert.equal(all(), 4950);
    assert.ok(opened < 30, `${opened} of 100 files were read one by one`);
    opened = 0;
    evaluate(pyodide, `[sys.modules.pop(f"app.many.m{n}") and None for n in range(100)]`);
    assert.equal(all(), 4950);
    assert.equal(opened, 0);
    FS.open = open;
  });

  for (const [way, change] of Object.entries(WAYS)) {
    test(`sees ${way}`, () => {
      for (let again = 0; again < 3; again++) {
        assert.equal(imported(), "Ada");
      }
      change();
      assert.equal(imported(), "Eve");
    });
  }

  test("leaves the filesystem as it was when the loader goes", () => {
    autoload.dispose();
    const untouched = functions();
    autoload.setUp({ basePath: BASE, topLevel: "app" });
    imported();
    imported();
    assert.notDeepEqual(functions(), untouched);
    autoload.dispose();
    assert.deepEqual(functions(), untouched);
  });
});
