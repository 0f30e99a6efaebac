// The files: the tree and its keys, whole projects, what is kept.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import {
  edit,
  enter,
  openExample,
  openFile,
  openZip,
  picture,
  ready,
  runCell,
  said,
  shownText,
  startSite,
} from "./site.mjs";

let site;
before(async () => {
  site = await startSite();
});
after(() => site.stop());

const row = (page, path) => page.locator(`#tree [data-path="${path}"]`);
const focused = (page) => page.evaluate(() => /** @type {any} */ (document.activeElement).dataset.path);

test("the tree is walked, opened and closed with the keyboard", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await row(page, "shop").focus();
  await row(page, "shop").click();
  assert.equal(await row(page, "shop").getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowRight");
  assert.equal(await row(page, "shop").getAttribute("aria-expanded"), "true");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), "shop/controllers");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await row(page, "shop/controllers/checkout_controller.py").count(), 0);
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), "shop/models");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(page), "shop/models/customer.py");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await focused(page), "shop/models");
  await page.keyboard.press("End");
  assert.equal(await focused(page), "shop/views/receipt.py");
  await page.keyboard.press("Enter");
  await page.locator("#code-path", { hasText: "shop/views/receipt.py" }).waitFor();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Home");
  assert.equal(await focused(page), "shop");
  assert.equal(await page.locator("#tree [tabindex='0']").count(), 1);
  await close();
});

test("files are made, renamed, moved with their folder, and deleted", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await row(page, "shop/models/order.py").click();
  await page.click("#new-file");
  await page.fill("#dialog-input", "shop/models/order.py");
  await page.keyboard.press("Enter");
  await page.locator("#dialog-fault", { hasText: "There is a file “shop/models/order.py” already." }).waitFor();
  await picture(page, "dialog");
  for (const [path, fault] of [
    ["../evil.py", "could lead out of the project"],
    ["/etc/passwd", "is an absolute path"],
    ["shop/models/order.py/x.py", "is a file, and cannot hold others"],
    ["", "Give the file a name"],
  ]) {
    await page.fill("#dialog-input", path);
    await page.keyboard.press("Enter");
    await page.locator("#dialog-fault", { hasText: fault }).waitFor();
  }
  await page.fill("#dialog-input", "shop/gifts/voucher.py");
  await page.keyboard.press("Enter");
  await page.locator("#code-path", { hasText: "shop/gifts/voucher.py" }).waitFor();
  await enter(page, "class Voucher:\n    worth = 10\n");
  await page.waitForFunction(() => document.querySelector("#log")?.textContent.match(/voucher\.py/g)?.length === 2);
  const made = await runCell(page, "from shop.gifts import Voucher\nVoucher.worth");
  assert.equal(await made.locator(".value").textContent(), "10");
  await row(page, "shop/gifts").focus();
  await row(page, "shop/gifts").click();
  await page.click("#rename-file");
  await page.fill("#dialog-input", "shop/presents");
  await page.click("#dialog-buttons .primary");
  await row(page, "shop/presents").waitFor();
  await page.locator("#code-path", { hasText: "shop/presents/voucher.py" }).waitFor();
  const moved = await runCell(page, "from shop.presents import Voucher as Moved\nMoved.__module__");
  assert.equal(await moved.locator(".value").textContent(), "'shop.presents.voucher'");
  await page.click("#delete-file");
  await page.locator("#dialog-title", { hasText: "Delete shop/presents" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await row(page, "shop/presents").count(), 1);
  await page.click("#delete-file");
  await page.click("#dialog-buttons .danger");
  await row(page, "shop/presents").waitFor({ state: "detached" });
  await close();
});

test("the project survives a reload of the page, and is reset", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await edit(page, "rate = 0.20", "rate = 0.07");
  await page.locator("html[data-saved='no']").waitFor();
  await page.locator("html[data-saved='yes']").waitFor();
  await page.reload();
  await ready(page);
  assert.match(await shownText(page), /rate = 0\.07/);
  await page.locator(".cell .output", { hasText: "4.82" }).waitFor();
  await page.click("#reset");
  await page.click("#dialog-buttons .danger");
  await page.locator("#editor .cm-line", { hasText: "rate = 0.20" }).waitFor();
  await page.locator(".cell .output", { hasText: "5.40" }).waitFor();
  await page.reload();
  await ready(page);
  assert.match(await shownText(page), /rate = 0\.20/);
  await close();
});

test("an edit is kept though the page is left before it is written", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await edit(page, "rate = 0.20", "rate = 0.08");
  await page.reload();
  await ready(page);
  assert.match(await shownText(page), /rate = 0\.08/);
  await close();
});

test("a project is saved as a .zip, and opened from one", async () => {
  const { page, close } = await site.open();
  await ready(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download")]);
  assert.equal(download.suggestedFilename(), "shop.zip");
  const files = unzipSync(await readFile(await download.path()));
  assert.match(strFromU8(files["shop/pricing/vat.py"]), /rate = 0\.20/);
  assert.equal(Object.keys(files).length, 8);
  const picture = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]);
  await openZip(
    page,
    "sums.zip",
    zipSync({ "sums-main/sums/add.py": strToU8("class Add:\n    result = 3\n"), "sums-main/logo.png": picture }),
  );
  assert.equal(await page.locator("#project").evaluate((select) => select.selectedOptions[0].textContent), "sums.zip");
  const cell = await runCell(page, "from sums import Add\nAdd.result, len(open('logo.png', 'rb').read())");
  assert.equal(await cell.locator(".value").textContent(), "(3, 7)");
  await row(page, "logo.png").click();
  await page.locator("#editor", { hasText: "logo.png is no text" }).waitFor();
  await page.reload();
  await ready(page);
  await row(page, "sums/add.py").waitFor();
  await openExample(page, "shop");
  await row(page, "shop/pricing/vat.py").waitFor();
  await close();
});

test("the island shows its problem beside the file, and the problem goes when it is solved", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await openExample(page, "island");
  await page.locator("#problems li", { hasText: "island/rooms/cave.py, line 9" }).waitFor();
  assert.match(await row(page, "island/rooms/cave.py").getAttribute("aria-label"), /1 problem/);
  await picture(page, "problem");
  await page.locator("#problems .place").click();
  await page.locator("#code-path", { hasText: "island/rooms/cave.py" }).waitFor();
  await page.locator("#editor .cm-lint-marker-warning").waitFor();
  await edit(page, "island.items.lantren", "island.items.lantern");
  await page.locator("#problems", { hasText: "None were found." }).waitFor();
  const cell = page.locator(".cell[data-id='3']");
  await page.getByRole("button", { name: "Run cell 3" }).click();
  await cell.locator(".value", { hasText: "Golden light" }).waitFor();
  await close();
});

test("the package from PyPI runs, with its licence, and shows an edit", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await openExample(page, "markdown");
  await page.locator(".cell .value", { hasText: "<code>kettle</code>" }).waitFor();
  await row(page, "licenses/markdown_it_py/LICENSE.txt").waitFor();
  await page.click("#load-all");
  await said(page, "Loaded 7");
  await page.locator(".node[data-module='markdown_it.renderer']").waitFor();
  await picture(page, "package");
  await runCell(
    page,
    "from pathlib import Path\nfile = Path('markdown_it/renderer.py')\n_ = file.write_text(file.read_text().replace('<code', '<kbd'))",
  );
  const cell = await runCell(page, "MarkdownIt().render('`x`')");
  assert.match(await cell.locator(".value").textContent(), /<kbd>x/);
  await openFile(page, "markdown_it/renderer.py");
  await close();
});

test("an example that cannot be fetched is named, and the project stays", async () => {
  const { page, complaints, close } = await site.open();
  await ready(page);
  await page.route("**/projects/*.json", (route) => route.abort());
  await page.selectOption("#project", "island");
  await page.click("#dialog-buttons .primary");
  await said(page, "“An island to explore” was not opened.");
  assert.equal(await page.locator("#project").inputValue(), "shop");
  assert.equal(await row(page, "shop").count(), 1);
  const failed = complaints.splice(0);
  assert.ok(
    failed.every((text) => text.includes("ERR_FAILED")),
    failed.join(),
  );
  await close();
});
