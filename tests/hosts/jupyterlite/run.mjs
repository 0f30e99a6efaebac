/**
 * JupyterLite as its users meet it, in a real Chromium and without a network: with our extension in the site and without it, where the
 * kernel reaches its files through the service worker and where the page is isolated.
 *
 *   node tests/hosts/jupyterlite/run.mjs              all
 *   node tests/hosts/jupyterlite/run.mjs --quick      some of it, through the service worker
 *   node tests/hosts/jupyterlite/run.mjs edits errors    these scenarios; with --in isolated, on such sites
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { note } from "../table.mjs";
import { Lab, launch } from "./lab.mjs";
import * as scenarios from "./scenarios.mjs";
import { serve } from "./server.mjs";

const top = fileURLToPath(new URL("../../../", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, in: { type: "string", default: "" } },
});

/** @typedef {{lab: Lab, open(): Promise<Lab>, has: boolean}} Place */

/** @type {Record<string, (place: Place) => Promise<unknown>>} */
const ALL = {
  edits: ({ lab }) => scenarios.edits(lab),
  errors: ({ lab }) => scenarios.errors(lab),
  async changes({ lab }) {
    await scenarios.changing(lab);
    for (const what of Object.keys(scenarios.CHANGES)) {
      for (const byReload of [false, true]) {
        await scenarios.change(lab, what, { byReload });
      }
    }
  },
  async requests({ lab }) {
    const found = await scenarios.requests(lab, "counted");
    within(found, { setup: 60, loading: 240, cell: 2, reload: 12, edit: 5, created: 5 });
  },
  async "requests where Python cannot wait"({ lab }) {
    const found = await scenarios.requests(lab, "waiting", { canWait: false });
    within(found, { setup: 60, loading: 240, cell: 2, edit: 5, created: 5 });
  },
  async "requests where nobody tells"({ lab, has }) {
    const found = await scenarios.requests(lab, "silent", { canWait: false, hasStorage: false });
    // The graph of the imports is read, and then each file to be executed. Before each cell each loaded file is.
    within(found, { setup: 60, loading: 460, cell: has ? 2 : 202 });
    assert.equal(found.said, "", "said more than once");
  },
  shared: async ({ lab, open }) => scenarios.shared(lab, await open()),
  completion: ({ lab }) => scenarios.completion(lab),
  "docs/hosts.md": ({ lab }) => {
    const [, section] = readFileSync(`${top}docs/hosts.md`, "utf8").split(/^## JupyterLite$/m);
    return scenarios.documented(lab, section.split(/^## /m)[0]);
  },
};

/** @type {typeof ALL} */
const QUICK = {
  "docs/hosts.md": ALL["docs/hosts.md"],
  edits: ({ lab }) => scenarios.edits(lab, 3),
  requests: ALL.requests,
  async changes({ lab }) {
    await scenarios.changing(lab);
    await scenarios.change(lab, "a deleted file", { byReload: false });
    await scenarios.change(lab, "a renamed folder", { byReload: true });
  },
};

/** What a scenario has shown if it holds on every kind of site, for the README's table. */
const SHOWN = {
  edits: "20 of 20 edits in its editor are there in the next cell",
  changes: "16 of 16 changes in its file browser",
  errors: "a syntax error and its fix",
  shared: "two notebooks, two tabs, a kernel's restart",
  requests: "200 files in few requests",
  completion: "Tab",
};

/** @param {any} found @param {Record<string, number>} limits */
function within(found, limits) {
  console.log(`    ${JSON.stringify(found)}`);
  for (const [name, most] of Object.entries(limits)) {
    assert.ok(found[name] <= most, `${name} took ${found[name]} requests, not ${most} at most`);
  }
}

const chosen = Object.entries(values.quick ? QUICK : ALL).filter(
  ([name]) => positionals.length === 0 || positionals.includes(name),
);
execFileSync(`${top}.cache/jupyterlite/venv/bin/python`, [`${top}tests/hosts/jupyterlite/site.py`, "build"], {
  stdio: "inherit",
});
const browser = await launch();
const kinds = [false, true].flatMap((isIsolated) => [true, false].map((has) => ({ isIsolated, has })));
const [first] = kinds;
const named = ({ isIsolated, has }) =>
  `${isIsolated ? "isolated" : "service worker"}, ${has ? "with" : "without"} extension`;
let [failed, passed] = [0, 0];
/** @type {Record<string, number>} */
const held = {};
for (const kind of values.quick ? [first] : kinds.filter((each) => named(each).startsWith(values.in))) {
  const server = await serve(kind);
  for (const [name, scenario] of chosen) {
    const context = await browser.newContext();
    const open = () => Lab.open(context, `${server.address}/${kind.has ? "with" : "without"}`);
    const start = Date.now();
    try {
      await scenario({ lab: await open(), open, has: kind.has });
      passed += 1;
      held[name] = (held[name] ?? 0) + 1;
      console.log(`${named(kind)}: ${name} in ${((Date.now() - start) / 1000).toFixed(0)} s`);
    } catch (error) {
      failed += 1;
      console.log(`${named(kind)}: ${name} FAILED\n${/** @type {Error} */ (error).stack}`);
    }
    await context.close();
  }
  server.close();
}
await browser.close();
for (const [name, shown] of Object.entries(SHOWN)) {
  if (!values.quick && held[name] === kinds.length) {
    note("JupyterLite", shown);
  }
}
console.log(`${passed} of ${passed + failed} scenarios hold`);
process.exitCode = failed || !passed ? 1 : 0;
