/** A profile, seen from JavaScript. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AutoloadError, install } from "../../pkg/index.js";
import { loadPyodide, write } from "./pyodide.mjs";

const BASE = "/projects/shop";
let pyodide;
let autoload;

before(async () => {
  pyodide = await loadPyodide();
  write(pyodide, { [`${BASE}/a.py`]: "import shop.b\n", [`${BASE}/b.py`]: "X = 1\n", [`${BASE}/c.py`]: "" });
  autoload = await install(pyodide, { basePath: BASE, topLevel: "shop" });
});

after(() => autoload.dispose());

test("a profile says where the time went until it is stopped", () => {
  const profile = autoload.profile();
  assert.throws(
    () => autoload.profile(),
    (error) => error instanceof AutoloadError && error.name === "ConfigurationError",
  );
  pyodide.runPython("import shop.a");
  const { modules, table, speedscope } = profile.stop();
  pyodide.runPython("import shop.c");
  assert.deepEqual(
    modules.map(({ name, imported_by, loaded }) => [name, imported_by, loaded]),
    [
      ["shop", "shop.a", true],
      ["shop.b", "shop.a", true],
      ["shop.a", null, true],
    ],
  );
  for (const { name, own, find, read, compile, unmarshal, execute } of modules) {
    assert.ok(Math.abs(own - (find + read + compile + unmarshal + execute)) < 1e-9, name);
  }
  assert.equal(modules[2].path, `${BASE}/a.py`);
  assert.ok(modules[2].compile > 0);
  assert.match(table, /shop\.b, shop\.a/);
  assert.equal(speedscope.profiles[0].type, "evented");
  assert.equal(profile.stop().modules, modules);
});

test("a profile that was stopped makes place for another, and one ends with its block", () => {
  const profile = autoload.profile();
  profile[Symbol.dispose]();
  assert.deepEqual(autoload.profile().stop().modules, []);
});
