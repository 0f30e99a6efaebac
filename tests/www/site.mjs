/**
 * The built page in a real Chromium, for the tests: servers with and without the headers of isolation, and what every test asks of a
 * page. CHROMIUM names the program; else it is the one that tools/setup.sh has found.
 */

import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { preview } from "vite";
import { ISOLATION } from "../../www/vite.config.js";

export const top = fileURLToPath(new URL("../..", import.meta.url));
export const dist = `${top}www/dist`;
const screenshots = `${top}tests/www/screenshots`;
const installed = `${top}.cache/bin/chromium`;
const executablePath = process.env.CHROMIUM ?? (existsSync(installed) ? installed : "/usr/bin/chromium");

/** Starting Python takes some seconds, and the machine may be busy. */
const PATIENCE_MS = 20_000;

/** @typedef {import("playwright-core").Page} Page */

/**
 * A browser, and servers of the built page.
 * @param {import("node:test").TestContext | {after: (fn: () => Promise<void>) => void}} [owner]
 */
export async function startSite() {
  assert.ok(existsSync(`${dist}/index.html`), "www/dist/ is missing: run 'make page'");
  const browser = await chromium.launch({
    executablePath,
    // Chromium's own sandbox does not start as root, as in most containers. Only our files are loaded.
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
  });
  const servers = new Map();

  /** The address of a server of the page. */
  async function serve({ isIsolated = true, base = "/" } = {}) {
    const key = `${isIsolated} ${base}`;
    if (!servers.has(key)) {
      const server = await preview({
        configFile: false,
        root: `${top}www`,
        base,
        logLevel: "silent",
        preview: { port: 0, host: "127.0.0.1", headers: isIsolated ? ISOLATION : {} },
      });
      servers.set(key, server);
    }
    const { port } = servers.get(key).httpServer.address();
    return `http://127.0.0.1:${port}${base}`;
  }

  /**
   * Opens the page, as somebody who was never there, and gives what it complained of when it is closed.
   * @param {{isIsolated?: boolean, base?: string, path?: string, colorScheme?: "light" | "dark", viewport?: {width: number, height: number}, reducedMotion?: "reduce"}} [options]
   */
  async function open({ isIsolated, base, path = "", ...settings } = {}) {
    const address = await serve({ isIsolated, base });
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      acceptDownloads: true,
      ...settings,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const complaints = watched(context, address);
    const page = await context.newPage();
    await page.goto(address + path);
    const close = async () => {
      await context.close();
      assert.deepEqual(complaints, []);
    };
    return { page, context, address, complaints, close };
  }

  const stop = async () => {
    await browser.close();
    await Promise.all([...servers.values()].map((server) => server.close()));
  };
  return { open, stop };
}

/** Notes errors of the console, uncaught ones, and requests to anywhere else. */
function watched(context, address) {
  const complaints = [];
  const origin = new URL(address).origin;
  context.on("page", (page) => {
    page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        complaints.push(`console: ${message.text()}`);
      }
    });
  });
  context.on("request", (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url())) {
      complaints.push(`asked for ${request.url()}`);
    }
  });
  context.on("response", (response) => {
    if (response.status() >= 400) {
      complaints.push(`${response.status()} for ${response.url()}`);
    }
  });
  return complaints;
}

/** Waits until Python is there, and all cells that run by themselves have run. @param {Page} page */
export async function ready(page) {
  await page.locator("html[data-python='ready']").waitFor();
  await settled(page);
}

/** Waits until no cell runs or waits, and the picture of the imports is there. @param {Page} page */
export async function settled(page) {
  await page.waitForFunction(
    () =>
      document.documentElement.dataset.python === "ready" &&
      !document.querySelector(".cell[data-progress='running'], .cell[data-progress='queued']"),
  );
}

/** Opens one of the examples. @param {Page} page @param {string} name */
export async function openExample(page, name) {
  // The list is made anew with the project; its value changes as soon as it is chosen.
  const listed = await page.locator("#project option").first().elementHandle();
  await page.selectOption("#project", name);
  await page.click("#dialog-buttons .primary");
  await page.waitForFunction((option) => !option?.isConnected, listed);
  await ready(page);
  await page.locator(".cell[data-progress='done']").first().waitFor();
}

/** The text in the editor, of a file that it shows whole. @param {Page} page */
export function shownText(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("#editor .cm-line")].map((line) => line.textContent).join("\n"),
  );
}

/** Puts a text in place of the one in the editor. @param {Page} page @param {string} text */
export async function enter(page, text) {
  await page.locator("#editor .cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

/** Changes a part of what is in the editor. @param {Page} page @param {string} from @param {string} to */
export async function edit(page, from, to) {
  const text = await shownText(page);
  assert.ok(text.includes(from), `the editor has no ${from}:\n${text}`);
  await enter(page, text.replace(from, to));
}

/** Selects a file of the tree, whose folders are open. @param {Page} page @param {string} path */
export async function openFile(page, path) {
  await page.locator(`#tree [data-path="${path}"]`).click();
  await page.locator("#code-path", { hasText: path }).waitFor();
}

/** Adds a cell, runs it, and waits for its end. Returns the cell. @param {Page} page @param {string} code */
export async function runCell(page, code) {
  const cell = await addCell(page, code);
  await page.keyboard.press("Control+Enter");
  await ended(cell);
  return cell;
}

/** @param {Page} page @param {string} code */
export async function addCell(page, code) {
  await page.click("#add-cell");
  const cell = page.locator(".cell").last();
  await cell.locator(".cm-content").click();
  await page.keyboard.insertText(code);
  return cell;
}

/** @param {import("playwright-core").Locator} cell */
export async function ended(cell) {
  await cell.and(cell.page().locator("[data-progress='done'], [data-progress='failed']")).waitFor();
}

/** Waits for an entry of the log of reloads that has a text; it is the newest. @param {Page} page @param {string | RegExp} text */
export async function logged(page, text) {
  const entry = page.locator("#log > li").first().filter({ hasText: text });
  await entry.waitFor();
  return entry;
}

/** Waits for what is said at the bottom. @param {Page} page @param {string | RegExp} text */
export async function said(page, text) {
  await page.locator("#live").filter({ hasText: text }).waitFor();
}

/** Opens a .zip through the file chooser. @param {Page} page @param {string | {name: string, mimeType: string, buffer: Buffer}} file */
export async function upload(page, file) {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click("#upload")]);
  await chooser.setFiles(file);
}

/** Opens a project from the bytes of a .zip. @param {Page} page @param {string} name @param {Uint8Array} bytes */
export async function openZip(page, name, bytes) {
  await upload(page, { name, mimeType: "application/zip", buffer: Buffer.from(bytes) });
  await page.locator("#dialog[open]").waitFor();
  await page.click("#dialog-buttons .primary");
  await page.waitForFunction(
    (title) => document.querySelector("#project").selectedOptions[0].textContent === title,
    name,
  );
  await ready(page);
}

/** Texts of the page, or of an open dialog, whose contrast with what is behind them is under 4.5. @param {Page} page */
export function faint(page, within = "body") {
  return page.evaluate((selector) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const read = (color, under) => {
      canvas.fillStyle = under;
      canvas.fillRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
      const layers = [];
      for (let at = element; at; at = at.parentElement) {
        layers.unshift(getComputedStyle(at).backgroundColor);
      }
      return layers.reduce((under, color) => `rgb(${read(color, under).join(" ")})`, "white");
    };
    const found = new Set();
    for (const element of document.querySelectorAll(`${selector} *`)) {
      const hasText = [...element.childNodes].some(
        (child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim(),
      );
      if (
        !hasText ||
        !element.checkVisibility() ||
        element.matches(":disabled, :disabled *, option, dialog:not([open]) *")
      ) {
        continue;
      }
      const under = ground(element);
      const [one, other] = [luminance(read(getComputedStyle(element).color, under)), luminance(read(under, under))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      if (contrast < 4.5) {
        found.add(
          `${element.tagName}.${element.className} ${contrast.toFixed(2)}: ${element.textContent.slice(0, 40)}`,
        );
      }
    }
    return [...found];
  }, within);
}

/** Keeps a picture of the page; nobody compares it, people look at it. @param {Page} page @param {string} name */
export async function picture(page, name, fullPage = false) {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage });
}
