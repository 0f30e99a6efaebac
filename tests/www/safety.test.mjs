// Nothing that is typed, uploaded or executed reaches beyond the worker but by a declared message, and all of it is shown as text.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { strToU8, zipSync } from "fflate";
import { addCell, openZip, picture, ready, runCell, said, startSite, upload } from "./site.mjs";

let site;
before(async () => {
  site = await startSite();
});
after(() => site.stop());

const IMAGE = "<img src=x onerror=document.title='owned'>";

/** Nothing that was given as text has become an element. */
async function isText(page) {
  assert.equal(await page.locator("img:not(.brand img), .output b").count(), 0);
  assert.notEqual(await page.title(), "owned");
}

test("HTML as a file name, as output, as a value and in a traceback is text", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await openZip(
    page,
    `${IMAGE}.zip`,
    zipSync({ [`pages/${IMAGE}.py`]: strToU8("x = 1\n"), "pages/fine.py": strToU8("import nowhere_at_all\n") }),
  );
  await page.locator("#tree .name", { hasText: IMAGE }).waitFor();
  const cell = await runCell(page, `print("${IMAGE}")\n"${IMAGE}"`);
  assert.equal(await cell.locator("[data-stream='stdout']").textContent(), `${IMAGE}\n`);
  assert.equal(await cell.locator(".value").textContent(), `"${IMAGE}"`);
  const failed = await runCell(page, `raise ValueError("${IMAGE}")`);
  assert.match(await failed.locator(".traceback").textContent(), /<img src=x/);
  const named = await runCell(page, `exec(compile("1/0", "/home/pyodide/project/pages/${IMAGE}.py", "exec"))`);
  await named.locator(".traceback .place", { hasText: IMAGE }).waitFor();
  await runCell(
    page,
    `from pathlib import Path\n_ = Path("pages/fine.py").write_text("raise ValueError(${JSON.stringify(IMAGE).replaceAll('"', '\\"')})")`,
  );
  await runCell(page, "from pages import fine");
  await picture(page, "html-as-text");
  await isText(page);
  await close();
});

for (const [name, entries, message] of [
  ["a path that leads out", { "../evil.py": "x" }, "could lead out of the project"],
  ["a path that leads out further in", { "fine.py": "x", "shop/../../evil.py": "x" }, "could lead out of the project"],
  ["an absolute path", { "/etc/evil.py": "x" }, "is an absolute path"],
  ["a path of Windows", { "C:\\evil.py": "x" }, "is an absolute path"],
  ["a file that is a folder as well", { shop: "x", "shop/user.py": "x" }, "as a file and as a folder"],
  ["no files", {}, "has no files"],
]) {
  test(`a .zip with ${name} is refused with a message, and the project is as before`, async () => {
    const { page, close } = await site.open();
    await ready(page);
    const bytes = zipSync(Object.fromEntries(Object.entries(entries).map(([path, text]) => [path, strToU8(text)])));
    await refuses(page, bytes, message);
    await close();
  });
}

test("a .zip with a million entries, one too large, one that lies, a doubled name, and no .zip at all are refused", async () => {
  const { page, close } = await site.open();
  await ready(page);
  const one = { "a.py": [new Uint8Array(30_000_000), { level: 9 }] };
  const bomb = zipSync(one);
  await refuses(page, millionEntries(), "more than 5,000 entries");
  await picture(page, "refused-zip");
  const many = zipSync(Object.fromEntries(Array.from({ length: 5001 }, (_, at) => [`f${at}.py`, new Uint8Array()])));
  await refuses(page, many, "more than 5,000 entries");
  await refuses(page, bomb, "which is too much");
  await refuses(page, withSize(bomb, 10), /which is too much|damaged|cannot be unpacked/);
  await refuses(page, twice(zipSync({ "a.py": strToU8("x") }, { level: 0 })), "twice");
  await refuses(page, zipSync({ "a.py": strToU8("x".repeat(9000)) }).subarray(0, 20), "no .zip file");
  await refuses(page, strToU8("no archive"), "no .zip file");
  await close();
});

/** Uploads what is to be refused; the project and its cells go on. */
async function refuses(page, bytes, message) {
  const files = await page.locator("#tree [data-path]").count();
  await upload(page, { name: "bad.zip", mimeType: "application/zip", buffer: Buffer.from(bytes) });
  await said(page, message);
  await said(page, "The project is as it was.");
  assert.equal(await page.locator("#tree [data-path]").count(), files);
  assert.equal(await page.locator("#code-path").textContent(), "shop/pricing/vat.py");
  assert.equal(await page.locator("#dialog[open]").count(), 0);
}

/** An archive whose end announces a million entries, as ZIP64 does: 65,535 in the old field. */
function millionEntries() {
  const header = Buffer.from(zipSync({ "a.py": new Uint8Array() }, { level: 0 }));
  header.writeUInt16LE(0xffff, header.length - 22 + 8);
  header.writeUInt16LE(0xffff, header.length - 22 + 10);
  return header;
}

/** An archive whose first header declares another unpacked size. */
function withSize(bytes, size) {
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(size, 22);
  return changed;
}

/** An archive that has its only entry two times. */
function twice(bytes) {
  const archive = Buffer.from(bytes);
  const start = archive.readUInt32LE(archive.length - 22 + 16);
  const entry = archive.subarray(0, start);
  const directory = archive.subarray(start, archive.length - 22);
  const second = Buffer.from(directory);
  second.writeUInt32LE(entry.length, 42);
  const end = Buffer.from(archive.subarray(archive.length - 22));
  end.writeUInt16LE(2, 8);
  end.writeUInt16LE(2, 10);
  end.writeUInt32LE(directory.length * 2, 12);
  end.writeUInt32LE(entry.length * 2, 16);
  return Buffer.concat([entry, entry, directory, second, end]);
}

test("what runs in the worker has no storage, no channel, no network, no other worker", async () => {
  const { page, complaints, close } = await site.open();
  await ready(page);
  const cell = await runCell(
    page,
    `import js
names = ["indexedDB", "caches", "BroadcastChannel", "Worker", "SharedWorker", "fetch", "XMLHttpRequest", "WebSocket", "EventSource", "importScripts", "document", "window", "localStorage"]
[name for name in names if getattr(js, name, None) is not None] + [name for name in ["storage", "locks", "serviceWorker"] if getattr(js.navigator, name, None) is not None]`,
  );
  assert.equal(await cell.locator(".value").textContent(), "[]");
  const gone = await runCell(
    page,
    "js.Object.getOwnPropertyDescriptor(js.WorkerGlobalScope.prototype, 'indexedDB') is None or str(js.Object.getOwnPropertyDescriptor(js.WorkerGlobalScope.prototype, 'indexedDB'))",
  );
  assert.match(await gone.locator(".value").textContent(), /True|undefined/);
  let asked = 0;
  const elsewhere = createServer((_, response) => {
    asked += 1;
    response.setHeader("access-control-allow-origin", "*").setHeader("content-type", "text/javascript").end("0");
  });
  await new Promise((listening) => elsewhere.listen(0, "127.0.0.1", listening));
  const address = `http://127.0.0.1:${elsewhere.address().port}/evil.js`;
  const code = `try:\n    await js.eval("import('${address}')")\nexcept BaseException:\n    print('refused')`;
  const evaluated = await runCell(page, code);
  elsewhere.close();
  assert.equal(await evaluated.locator("[data-stream='stdout']").textContent(), "refused\n");
  assert.equal(asked, 0);
  // Chromium tells of the refusal.
  const isRefusal = (complaint) => /Content Security Policy/.test(complaint) || complaint.includes(address);
  assert.ok(complaints.splice(0).every(isRefusal));
  await close();
});

test("messages that are not declared change nothing", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await runCell(
    page,
    `import js
from pyodide.ffi import to_js
def post(**message):
    js.postMessage(to_js(message, dict_converter=js.Object.fromEntries))
js.postMessage("text")
js.postMessage(None)
post(type="title", text="owned")
post(type="changes", operations=[{"kind": "write", "path": "../evil.py", "contents": "x"}], passedOver=[])
post(type="changes", operations=[{"kind": "write", "path": 5, "contents": "x"}], passedOver=[])
post(type="changes", operations="all", passedOver=[])
post(type="report", report={"changed": "all"}, origin="page")
post(type="toString")
post(type="__proto__")
post(type="result", id="99", value="x", error=None, seconds=0)`,
  );
  const next = await runCell(page, "6 * 7");
  assert.equal(await next.locator(".value").textContent(), "42");
  assert.equal(await page.locator("#tree [data-path*='evil']").count(), 0);
  assert.notEqual(await page.title(), "owned");
  await close();
});

test("a worker that closes itself is replaced by Restart", async () => {
  const { page, close } = await site.open();
  await ready(page);
  await addCell(page, "import js\njs.close()\nwhile True: pass");
  await page.keyboard.press("Control+Enter");
  await page.locator(".cell[data-progress='running']").waitFor();
  await page.click("#restart");
  await ready(page);
  const next = await runCell(page, "6 * 7");
  assert.equal(await next.locator(".value").textContent(), "42");
  await close();
});
