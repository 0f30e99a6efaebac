/** A project and a package in one file: built by the command, and installed from it. */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { unpack } from "../../pkg/container.js";
import { fetchBundle, install, openCodeCache } from "../../pkg/index.js";
import { recordsOf } from "../../pkg/records.js";
import { evaluate, hostFolder, loadPyodide, pyodideFolder, runCommand, top } from "./pyodide.mjs";

const folder = hostFolder();
const wheels = `${top}.cache/wheels/pyodide-314`;
const wheel = join(wheels, readdirSync(wheels)[0]);
const FILES = {
  "__init__.py": "",
  "main.py": "from shop.models.user import User\n\n\ndef name():\n    return User('Ada').name\n",
  "models/user.py": "class User:\n    def __init__(self, name):\n        self.name = name\n",
  "broken.py": "x = (\n",
  "data.json": '{"price": 3}',
  "__pycache__/old.pyc": "",
};

const run = (...words) => runCommand(folder, ...words);

/** Installs a bundle. Returns the Pyodide, and how much of it was compiled up to then and afterwards. */
async function open(bundle, code) {
  const codeCache = openCodeCache({ packages: true, store: null });
  const pyodide = await loadPyodide();
  const autoload = await install(pyodide, { bundle, codeCache });
  const answer = evaluate(pyodide, code);
  return { pyodide, autoload, answer, counts: codeCache.counts };
}

const NAME = `(__import__("shop.main"), __import__("micropip"), sys.modules["shop.main"].name())[2]`;

before(async () => {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(`${folder}/shop/${name}`), { recursive: true });
    writeFileSync(`${folder}/shop/${name}`, text);
  }
  const { stdout, stderr } = await run("bundle", "shop", "--package", wheel, "--pyodide", pyodideFolder("314"));
  assert.match(stdout, /^shop\.bundle: \d+ files, \d\.\d\d MB\n$/);
  assert.equal(stderr, "cannot be compiled, and is bundled as it is: shop/broken.py\n");
});

const bytes = () => new Uint8Array(readFileSync(`${folder}/shop.bundle`));

test("a first visit compiles nothing", async () => {
  const { pyodide, answer, counts } = await open(fetchBundle(bytes()), NAME);
  assert.equal(answer, "Ada");
  assert.equal(counts.misses, 0);
  assert.ok(counts.hits > 50);
  assert.deepEqual(JSON.parse(pyodide.FS.readFile("/home/pyodide/shop/data.json", { encoding: "utf8" })), { price: 3 });
  assert.equal(pyodide.FS.analyzePath("/home/pyodide/shop/__pycache__").exists, false);
  const version = pyodide.runPython("import importlib.metadata; importlib.metadata.version('micropip')");
  assert.ok(wheel.includes(version));
  const line = `__import__("inspect").getsource(__import__("shop.main").main.name).splitlines()[-1].strip()`;
  assert.equal(evaluate(pyodide, line), "return User('Ada').name");
});

test("files of a bundle can be edited, each by itself", async () => {
  const { pyodide, autoload } = await open(fetchBundle(bytes()), NAME);
  autoload.dispose();
  pyodide.FS.writeFile("/home/pyodide/shop/data.json", '{"price": 4, "much": "longer than it was before"}');
  const stream = pyodide.FS.open("/home/pyodide/shop/main.py", "r+");
  pyodide.FS.write(stream, new TextEncoder().encode("# mine"), 0, 6, 0);
  pyodide.FS.close(stream);
  const read = (name) => pyodide.FS.readFile(`/home/pyodide/shop/${name}`, { encoding: "utf8" });
  assert.equal(read("main.py"), `# mine${FILES["main.py"].slice(6)}`);
  assert.equal(read("models/user.py"), FILES["models/user.py"]);
  assert.equal(read("data.json"), '{"price": 4, "much": "longer than it was before"}');
});

test("code from another origin is compiled from the sources, and progress is told", async () => {
  const content = bytes();
  const server = createServer((_, response) => {
    // Otherwise the next fetch may come over a connection that has just been closed.
    response.writeHead(200, { "content-length": content.length, connection: "close" });
    response.end(content);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const address = `http://127.0.0.1:${server.address().port}/shop.bundle`;
  try {
    const progress = [];
    const foreign = await open(fetchBundle(address, { onProgress: (step) => progress.push(step) }), NAME);
    assert.equal(foreign.answer, "Ada");
    assert.equal(foreign.counts.hits, 0);
    assert.deepEqual(progress.at(-1), { received: content.length, total: content.length });
    globalThis.location = new URL(address);
    assert.ok((await fetchBundle(new URL(address))).code.length > 0);
    globalThis.location = new URL("http://localhost/");
    assert.equal((await fetchBundle(address)).code.length, 0);
  } finally {
    delete globalThis.location;
    server.closeAllConnections();
    server.close();
  }
});

test("what is no bundle, or half of one, is refused", async () => {
  await assert.rejects(fetchBundle(new TextEncoder().encode("<!doctype html>")), /this is no bundle of this version/);
  await assert.rejects(
    fetchBundle(new Uint8Array(gunzipSync(bytes()).subarray(0, 5000))),
    /is not complete|is no bundle/,
  );
  await assert.rejects(fetchBundle(bytes().subarray(0, 5000)));
  await assert.rejects(fetchBundle(new Response("", { status: 404 })), /cannot be fetched: status 404/);
  const pyodide = await loadPyodide();
  await assert.rejects(install(pyodide, { bundle: fetchBundle(new Uint8Array(3)) }), /this is no bundle/);
});

/** A worker that does one thing as soon as it is there. @param {(worker: any) => void} act @returns {any} */
function workerThat(act) {
  return class {
    constructor() {
      queueMicrotask(() => act(this));
    }
    postMessage() {}
    terminate() {}
  };
}

test("a bundle is decompressed where no worker may be started, and a damaged one is refused by the worker's word", async () => {
  try {
    class Refused {
      constructor() {
        throw new Error("refused by the page's policy");
      }
    }
    for (const refused of [workerThat((worker) => worker.onerror()), /** @type {any} */ (Refused)]) {
      globalThis.Worker = refused;
      assert.equal((await fetchBundle(bytes())).topLevel, "shop");
    }
    globalThis.Worker = workerThat((worker) => worker.onmessage({ data: new TypeError("damaged") }));
    await assert.rejects(fetchBundle(bytes()), { name: "TypeError", message: "damaged" });
  } finally {
    delete globalThis.Worker;
  }
});

test("a bundle for several Pyodides has the code of each Python", async () => {
  const two = ["0.29", "314"].flatMap((version) => ["--pyodide", pyodideFolder(version)]);
  // Neither is part of the project.
  mkdirSync(`${folder}/shop/node_modules`);
  writeFileSync(`${folder}/shop/node_modules/x.py`, "");
  const output = `${folder}/shop/both.bundle`;
  writeFileSync(output, "an older one");
  await run("bundle", "shop", ...two, "--output", "shop/both.bundle");
  const { code, files } = unpack(new Uint8Array(gunzipSync(readFileSync(output))));
  assert.deepEqual(
    files.map(({ path }) => path),
    ["__init__.py", "broken.py", "data.json", "main.py", "models/user.py"],
  );
  const pythons = new Set([...recordsOf(code)].map(({ key }) => key.slice(0, 8)));
  assert.equal(pythons.size, 2);
  const main = `(__import__("shop.main"), sys.modules["shop.main"].name())[1]`;
  const { answer, counts } = await open(fetchBundle(readFileSync(output)), main);
  assert.deepEqual([answer, counts.misses], ["Ada", 0]);
});

test("the command says what it cannot do", async () => {
  const cases = [
    [["bundle"], /expected a command and a folder\nusage: pyautoload-wasm bundle/],
    [["bundle", "shop", "--what"], /Unknown option '--what'/],
    [["bundle", "gone", "--pyodide", pyodideFolder("314")], /the folder cannot be read: ENOENT/],
    [["bundle", "shop", "--pyodide", pyodideFolder("314"), "--package", "gone.whl"], /there is no wheel gone\.whl/],
  ];
  for (const [words, message] of cases) {
    await assert.rejects(run(...words), (error) => error.code === 2 && message.test(error.stderr));
  }
});

test("the command says how it is used", async () => {
  assert.match((await run("--help")).stdout, /^usage: pyautoload-wasm bundle/);
});
