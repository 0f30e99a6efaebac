/** Packages of others: what a project needs, and how it comes into a Pyodide, from a lock file and wheels that are made here. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { loadPyodide } from "pyodide-314";
import { AutoloadError, install } from "../../pkg/index.js";
import { python, top } from "../behaviour/packages.mjs";
import { hostFolder, write } from "./pyodide.mjs";

const BASE = "/projects/shop";
const folder = hostFolder();
const cached = `${top}/.cache/wheels/pyodide-314`;
let pyodide;
let autoload;

/** Makes a wheel of one module. */
const MAKE_WHEEL = `
import sys, zipfile
folder, distribution, module = sys.argv[1:]
stem = distribution.replace("-", "_")
with zipfile.ZipFile(f"{folder}/{stem}-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{module}.py", "VALUE = 7\\n")
    info = f"{stem}-1.0.dist-info"
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {distribution}\\nVersion: 1.0\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", f"{module}.py,,\\n")
`;

function entry(name, file, imports, depends = []) {
  const sha256 = createHash("sha256")
    .update(readFileSync(join(folder, file)))
    .digest("hex");
  const version = file.split("-")[1];
  return { name, version, file_name: file, install_dir: "site", sha256, package_type: "package", imports, depends };
}

before(async () => {
  for (const [distribution, module] of [
    ["Py-Forge", "forge"],
    ["anvil", "anvil"],
    ["hammer", "hammer"],
    ["far-away", "far"],
  ]) {
    execFileSync(python, ["-c", MAKE_WHEEL, folder, distribution, module]);
  }
  cpSync(cached, folder, { recursive: true });
  const [micropip, packaging] = readdirSync(cached).sort();
  const lock = JSON.parse(readFileSync(new URL("../../node_modules/pyodide-314/pyodide-lock.json", import.meta.url)));
  lock.packages = {
    "py-forge": entry("Py-Forge", "Py_Forge-1.0-py3-none-any.whl", ["forge"], ["anvil"]),
    anvil: entry("anvil", "anvil-1.0-py3-none-any.whl", ["anvil"]),
    hammer: entry("hammer", "hammer-1.0-py3-none-any.whl", ["hammer"]),
    broken: { ...entry("broken", "anvil-1.0-py3-none-any.whl", ["broken"]), file_name: "absent-1.0-py3-none-any.whl" },
    micropip: entry("micropip", micropip, ["micropip"], ["packaging"]),
    packaging: entry("packaging", packaging, ["packaging"]),
  };
  pyodide = await loadPyodide({ lockFileContents: lock, packageBaseUrl: folder, packageCacheDir: folder });
});

/** Sets a project up. */
async function project(files) {
  write(pyodide, files);
  autoload = await install(pyodide, { basePath: BASE, topLevel: "shop", reloading: true, flush: "manual" });
}

beforeEach(() => pyodide.FS.mkdirTree(BASE));
after(() => autoload.dispose());

test("what the project needs is known before anything of it runs", async () => {
  await project({
    [`${BASE}/smith.py`]: "import forge\ntry:\n    import hammer\nexcept ImportError:\n    hammer = None\n",
  });
  const [forge, hammer] = autoload.requirements();
  assert.deepEqual(forge, {
    name: "forge",
    distribution: "Py-Forge",
    source: "lock",
    installed: false,
    declared: null,
    declared_in: null,
    context: "always",
    is_missing: true,
    imports: [{ importer: "shop.smith", path: `${BASE}/smith.py`, line: 1, name: "forge", context: "always" }],
  });
  assert.deepEqual([hammer.name, hammer.context, hammer.is_missing], ["hammer", "guarded", false]);
  assert.deepEqual(
    autoload.check().map(({ kind, line, name }) => [kind, line, name]),
    [["missing_package", 1, "forge"]],
  );
});

test("what is missing comes in one go, with what it depends on, and each step is told", async () => {
  const steps = [];
  const report = await autoload.loadPackages({ onProgress: (step) => steps.push(step) });
  assert.deepEqual(report.loaded.toSorted(), ["Py-Forge", "anvil"]);
  assert.deepEqual(report.unknown, []);
  assert.deepEqual(
    steps.map(({ done, total }) => [done, total]),
    [
      [1, 2],
      [2, 2],
    ],
  );
  assert.equal(pyodide.runPython("from shop import smith; smith.forge.VALUE"), 7);
  assert.deepEqual((await autoload.loadPackages()).loaded, []);
});

test("what is imported on trial comes on demand, and an onProgress that throws is only logged", async (t) => {
  const said = t.mock.method(console, "error", () => {});
  const onProgress = () => {
    throw new Error("no");
  };
  assert.deepEqual((await autoload.loadPackages({ guarded: true, onProgress })).loaded, ["hammer"]);
  assert.deepEqual(
    said.mock.calls.map(({ arguments: [text, error] }) => [text, error.message]),
    [["onProgress of pyautoload-wasm raised:", "no"]],
  );
});

test("what is declared and not in the lock file is installed by micropip", async () => {
  pyodide.FS.writeFile(
    "/tmp/far_away-1.0-py3-none-any.whl",
    readFileSync(join(folder, "far_away-1.0-py3-none-any.whl")),
  );
  write(pyodide, {
    [`${BASE}/far_off.py`]: "import far\n",
    [`${BASE}/requirements.txt`]: "far-away @ emfs:/tmp/far_away-1.0-py3-none-any.whl\nanvil\n",
  });
  autoload.flush();
  const [far] = autoload.requirements().filter(({ name }) => name === "far");
  assert.deepEqual([far.distribution, far.is_missing], [null, true]);
  const { loaded, unknown } = await autoload.loadPackages();
  assert.deepEqual(loaded.toSorted(), ["emfs:/tmp/far_away-1.0-py3-none-any.whl", "micropip", "packaging"]);
  assert.deepEqual(unknown, []);
  const [there] = autoload.requirements().filter(({ name }) => name === "far");
  assert.deepEqual([there.distribution, there.source, there.is_missing], ["far-away", "installed", false]);
});

test("a package that cannot be had is an error that names it", async () => {
  write(pyodide, { [`${BASE}/unlucky.py`]: "import broken\n" });
  autoload.flush();
  await assert.rejects(
    autoload.loadPackages(),
    (error) => error instanceof AutoloadError && /^Pyodide could not load broken: /.test(error.message),
  );
});
