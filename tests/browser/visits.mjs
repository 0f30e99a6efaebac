/** Visits of a page by the same browser, with what it keeps from one to the next: `visit.page.mjs` says what a visit is. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { build } from "vite";
import { top } from "../behaviour/packages.mjs";
import { serve } from "./server.mjs";

const installed = `${top}/.cache/bin/chromium`;
const executablePath = process.env.CHROMIUM ?? (existsSync(installed) ? installed : "/usr/bin/chromium");

/** A machine may be busy. */
const PATIENCE_MS = 120_000;

/** The page of every visit, in this folder. */
const PAGE = "visit.html";

/**
 * What is imported in a visit: the module `name`, after archives were unpacked and files were written, which a JSON file has; where there
 * is a `project` or a `bundle`, by a loader. With `snapshot`, Pyodide starts from one, if the browser has it, and the visit ends when it has one. `cache` has the options of the code cache, `code` is Python whose value is JSON. `waits` asks for the long tasks
 * afterwards, `saves` writes the cache at once.
 * @typedef {{
 *   name: string, archives?: {url: string, into?: string}[], files?: string, project?: string, bundle?: string, snapshot?: boolean, cache?: object | null,
 *   code?: string, waits?: boolean, saves?: boolean,
 * }} Visit
 */

/** Runs the package's command. Returns the file that it has written. */
export function commanded(output, ...words) {
  const folder = mkdtempSync(join(tmpdir(), "pyautoload-commanded-"));
  try {
    const pyodide = `${top}/node_modules/pyodide-314`;
    execFileSync(process.execPath, [`${top}/pkg/cli.js`, ...words, "--pyodide", pyodide, "--output", output], {
      cwd: folder,
    });
    return readFileSync(`${folder}/${output}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A server whose files a browser may keep, as those of a CDN.
 * @param {{folders?: Record<string, string>, files?: Record<string, string>}} [options]
 */
export function startServer({ folders = {}, files = {} } = {}) {
  const page = readFileSync(new URL(PAGE, import.meta.url));
  return serve({ files: { [`/${PAGE}`]: page, ...files }, folders, cacheControl: "public, max-age=3600" });
}

/** The page as Vite builds it: its files by address, for `startServer`. */
export async function buildPage() {
  const html = `tests/browser/${PAGE}`;
  const { output } = await build({
    configFile: false,
    root: top,
    publicDir: false,
    logLevel: "silent",
    build: { write: false, target: "esnext", rollupOptions: { input: join(top, html), external: /^\/pyodide-/ } },
  });
  const address = (name) => (name === html ? `/${PAGE}` : `/${name}`);
  return Object.fromEntries(output.map((file) => [address(file.fileName), file.code ?? file.source]));
}

/** A browser of somebody who was never there. */
export class Visitor {
  #folder = mkdtempSync(join(tmpdir(), "pyautoload-visitor-"));
  #server;

  /** @param {{address: string}} server */
  constructor(server) {
    this.#server = server;
  }

  /**
   * Starts the browser, and each time the same profile. What is to be done in it is given it.
   * @template T
   * @param {(context: import("playwright-core").BrowserContext) => Promise<T>} use
   */
  async browse(use) {
    const context = await chromium.launchPersistentContext(this.#folder, {
      executablePath,
      args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
    });
    try {
      return await use(context);
    } finally {
      await context.close();
    }
  }

  /**
   * Opens a page in a browser and waits until its visit is over.
   * @param {import("playwright-core").BrowserContext} context
   * @param {Visit} visit
   */
  async open(context, visit) {
    const page = await context.newPage();
    await page.goto(`${this.#server.address}/visit.html?${encodeURIComponent(JSON.stringify(visit))}`);
    await page.waitForFunction(() => globalThis.visited, undefined, { timeout: PATIENCE_MS });
    const result = await page.evaluate(() => globalThis.visited);
    return { page, result };
  }

  /** One visit, in a browser that is started for it. @param {Visit} visit */
  async visit(visit) {
    return this.browse(async (context) => (await this.open(context, visit)).result);
  }

  /** Forgets everything. */
  leave() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
