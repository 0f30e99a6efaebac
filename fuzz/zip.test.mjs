/** A short part of `make fuzz` that is the same in every run. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz } from "./zip.mjs";

test("archives of all kinds are taken whole or refused in words", async () => {
  const inputs = 10_000;
  const taken = await fuzz(inputs);
  assert.ok(taken > inputs / 10 && taken < (inputs * 9) / 10, `${taken} of ${inputs} archives are taken`);
});
