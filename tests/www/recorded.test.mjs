// What a recording of imports says, without a page: the tree, the kinds, the order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { heightOf, kindsOf, slowestFirst, sumsOf, treeOf } from "../../www/app/recorded.js";

/** A module by its name, importer and own time in seconds. */
function module(name, imported_by, own, path = `/home/pyodide/project/${name.replaceAll(".", "/")}.py`, loaded = true) {
  const parts = { find: 0, read: 0, compile: 0, unmarshal: 0, execute: own };
  return { name, path, imported_by, loaded, own, total: own, ...parts };
}

/** A frame as its name, its own time, and those below it. */
const plain = ({ name, value, children }) => [name, value, children.map(plain)];

test("a module lies below the one whose import caused its own", () => {
  const root = treeOf([module("b", "a", 0.25), module("c", "b", 0.5), module("a", null, 1), module("d", null, 2)]);
  assert.deepEqual(plain(root), [
    "All imports",
    0,
    [
      ["a", 1000, [["b", 250, [["c", 500, []]]]]],
      ["d", 2000, []],
    ],
  ]);
  assert.equal(heightOf(root), 4);
  assert.equal(heightOf(treeOf([])), 1);
});

test("a module whose importer was not measured, or that led to itself, is at the top", () => {
  const names = (modules) => treeOf(modules).children.map(({ name }) => name);
  assert.deepEqual(names([module("b", "running.still", 1)]), ["b"]);
  const circle = [module("a", "b", 1), module("b", "a", 1), module("c", "b", 1)];
  assert.deepEqual(names(circle), ["a", "b"]);
  assert.deepEqual(names([module("a", "a", 1)]), ["a"]);
});

test("a clock's step back is no time", () => {
  assert.equal(treeOf([module("a", null, -0.001)]).children[0].value, 0);
});

test("a module is the project's, a package's, Python's, or was not loaded", () => {
  const site = "/lib/python3.14/site-packages";
  const modules = [
    module("shop.order", null, 3),
    module("shop", "shop.order", 1, null),
    module("numpy.random", null, 4, `${site}/numpy/random.py`),
    module("pyautoload_wasm._eager", null, 5, "/elsewhere/_eager.py"),
    module("json", null, 6, "/lib/python314.zip/json/__init__.pyc"),
    module("_csv", null, 7, null),
    module("shopping", null, 8, null),
    module("shop.gone", null, 9, null, false),
  ];
  assert.deepEqual(modules.map(kindsOf(modules)), [
    "project",
    "project",
    "package",
    "package",
    "library",
    "library",
    "library",
    "missing",
  ]);
  assert.deepEqual(sumsOf(modules), [
    { kind: "project", count: 2, own: 4 },
    { kind: "package", count: 2, own: 9 },
    { kind: "library", count: 3, own: 21 },
    { kind: "missing", count: 1, own: 9 },
  ]);
  assert.deepEqual(sumsOf([]), []);
});

test("the slowest come first, and what was measured stays as it was", () => {
  const modules = [module("a", null, 1), module("b", null, 3), module("c", null, 2)];
  assert.deepEqual(
    slowestFirst(modules).map(({ name }) => name),
    ["b", "c", "a"],
  );
  assert.equal(modules[0].name, "a");
});
