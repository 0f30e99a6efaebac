// How the page is served, by which engine it runs, what it weighs, and the pages that show how to do it oneself.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { dist, edit, logged, openExample, openZip, picture, ready, runCell, said, startSite } from "./site.mjs";

const BUDGET = 600_000;

let site;
before(async () => {
  site = await startSite();
});
after(() => site.stop());

test("the page's own scripts are at most 600 KB, compressed", () => {
  // The engine as a script is for pages that lack it as a file, which is an asset of this one.
  assert.ok(readdirSync(`${dist}/assets`).some((name) => /^engine_bg-.*\.wasm$/.test(name)));
  const all = readdirSync(`${dist}/assets`).filter((name) => name.endsWith(".js"));
  const scripts = all.filter((name) => !name.startsWith("inlined-"));
  assert.equal(all.length - scripts.length, 1);
  const size = scripts.reduce(
    (sum, name) => sum + gzipSync(readFileSync(`${dist}/assets/${name}`), { level: 9 }).length,
    0,
  );
  console.log(`the page's scripts, gzipped: ${(size / 1000).toFixed(1)} KB in ${scripts.length} files`);
  assert.ok(scripts.length >= 2);
  assert.ok(size <= BUDGET, `${size} bytes`);
});

test("the licences of what is bundled go along", () => {
  const listed = readFileSync(`${dist}/licenses.md`, "utf8");
  for (const name of ["@codemirror/view", "d3-flame-graph", "d3-selection", "fflate"]) {
    assert.ok(listed.includes(`## ${name} - `), name);
  }
  assert.deepEqual(readdirSync(`${dist}/licenses`), ["dagre.txt", "graphlib.txt"]);
});

test("it works under a sub-path, without isolation", async () => {
  const { page, close } = await site.open({ isIsolated: false, base: "/some/where/deep/" });
  await ready(page);
  await page.locator(".cell .output", { hasText: "5.40" }).waitFor();
  await edit(page, "rate = 0.20", "rate = 0.10");
  await logged(page, "shop.pricing.vat");
  await page.locator(".cell .output", { hasText: "4.95" }).waitFor();
  await close();
});

test("progress is shown while Python is loaded, all modules are, and a .zip is unpacked", async () => {
  const { page, close } = await site.open();
  await page.locator("#progress-label", { hasText: /Loading Python: .* of .* MB/ }).waitFor();
  await ready(page);
  await page.locator("#progress").waitFor({ state: "hidden" });
  await page.evaluate(() => {
    globalThis.labels = [];
    const label = document.querySelector("#progress-label");
    new MutationObserver(() => globalThis.labels.push(label.textContent)).observe(label, { childList: true });
  });
  await openZip(
    page,
    "some.zip",
    zipSync({ "some/thing.py": new Uint8Array(), "some/noise.bin": randomBytes(9_000_000) }),
  );
  await page.click("#load-all");
  await said(page, /Loaded \d+ modules? in/);
  const labels = await page.evaluate(() => globalThis.labels);
  assert.ok(
    labels.some((label) => label.startsWith("Unpacking: 9.0 of 9.0 MB")),
    labels.join(),
  );
  assert.ok(
    labels.some((label) => label.startsWith("Loading all modules: 1 of ")),
    labels.join(),
  );
  await openExample(page, "shop");
  await page.click("#load-all");
  await said(page, /Loaded \d+ modules? in/);
  await page.locator(".node[data-module='shop.controllers.stock_controller'][data-state='loaded']").waitFor();
  await close();
});

test("either engine is chosen in the page, runs the project, and is remembered", async () => {
  const { page, close } = await site.open();
  await ready(page);
  assert.match(await page.locator("#versions").textContent(), /from the npm package/);
  const door = "import pyautoload_wasm\npyautoload_wasm.engine_info()['door']";
  assert.equal(await (await runCell(page, door)).locator(".value").textContent(), "'javascript'");
  await page.getByRole("radio", { name: "wheel" }).check({ force: true });
  await page.locator("#versions", { hasText: "from the wheel" }).waitFor();
  await ready(page);
  assert.equal(await (await runCell(page, door)).locator(".value").textContent(), "'extension'");
  await edit(page, "rate = 0.20", "rate = 0.10");
  await logged(page, "shop.pricing.vat");
  await page.locator(".cell .output", { hasText: "4.95" }).waitFor();
  await edit(page, "rate = 0.10", "rate = (");
  await said(page, "is not valid Python");
  await picture(page, "wheel");
  await page.reload();
  await page.locator("#versions", { hasText: "from the wheel" }).waitFor();
  await ready(page);
  await page.getByRole("radio", { name: "npm package" }).check({ force: true });
  await page.locator("#versions", { hasText: "from the npm package" }).waitFor();
  await ready(page);
  await close();
});

for (const name of ["main-thread", "worker"]) {
  test(`examples/${name}.html reloads what is typed, in at most 40 lines`, async () => {
    assert.ok(readFileSync(`${dist}/examples/${name}.html`, "utf8").trimEnd().split("\n").length <= 40);
    const { page, complaints, close } = await site.open({ path: `examples/${name}.html` });
    await page.locator("#price", { hasText: "4.5" }).waitFor();
    await page.fill("#source", "class Tea:\n    price = 3.25\n");
    await page.locator("#price", { hasText: "3.25" }).waitFor();
    await page.fill("#source", "class Tea:\n    price = (\n");
    const failure = await page.waitForEvent("console", (message) => message.text().includes("old code runs on"));
    assert.match(failure.text(), /shop\.tea failed, line 2 \(SyntaxError/);
    await page.locator("#price", { hasText: "3.25" }).waitFor();
    await page.fill("#source", "class Tea:\n    price = 9.75\n");
    await page.locator("#price", { hasText: "9.75" }).waitFor();
    await picture(page, `example-${name}`);
    // The failure that was said on the console; of a worker it is told twice.
    const others = complaints.splice(0).filter((complaint) => !/shop\.tea failed, line 2/.test(complaint));
    assert.deepEqual(others, []);
    await close();
  });
}

test("the page links to the examples", async () => {
  const { page, close } = await site.open();
  for (const name of ["main-thread", "worker"]) {
    assert.equal(await page.locator(`a[href$="examples/${name}.html"]`).count(), 1);
  }
  await close();
});
