/** Streamlit's server, its pages in Chromium: clicks, an edit, clicks; pages; objects that a session keeps. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { pythonHost } from "../python.mjs";
import { launch, open, picture, snippets } from "../site.mjs";
import { note } from "../table.mjs";
import { user } from "./project.mjs";

const HOST = "Streamlit";
const [script] = snippets("Streamlit and stlite", "python");

let browser;
let folder;
let server;

before(async () => {
  folder = mkdtempSync(`${tmpdir()}/streamlit-`);
  mkdirSync(`${folder}/myapp/models`, { recursive: true });
  mkdirSync(`${folder}/pages`);
  edit("hello");
  writeFileSync(`${folder}/app.py`, script);
  writeFileSync(`${folder}/pages/other.py`, script.replace("user.greet()", "'other page:', user.greet()"));
  browser = await launch();
  const options = ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.port"];
  server = await pythonHost(folder, ["-m", "streamlit", "run", "app.py"], (port) => [...options, port]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function edit(greeting) {
  writeFileSync(`${folder}/myapp/models/user.py`, user(greeting));
}

async function visit(path = "") {
  const { page } = await open(browser, `${server.address}${path}`);
  return page;
}

/** Waits until a page shows a text. */
async function shows(page, text) {
  try {
    await page.getByText(text).first().waitFor({ timeout: 30_000 });
  } catch (error) {
    await picture(page, "streamlit-failed");
    throw new Error(`${error.message}\n${await page.locator("body").innerText()}\n${server.said()}`, { cause: error });
  }
}

async function click(page, times, expected) {
  for (let count = 0; count < times; count++) {
    await page.getByRole("button", { name: "Greet" }).click();
    await page.locator("[data-test-script-state='notRunning']").waitFor();
    await shows(page, expected);
  }
  assert.equal(await page.locator("[data-testid='stException']").count(), 0);
}

test("ten clicks, an edit, ten clicks, in two sessions and on another page", async () => {
  const [first, second] = [await visit(), await visit()];
  await shows(first, "hello, ada True");
  await shows(second, "hello, ada True");
  await click(first, 10, "hello, ada True");
  edit("welcome");
  await click(first, 10, "welcome, ada True");
  await click(second, 1, "welcome, ada True");
  await first.getByRole("link", { name: "other" }).click();
  await shows(first, "other page: welcome, ada True");
  edit("good morning");
  await click(first, 1, "other page: good morning, ada True");
  await click(second, 1, "good morning, ada True");
  await picture(first, "streamlit");
  note(HOST, "ten clicks, an edit, ten clicks; two sessions, two pages; objects of `session_state` follow");
});
