/** Compiled code that a real browser keeps from one visit to the next. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { commanded, startServer, Visitor } from "./visits.mjs";

const PROJECT = "/home/pyodide/shop";
const MODULES = 24;
const VERSIONS = 10;

/** Numbers that look like chance, and are the same in every run. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

/** Versions of a project, each with random edits of the one before. */
function versionsOf(seed) {
  const random = numbers(seed);
  const values = Array.from({ length: MODULES }, () => random(1000));
  return Array.from({ length: VERSIONS }, () => {
    for (let edits = 1 + random(6); edits > 0; edits -= 1) {
      values[random(MODULES)] = random(1000);
    }
    return [...values];
  });
}

/** @param {number[]} values */
function filesOf(values) {
  const files = Object.fromEntries(
    values.map((value, place) => [
      `${PROJECT}/m${place}.py`,
      `def value():\n    return ${value}\n${"# text that is compiled to nothing\n".repeat(place)}TABLE = ${JSON.stringify(Array(200).fill(value))}\n`,
    ]),
  );
  const imports = values.map((_, place) => `import shop.m${place}`);
  return {
    ...files,
    [`${PROJECT}/__init__.py`]: `${imports.join("\n")}\nimport shop.own\n`,
    [`${PROJECT}/own.py`]: "",
  };
}

const versions = versionsOf(7);
const files = Object.fromEntries(versions.map((values, at) => [`/${at}.json`, JSON.stringify(filesOf(values))]));
files["/shop.bundle"] = bundled(filesOf(versions[0]));
const server = await startServer({ files });
after(() => server.close());

const VALUES = `[getattr(shop, f"m{at}").value() for at in range(${MODULES})]`;
const CODE = `import json; json.dumps(${VALUES})`;

/** A bundle of a project. */
function bundled(project) {
  const folder = mkdtempSync(`${tmpdir()}/pyautoload-bundled-`);
  try {
    mkdirSync(`${folder}/shop`);
    for (const [path, text] of Object.entries(project)) {
      writeFileSync(`${folder}/shop${path.slice(PROJECT.length)}`, text);
    }
    return commanded("shop.bundle", "bundle", `${folder}/shop`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A visit of one version. */
function version(at, cache = {}) {
  const code = `import shop\n${CODE}`;
  return { name: "shop", project: PROJECT, files: `/${at}.json`, cache, code, saves: true };
}

/** How many bytes the browser keeps. */
function bytesKept() {
  return new Promise((done) => {
    indexedDB.open("pyautoload-wasm").onsuccess = ({ target: { result } }) => {
      result.transaction("code").objectStore("code").getAll().onsuccess = (event) => {
        result.close();
        done(event.target.result.reduce((size, chunk) => size + chunk.length, 0));
      };
    };
  });
}

/** Waits until the browser keeps more than some bytes. */
async function moreThan(before, page) {
  const end = performance.now() + 20_000;
  while ((await page.evaluate(bytesKept)) <= before) {
    assert.ok(performance.now() < end, "nothing was written");
    await setTimeout(100);
  }
}

test("a second visit compiles nothing, in a browser that was started anew", async () => {
  const visitor = new Visitor(server);
  try {
    const first = await visitor.visit(version(0));
    assert.equal(first.counts.hits, 0);
    assert.ok(first.counts.misses > MODULES);
    const second = await visitor.visit(version(0));
    assert.deepEqual([first.answer, second.answer], [versions[0], versions[0]]);
    assert.deepEqual(second.counts, { hits: first.counts.misses, misses: 0 });
  } finally {
    visitor.leave();
  }
});

test("a first visit with a bundle compiles nothing", async () => {
  const visitor = new Visitor(server);
  try {
    const cache = { packages: true };
    const { answer, counts } = await visitor.visit({
      name: "shop",
      bundle: "/shop.bundle",
      cache,
      code: `import shop\n${CODE}`,
    });
    assert.deepEqual(answer, versions[0]);
    assert.equal(counts.misses, 0);
    assert.ok(counts.hits > MODULES);
  } finally {
    visitor.leave();
  }
});

/** Python's seeds, whether it can wait for JavaScript, and what the project has. */
const STARTED = `
import json, random, shop
import js
from pyodide.ffi import can_run_sync, run_sync
waited = run_sync(js.Promise.resolve(7)) if can_run_sync() else None
json.dumps([hash("a"), random.random(), waited, ${VALUES}])
`;

test("after the first visit Pyodide starts from a snapshot, with a bundle or with what the cache has kept", async () => {
  const visitor = new Visitor(server);
  const snapshot = true;
  try {
    const bundled = { name: "shop", bundle: "/shop.bundle", cache: { packages: true } };
    const visits = [
      await visitor.visit({ ...bundled, snapshot, code: STARTED }),
      await visitor.visit({ ...version(0), snapshot, code: STARTED }),
      await visitor.visit({ ...version(0), snapshot, code: STARTED }),
    ];
    const [first, second, third] = visits.map(({ answer }) => answer);
    assert.equal(second[0], third[0]);
    assert.notEqual(first[0], second[0]);
    assert.equal(new Set(visits.map(({ answer }) => answer[1])).size, 3);
    for (const [, , waited, values] of [first, second, third]) {
      assert.equal(waited, 7);
      assert.deepEqual(values, versions[0]);
    }
    assert.deepEqual(
      [visits[0], visits[2]].map(({ counts }) => counts.misses),
      [0, 0],
    );
  } finally {
    visitor.leave();
  }
});

/** Leaves a third of what the browser keeps, or changes what it is. */
async function damage(isTruncated) {
  const store = await caches.open("pyautoload-wasm snapshots");
  const [key] = await store.keys();
  const kept = await store.match(key);
  const bytes = new Uint8Array(await kept.arrayBuffer());
  const place = new DataView(bytes.buffer).getUint32(4, true) * 8 + 8;
  bytes[place + 20] ^= 1; // of the number of Pyodide's build
  await store.put(key, new Response(isTruncated ? bytes.slice(0, bytes.length / 3) : bytes, kept));
}

test("a snapshot that is damaged, or another Pyodide's, is made anew, and the console says so", async () => {
  const visitor = new Visitor(server);
  try {
    await visitor.browse(async (context) => {
      const warnings = [];
      context.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
      const visit = { ...version(0), snapshot: true };
      const { page } = await visitor.open(context, visit);
      for (const [isTruncated, reason] of [
        [true, /without its snapshot: Error: the snapshot is damaged/],
        [false, /without its snapshot: Error: Snapshot build id mismatch/],
      ]) {
        await page.evaluate(damage, isTruncated);
        const { result } = await visitor.open(context, visit);
        assert.deepEqual(result.answer, versions[0]);
        assert.match(warnings.splice(0).join("\n"), reason);
      }
      const { result } = await visitor.open(context, visit);
      assert.deepEqual(result.answer, versions[0]);
      assert.deepEqual(warnings, []);
    });
  } finally {
    visitor.leave();
  }
});

test("what is new is written when the page is hidden, and by itself", async () => {
  const visitor = new Visitor(server);
  try {
    await visitor.browse(async (context) => {
      const { page } = await visitor.open(context, { ...version(0), saves: false });
      // What Chromium does when somebody goes to another tab, which it cannot be made to do without a window.
      await page.evaluate(() => {
        Object.defineProperty(document, "visibilityState", { value: "hidden" });
        document.dispatchEvent(new Event("visibilitychange"));
      });
      await moreThan(0, page);
      const { page: other } = await visitor.open(context, { ...version(1), saves: false });
      await moreThan(await other.evaluate(bytesKept), other);
    });
    const { counts } = await visitor.visit(version(1));
    assert.equal(counts.misses, 0);
  } finally {
    visitor.leave();
  }
});

test("two tabs that write at once lose nothing", async () => {
  const visitor = new Visitor(server);
  try {
    await visitor.browse((context) => Promise.all([0, 9].map((at) => visitor.open(context, version(at)))));
    for (const at of [0, 9]) {
      const { answer, counts } = await visitor.visit(version(at));
      assert.deepEqual(answer, versions[at]);
      assert.equal(counts.misses, 0);
    }
  } finally {
    visitor.leave();
  }
});

test("ten versions in turn are each imported right, and the bound holds", async (context) => {
  const visitor = new Visitor(server);
  try {
    await visitor.browse(async (browser) => {
      const { page, result } = await visitor.open(browser, version(0));
      const whole = await page.evaluate(bytesKept);
      const maxBytes = whole + 6000; // of one module and a half
      const misses = [result.counts.misses];
      for (const at of [...versions.keys(), 0, 9, 3]) {
        const { page, result } = await visitor.open(browser, version(at, { maxBytes }));
        assert.deepEqual(result.answer, versions[at], `version ${at}`);
        assert.ok((await page.evaluate(bytesKept)) <= maxBytes);
        misses.push(result.counts.misses);
        await page.close();
      }
      context.diagnostic(`misses: ${misses.join(" ")}`);
      assert.equal(misses[1], 0);
      // Of each version what is new is compiled, and little else.
      assert.ok(
        misses.slice(2).every((count) => count < MODULES),
        misses.join(" "),
      );
    });
  } finally {
    visitor.leave();
  }
});
