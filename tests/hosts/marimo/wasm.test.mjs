/** A notebook that marimo has exported for WebAssembly, opened from a static server, with wheels from PyPI in place of its CDN. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename } from "node:path";
import { after, before, test } from "node:test";
import { inHostsPython } from "../python.mjs";
import { distribution, here, launch, open, picture, pyodideFolder, serve, snippets, top, wheel } from "../site.mjs";
import { user } from "../streamlit/project.mjs";
import { note } from "../table.mjs";

const [source, exported] = snippets("marimo", "python");
/** The notebook with the cells for WebAssembly in place of its set-up, and one with a button that edits a file. */
const [begin, setUp, ...rest] = source.split(/^(?=@app\.cell)/m);
assert.match(setUp, /AutoLoader/);
const EDIT = `@app.cell
def _():
    import marimo

    def edit(_):
        with open("myapp/models/user.py", "w") as file:
            file.write(${JSON.stringify(user("welcome"))})

    button = marimo.ui.button(label="Edit", on_click=edit)
    button
    return


`;
const NOTEBOOK = [begin, `${exported}\n\n`, ...rest.slice(0, 1), EDIT, ...rest.slice(1)].join("");

/** PyYAML has no wheel for Pyodide on PyPI. It works without its part in C, and so without that the installed one is as good. */
const PURE_YAML = `
import importlib.metadata, pathlib, zipfile
found = importlib.metadata.distribution("pyyaml")
with zipfile.ZipFile(f"pyyaml-{found.version}-py3-none-any.whl", "w") as wheel:
    for file in found.files:
        if file.parts[0] == "yaml" and file.suffix == ".py" or file.parts[0].endswith(".dist-info"):
            wheel.write(found.locate_file(file), str(file))
`;

let browser;
let folder;
let site;

before(async () => {
  folder = mkdtempSync(`${tmpdir()}/marimo-`);
  mkdirSync(`${folder}/myapp/models`, { recursive: true });
  mkdirSync(`${folder}/public`);
  writeFileSync(`${folder}/myapp/models/user.py`, user("hello"));
  execFileSync(`${top}.venv/bin/python`, ["-m", "zipfile", "-c", "public/myapp.zip", "myapp"], { cwd: folder });
  writeFileSync(`${folder}/notebook.py`, NOTEBOOK);
  inHostsPython(folder, [
    "-m",
    "marimo",
    "export",
    "html-wasm",
    "notebook.py",
    "-o",
    "site",
    "--mode",
    "run",
    "--no-sandbox",
  ]);
  mkdirSync(`${folder}/wheels`);
  inHostsPython(`${folder}/wheels`, ["-c", PURE_YAML]);
  const wheels = {};
  for (const place of [`${top}.cache/wheels-of-marimo`, `${folder}/wheels`]) {
    for (const name of readdirSync(place).filter((name) => name.endsWith(".whl"))) {
      wheels[`${place}/${name}`] = {};
    }
  }
  const names = Object.keys(wheels).map((path) => distribution(basename(path)));
  const [base] = Object.keys(wheels).filter((path) => path.includes("marimo_base"));
  wheels[base].depends = names.filter((name) => name !== "marimo-base");
  wheels[wheel().path] = { imports: ["pyautoload_wasm"] };
  browser = await launch();
  site = await serve({
    "/cdn/": pyodideFolder(`${here}node_modules/pyodide-314.0.0`, wheels),
    "/": `${folder}/site/`,
  });
});

after(async () => {
  await browser?.close();
  site?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("an exported notebook has the project, and its cells run again after an edit", { timeout: 200_000 }, async () => {
  const { page, said, away } = await open(browser, site.address, (asked) => {
    if (asked.startsWith("https://wasm.marimo.app/pyodide-lock.json")) {
      return `${site.address}cdn/pyodide-lock.json`;
    }
    return /^https:\/\/cdn\.jsdelivr\.net\/pyodide\/v[^/]+\/full\//.test(asked)
      ? `${site.address}cdn/${asked.split("/full/")[1]}`
      : undefined;
  });
  const shows = async (text) => {
    try {
      await page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: 60_000 });
    } catch (error) {
      await picture(page, "marimo-wasm-failed");
      throw new Error(`${error.message}\n${said.join("\n")}\n${away.join("\n")}`, { cause: error });
    }
  };
  await shows("hello, ada");
  await page.getByRole("button", { name: "Edit" }).click();
  await shows("welcome, ada");
  await picture(page, "marimo-wasm");
  note("marimo", "an export for WebAssembly, from a static server");
});
