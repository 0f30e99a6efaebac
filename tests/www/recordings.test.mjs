// Recording imports: what is measured and shown, and that nothing is left on.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import {
  addCell,
  edit,
  faint,
  logged,
  openExample,
  picture,
  ready,
  runCell,
  said,
  settled,
  startSite,
} from "./site.mjs";

let site;
before(async () => {
  site = await startSite();
});
after(() => site.stop());

/** A module of the standard library that Pyodide's start does not need, and that imports others. */
const LARGE = "unittest.mock";
/** Raises where a profile is under way. */
const PROFILE = "from pyautoload_wasm import AutoLoader\nmine = AutoLoader('/tmp', 'mine').profile()";

const dialog = (page) => page.locator("#recording-dialog[open]");
const row = (page, name) =>
  page.locator("#recording-rows tr").filter({ has: page.locator("th", { hasText: new RegExp(`^.?${name}$`) }) });
const frame = (page, name) => page.locator(`#flames .frame[name$=" ${name}"]`);
const stripIsThere = (page) => page.locator("#recording").isVisible();

async function record(page) {
  await page.click("#record");
  await said(page, "Imports are recorded");
}

async function stop(page) {
  await page.click("#stop-recording");
  await dialog(page).waitFor();
}

/** The names in the table, sorted. */
async function recorded(page) {
  const cells = await page.locator("#recording-rows th").allTextContents();
  return cells.map((text) => text.slice(1)).sort();
}

for (const door of ["npm", "wheel"]) {
  test(`by the ${door} door a recording shows what was imported, by whom, and how long it took`, async () => {
    const { page, close } = await site.open({ reducedMotion: "reduce" });
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await ready(page);
    if (door === "wheel") {
      await page.locator("#door input[value='wheel']").check();
      await page.locator("#versions[data-door='extension']").waitFor();
      await ready(page);
    }
    await page.locator(".cell .output", { hasText: "5.40" }).waitFor();
    await record(page);
    assert.equal(await page.getByRole("button", { name: "Record imports", pressed: true }).count(), 1);
    await runCell(page, `import ${LARGE}`);
    await page.click("#load-all");
    await said(page, "Loaded");
    assert.deepEqual(
      asked.filter((path) => path.includes("flames")),
      [],
    );
    await stop(page);
    assert.equal(
      await page.getByRole("button", { name: "Record imports", pressed: false, includeHidden: true }).count(),
      1,
    );
    assert.equal(await stripIsThere(page), false);
    assert.match(await page.locator("#recording-summary").textContent(), /^\d+ modules took .+s\.$/);
    assert.match(await page.locator("#flame-legend").textContent(), /project: 1 module.*standard library: \d+ modules/);
    const heads = await page.locator("#recording-heads th").allTextContents();
    assert.deepEqual(heads, [
      "Module",
      "Own",
      "Cumulative",
      "Find",
      "Read",
      "Compile or unmarshal",
      "Execute",
      "Imported by",
    ]);
    const cells = await row(page, "unittest").locator("td").allTextContents();
    assert.equal(cells.at(-1), LARGE);
    assert.ok(Number(cells[1]) >= Number(cells[0]) && Number(cells[0]) > 0, cells.join());
    const own = (await page.locator("#recording-rows td:nth-child(2)").allTextContents()).map(Number);
    assert.deepEqual(
      own,
      own.toSorted((one, other) => other - one),
    );

    await frame(page, LARGE).waitFor();
    assert.match(
      await frame(page, LARGE).locator("title").textContent(),
      /^unittest\.mock: own .+ ms, cumulative .+ ms\./,
    );
    await frame(page, "unittest").hover();
    assert.match(await page.locator("#flame-details").textContent(), /cumulative/);
    await page.fill("#flame-search", "STOCK");
    await page.locator("#flame-found", { hasText: "1 module found" }).waitFor();
    await picture(page, `recording-${door}`);

    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save-recording")]);
    assert.equal(download.suggestedFilename(), "shop.speedscope.json");
    const file = JSON.parse(readFileSync(await download.path(), "utf8"));
    assert.equal(file.$schema, "https://www.speedscope.app/file-format-schema.json");
    assert.ok(file.shared.frames.some(({ name }) => name === LARGE));

    await page.getByRole("button", { name: "shop.controllers.stock_controller", exact: true }).click();
    await page.locator("#code-path", { hasText: "shop/controllers/stock_controller.py" }).waitFor();
    assert.equal(await dialog(page).count(), 0);
    assert.ok(await page.evaluate(() => Boolean(document.activeElement.closest("#editor"))));
    await page.click("#show-recording");
    await dialog(page).waitFor();
    await page.keyboard.press("Escape");
    const free = await runCell(page, `${PROFILE}\nmine.stop() is mine`);
    assert.equal(await free.locator(".value").textContent(), "True");
    await close();
  });
}

test("a click on a module enlarges it and names its file, and the whole picture comes back", async () => {
  const { page, close } = await site.open({ reducedMotion: "reduce" });
  await ready(page);
  await record(page);
  await page.click("#restart");
  await said(page, "The recording of imports has begun anew.");
  await page.locator(".cell .output", { hasText: "5.40" }).waitFor();
  await settled(page);
  await stop(page);
  const checkout = frame(page, "shop.controllers.checkout_controller");
  await checkout.waitFor();
  await checkout.click();
  const button = page.getByRole("button", { name: "Open shop/controllers/checkout_controller.py" });
  await button.waitFor();
  const width = (locator) => locator.evaluate((element) => element.getBoundingClientRect().width);
  const whole = await width(page.locator("#flames"));
  assert.ok(Math.abs((await width(checkout.locator("rect"))) - whole) < 2);
  await page.click("#flame-all");
  await page.waitForFunction((most) => {
    const frames = [...document.querySelectorAll("#flames .frame")];
    const found = frames.find((each) => each.getAttribute("name").endsWith("checkout_controller"));
    return found.querySelector("rect").getBoundingClientRect().width < most - 2;
  }, whole);
  const line = await frame(page, "shop.models.product").locator("title").textContent();
  assert.match(line, /Imported by shop\.controllers\.checkout_controller, line 1\.$/);
  await close();
});

test("where nothing was imported the dialog says why, and records a start of Python", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await page.locator(".cell .output", { hasText: "5.40" }).waitFor();
  await record(page);
  await page.locator("#record").focus();
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  await page.getByText("Nothing was imported while this was recorded.").waitFor();
  assert.equal(await page.locator("#recording-result").isVisible(), false);
  assert.equal(await page.locator("#save-recording").isDisabled(), true);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "close-recording");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement.id === "record");
  await page.click("#show-recording");
  await page.click("#record-start");
  await said(page, "begun anew");
  await page.locator(".cell .output", { hasText: "5.40" }).waitFor();
  await settled(page);
  await stop(page);
  assert.ok((await recorded(page)).includes("shop.pricing.vat"));
  await close();
});

test("another project begins the recording anew, and takes the last one away", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await record(page);
  await runCell(page, `import ${LARGE}`);
  await page.click("#load-all");
  await said(page, "Loaded");
  await openExample(page, "island");
  await settled(page);
  assert.equal(await stripIsThere(page), true);
  await stop(page);
  const names = await recorded(page);
  assert.ok(names.includes("island.game"), names.join());
  assert.deepEqual(
    names.filter((name) => /^shop|^unittest/.test(name)),
    [],
  );
  await page.keyboard.press("Escape");
  await page.locator("#show-recording").waitFor();
  await openExample(page, "shop");
  assert.equal(await page.locator("#show-recording").isVisible(), false);
  await close();
});

test("what is reloaded is recorded, and so is a cell that awaits for ever", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await page.locator(".cell .output", { hasText: "5.40" }).waitFor();
  await addCell(page, `import asyncio\nawait asyncio.sleep(0.2)\nimport ${LARGE}\nawait asyncio.sleep(600)`);
  await page.keyboard.press("Control+Enter");
  await page.locator(".cell[data-progress='running']").waitFor();
  await record(page);
  await page.waitForTimeout(600);
  await stop(page);
  assert.ok((await recorded(page)).includes(LARGE));
  await page.keyboard.press("Escape");
  await page.click("#stop");
  await settled(page);
  await record(page);
  await edit(page, "rate = 0.20", "rate = 0.10\n    other = 1");
  await logged(page, "shop.pricing.vat");
  await stop(page);
  assert.ok((await recorded(page)).includes("shop.pricing.vat"));
  await close();
});

test("a profile of a cell and a recording refuse each other, in words", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await runCell(page, PROFILE);
  await page.click("#record");
  await said(page, "The imports are not recorded. profile(): another profile is under way; call its stop() first");
  assert.equal(await page.getByRole("button", { name: "Record imports", pressed: false }).count(), 1);
  assert.equal(await stripIsThere(page), false);
  await runCell(page, "_ = mine.stop()");
  await record(page);
  const refused = await runCell(page, PROFILE);
  assert.match(await refused.locator(".traceback").textContent(), /another profile is under way/);
  await stop(page);
  await close();
});

test("a worker that is replaced by force begins the recording anew", async () => {
  const { page, close } = await site.open({ isIsolated: false });
  await ready(page);
  await record(page);
  await addCell(page, "while True: pass");
  await page.keyboard.press("Control+Enter");
  await page.locator(".cell[data-progress='running']").waitFor();
  // It cannot be read while Python computes, and is gone with its Python.
  await page.click("#stop-recording");
  await page.click("#stop");
  await said(page, "Python was restarted before the recording could be read.");
  await said(page, /^Ready, with \d+ files\.$/);
  assert.equal(await stripIsThere(page), false);
  await settled(page);
  await record(page);
  await page.click("#load-all");
  await said(page, "Loaded");
  await stop(page);
  assert.ok((await recorded(page)).includes("shop.pricing.vat"));
  await close();
});

test("without its picture a recording has its table, and says so", async () => {
  const { page, complaints, close } = await site.open();
  await page.route(/\/flames-.*\.js$/, (route) => route.abort());
  await ready(page);
  await record(page);
  await page.click("#load-all");
  await said(page, "Loaded");
  await stop(page);
  await said(page, "The picture of the recording could not be drawn.");
  await page.getByText("The picture could not be drawn. The table has the same.").waitFor();
  assert.equal(await page.locator("#flame-search").isVisible(), false);
  assert.ok((await recorded(page)).includes("shop.controllers.stock_controller"));
  assert.ok(
    complaints.every((text) => text.includes("ERR_FAILED")),
    complaints.join(),
  );
  complaints.length = 0;
  await close();
});

for (const { colorScheme, viewport } of /** @type {const} */ ([
  { colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { colorScheme: "dark", viewport: { width: 360, height: 740 } },
])) {
  test(`at ${viewport.width} pixels, ${colorScheme}, all of a recording can be read`, async () => {
    const { page, close } = await site.open({ colorScheme, viewport, reducedMotion: "reduce" });
    await ready(page);
    await record(page);
    await runCell(page, `import ${LARGE}`);
    assert.deepEqual(await faint(page), []);
    await page.click("#load-all");
    await said(page, "Loaded");
    await stop(page);
    await frame(page, LARGE).waitFor();
    await page.fill("#flame-search", "mock");
    await picture(page, `recording-${viewport.width}-${colorScheme}`);
    assert.deepEqual(await faint(page, "#recording-dialog"), []);
    assert.deepEqual(await faintFrames(page), []);
    const wide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.querySelector("#recording-result");
      return scrollWidth - clientWidth;
    });
    assert.equal(wide, 0);
    await close();
  });
}

/** Colours of frames on which their text has a contrast under 4.5. */
function faintFrames(page) {
  return page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    const probe = document.body.appendChild(document.createElement("p"));
    const luminance = (color) => {
      probe.style.color = color;
      const parts = getComputedStyle(probe)
        .color.match(/[\d.]+/g)
        .map((part) => Number(part) / 255);
      const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const text = luminance(style.getPropertyValue("--text"));
    const names = ["project", "package", "library", "missing", "found", "above"].filter((name) => {
      const ground = luminance(style.getPropertyValue(`--flame-${name}`));
      return (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05) < 4.5;
    });
    probe.remove();
    return names;
  });
}
