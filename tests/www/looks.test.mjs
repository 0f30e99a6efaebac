// What the page looks like and what it tells a screen reader: pictures of each width and scheme, names, roles, order, contrast.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { edit, faint, logged, openExample, picture, ready, said, settled, startSite } from "./site.mjs";

let site;
before(async () => {
  site = await startSite();
});
after(() => site.stop());

const SIZES = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];

for (const viewport of SIZES) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`at ${viewport.width} pixels, ${colorScheme}, nothing sticks out and all text can be read`, async () => {
      const { page, close } = await site.open({ viewport, colorScheme, reducedMotion: "reduce" });
      await ready(page);
      await page.locator(".node").first().waitFor();
      await edit(page, "rate = 0.20", "rate = 0.10");
      await logged(page, "Reloaded 3 modules");
      await settled(page);
      await picture(page, `page-${viewport.width}-${colorScheme}`, viewport.width < 1000);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wide, 0);
      assert.deepEqual(await faint(page), []);
      await edit(page, "rate = 0.10", "rate = nothing");
      await said(page, "NameError");
      await settled(page);
      await picture(page, `failed-${viewport.width}-${colorScheme}`, viewport.width < 1000);
      assert.deepEqual(await faint(page), []);
      await close();
    });
  }
}

test("every control has a name, and each region is labelled", async () => {
  const { page, close } = await site.open();
  await ready(page);
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll("button, select, input, textarea, [role='treeitem'], [role='textbox']")]
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const labels =
          "labels" in element && element.labels ? [...element.labels].map((label) => label.textContent) : [];
        const name = element.getAttribute("aria-label") ?? (labels.join(" ").trim() || element.textContent.trim());
        return !name;
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(nameless, []);
  for (const name of ["Files", "Code", "Cells", "Imports", "Reloads"]) {
    assert.equal(await page.getByRole("region", { name, exact: true }).count(), 1, name);
  }
  assert.equal(await page.getByRole("tree", { name: "Files" }).count(), 1);
  assert.equal(await page.getByRole("treeitem", { name: "vat.py, loaded" }).count(), 1);
  assert.equal(await page.getByRole("status").getAttribute("aria-live"), "polite");
  assert.equal(await page.getByRole("radio").count(), 2);
  await close();
});

test("Tab goes through the parts in the order in which they are read, and out of the editor after Escape", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await page.locator(".node").first().waitFor();
  const visited = [];
  const names = () =>
    page.evaluate(
      () =>
        document.activeElement.closest("section.panel")?.id ??
        document.activeElement.closest("header, .bottom, nav")?.className ??
        "",
    );
  for (let at = 0; at < 80; at += 1) {
    if (await page.evaluate(() => Boolean(document.activeElement.closest(".cm-editor")))) {
      await page.keyboard.press("Escape");
    }
    await page.keyboard.press("Tab");
    const name = await names();
    if (visited.at(-1) !== name) {
      visited.push(name);
    }
    if (name === "bottom") {
      break;
    }
  }
  assert.deepEqual(
    visited,
    ["bar", "files", "code", "cells", "imports", "reloads", "bottom"].filter((name) => visited.includes(name)),
  );
  assert.ok(visited.includes("imports") && visited.includes("bottom"), visited.join());
  await close();
});

test("a module of the picture is a button that says its state and opens its file", async () => {
  const { page, close } = await site.open();
  await ready(page);
  const button = page.getByRole("button", { name: "shop.models.product, loaded" });
  await button.focus();
  await page.keyboard.press("Enter");
  await page.locator("#code-path", { hasText: "shop/models/product.py" }).waitFor();
  const styles = await page.evaluate(() => {
    const marks = [...document.querySelectorAll("#legend li")].map((item) => item.textContent);
    return new Set(marks).size;
  });
  assert.equal(styles, 6);
  await page.click("#zoom-in");
  await page.click("#zoom-out");
  await page.click("#zoom-fit");
  await openExample(page, "island");
  await page.getByRole("button", { name: "island.items.lantern, not loaded" }).waitFor();
  await close();
});
