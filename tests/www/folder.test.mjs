// The project's folder in the worker: what the page is told of it, and what the project takes of that.

import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import { PROJECT_DIR } from "../../www/project/paths.js";
import { LIMITS, Project } from "../../www/project/project.js";
import { Disk } from "../../www/worker/disk.js";
import { loadPyodide } from "../js/pyodide.mjs";

let pyodide;
let disk;
let project;
before(async () => {
  pyodide = await loadPyodide();
});

const FILES = { "main.py": "import shop.order\n", "shop/order.py": "X = 1\n" };

beforeEach(() => {
  disk = new Disk(pyodide.FS);
  project = new Project();
  fill(FILES);
});

function fill(files) {
  project.open({ title: "", hint: "", files: Object.entries(files), cells: [], shown: null, example: null });
  disk.fill(
    Object.entries(files).map(([path, contents]) => ({ path, contents })),
    () => {},
  );
  pyodide.FS.chdir(PROJECT_DIR);
}

/** Runs Python, and has the project follow. Returns what it did not take. */
function run(code) {
  pyodide.runPython(`import os, shutil\n${code}`);
  return [...project.follow(disk.changes()), ...disk.newlyPassedOver];
}

test("what Python writes, changes and deletes is followed", () => {
  assert.deepEqual(run("open('new.py', 'w').write('Y = 2')\nos.remove('main.py')"), []);
  assert.deepEqual(project.paths(), ["new.py", "shop/order.py"]);
  run("open('shop/order.py', 'w').write('X = 2\\n')");
  assert.equal(project.files.get("shop/order.py"), "X = 2\n");
  assert.deepEqual(disk.changes(), []);
});

test("a cell with many files leaves the project's own, and those that are not kept are told once", () => {
  const left = run("for i in range(6000): open(str(i), 'w').close()");
  assert.equal(left.length, 6002 - LIMITS.files);
  assert.equal(project.files.size, LIMITS.files);
  for (const path of Object.keys(FILES)) {
    assert.ok(project.files.has(path), path);
  }
  assert.deepEqual(run(""), []);
  run("open('main.py', 'a').write('# more\\n')");
  assert.equal(project.files.get("main.py"), "import shop.order\n# more\n", "a full project follows its own files");
  run("for i in range(6000): os.remove(str(i))");
  assert.deepEqual(project.paths(), Object.keys(FILES));
});

test("a file that grows past the limit stays as it was, follows again when it is small, and goes when it is deleted", () => {
  assert.deepEqual(run(`open('main.py', 'w').write('#' * ${LIMITS.writtenBytes + 1})`), ["main.py"]);
  assert.equal(project.files.get("main.py"), FILES["main.py"]);
  assert.deepEqual(run(""), []);
  assert.deepEqual(run("open('main.py', 'w').write('small')"), []);
  assert.equal(project.files.get("main.py"), "small");
  run(`open('main.py', 'w').write('#' * ${LIMITS.writtenBytes + 1})`);
  run("os.remove('main.py')");
  assert.deepEqual(project.paths(), ["shop/order.py"]);
});

test("a large file that was opened with the project stays", () => {
  fill({ ...FILES, "data.csv": "1".repeat(LIMITS.writtenBytes + 1) });
  assert.deepEqual(run(""), []);
  assert.equal(project.files.get("data.csv").length, LIMITS.writtenBytes + 1);
});

test("a file behind a link is unknown, and not gone", () => {
  run("os.rename('main.py', '/tmp/main.py'); os.symlink('/tmp/main.py', 'main.py')");
  assert.ok(project.files.has("main.py"));
  run("os.rename('shop', '/tmp/shop'); os.symlink('/tmp/shop', 'shop')");
  assert.ok(project.files.has("shop/order.py"));
  run("os.remove('shop'); os.symlink('shop', 'shop')");
  assert.ok(project.files.has("shop/order.py"), "a link that leads in a circle");
  run("os.remove('main.py'); os.remove('shop'); os.remove('/tmp/main.py'); shutil.rmtree('/tmp/shop')");
  assert.deepEqual(project.paths(), []);
});

test("a file that became a folder, and a folder that is gone with the project's own, are followed", () => {
  run("os.remove('main.py'); os.mkdir('main.py'); open('main.py/a.py', 'w').close()");
  assert.deepEqual(project.paths(), ["main.py/a.py", "shop/order.py"]);
  run(`os.chdir('/'); shutil.rmtree('${PROJECT_DIR}')`);
  assert.deepEqual(project.paths(), []);
});

test("a full project takes what makes it smaller", () => {
  fill({ "a.bin": new Uint8Array(LIMITS.bytes - 10), "b.txt": "1234567890" });
  const write = (path, contents) => project.follow([{ kind: "write", path, contents }]);
  assert.deepEqual(write("c.txt", "1"), ["c.txt"]);
  assert.deepEqual(write("b.txt", "12345678901"), ["b.txt"]);
  assert.deepEqual(write("b.txt", "123"), []);
  assert.deepEqual(write("c.txt", "1234567"), []);
  assert.deepEqual(project.follow([{ kind: "remove", path: "a.bin" }]), []);
  assert.deepEqual(project.paths(), ["b.txt", "c.txt"]);
});
