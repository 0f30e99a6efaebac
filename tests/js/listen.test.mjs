/** Events that are handed over, by calls and as messages; and those that are refused. */

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { MessageChannel as NodeMessageChannel } from "node:worker_threads";
import { install } from "../../pkg/index.js";
import { evaluate } from "./pyodide.mjs";
import { BASE, buyer, here, OPTIONS, PROJECT, shareShop, start, turn, USER } from "./shop.mjs";

shareShop();

describe("refusals carry Python's message", () => {
  const REFUSALS = [
    [
      "notify() of another kind",
      (autoload) => autoload.notify([{ kind: "touched", path: USER }]),
      "ConfigurationError",
      "notify(kind='touched'): expected one of created, modified, deleted, renamed",
    ],
    [
      "notify() of a renamed path alone",
      (autoload) => autoload.notify([{ kind: "renamed", path: USER }]),
      "ConfigurationError",
      "notify(kind='renamed'): add the new path as 'to'",
    ],
    [
      "notify() of what is no list",
      (autoload) => autoload.notify(7),
      "ConfigurationError",
      'notify(7): expected a path, or an event such as {"kind": "modified", "path": "/app/user.py"}',
    ],
    [
      "notify() of a path that is none",
      (autoload) => autoload.notify([{ kind: "modified", path: 7 }]),
      "ConfigurationError",
      "notify(): expected str or os.PathLike, got 7",
    ],
    [
      "write() where a file is in the way",
      (autoload) => autoload.write(`${USER}/below.py`, ""),
      "Error",
      `write("${USER}/below.py"): the filesystem refuses it (errno 54)`,
    ],
    [
      "write() of a folder",
      (autoload) => autoload.write(BASE, ""),
      "Error",
      `write("${BASE}"): the filesystem refuses it (errno 31)`,
    ],
    [
      "write() of what is no path",
      (autoload) => autoload.write(7, ""),
      "ConfigurationError",
      "notify(): expected str or os.PathLike, got 7",
    ],
    [
      "listen() to what is no port",
      (autoload) => autoload.listen({}),
      "TypeError",
      "listen(port): pass a MessagePort, a Worker, a worker's globalThis or a BroadcastChannel",
    ],
  ];
  const refused = (call, name, message) =>
    assert.throws(call, (error) => {
      assert.ok(error instanceof Error);
      assert.deepEqual([error.name, error.message], [name, message]);
      return true;
    });
  for (const [what, call, name, message] of REFUSALS) {
    test(what, async () => {
      const autoload = await start();
      refused(() => call(autoload), name, message);
      await turn();
      assert.equal(buyer(), "Ada");
    });
  }

  test("where reloading is off nothing is noted, and nothing written", async () => {
    const autoload = await start({ reloading: false });
    const off = (call) => `${call}() needs reloading: call enable_reloading() first`;
    refused(() => autoload.flush(), "ReloadingDisabledError", off("flush"));
    refused(() => autoload.notify([]), "ReloadingDisabledError", off("notify"));
    refused(() => autoload.write(USER, "NAME = 'Eve'"), "ReloadingDisabledError", off("notify"));
    assert.equal(here.pyodide.FS.readFile(USER, { encoding: "utf8" }), PROJECT[USER]);
  });

  for (const call of ["watch", "unwatch", "notify", "flush", "hold", "write"]) {
    test(`${call}() without a loader`, async () => {
      const message = `${call === "write" ? "notify" : call}() needs a loader: call setUp(options), or install(pyodide, options)`;
      here.autoload = await install(here.pyodide);
      refused(() => here.autoload[call]([]), "Error", message);
    });
  }

  test("an option that is none", async () => {
    const refusal = await install(here.pyodide, { ...OPTIONS, flush: "later" }).catch((error) => error);
    assert.match(refusal.message, /ConfigurationError: .*unknown variant `later`, expected `auto` or `manual`/);
  });
});

describe("listen()", () => {
  const type = "pyautoload-wasm:events";
  /** The next message at an end of a channel. */
  const answer = (port) =>
    new Promise((resolve) => port.addEventListener("message", ({ data }) => resolve(data), { once: true }));

  /** Ports that are closed after the test, also where it fails: an open one would keep its process. */
  const ports = [];
  const opened = (ends) => {
    ports.push(...ends);
    return ends;
  };
  afterEach(() => {
    for (const port of ports.splice(0)) {
      port.close();
    }
  });

  const channel = () => {
    const { port1, port2 } = new MessageChannel();
    port1.start();
    return [port1, port2];
  };
  const broadcast = () => [new BroadcastChannel("tests"), new BroadcastChannel("tests")];
  const node = () => {
    const { port1, port2 } = new NodeMessageChannel();
    return [port1, port2];
  };

  for (const [what, make] of [
    ["a MessagePort", channel],
    ["a BroadcastChannel", broadcast],
    ["a port of Node", node],
  ]) {
    test(`takes events from ${what}, writes what they bring, and answers with the report`, async () => {
      const autoload = await start();
      const [far, near] = opened(make());
      const stop = autoload.listen(near);
      let next = answer(far);
      far.postMessage({ type: "somebody else's", events: 7 });
      far.postMessage({ type, events: [{ kind: "created", path: `${BASE}/new/item.py`, text: "ITEM = 1\n" }] });
      const { type: name, report } = await next;
      assert.equal(name, "pyautoload-wasm:report");
      assert.deepEqual(report.changed, [`${BASE}/new/item.py`, `${BASE}/new`]);
      assert.equal(evaluate(here.pyodide, '__import__("shop").new.item.ITEM'), 1);

      here.pyodide.FS.writeFile(USER, "NAME = 'Eve'\n");
      next = answer(far);
      assert.deepEqual((await next).report.changed, [USER], "also what was not its own doing");

      stop();
      stop();
      far.postMessage({ type, events: [{ kind: "modified", path: USER, text: "NAME = 'Late'\n" }] });
      await turn();
      assert.equal(buyer(), "Eve");
    });
  }

  const WRONG = [
    [undefined, `a message ${type} needs events, a list such as [{kind: "modified", path: "/app/user.py"}]`],
    [[null], 'notify(None): expected a path, or an event such as {"kind": "modified", "path": "/app/user.py"}'],
    [
      [
        { kind: "modified", path: USER, text: "NAME = 'Eve'" },
        { kind: "gone", path: USER },
      ],
      "notify(kind='gone'): expected one of created, modified, deleted, renamed",
    ],
    [[{ kind: "modified", path: USER, text: 7 }], "the text of an event has to be a string, not of type number"],
    [
      [{ kind: "deleted", path: USER, text: "NAME = 'Eve'" }],
      "an event with a text has to be of kind created or modified",
    ],
  ];
  for (const [events, message] of WRONG) {
    test(`answers ${JSON.stringify(events)} with an error, and does nothing`, async () => {
      const autoload = await start();
      const [far, near] = opened(channel());
      autoload.listen(near);
      const next = answer(far);
      far.postMessage({ type, events });
      assert.deepEqual(await next, { type: "pyautoload-wasm:error", message });
      await turn();
      assert.equal(buyer(), "Ada");
      assert.equal(here.pyodide.FS.readFile(USER, { encoding: "utf8" }), PROJECT[USER]);
      autoload.dispose();
    });
  }
});
