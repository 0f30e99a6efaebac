/** marimo on a desktop, its pages in Chromium: edits of a file beside a notebook, and which cells run again. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, afterEach, before, test } from "node:test";
import { pythonHost } from "../python.mjs";
import { launch, open, PATIENCE_MS, picture, snippets } from "../site.mjs";
import { note } from "../table.mjs";

const HOST = "marimo";
const user = (greeting) => `
class User:
    def __init__(self, name):
        self.name = name

    def greet(self):
        return "${greeting}, " + self.name
`;
/** A cell that has nothing to do with the project. */
const OTHER = "\n\n@app.cell\ndef _():\n    other = 1\n    return\n";

/** The document's notebook, each cell of which notes that it runs. */
function notebook() {
  const [source] = snippets(HOST, "python");
  let count = 0;
  return source
    .replace("\n\nif __name__", `${OTHER}\n\nif __name__`)
    .replace(/^(def _\(.*\):)\n/gm, (found) => `${found}    open("runs.txt", "a").write("${count++} ")\n`);
}

let browser;
let folder;
let server;
let pages = [];

before(async () => {
  browser = await launch();
});
after(() => browser?.close());
afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts `marimo run` or `marimo edit` with the notebook. */
async function start(...command) {
  return await startWith(notebook(), command);
}

async function startWith(source, command, configuration = "") {
  folder = mkdtempSync(`${tmpdir()}/marimo-`);
  mkdirSync(`${folder}/myapp/models`, { recursive: true });
  edit("hello");
  writeFileSync(`${folder}/notebook.py`, source);
  mkdirSync(`${folder}/.config/marimo`, { recursive: true });
  writeFileSync(`${folder}/.config/marimo/marimo.toml`, configuration);
  writeFileSync(`${folder}/runs.txt`, "");
  server = await pythonHost(folder, ["-m", "marimo", ...command], (port) => [
    "--headless",
    "--no-token",
    "--port",
    port,
  ]);
}

function edit(greeting) {
  writeFileSync(`${folder}/myapp/models/user.py`, user(greeting));
}

async function visit() {
  const { page } = await open(browser, server.address);
  pages.push(page);
  return page;
}

/** Waits until a page shows a text. */
async function shows(page, text) {
  try {
    await page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: 30_000 });
  } catch (error) {
    await picture(page, "marimo-failed");
    throw new Error(`${error.message}\n${server.said()}`, { cause: error });
  }
}

/** Which cells have run since this was asked last, when no more have for a second. */
async function runs() {
  for (let before = ""; ; ) {
    const now = readFileSync(`${folder}/runs.txt`, "utf8");
    if (now !== "" && now === before) {
      writeFileSync(`${folder}/runs.txt`, "");
      return now.trim().split(" ").sort().join(" ");
    }
    before = now;
    await new Promise((done) => setTimeout(done, 1500));
  }
}

test("after an edit exactly the cells below run again", { timeout: PATIENCE_MS }, async () => {
  await start("run", "notebook.py");
  const page = await visit();
  await shows(page, "hello, ada");
  assert.equal(await runs(), "0 1 2 3");
  for (const greeting of ["welcome", "good morning"]) {
    edit(greeting);
    await shows(page, `${greeting}, ada`);
    assert.equal(await runs(), "1 2");
  }
  await picture(page, "marimo-run");
  note(HOST, "after an edit exactly the cells below run again");
});

test("each of two sessions in one process has its cells run again", { timeout: PATIENCE_MS }, async () => {
  await start("run", "notebook.py");
  const [first, second] = [await visit(), await visit()];
  for (const page of [first, second]) {
    await shows(page, "hello, ada");
  }
  assert.equal(await runs(), "0 0 1 1 2 2 3 3");
  edit("welcome");
  for (const page of [first, second]) {
    await shows(page, "welcome, ada");
  }
  assert.equal(await runs(), "1 1 2 2");
  // One that has ended, the first of all, takes nothing along.
  await first.context().close();
  pages = [second];
  edit("good morning");
  await shows(second, "good morning, ada");
  note(HOST, "two sessions of marimo run");
});

test("in the editor, too, and a set-up cell may run again", { timeout: PATIENCE_MS }, async () => {
  await start("edit", "notebook.py");
  const page = await visit();
  const buttons = page.locator("[data-testid='run-button']:visible");
  // That of the whole notebook does nothing before the page has its kernel, and nothing once all has run.
  while (readFileSync(`${folder}/runs.txt`, "utf8") === "") {
    await buttons.last().click();
    await new Promise((done) => setTimeout(done, 1000));
  }
  await shows(page, "hello, ada");
  assert.equal(await runs(), "0 1 2 3");
  await page.locator(".cm-content").first().click();
  await page.keyboard.press("Control+Enter");
  assert.equal(await runs(), "0 1 2");
  edit("welcome");
  await shows(page, "welcome, ada");
  assert.equal(await runs(), "1 2");
  await picture(page, "marimo-edit");
  note(HOST, "marimo edit, its set-up cell run twice");
});

test("marimo's own reloading finds the cells of an edited module", { timeout: PATIENCE_MS }, async () => {
  const source = notebook()
    .replace(".enable_reloading(watch=True)", "")
    .replace("    reloads = loader.reloads()\n", "    reloads = str\n");
  await startWith(source, ["edit", "notebook.py"], '[runtime]\nauto_reload = "autorun"\nauto_instantiate = true\n');
  const page = await visit();
  await shows(page, "hello, ada");
  await runs();
  for (const greeting of ["welcome", "good morning"]) {
    edit(greeting);
    await shows(page, `${greeting}, ada`);
    assert.equal(await runs(), "1 2");
  }
  note(HOST, "marimo's own reloading of modules");
});
