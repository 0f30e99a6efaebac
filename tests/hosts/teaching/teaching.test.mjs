/**
 * A page that keeps Pyodide in a worker, behind Comlink, and mounts a folder of the disk. A folder of the browser's own storage stands
 * for that one, since a test cannot choose a folder in a dialogue; the handles are of one kind.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { here, launch, open, picture, pyodideFolder, serve, snippets, top } from "../site.mjs";
import { user } from "../streamlit/project.mjs";
import { note } from "../table.mjs";

const [worker, main] = snippets("A page of yours, with a worker and a folder of the disk", "js");
/** Without a bundler, names are addresses. */
const addressed = (text) =>
  text
    .replaceAll('from "comlink"', 'from "/comlink/comlink.mjs"')
    .replace('from "pyodide"', 'from "/pyodide/pyodide.mjs"')
    .replace('from "pyautoload-wasm"', 'from "/pkg/index.js"');
/** Collects garbage as soon as an observer is asked to observe. Chromium takes one away that nothing refers to, and never answers. */
const COLLECTING = `
self.FileSystemObserver = class extends self.FileSystemObserver {
  observe(...how) {
    queueMicrotask(() => gc());
    return super.observe(...how);
  }
};
`;
const page = `<!doctype html><title>A folder of the disk</title><pre id="said"></pre><script type="module">
const said = document.querySelector("#said");
globalThis.reports = [];
const root = await navigator.storage.getDirectory();
/** The pupil's editor: writes a file, or removes it. */
globalThis.save = async (path, text) => {
  const names = path.split("/");
  let folder = root;
  for (const name of names.slice(0, -1)) {
    folder = await folder.getDirectoryHandle(name, { create: true });
  }
  if (text === null) {
    return await folder.removeEntry(names.at(-1));
  }
  const file = await (await folder.getFileHandle(names.at(-1), { create: true })).createWritable();
  await file.write(text);
  await file.close();
};
await save("project/models/user.py", ${JSON.stringify(user("hello"))});
globalThis.showDirectoryPicker = () => root.getDirectoryHandle("project");
const console = { log: (...text) => { said.textContent += text.map((one) => JSON.stringify(one)).join(" ") + "\\n"; } };
${addressed(main).replace("import * as Comlink", "const Comlink = await import").replace(' from "/comlink/comlink.mjs"', '("/comlink/comlink.mjs")')}
globalThis.run = (code) => python.run(code);
</script>`;

let browser;
let site;

before(async () => {
  browser = await launch("--js-flags=--expose-gc");
  site = await serve({
    "/pyodide/": pyodideFolder(),
    "/pkg/": `${top}pkg/`,
    "/comlink/": `${here}node_modules/comlink/dist/esm/`,
    "/observed/worker.js": `${COLLECTING}${addressed(worker)}`,
    "/unobserved/worker.js": `delete self.FileSystemObserver;\n${addressed(worker)}`,
    "/observed/index.html": page,
    "/unobserved/index.html": page,
    "/favicon.ico": "",
  });
});

after(async () => {
  await browser?.close();
  site?.close();
});

const USE = "from myapp.models import User; User('ada').greet()";

/** Opens the page, and waits for the first greeting. */
async function visit(path) {
  const { page, said } = await open(browser, `${site.address}${path}/index.html`);
  try {
    await page.getByText("hello, ada").waitFor({ timeout: 60_000 });
  } catch (error) {
    throw new Error(`${error.message}\n${said.join("\n")}`, { cause: error });
  }
  const save = (/** @type {string} */ name, text) =>
    page.evaluate(([name, text]) => globalThis.save(name, text), [`project/${name}`, text]);
  const run = (/** @type {string} */ code) => page.evaluate((code) => globalThis.run(code), code);
  return { page, save, run };
}

test("where a FileSystemObserver tells of an edit, the page follows it by itself", async () => {
  const { page, save, run } = await visit("observed");
  assert.ok(await page.evaluate(() => "FileSystemObserver" in globalThis));
  await save("models/user.py", `LIMIT = 1\n${user("welcome")}`);
  await page.getByText(/reloaded.*myapp\.models\.user/).waitFor();
  assert.equal(await run(USE), "welcome, ada");
  await picture(page, "teaching");
  note("A page with a worker", "it follows a folder of the disk, with a FileSystemObserver");
});

test("elsewhere what runs next has read the disk", async () => {
  const { save, run } = await visit("unobserved");
  await save("models/user.py", user("welcome"));
  assert.equal(await run(USE), "welcome, ada");
  await save("models/order.py", "class Order:\n    total = 3\n");
  assert.equal(await run("from myapp.models import Order; Order.total"), "3");
  await save("models/order.py", "class Order:\n    total = 44\n");
  assert.equal(await run("Order.total"), "44");
  await save("models/order.py", null);
  assert.match(
    await run("try:\n    import myapp.models.order\nexcept ImportError as error:\n    said = str(error)\nsaid"),
    /myapp\.models\.order/,
  );
  note("A page with a worker", "and without one");
});
