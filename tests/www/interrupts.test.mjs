/** Interrupts as Python takes them: read, and then set to 0. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bufferOf } from "../../www/worker/interrupts.js";

const INTERRUPT = 2;

test("an interrupt is read once", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(1));
  const buffer = bufferOf(shared);
  assert.equal(buffer[0], 0);
  shared[0] = INTERRUPT;
  assert.deepEqual([buffer[0], buffer[0], shared[0]], [INTERRUPT, 0, 0]);
});

test("an interrupt that comes between Python's look and its clearing is not lost", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(1));
  const buffer = bufferOf(shared);
  assert.equal(buffer[0], 0);
  shared[0] = INTERRUPT;
  buffer[0] = 0;
  assert.equal(buffer[0], INTERRUPT);
});
