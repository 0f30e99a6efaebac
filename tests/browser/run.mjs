/**
 * The package in a real Chromium: in a page, a module worker and a classic worker. `node tests/browser/run.mjs`.
 * CHROMIUM names the program; else it is the one that tools/setup.sh has found.
 */

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { top } from "../behaviour/packages.mjs";
import { serve } from "./server.mjs";

/** No claim takes long; a browser that hangs must not hang the tests. */
const DEADLINE_MS = 240_000;

/** What is run in the page: each puts the claims in one kind of place. `report` is this process's. */
const HOSTS = {
  page: async () => {
    const { loadPyodide } = await import("/pyodide-314/pyodide.mjs");
    const { check } = await import("/tests/browser/claims.mjs");
    await check(loadPyodide, globalThis.report, { suite: true });
  },
  "module worker": () => globalThis.inWorker("/tests/browser/worker.mjs", { type: "module" }),
  "classic worker": () => globalThis.inWorker("/tests/browser/worker.classic.js", { type: "classic" }),
};

/** Runs in the page: starts a worker and hands on what it posts, until it is done. */
function defineInWorker() {
  globalThis.inWorker = (address, options) =>
    new Promise((done, fail) => {
      const worker = new Worker(address, options);
      worker.onmessage = ({ data }) => {
        if (data.done) {
          worker.terminate();
          done();
        } else if (data.pageShallPost) {
          worker.postMessage(data.pageShallPost);
        } else if (data.type) {
          // What a loader posts to its page comes back, so that the claim can look at it.
          worker.postMessage({ posted: data });
        } else if (data.unhandled) {
          fail(new Error(`unhandled rejection in the worker: ${data.unhandled}`));
        } else {
          globalThis.report(data.name, data.fault);
        }
      };
      worker.onerror = (event) => fail(new Error(`${event.message ?? "the worker did not start"}`));
    });
}

const installed = `${top}/.cache/bin/chromium`;
const executablePath = process.env.CHROMIUM ?? (existsSync(installed) ? installed : "/usr/bin/chromium");
const server = await serve();
const browser = await chromium.launch({
  executablePath,
  args: [
    // Chromium's own sandbox does not start as root, as in most containers. Only our files are loaded.
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
  ],
});

let passed = 0;
let failed = 0;

function report(host, name, fault) {
  if (fault === null) {
    passed += 1;
    console.log(`ok ${host}: ${name}`);
  } else {
    failed += 1;
    console.log(`FAILED ${host}: ${name}\n${fault.replace(/^/gm, "    ")}`);
  }
}

async function runIn(host, run) {
  const started = performance.now();
  const complaints = [];
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
  page.on("console", (message) => {
    if (message.type() === "error") {
      complaints.push(`console: ${message.text()}`);
    } else if (message.text().length > 1) {
      // All but pytest's dots, which come one by one.
      console.log(message.text().replace(/^/gm, "    "));
    }
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(server.address) && !request.url().startsWith("data:")) {
      complaints.push(`asked for ${request.url()}`);
    }
  });
  await page.exposeFunction("report", (name, fault) => report(host, name, fault));
  await page.goto(server.address);
  await page.evaluate(defineInWorker);
  await page.evaluate(run).catch((error) => complaints.push(String(error)));
  complaints.push(...server.missing.splice(0).map((path) => `asked for ${path}, which does not exist`));
  await context.close();
  report(host, "nothing was complained of", complaints.length ? complaints.join("\n") : null);
  console.log(`${host}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

const deadline = setTimeout(() => {
  console.log(`FAILED: not done after ${DEADLINE_MS / 1000} s\n${passed} passed, ${failed + 1} failed`);
  process.exit(1);
}, DEADLINE_MS);

try {
  for (const [host, run] of Object.entries(HOSTS)) {
    await runIn(host, run);
  }
} finally {
  clearTimeout(deadline);
  await browser.close();
  server.close();
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
