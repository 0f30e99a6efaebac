/** What has to hold for a user of JupyterLite. Each scenario has a notebook, and folders that are its own. */

import assert from "node:assert/strict";

/** @typedef {import("./lab.mjs").Lab} Lab */

export const INSTALL = "%pip install pyautoload_wasm\n%load_ext pyautoload_wasm";

/** Makes a notebook whose first cell installs and sets up, as `%pip` cells do that await. @param {Lab} lab @param {string} name */
export async function started(lab, name, files = {}) {
  await lab.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text])));
  await lab.notebook(`${name}.ipynb`);
  const said = await lab.run(`${name}.ipynb`, `${INSTALL}\n%autoload ${name}`);
  assert.match(said, new RegExp(`^pyautoload_wasm: ${name} is autoloaded from ${name}$`));
  return (/** @type {string} */ source) => lab.run(`${name}.ipynb`, source);
}

/** An edit in JupyterLab's editor, saved, is there in the next cell. @param {Lab} lab */
export async function edits(lab, times = 20) {
  const run = await started(lab, "edited", { "shapes.py": shapes(0) });
  assert.equal(
    await run("from edited.shapes import SIDE, Square\nsquare = Square()\nprint(SIDE, square.area())"),
    "0 0",
  );
  for (let round = 1; round <= times; round += 1) {
    await lab.edit("edited/shapes.py", shapes(round));
    const said = await run("print(SIDE, square.area(), isinstance(square, Square))");
    assert.equal(said.split("\n").at(-1), `${round} ${round * round} True`);
  }
}

const shapes = (/** @type {number} */ side) =>
  `SIDE = ${side}\n\n\nclass Square:\n    def area(self):\n        return SIDE * ${side}\n`;

/** @param {Lab} lab */
export async function errors(lab) {
  const run = await started(lab, "broken", { "a.py": "def f():\n    return 1\n" });
  assert.equal(await run("from broken.a import f\nf()"), "1");
  await lab.edit("broken/a.py", "def f(:\n");
  const said = await run("f()");
  assert.match(said, /^pyautoload_wasm: .*broken\.a.*SyntaxError.*\n1$/s);
  assert.match(await run("f()"), /^pyautoload_wasm: broken\.a runs old code.*\n1$/s);
  await lab.edit("broken/a.py", "def f():\n    return 2\n");
  assert.match(await run("f()"), /\n2$/);
  assert.equal(await run("f()"), "2");
}

const PROJECT = { "a.py": "A = 1\n", "sub/b.py": "B = 1\n", "sub/deep/c.py": "C = 1\n" };
const LOADED = (/** @type {string} */ name) =>
  `from ${name} import a\nfrom ${name}.sub import b\nfrom ${name}.sub.deep import c\n`;
/** Says of files whether they are there, and of names what an import gives. */
const ASK = `import importlib, os
def ask(*names):
    for name in names:
        if "/" in name:
            print(name, os.path.exists(name))
        else:
            try:
                print(name, importlib.import_module(name) is not None)
            except ModuleNotFoundError:
                print(name, False)
`;

/** What happens in the file browser, and what is true of a project \`p\` after it.
 * @type {Record<string, {change(lab: Lab, p: string): Promise<unknown>, holds: Record<string, boolean>}>}
 */
export const CHANGES = {
  "a deleted file": {
    change: (lab, p) => lab.change("delete", `${p}/a.py`),
    holds: { "p/a.py": false, "p.a": false, "p.sub.b": true },
  },
  "a renamed file": {
    change: (lab, p) => lab.change("rename", `${p}/a.py`, `${p}/z.py`),
    holds: { "p/a.py": false, "p.a": false, "p/z.py": true, "p.z": true },
  },
  "a new file": {
    change: (lab, p) => lab.write({ [`${p}/sub/n.py`]: "N = 1\n" }),
    holds: { "p/sub/n.py": true, "p.sub.n": true, "p.sub.b": true },
  },
  "a deleted folder": {
    change: (lab, p) => lab.change("delete", `${p}/sub`),
    holds: { "p/sub": false, "p/sub/b.py": false, "p.sub.b": false, "p.sub.deep.c": false, "p.a": true },
  },
  "a renamed folder": {
    change: (lab, p) => lab.change("rename", `${p}/sub`, `${p}/other`),
    holds: {
      "p/sub/deep": false,
      "p.sub.deep.c": false,
      "p/other/b.py": true,
      "p.other.b": true,
      "p.other.deep.c": true,
    },
  },
  "a new folder": {
    change: (lab, p) => lab.write({ [`${p}/fresh/in_it/n.py`]: "N = 1\n" }),
    holds: { "p/fresh": true, "p.fresh.in_it.n": true, "p.sub.b": true },
  },
  "a deleted root": {
    change: (lab, p) => lab.change("delete", p),
    // As on a desktop: modules stay as they are until their root comes back.
    holds: { "p/a.py": false, "p/sub/b.py": false, "p.a": true },
  },
  "a renamed root": {
    change: (lab, p) => lab.change("rename", p, `${p}_moved`),
    holds: { "p/sub/b.py": false, "p_moved/a.py": true, "p.a": true },
  },
};

/** Where a root is gone, this raises. */
const RELOAD = "try:\n    loader.reload()\nexcept AutoloadError as error:\n    print(error)";

/** One of these changes, found before a cell, or by `reload()` in the cell that runs meanwhile.
 * @param {Lab} lab @param {string} what @param {{byReload: boolean}} options
 */
export async function change(lab, what, { byReload }) {
  const number = Object.keys(CHANGES).indexOf(what) * 2 + Number(byReload);
  const p = `changed${number}`;
  const { change: make, holds } = /** @type {any} */ (CHANGES[what]);
  const asked = Object.entries(holds).map(([name, is]) => [name.replace(/^p(?=[./_]|$)/, p), is]);
  await lab.write(Object.fromEntries(Object.entries(PROJECT).map(([path, text]) => [`${p}/${path}`, text])));
  await lab.run("changes.ipynb", `${ASK}loader = AutoLoader("${p}", "${p}").enable_reloading().setup()\n${LOADED(p)}`);
  const ask = `ask(${asked.map(([name]) => JSON.stringify(name)).join(", ")})`;
  let said;
  if (byReload) {
    const running = lab.run("changes.ipynb", `import time; time.sleep(2)\n${RELOAD}\n${ask}`);
    await new Promise((done) => setTimeout(done, 700));
    await make(lab, p);
    said = await running;
  } else {
    await make(lab, p);
    said = await lab.run("changes.ipynb", ask);
  }
  const expected = asked.map(([name, is]) => `${name} ${is ? "True" : "False"}`);
  assert.deepEqual(said.split("\n").slice(-expected.length), expected, said);
  if (what.endsWith(" root")) {
    assert.match(said, byReload ? /cannot be read/ : /is gone: its modules stay as they are until it comes back/);
    await lab.write({ [`${p}/a.py`]: "A = 2\n" });
    assert.match(await lab.run("changes.ipynb", `print(importlib.import_module("${p}.a").A)`), /^2$/m);
  }
  await lab.run("changes.ipynb", "_ = loader.teardown()");
}

/** Prepares the notebook of `change`. @param {Lab} lab */
export async function changing(lab) {
  await lab.notebook("changes.ipynb");
  await lab.run("changes.ipynb", `${INSTALL}\nfrom pyautoload_wasm import AutoLoader, AutoloadError`);
}

const COUNT = `import pyodide_js
from pyodide.code import run_js
count = run_js("""(FS) => {
  const { API } = FS.lookupPath("/drive").node.mount.type;
  const request = API.request;
  const count = { total: 0 };
  API.request = function (question) { count.total += 1; return request.call(this, question); };
  return count;
}""")(pyodide_js.FS)
def counted():
    total, count.total = count.total, 0
    return total
`;
/** A browser in which Python cannot wait for JavaScript. */
const CANNOT_WAIT = "import pyodide.ffi\npyodide.ffi.can_run_sync = lambda: False\n";
/** A site that stores its files elsewhere. */
const OTHER_STORAGE = `run_js("Object.defineProperty(globalThis, 'indexedDB', { value: undefined })")\n`;

/** How many requests things take, of 200 files in 10 folders, all of them loaded. @param {Lab} lab @param {string} name */
export async function requests(lab, name, { canWait = true, hasStorage = true } = {}) {
  const files = {};
  for (let number = 0; number < 200; number += 1) {
    files[`${name}/f${number % 10}/m${number}.py`] = `X = ${number}\n\n\ndef f():\n    return X\n`;
  }
  await lab.write(files);
  const notebook = `${name}.ipynb`;
  await lab.notebook(notebook);
  const limits = `${canWait ? "" : CANNOT_WAIT}${hasStorage ? "" : OTHER_STORAGE}`;
  await lab.run(notebook, `${INSTALL}\nfrom pyautoload_wasm import AutoLoader\n${COUNT}${limits}`);
  const run = async (/** @type {string} */ source) => {
    const lines = (await lab.run(notebook, source)).split("\n");
    return { number: Number(lines.at(-1)), said: lines.slice(0, -1).join("\n") };
  };
  const { number: setup } = await run(
    `counted()\nloader = AutoLoader("${name}", "${name}").enable_reloading().setup()\nprint(counted())`,
  );
  const { number: loading } = await run("_ = loader.eager_load()\nprint(counted())");
  await run("print(counted())");
  const { number: cell, said } = await run("print(counted())");
  const { number: reload } = await run("_ = counted(); _ = loader.reload()\nprint(counted())");
  await lab.write({ [`${name}/f3/m3.py`]: "X = 77\n\n\ndef f():\n    return X + 1\n" });
  const { number: edit } = await run("print(counted())");
  assert.equal(await lab.run(notebook, `from ${name}.f3.m3 import f, X\nprint(X, f())`), "77 78");
  await lab.write({ [`${name}/f4/new.py`]: "N = 5\n" });
  const { number: created } = await run(`_ = counted()\nfrom ${name}.f4.new import N\nprint(counted())`);
  return { setup, loading, cell, reload, edit, created, said };
}

/** Two notebooks in one tab, and a third in another tab, work on one folder; one kernel is restarted. @param {Lab} lab @param {Lab} other */
export async function shared(lab, other) {
  const run = await started(lab, "shared", { "a.py": "A = 1\n" });
  await lab.notebook("second.ipynb");
  await other.notebook("third.ipynb");
  const users = [
    run,
    ...[
      [lab, "second"],
      [other, "third"],
    ].map(
      ([tab, name]) =>
        (source) =>
          tab.run(`${name}.ipynb`, source),
    ),
  ];
  for (const each of users.slice(1)) {
    await each(`${INSTALL}\n%autoload shared`);
  }
  for (const each of users) {
    assert.equal(await each("from shared.a import A\nA"), "1");
  }
  for (const [tab, value] of [
    [lab, 2],
    [other, 3],
  ]) {
    await tab.write({ "shared/a.py": `A = ${value}\n` });
    for (const each of users) {
      assert.equal((await each("A")).split("\n").at(-1), String(value));
    }
  }
  await lab.restart("shared.ipynb");
  await run(`${INSTALL}\n%autoload shared`);
  assert.equal(await run("from shared.a import A\nA"), "3");
  await lab.write({ "shared/a.py": "A = 4\n" });
  assert.equal((await run("A")).split("\n").at(-1), "4");
}

/** @param {Lab} lab */
export async function completion(lab) {
  const run = await started(lab, "completed", { "user.py": "class User:\n    pass\n", "deep/thing.py": "" });
  await run("import completed");
  assert.deepEqual(await lab.complete("completed.ipynb", "completed."), ["Deep", "User", "deep", "user"]);
  assert.deepEqual(await lab.complete("completed.ipynb", "from completed.deep import t"), ["thing"]);
}

/** Follows a section of docs/hosts.md: writes its files, the second time in the editor, runs its cells, and compares what they say.
 * @param {Lab} lab @param {string} section
 */
export async function documented(lab, section) {
  await lab.notebook("documented.ipynb");
  const written = new Set();
  let said = "";
  let cells = 0;
  for (const [, kind, text] of section.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)) {
    const file = kind.match(/^python file=(.+)$/)?.[1];
    if (file) {
      await (written.has(file) ? lab.edit(file, text) : lab.write({ [file]: text }));
      written.add(file);
    } else if (kind === "ipython") {
      said = await lab.run("documented.ipynb", text.trim());
      cells += 1;
    } else if (kind === "output") {
      assert.equal(said, text.trim());
    }
  }
  assert.ok(cells > 0, "the section has no cells");
}
