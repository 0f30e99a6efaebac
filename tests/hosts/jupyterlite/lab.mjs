/** A user of JupyterLite, in Chromium: opens notebooks and files, runs cells, types into the editor and saves, uses the file browser. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** What colours a traceback. */
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
/** Starting a kernel takes some seconds, and the machine may be busy. */
const PATIENCE_MS = 120_000;
const installed = fileURLToPath(new URL("../../../.cache/bin/chromium", import.meta.url));
const executablePath = process.env.CHROMIUM ?? (existsSync(installed) ? installed : "/usr/bin/chromium");
const args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const launch = () => chromium.launch({ executablePath, args });

/** Where a page is isolated, the kernel's coincident 1.2.3 takes the answer of `Atomics.waitAsync` for a promise also where it is a text, as
 * in current versions of Chromium, and then the cell runs for ever.
 */
function answerWaitsByPromises() {
  const wait = Atomics.waitAsync;
  Atomics.waitAsync = (/** @type {any[]} */ ...details) => {
    const answer = wait.apply(Atomics, details);
    return answer.async ? answer : { async: true, value: Promise.resolve(answer.value) };
  };
}

/** Defines what the functions below use in the page. */
function defineWidgets() {
  globalThis.widgetOf = (/** @type {string} */ path) =>
    [...globalThis.jupyterapp.shell.widgets("main")].find((widget) => widget.context?.path === path);
  globalThis.kernelOf = (/** @type {string} */ path) =>
    globalThis.widgetOf(path).context.sessionContext.session?.kernel;
}

/** One tab. */
export class Lab {
  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {import("playwright-core").BrowserContext} context @param {string} address */
  static async open(context, address) {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(answerWaitsByPromises);
    await page.addInitScript(defineWidgets);
    await page.goto(`${address}/lab/index.html`, { timeout: PATIENCE_MS });
    await page.waitForFunction(() => globalThis.jupyterapp?.restored);
    await page.evaluate(() => globalThis.jupyterapp.restored);
    return new Lab(page);
  }

  /** Opens a file. @param {string} path @param {string} [factory] what shows it */
  async show(path, factory) {
    await this.page.evaluate(
      async ([path, factory]) => {
        const widget = await globalThis.jupyterapp.commands.execute("docmanager:open", { path, factory });
        await widget.context.ready;
      },
      [path, factory],
    );
  }

  /** Makes a notebook, opens it, and waits for its kernel. @param {string} path */
  async notebook(path) {
    const cells = {
      cells: [],
      metadata: { kernelspec: { name: "python", display_name: "Python" } },
      nbformat: 4,
      nbformat_minor: 5,
    };
    await this.page.evaluate(
      ([path, content]) =>
        globalThis.jupyterapp.serviceManager.contents
          .save(path, { type: "notebook", format: "json", content })
          .then(() => null),
      [path, cells],
    );
    await this.show(path);
    await this.page.evaluate((path) => globalThis.widgetOf(path).context.sessionContext.ready, path);
    await this.idle(path);
  }

  /** Waits until a notebook's kernel has nothing to do. @param {string} path */
  idle(path) {
    return this.page.waitForFunction((path) => globalThis.kernelOf(path)?.status === "idle", path, { polling: 20 });
  }

  /** Runs a source in a new cell, as a user would. Returns the text that it has shown. @param {string} path @param {string} source */
  async run(path, source, patience = PATIENCE_MS) {
    await this.page.bringToFront();
    await this.page.evaluate((path) => globalThis.jupyterapp.shell.activateById(globalThis.widgetOf(path).id), path);
    // Commands are about the notebook that has the focus.
    await this.page.waitForFunction(
      (path) => globalThis.jupyterapp.shell.currentWidget === globalThis.widgetOf(path),
      path,
      { polling: 5 },
    );
    const at = await this.page.evaluate(
      ([path, source]) => {
        const { content } = globalThis.widgetOf(path);
        const { cells } = content.model.sharedModel;
        const isFree = cells.length > 0 && !cells.at(-1).getSource();
        const at = isFree ? cells.length - 1 : cells.length;
        if (!isFree) {
          content.model.sharedModel.insertCell(at, { cell_type: "code", source: "" });
        }
        content.model.sharedModel.getCell(at).setSource(source);
        content.activeCellIndex = at;
        content.widgets[at].isDone = false;
        void globalThis.jupyterapp.commands.execute("notebook:run-cell").then(() => {
          content.widgets[at].isDone = true;
        });
        return at;
      },
      [path, source],
    );
    await this.page.waitForFunction(
      ([path, at]) =>
        globalThis.widgetOf(path).content.widgets[at].isDone && globalThis.kernelOf(path)?.status === "idle",
      [path, at],
      { polling: 20, timeout: patience },
    );
    const outputs = await this.page.evaluate(
      ([path, at]) => globalThis.widgetOf(path).content.widgets[at].model.outputs.toJSON(),
      [path, at],
    );
    return outputs.map(textOf).join("").replace(ANSI, "").trim();
  }

  /** Restarts a notebook's kernel. @param {string} path */
  async restart(path) {
    await this.page.evaluate((path) => globalThis.kernelOf(path).restart(), path);
    await this.idle(path);
  }

  /** What Tab offers. @param {string} path @param {string} code */
  complete(path, code) {
    return this.page.evaluate(
      async ([path, code]) => {
        const { content } = await globalThis.kernelOf(path).requestComplete({ code, cursor_pos: code.length });
        return content.matches.map((match) => match.split(".").at(-1));
      },
      [path, code],
    );
  }

  /** Types a new text into JupyterLab's own editor, and saves it by Ctrl+S. @param {string} path @param {string} text */
  async edit(path, text) {
    await this.show(path, "Editor");
    await this.page.locator(".jp-FileEditor:visible .cm-content").click();
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press("Control+s");
    await this.page.waitForFunction((path) => !globalThis.widgetOf(path).context.model.dirty, path, { polling: 5 });
  }

  /** Writes files. @param {Record<string, string>} files by path; the folders are made */
  async write(files) {
    await this.page.evaluate(async (files) => {
      const { contents } = globalThis.jupyterapp.serviceManager;
      const made = new Set();
      for (const [path, content] of Object.entries(files)) {
        const parts = path.split("/").slice(0, -1);
        for (const [at] of parts.entries()) {
          const folder = parts.slice(0, at + 1).join("/");
          const isThere =
            made.has(folder) ||
            (await contents.get(folder, { content: false }).then(
              () => true,
              () => false,
            ));
          if (!isThere) {
            await contents.save(folder, { type: "directory" });
          }
          made.add(folder);
        }
        await contents.save(path, { type: "file", format: "text", content });
      }
    }, files);
  }

  /** What the file browser does on Delete and Rename. @param {"delete" | "rename"} what @param {string[]} paths */
  change(what, ...paths) {
    return this.page.evaluate(
      ([what, paths]) => globalThis.jupyterapp.serviceManager.contents[what](...paths).then(() => null),
      [what, paths],
    );
  }
}

/** @param {any} output of a cell */
function textOf(output) {
  if (output.output_type === "stream") {
    return [output.text].flat().join("");
  }
  if (output.output_type === "error") {
    return `${output.traceback.join("\n")}\n`;
  }
  return [output.data?.["text/plain"] ?? JSON.stringify(output.data)].flat().join("");
}
