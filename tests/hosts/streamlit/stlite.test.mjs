/** stlite in Chromium, without a network: Streamlit in WebAssembly, with wheels from PyPI in place of a CDN. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { here, launch, open, picture, pyodideFolder, serve, snippets, top, wheel } from "../site.mjs";
import { note } from "../table.mjs";
import { user } from "./project.mjs";

const [script] = snippets("Streamlit and stlite", "python");
const [mounting] = snippets("Streamlit and stlite", "js");
/** Packages of which Streamlit wants to have heard, and that the script does not use. PyPI has none of them for this Pyodide, and Python's ssl is a package there. */
const UNUSED = {
  altair: "5.5.0",
  fastparquet: "2024.11.0",
  numpy: "2.2.0",
  pandas: "2.3.0",
  pillow: "11.0.0",
  ssl: "1.0.0",
};
const MAKE_WHEEL = `
import sys, zipfile
name, version = sys.argv[1:]
module = {"pillow": "PIL"}.get(name, name)
with zipfile.ZipFile(f"{name}-{version}-py3-none-any.whl", "w") as wheel:
    source = "def __getattr__(name):\\n    if name.startswith('__'):\\n        raise AttributeError(name)\\n    return type(name, (), {'__setstate__': lambda self, state: None})\\n"
    wheel.writestr(f"{module}/__init__.py", f"__version__ = {version!r}\\n{source}")
    info = f"{name}-{version}.dist-info"
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

let browser;
let folder;
let site;

before(async () => {
  folder = mkdtempSync(`${tmpdir()}/stlite-`);
  for (const [name, version] of Object.entries(UNUSED)) {
    execFileSync(`${top}.venv/bin/python`, ["-c", MAKE_WHEEL, name, version], { cwd: folder });
  }
  const wheels = { [wheel().path]: { imports: ["pyautoload_wasm"] } };
  for (const place of [`${top}.cache/wheels-of-streamlit`, folder]) {
    for (const name of readdirSync(place)) {
      wheels[`${place}/${name}`] = { depends: name.startsWith("anyio-") ? ["ssl"] : [] };
    }
  }
  const files = { "app.py": script, "myapp/models/user.py": user("hello") };
  const page = mounting
    .replace(/"https:.*?stlite\.js"/, '"/stlite/stlite.js"')
    .replace("files: {", `pyodideUrl: location.origin + "/cdn/pyodide.mjs",\n  files: {`)
    .replace(/await \(await fetch\("(.*?)"\)\)\.text\(\)/g, (_, name) => JSON.stringify(files[name]));
  browser = await launch();
  site = await serve({
    "/cdn/": pyodideFolder(`${top}node_modules/pyodide-0.29`, wheels, "0.29"),
    "/stlite/": `${here}node_modules/@stlite/browser/build/`,
    "/index.html": `<!doctype html><title>stlite</title><link rel="stylesheet" href="/stlite/stlite.css"><div id="root"></div>
<script type="module">${page}
globalThis.app = app;</script>`,
    "/favicon.ico": "",
  });
});

after(async () => {
  await browser?.close();
  site?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("ten clicks, an edit, ten clicks", { timeout: 200_000 }, async () => {
  const { page, said, away } = await open(browser, `${site.address}index.html`);
  const shows = async (text, timeout = 30_000) => {
    try {
      await page.getByText(text).first().waitFor({ timeout });
    } catch (error) {
      await picture(page, "stlite-failed");
      throw new Error(`${error.message}\n${said.join("\n")}\n${away.join("\n")}`, { cause: error });
    }
  };
  const click = async (times, text) => {
    for (let count = 0; count < times; count++) {
      await page.getByRole("button", { name: "Greet" }).click();
      await page.locator("[data-test-script-state='notRunning']").waitFor();
      await shows(text);
    }
    assert.equal(await page.locator("[data-testid='stException']").count(), 0);
  };
  await shows("hello, ada True", 45_000);
  await click(10, "hello, ada True");
  await page.evaluate((text) => globalThis.app.writeFile("myapp/models/user.py", text), user("welcome"));
  await click(10, "welcome, ada True");
  await picture(page, "stlite");
  note("stlite", "ten clicks, an edit, ten clicks; objects of `session_state` follow");
});
