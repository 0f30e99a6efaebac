/** Python's memory, as a browser keeps it: `tests/browser/visits.test.mjs` has it kept and started from. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { startFromSnapshot } from "../../pkg/index.js";
import { condense, expand } from "../../pkg/memory.js";

/** Four pages and a half, one of them empty. */
function memory() {
  const bytes = new Uint8Array(4.5 * 4096);
  bytes[1] = 7;
  bytes[2 * 4096 + 5] = 8;
  bytes[3 * 4096] = 9;
  bytes[bytes.length - 1] = 10;
  return bytes;
}

test("memory is condensed and expanded", () => {
  for (const bytes of [memory(), new Uint8Array(10_000), new Uint8Array(3).fill(1), new Uint8Array()]) {
    const filled = new Uint8Array(bytes.length);
    expand(condense(bytes), filled);
    assert.deepEqual(filled, bytes);
  }
  assert.ok(condense(memory()).length < 4 * 4096);
});

test("a function that makes it needs nothing beside itself", () => {
  const alone = new Function(`return ${condense}`)();
  assert.deepEqual(alone(memory()), condense(memory()));
});

test("what is none, half of one or another's is refused, and the memory stays empty", () => {
  const whole = condense(memory());
  const empty = new Uint8Array(memory().length);
  for (const bytes of [
    new Uint8Array(),
    whole.subarray(0, 7),
    whole.subarray(0, -1),
    new TextEncoder().encode("<!doctype html>"),
    condense(new Uint8Array(empty.length + 4096).fill(1)),
    Uint32Array.of(empty.length, 2, 0, 4, empty.length - 3, 4, 1, 1),
  ]) {
    const filled = empty.slice();
    assert.throws(
      () => expand(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), filled),
      /the snapshot is damaged/,
    );
    assert.deepEqual(filled, empty);
  }
});

test("where nothing can be kept, Pyodide starts as ever", async () => {
  const options = { env: { NAME: "Ada" } };
  assert.equal(await startFromSnapshot(async (given) => given, "/pyodide/pyodide.mjs", options), options);
});
