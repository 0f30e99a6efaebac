/** PyScript in Chromium, without a network: a script of the page, one of a worker, editors, and a terminal. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { here, launch, open, picture, pyodideFolder, serve, snippets, wheel } from "../site.mjs";
import { note } from "../table.mjs";

const HOST = "PyScript";
/** What each page shows, for the table. */
const SHOWN = {
  main: "a script of the page",
  worker: "one of a worker",
  editor: "editors: names and objects follow",
  terminal: "a terminal: it reloads before each statement",
};
const user = (greeting) => `
GREETING = "${greeting}"


class User:
    def __init__(self, name):
        self.name = name

    def greet(self):
        return "${greeting}, " + self.name
`;
/** In a page of its own, each of the document's scripts, with what a reader adds to it. */
const [script, editor, terminal] = snippets(HOST, "html");
const [config] = snippets(HOST, "json");
const titled = script.replace(
  "</script>",
  "from pyscript import document\ndocument.title = User('ada').greet()\n</script>",
);
/** What somebody types into an editor or a terminal to edit a file. */
const edit = (greeting) => `open("myapp/models/user.py", "w").write(${JSON.stringify(user(greeting))})`;
const page = (body) => `<!doctype html><title>PyScript</title>
<link rel="stylesheet" href="/pyscript/core.css"><script type="module" src="/pyscript/core.js"></script><body>${body}`;
const typed = [
  "from myapp.models import User\nfrom myapp.models.user import GREETING\nada = User('ada')\nprint('first', ada.greet(), GREETING)",
  edit("welcome"),
  "print('second', ada.greet(), GREETING, type(ada) is User)",
];

let browser;
let site;

before(async () => {
  const { name, path } = wheel();
  browser = await launch();
  const mounts = {
    "/pyscript/": `${here}node_modules/@pyscript/core/dist/`,
    "/pyodide/": pyodideFolder(),
    [`/wheels/${name}`]: readFileSync(path),
    "/user.py": user("hello"),
    "/worker.html": page(titled),
    "/main.html": page(titled.replace(" worker>", ">")),
    "/editor.html": page(
      editor + typed.map((source) => `<script type="py-editor" env="shared">${source}</script>`).join("\n"),
    ),
    "/terminal.html": page(terminal),
    "/favicon.ico": "",
  };
  site = await serve(mounts, { isIsolated: true });
  // In place of PyPI and of a CDN. A worker knows no address but a whole one.
  const packages = [`${site.address}wheels/${name}`];
  mounts["/pyscript.json"] = JSON.stringify({ ...JSON.parse(config), packages, interpreter: "/pyodide/pyodide.mjs" });
});

after(async () => {
  await browser?.close();
  site?.close();
});

/** Opens a page, and lets nothing be asked for elsewhere. */
async function visit(name, look) {
  const opened = await open(browser, `${site.address}${name}.html`);
  try {
    await look(opened.page);
    await picture(opened.page, `pyscript-${name}`);
  } catch (error) {
    await picture(opened.page, `pyscript-${name}-failed`);
    throw new Error(`${error.message}\n${opened.said.join("\n")}`, { cause: error });
  } finally {
    await opened.page.context().close();
  }
  assert.deepEqual(opened.away, []);
  note(HOST, SHOWN[name]);
}

for (const name of ["main", "worker"]) {
  test(`a script of the ${name} thread imports from the project`, () =>
    visit(name, (page) => page.waitForFunction(() => document.title === "hello, ada")));
}

test("names and objects follow in editors", () =>
  visit("editor", async (page) => {
    // The editor with the set-up is not shown.
    const boxes = page.locator(".py-editor-box:visible");
    await boxes.nth(typed.length - 1).waitFor();
    for (const [at, expected] of ["first hello, ada hello", "", "second welcome, ada welcome True"].entries()) {
      await boxes.nth(at).locator(".py-editor-input").hover();
      await boxes.nth(at).locator(".py-editor-run-button").click();
      await page.waitForFunction(() => !document.querySelector(".py-editor-run-button.running"));
      assert.equal((await boxes.nth(at).locator(".py-editor-output").innerText()).trim(), expected);
    }
  }));

test("a terminal reloads before each statement", () =>
  visit("terminal", async (page) => {
    const shown = () => page.locator("py-terminal").innerText();
    const prompt = async (count) => {
      await page.waitForFunction(
        (count) => (document.querySelector("py-terminal")?.innerText.match(/>>> /g) ?? []).length >= count,
        count,
      );
    };
    await prompt(1);
    const lines = [...typed[0].split("\n"), typed[1], typed[2]];
    for (const [at, line] of lines.entries()) {
      await page.evaluate((line) => document.querySelector("script[terminal]").process(line), line);
      await prompt(at + 2);
    }
    const text = (await shown()).replace(/\s+/g, " ");
    assert.match(text, /first hello, ada hello/);
    assert.match(text, /pyautoload_wasm: reloaded myapp.models.user/);
    assert.match(text, /second welcome, ada welcome True/);
  }));
