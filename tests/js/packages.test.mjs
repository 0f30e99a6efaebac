/** An autoloaded package as JavaScript sees it: attributes are read with no Python code that asks for them. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { install } from "../../pkg/index.js";
import { loadPyodide, write } from "./pyodide.mjs";

const BASE = "/projects/shop";
let pyodide;
let autoload;

before(async () => {
  pyodide = await loadPyodide();
  write(pyodide, {
    [`${BASE}/models/user.py`]: "class User:\n    name = 'Ada'\n",
    [`${BASE}/order.py`]: "class Order:\n    number = 7\n",
    [`${BASE}/broken.py`]: "1 / 0\n",
  });
  autoload = await install(pyodide, { basePath: BASE, topLevel: "shop" });
});

after(() => autoload.dispose());

/** What a function gives that reads a package, whose proxies go with it. */
function read(look) {
  const shop = pyodide.pyimport("shop");
  try {
    return look(shop);
  } finally {
    shop.destroy();
  }
}

test("a class is autoloaded by its attribute, and so is a module on the way to it", () => {
  assert.equal(
    read((shop) => shop.models.User.name),
    "Ada",
  );
  assert.equal(
    read((shop) => shop.Order.number),
    7,
  );
});

test("a name that is not there is undefined", () => {
  assert.equal(
    read((shop) => shop.nothing),
    undefined,
  );
  assert.equal(
    read((shop) => "nothing" in shop),
    false,
  );
});

test("what a module raises reaches JavaScript, with the module's line alone", () => {
  assert.throws(
    () => read((shop) => shop.broken),
    (error) => /broken\.py", line 1, in <module>/.test(error.message) && !/pyautoload_wasm/.test(error.message),
  );
});
