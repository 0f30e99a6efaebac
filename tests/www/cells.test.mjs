// The cells: what they show, how they are moved, and how one that never ends is stopped.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addCell, edit, ended, openFile, picture, ready, runCell, said, startSite } from "./site.mjs";

let site;
before(async () => {
  site = await startSite();
});
after(() => site.stop());

test("a cell shows its output while it runs, its value, and keeps its names for the next", async () => {
  const { page, close } = await site.open();
  await ready(page);
  const first = await addCell(
    page,
    "import asyncio, sys\nprint('one')\nawait asyncio.sleep(0)\ngate = asyncio.Event()\nawait gate.wait()\nprint('two', file=sys.stderr)\n41 + 1",
  );
  await page.keyboard.press("Control+Enter");
  await first.locator("[data-stream='stdout']", { hasText: "one" }).waitFor();
  assert.equal(await first.getAttribute("data-progress"), "running");
  await page.click("#stop");
  await ended(first);
  const second = await runCell(
    page,
    "print('a', end=''); print('b')\nimport sys\nprint('c', file=sys.stderr)\nx = 6 * 7\nx",
  );
  assert.equal(await second.locator("[data-stream='stdout']").textContent(), "ab\n");
  assert.equal(await second.locator("[data-stream='stderr']").textContent(), "c\n");
  assert.equal(await second.locator(".value").textContent(), "42");
  const third = await runCell(page, "await asyncio.sleep(0, result=x)");
  assert.equal(await third.locator(".value").textContent(), "42");
  const quiet = await runCell(page, "None");
  assert.equal(await quiet.locator(".output").textContent(), "");
  await close();
});

test("a traceback leads to the file and to the cell", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await openFile(page, "shop/models/order.py");
  const cell = await runCell(
    page,
    "from shop.controllers import CheckoutController\n\nCheckoutController().receipt_for('Ada').line(1)",
  );
  assert.match(await cell.locator(".traceback").textContent(), /Cell 4, line 3/);
  assert.match(await cell.locator(".traceback").textContent(), /TypeError: .*missing 1 required positional argument/);
  const deep = await runCell(page, "from shop.pricing import Vat\nVat.added_to('x')");
  assert.doesNotMatch(await deep.locator(".traceback").textContent(), /pyodide|pyautoload_wasm|sandbox/);
  await deep.locator(".traceback .place", { hasText: "shop/pricing/vat.py, line 9" }).click();
  await page.locator("#code-path", { hasText: "shop/pricing/vat.py" }).waitFor();
  await page.locator("#editor .cm-activeLine", { hasText: "return net" }).waitFor();
  await picture(page, "traceback");
  await deep.locator(".traceback .place", { hasText: "Cell 5, line 2" }).click();
  assert.ok(await deep.locator(".cm-content").evaluate((element) => element === document.activeElement));
  const syntax = await runCell(page, "def (:");
  assert.match(await syntax.locator(".traceback").textContent(), /SyntaxError/);
  await close();
});

test("cells are added, moved, deleted, run by Shift and Enter, and kept", async () => {
  const { page, close } = await site.open();
  await ready(page);
  const order = () => page.locator(".cell").evaluateAll((cells) => cells.map((cell) => cell.dataset.id));
  assert.deepEqual(await order(), ["1", "2", "3"]);
  await page.getByRole("button", { name: "Move down cell 1" }).click();
  assert.deepEqual(await order(), ["2", "1", "3"]);
  await page.getByRole("button", { name: "Move up cell 3" }).click();
  assert.deepEqual(await order(), ["2", "3", "1"]);
  await page.getByRole("button", { name: "Delete cell 3" }).click();
  assert.deepEqual(await order(), ["2", "1"]);
  await page.locator(".cell[data-id='2'] .cm-content").click();
  await page.keyboard.press("Shift+Enter");
  await ended(page.locator(".cell[data-id='2']"));
  assert.ok(
    await page.locator(".cell[data-id='1'] .cm-content").evaluate((element) => element === document.activeElement),
  );
  await page.keyboard.press("Shift+Enter");
  assert.deepEqual(await order(), ["2", "1", "3"]);
  assert.equal(await page.locator(".cell[data-id='3'] .cm-content").textContent(), "");
  await page.locator("html[data-saved='yes']").waitFor();
  const kept = await order();
  await page.reload();
  await ready(page);
  assert.deepEqual(await order(), kept);
  await page.getByRole("button", { name: "Run again after each reload: cell 2" }).click();
  assert.equal(
    await page.getByRole("button", { name: "Run again after each reload: cell 2" }).getAttribute("aria-pressed"),
    "true",
  );
  await page.click("#run-all");
  await ended(page.locator(".cell[data-id='2']"));
  await close();
});

test("an interrupt stops a cell that never ends, and its names are kept", async () => {
  const { page, close } = await site.open();
  await ready(page);
  assert.equal(await page.evaluate(() => crossOriginIsolated), true);
  await runCell(page, "kept = 'kept'");
  const endless = await addCell(page, "print('going round')\nwhile True:\n    pass");
  await page.keyboard.press("Control+Enter");
  await endless.locator("[data-stream='stdout']").waitFor();
  await picture(page, "running");
  await page.click("#stop");
  await ended(endless);
  assert.match(await endless.locator(".traceback").textContent(), /KeyboardInterrupt/);
  assert.equal(await endless.locator(".cell-state").textContent(), "stopped");
  const next = await runCell(page, "kept");
  assert.equal(await next.locator(".value").textContent(), "'kept'");
  await close();
});

test("a cell that ignores the interrupt loses its worker, and the files stay", async () => {
  const { page, close } = await site.open();
  await ready(page);
  const stubborn = await addCell(
    page,
    "print('no')\nwhile True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
  );
  await page.keyboard.press("Control+Enter");
  await stubborn.locator("[data-stream='stdout']").waitFor();
  await page.click("#stop");
  await ended(stubborn);
  await ready(page);
  assert.match(await stubborn.locator(".traceback").textContent(), /Python was restarted/);
  const next = await runCell(page, "from shop.pricing import Vat\nVat.rate");
  assert.equal(await next.locator(".value").textContent(), "0.2");
  await close();
});

test("without isolation a stop restarts the worker, and edited files stay", async () => {
  const { page, close } = await site.open({ isIsolated: false });
  await ready(page);
  assert.equal(await page.evaluate(() => crossOriginIsolated), false);
  await runCell(page, "gone = 1\nfrom pathlib import Path\n_ = Path('shop/extra.py').write_text('word = \"kept\"\\n')");
  await page.locator("#tree [data-path='shop/extra.py']").waitFor();
  const endless = await addCell(page, "print('going round')\nwhile True:\n    pass");
  await page.keyboard.press("Control+Enter");
  await endless.locator("[data-stream='stdout']").waitFor();
  await page.click("#stop");
  await ended(endless);
  await ready(page);
  assert.match(await endless.locator(".traceback").textContent(), /The files are kept; names are gone/);
  const next = await runCell(page, "import shop.extra\nshop.extra.word, 'gone' in globals()");
  assert.equal(await next.locator(".value").textContent(), "('kept', False)");
  await close();
});

for (const isIsolated of [true, false]) {
  test(`a module that never ends its loading is stopped, ${isIsolated ? "with" : "without"} isolation`, async () => {
    const { page, close } = await site.open({ isIsolated });
    await ready(page);
    await edit(page, "rate = 0.20", "while True: pass");
    await said(page, "Python is busy");
    await page.click("#stop");
    await page.waitForFunction(() => /** @type {any} */ (document.querySelector("#stop")).disabled);
    await ready(page);
    await edit(page, "while True: pass", "rate = 0.10");
    await said(page, isIsolated ? "Reloaded 3 modules" : "Saved shop/pricing/vat.py");
    const next = await runCell(page, "from shop.pricing import Vat\nVat.rate");
    assert.equal(await next.locator(".value").textContent(), "0.1");
    await close();
  });
}

test("output without end is cut, and the page goes on", async () => {
  const { page, close } = await site.open();
  await ready(page);
  const cell = await runCell(page, "for number in range(100_000):\n    print('line', number)");
  const text = await cell.locator("[data-stream='stdout']").textContent();
  assert.match(text, /the rest of the output is left out/);
  assert.ok(text.length < 210_000);
  const long = await runCell(page, "'x' * 1_000_000");
  assert.ok((await long.locator(".value").textContent()).length < 21_000);
  await close();
});
