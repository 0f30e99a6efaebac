/**
 * What the tests of browser hosts share: a server of folders and of texts, a Pyodide that needs no network, Chromium, and the snippets of
 * docs/hosts.md.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { CONTENT_TYPES } from "../browser/content_types.mjs";

export const top = fileURLToPath(new URL("../../", import.meta.url));
export const here = fileURLToPath(new URL(".", import.meta.url));
/** Starting Python takes some seconds, and the machine may be busy. */
export const PATIENCE_MS = 120_000;
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/** The wheel of ours that this Pyodide takes. */
export function wheel(folder = `${top}dist`) {
  const name = readdirSync(folder).find((file) => /-pyemscripten_.*\.whl$/.test(file));
  assert.ok(name, `${folder} has no wheel for Pyodide: run 'make wheels'`);
  return { name, path: `${folder}/${name}` };
}

/** The name of a wheel's distribution, as lock files write it. */
export function distribution(/** @type {string} */ file) {
  return file.split("-")[0].toLowerCase().replaceAll("_", "-");
}

/**
 * A Pyodide as a folder of a site: its own files, and wheels that its lock file names by their hashes.
 * @param {string} [folder]
 * @param {string} [version] the Pyodide whose micropip it has
 * @param {Record<string, {imports?: string[], depends?: string[]}>} [more] paths of other wheels
 */
export function pyodideFolder(folder = `${top}node_modules/pyodide-314`, more = {}, version = "314") {
  const own = `${top}.cache/wheels/pyodide-${version}/`;
  const lock = JSON.parse(readFileSync(`${folder}/pyodide-lock.json`, "utf8"));
  const wheels = Object.fromEntries(readdirSync(own).map((file) => [`${own}${file}`, {}]));
  for (const [path, { imports, depends = [] }] of Object.entries({ ...wheels, ...more })) {
    const file_name = basename(path);
    const key = distribution(file_name);
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    const entry = {
      name: key,
      version: file_name.split("-")[1],
      file_name,
      sha256,
      install_dir: "site",
      depends,
      package_type: "package",
    };
    lock.packages[key] = { ...entry, imports: imports ?? lock.packages[key]?.imports ?? [], unvendored_tests: false };
  }
  const folders = [folder, own, ...new Set(Object.keys(more).map((path) => dirname(path)))];
  return { folders, texts: { "pyodide-lock.json": JSON.stringify(lock) } };
}

/**
 * Serves folders and texts.
 * @param {Record<string, string | {folders: string[], texts?: Record<string, string>}>} mounts by the beginning of an address; a string
 * is a text, or a folder where the address ends in a slash
 */
export async function serve(mounts, { isIsolated = false } = {}) {
  const find = async (/** @type {string} */ path) => {
    for (const [prefix, mount] of Object.entries(mounts)) {
      if (path === prefix && !prefix.endsWith("/")) {
        return mount;
      }
      if (prefix.endsWith("/") && path.startsWith(prefix)) {
        const name = path.slice(prefix.length) || "index.html";
        const { folders, texts } = typeof mount === "string" ? { folders: [mount] } : mount;
        if (texts?.[name] !== undefined) {
          return texts[name];
        }
        for (const folder of folders) {
          const content = await readFile(join(folder, name)).catch(() => undefined);
          if (content !== undefined) {
            return content;
          }
        }
      }
    }
    return undefined;
  };
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname));
    const content = await find(path);
    const type =
      CONTENT_TYPES[extname(path)] ?? (path.endsWith("/") ? CONTENT_TYPES[".html"] : "application/octet-stream");
    response.writeHead(content === undefined ? 404 : 200, {
      "Content-Type": type,
      "Cache-Control": "no-store",
      ...(isIsolated ? ISOLATION : {}),
    });
    response.end(content);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${server.address().port}/`, close };
}

/** @param {string[]} more arguments of Chromium */
export async function launch(...more) {
  const installed = `${top}.cache/bin/chromium`;
  const executablePath = process.env.CHROMIUM ?? (existsSync(installed) ? installed : "/usr/bin/chromium");
  const args = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    ...more,
  ];
  return await chromium.launch({ executablePath, args });
}

/**
 * Opens a page in which nothing but our own servers can be reached. `instead` may give an address of theirs for one of somebody else's.
 * @returns {Promise<{page: import("playwright-core").Page, said: string[], away: string[]}>} what its console has said, and which
 * addresses of others it has asked for
 */
export async function open(browser, address, instead = (/** @type {string} */ _asked) => undefined) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  const [said, away] = [[], []];
  await context.route(
    (url) => /^https?:$/.test(url.protocol) && url.hostname !== "127.0.0.1",
    async (route) => {
      const asked = route.request().url();
      const given = instead(asked);
      if (given !== undefined) {
        // It is another origin, and the page may be isolated.
        const headers = { "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin" };
        const response = await route.fetch({ url: given });
        return route.fulfill({ response, headers: { ...response.headers(), ...headers } });
      }
      away.push(asked);
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(`uncaught: ${error}`));
  await page.goto(address);
  return { page, said, away };
}

/** Keeps a picture of the page, for whoever wants to see what the test has seen. */
export async function picture(page, name) {
  mkdirSync(`${here}screenshots`, { recursive: true });
  await page.screenshot({ path: `${here}screenshots/${name}.png` });
}

/** The snippets of a section of docs/hosts.md that are written in a language. */
export function snippets(heading, language) {
  const document = readFileSync(`${top}docs/hosts.md`, "utf8");
  const section = document.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  assert.ok(section, heading);
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map((found) => found[1]);
}
