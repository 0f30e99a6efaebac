// What was replaced comes back: Undo after a deletion, and earlier states of the project.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { edit, openExample, picture, ready, runCell, said, settled, shownText, startSite } from "./site.mjs";

let site;
before(async () => {
  site = await startSite();
});
after(() => site.stop());

const row = (page, path) => page.locator(`#tree [data-path="${path}"]`);
const isSaved = (page) => page.locator("html[data-saved='yes']").waitFor();

/** Deletes a file or a folder of the tree. */
async function remove(page, path) {
  await row(page, path).click();
  await page.click("#delete-file");
  await page.click("#dialog-buttons .danger");
  await row(page, path).waitFor({ state: "detached" });
}

/** Opens the dialog. Returns its rows, the newest first: what changed in each. */
async function versions(page) {
  await page.click("#show-versions");
  await page.locator("#versions-dialog[open] li").first().waitFor();
  return page.locator("#version-list .what").allTextContents();
}

/** Restores the state whose words are given. */
async function restore(page, words) {
  await page.locator("#version-list li", { hasText: words }).first().getByRole("button").click();
  await page.locator("#versions-dialog[open]").waitFor({ state: "detached" });
  await ready(page);
}

test("a deleted folder comes back by Undo, in the editor and for Python", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await edit(page, "rate = 0.20", "rate = 0.10");
  assert.ok(await page.locator("#undo").isHidden());
  await remove(page, "shop/pricing");
  await page.locator("#code-path", { hasText: "checkout_controller.py" }).waitFor();
  await page.locator("#code-state", { hasText: "the old code runs on" }).waitFor();
  await page.getByRole("button", { name: "Undo: delete pricing" }).click();
  await page.locator("#code-path", { hasText: "shop/pricing/vat.py" }).waitFor();
  assert.match(await shownText(page), /rate = 0\.10/);
  assert.ok(await page.locator("#undo").isHidden());
  await page.locator("#code-state", { hasText: "current" }).waitFor();
  const cell = await runCell(page, "from shop.pricing import Vat, Discount\nVat.rate");
  assert.equal(await cell.locator(".value").textContent(), "0.1");
  await close();
});

test("Undo leaves alone what has the name by now", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await remove(page, "shop/models/order.py");
  await page.click("#new-file");
  await page.fill("#dialog-input", "shop/models/order.py");
  await page.keyboard.press("Enter");
  await row(page, "shop/models/order.py").waitFor();
  await page.click("#undo");
  await said(page, "Not brought back, since something else has that name now: shop/models/order.py.");
  assert.equal((await shownText(page)).trim(), "");
  await close();
});

test("what a cell, an example or an edit has replaced is listed, and restored as a new state", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await edit(page, "rate = 0.20", "rate = 0.10");
  await isSaved(page);
  await runCell(page, "import shutil\nshutil.rmtree('shop/models')");
  await row(page, "shop/models").waitFor({ state: "detached" });
  await openExample(page, "island");
  const before = await versions(page);
  assert.equal(before[0], "opened “An island to explore”");
  assert.match(before[1], /^deleted shop\/models\/customer\.py, shop\/models\/order\.py, shop\/models\/product\.py/);
  assert.match(before[2], /changed shop\/pricing\/vat\.py/);
  assert.match(before.at(-1), /^“A small shop” with 8 files$/);
  await picture(page, "versions");
  assert.equal(await page.locator("#version-list li").first().getByRole("button").count(), 0, "now is not restored");
  await restore(page, "changed shop/pricing/vat.py");
  await row(page, "shop/models/order.py").waitFor();
  assert.match(await shownText(page), /rate = 0\.10/);
  const cell = await runCell(page, "from shop.models import Order\nOrder.__name__");
  assert.equal(await cell.locator(".value").textContent(), "'Order'");
  const afterwards = await versions(page);
  assert.match(afterwards[0], /^restored from \d\d:\d\d:\d\d; opened “A small shop”$/);
  assert.equal(afterwards.length, before.length + 1);
  assert.deepEqual(afterwards.slice(1), before);
  await page.keyboard.press("Escape");
  await isSaved(page);
  await page.reload();
  await ready(page);
  assert.match(await shownText(page), /rate = 0\.10/);
  await close();
});

test("a cell with too many files, and one too large, lose none of the project's, and the page says so", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await runCell(page, "for i in range(6000):\n    open(str(i), 'w').close()");
  await said(page, "Not kept in the project: ");
  await said(page, "A project holds 5,000 files and 20 MB");
  await row(page, "shop/models/order.py").waitFor();
  await runCell(
    page,
    "import os\nfor i in range(6000):\n    os.remove(str(i))\nopen('shop/pricing/vat.py', 'a').write('#' * 5_000_001)",
  );
  await said(page, "Not kept in the project: shop/pricing/vat.py.");
  assert.match(await shownText(page), /rate = 0\.20/);
  await settled(page);
  await close();
});

test("the dialog is left by its button and by Escape, and every button says what it restores", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await remove(page, "shop/models/order.py");
  await versions(page);
  const names = await page.locator("#version-list button").evaluateAll((all) => all.map((each) => each.ariaLabel));
  assert.deepEqual(
    names.map((name) => name.replace(/\d\d:\d\d:\d\d/, "TIME")),
    ["Restore the state of TIME: “A small shop” with 8 files"],
  );
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator("#versions-dialog[open]").waitFor({ state: "detached" });
  await versions(page);
  await page.keyboard.press("Escape");
  await page.locator("#versions-dialog[open]").waitFor({ state: "detached" });
  assert.equal(await row(page, "shop/models/order.py").count(), 0);
  await close();
});
