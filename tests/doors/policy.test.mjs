// What the wheel can do without evaluating JavaScript: everything but watching, which says so.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("policy.mjs", import.meta.url));

test("under a content security policy without 'unsafe-eval' the wheel works, and watching says what to do", async () => {
  const arguments_ = ["--disallow-code-generation-from-strings", script];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, arguments_);
  const [name, dependents, refusal, reloaded, newName] = JSON.parse(stdout.trim().split("\n").at(-1));
  assert.deepEqual(
    [name, dependents, reloaded, newName],
    ["Ada", ["app.order"], ["app.models.user", "app.order"], "Eve"],
    stderr,
  );
  assert.equal(
    refusal,
    "enable_reloading() evaluates a script of the wheel, and this page's content security policy forbids that (EvalError: Code " +
      "generation from strings disallowed for this context): install the npm package pyautoload-wasm, which needs no 'unsafe-eval', or " +
      "call enable_reloading(watch=False, flush='manual') and tell the loader of changes with notify()",
  );
});
