/** The claims of `src/vfs/conformance.rs`, put to a Pyodide's filesystems; and what only those can do. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, test } from "node:test";
import { FileSystem } from "../../pkg/vfs.js";
import { evaluate, hostFolder, loadPyodide, mount, write } from "./pyodide.mjs";

const FILES = { "/top.py": "top", "/pkg/a.py": "a", "/pkg/deep/größe.py": "é" };
/** Relative, since an absolute link of the host leads elsewhere inside a mount. */
const LINKS = { "/linked": "pkg", "/loop": ".", "/broken": "nowhere", "/turning": "turning" };

let pyodide;
/** The filesystem under test. */
let vfs;

before(async () => {
  pyodide = await loadPyodide();
  vfs = new FileSystem(pyodide.FS);
});

/** The listings of a tree, by path from its top. */
function tree(dir) {
  const [own, ...below] = new TextDecoder().decode(vfs.readDir(dir)).split(/(?<=\/\/)p/);
  const listings = below.map((part) => /^(.*?)\/\/(.*)$/s.exec(part).slice(1));
  return Object.fromEntries([["", own], ...listings]);
}

/** Names and kinds in order of names: what `Listing::read_text` makes of a listing. */
function names(dir) {
  const text = tree(dir)[""];
  const groups = [...text.matchAll(/([fdlo])((?:[^/]+\/)+)\//g)];
  assert.equal(groups.map(([group]) => group).join(""), text, "a listing is nothing but groups");
  const entries = groups.flatMap(([, kind, group]) =>
    group
      .slice(0, -1)
      .split("/")
      .map((name) => [name, kind]),
  );
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** An error that says something, and no object that only looks like one. */
function isError(error) {
  assert.ok(error instanceof Error, `${error} is no Error`);
  assert.match(error.message, /errno|not a directory/);
  assert.doesNotMatch(error.message, /undefined/);
  return true;
}

const HOSTS = {
  "the memory of Pyodide": () => {
    write(pyodide, Object.fromEntries(Object.entries(FILES).map(([path, text]) => [`/memory${path}`, text])));
    pyodide.FS.mkdir("/memory/empty");
    for (const [path, target] of Object.entries(LINKS)) {
      pyodide.FS.symlink(target, `/memory${path}`);
    }
    return "/memory";
  },
  "a mounted folder of the host": () => {
    const folder = hostFolder();
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(dirname(folder + path), { recursive: true });
      writeFileSync(folder + path, text);
    }
    mkdirSync(`${folder}/empty`);
    for (const [path, target] of Object.entries(LINKS)) {
      symlinkSync(target, folder + path);
    }
    mount(pyodide, folder, "/mounted/folder");
    return "/mounted/folder";
  },
};

for (const [host, prepare] of Object.entries(HOSTS)) {
  describe(`over ${host}`, () => {
    const inMemory = host === "the memory of Pyodide";
    let top;
    before(() => {
      top = prepare();
    });

    test("lists each kind", () => {
      assert.deepEqual(names(top), [
        ["broken", "l"],
        ["empty", "d"],
        ["linked", "l"],
        ["loop", "l"],
        ["pkg", "d"],
        ["top.py", "f"],
        ["turning", "l"],
      ]);
    });

    test("lists nothing of an empty directory", () => {
      assert.deepEqual(names(`${top}/empty`), []);
    });

    test("lists through links", () => {
      assert.deepEqual(names(`${top}/loop/linked/deep`), [["größe.py", "f"]]);
    });

    test("refuses to list what is no directory", () => {
      for (const name of ["top.py", "missing", "broken", "turning"]) {
        assert.throws(() => vfs.readDir(`${top}/${name}`), isError, name);
      }
    });

    test("refuses to list a file without contents", () => {
      pyodide.FS.writeFile(`${top}/empty/blank.py`, "");
      assert.throws(() => vfs.readDir(`${top}/empty/blank.py`), isError);
      pyodide.FS.unlink(`${top}/empty/blank.py`);
    });

    test("lists a directory with what is below it as one by one", () => {
      const listings = tree(top);
      assert.deepEqual(Object.keys(listings), inMemory ? ["", "pkg", "empty", "pkg/deep"] : [""]);
      for (const [path, listing] of Object.entries(listings)) {
        assert.equal(listing, tree(join(top, path))[""], path);
      }
    });

    test("tells kinds and follows links", () => {
      const kinds = {
        "top.py": "f",
        pkg: "d",
        linked: "d",
        "linked/a.py": "f",
        broken: "o",
        turning: "o",
        missing: "o",
      };
      for (const [name, kind] of Object.entries(kinds)) {
        assert.equal(vfs.kind(`${top}/${name}`), kind, name);
      }
    });

    test("canonical paths have no links", () => {
      assert.equal(vfs.canonical(`${top}/loop/linked/deep`), `${top}/pkg/deep`);
      assert.throws(() => vfs.canonical(`${top}/broken`), isError);
      assert.throws(() => vfs.canonical(`${top}/turning`), isError);
    });

    test("reads files and refuses the rest", () => {
      assert.equal(new TextDecoder().decode(vfs.read(`${top}/linked/deep/größe.py`)), "é");
      for (const name of ["pkg", "missing", "broken"]) {
        assert.throws(() => vfs.read(`${top}/${name}`), isError, name);
      }
    });

    test("names are taken as they are", () => {
      const odd = [
        "constructor",
        "hasOwnProperty",
        "line\nbreak.py",
        " ",
        "7",
        "日本.py",
        "\u{1f40d}.py",
        "e\u0301.py",
      ];
      write(pyodide, Object.fromEntries(odd.map((name) => [`${top}/odd/${name}`, ""])));
      assert.deepEqual(
        names(`${top}/odd`),
        odd.sort().map((name) => [name, "f"]),
      );
    });

    test("lists what Python lists, also beside __proto__", () => {
      // In its memory Emscripten loses a name of JavaScript's own. Nobody sees it there, and nobody is hurt.
      write(pyodide, { [`${top}/proto/__proto__`]: "", [`${top}/proto/a.py`]: "" });
      const listed = evaluate(pyodide, `sorted(__import__("os").listdir("${top}/proto"))`);
      assert.deepEqual(
        names(`${top}/proto`),
        listed.map((name) => [name, "f"]),
      );
      assert.equal(vfs.kind(`${top}/proto/__proto__`), "f");
    });
  });
}

test("lists a directory in which something is mounted, and what is mounted there", () => {
  const folder = hostFolder();
  writeFileSync(`${folder}/inside.py`, "");
  write(pyodide, { "/around/beside.py": "" });
  mount(pyodide, folder, "/around/host");
  pyodide.FS.mkdir("/around/memory");
  pyodide.FS.mount(pyodide.FS.filesystems.MEMFS, {}, "/around/memory");
  write(pyodide, { "/around/memory/kept.py": "" });
  assert.deepEqual(names("/around"), [
    ["beside.py", "f"],
    ["host", "d"],
    ["memory", "d"],
  ]);
  assert.deepEqual(names("/around/host"), [["inside.py", "f"]]);
  assert.deepEqual(names("/around/memory"), [["kept.py", "f"]]);
  assert.equal(vfs.canonical("/around/host/../host/inside.py"), "/around/host/inside.py");
});

test("lists nothing ahead that nobody will ask for", () => {
  write(pyodide, { "/ahead/.git/a": "", "/ahead/__pycache__/a.pyc": "", "/ahead/app/a.py": "" });
  mount(pyodide, hostFolder(), "/ahead/host");
  assert.deepEqual(Object.keys(tree("/ahead")), ["", "app"]);
});

test("lists ahead only so much", () => {
  const names = Array.from({ length: 4000 }, (_, at) => [`/large/data/${at}.csv`, ""]);
  write(pyodide, { ...Object.fromEntries(names), "/large/data/deep/a.py": "", "/large/app/deep/b.py": "" });
  assert.deepEqual(Object.keys(tree("/large")), ["", "data", "app"]);
  assert.deepEqual(Object.keys(tree("/large/app")), ["", "deep"]);
});

test("lists the root directory", () => {
  const listed = evaluate(pyodide, `__import__("os").listdir("/")`);
  assert.deepEqual(
    names("/").map(([name]) => name),
    listed.sort(),
  );
  assert.equal(vfs.kind("/"), "d");
  assert.equal(vfs.canonical("/"), "/");
});

test("devices are neither files nor directories", () => {
  assert.equal(Object.fromEntries(names("/dev")).null, "o");
  assert.equal(vfs.kind("/dev/null"), "o");
});

test("an entry that Emscripten cannot represent hides no other", { skip: process.platform === "win32" }, () => {
  const folder = hostFolder();
  writeFileSync(`${folder}/a.py`, "");
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x67, 0x72, 0xf6])]), "");
  execFileSync("mkfifo", [`${folder}/pipe`]);
  mount(pyodide, folder, "/strange");
  assert.deepEqual(names("/strange"), [
    ["a.py", "f"],
    ["gr\ufffd", "o"],
    ["pipe", "o"],
  ]);
});

test("sees what was written since", () => {
  write(pyodide, { "/growing/a.py": "" });
  assert.equal(names("/growing").length, 1);
  write(pyodide, { "/growing/b.py": "" });
  pyodide.FS.rename("/growing/a.py", "/growing/c.py");
  assert.deepEqual(names("/growing"), [
    ["b.py", "f"],
    ["c.py", "f"],
  ]);
});
