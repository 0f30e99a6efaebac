// Archives of projects: which files are taken, and by which names.

import assert from "node:assert/strict";
import { test } from "node:test";
import { zipSync } from "fflate";
import { unpack, ZipRefusal } from "../../www/project/zip.js";

/** What is taken of an archive of files that are empty. */
async function taken(names, change = (bytes) => bytes) {
  const bytes = change(zipSync(Object.fromEntries(names.map((name) => [name, new Uint8Array()])), { level: 0 }));
  return (await unpack(new Blob([bytes]), () => {})).map(([path]) => path);
}

const COMPOSED = "classe/\u00e9l\u00e8ve.py";
const DECOMPOSED = COMPOSED.normalize("NFD");

/** An archive whose names are not marked as UTF-8, as a Mac's Finder writes it. */
function unmarked(bytes) {
  const archive = Buffer.from(bytes);
  for (const [signature, flags] of [
    ["PK\x03\x04", 6],
    ["PK\x01\x02", 8],
  ]) {
    for (let at = archive.indexOf(signature); at >= 0; at = archive.indexOf(signature, at + 4)) {
      archive.writeUInt16LE(archive.readUInt16LE(at + flags) & ~2048, at + flags);
    }
  }
  return archive;
}

test("decomposed names are composed, as an import statement is", async () => {
  assert.notEqual(DECOMPOSED, COMPOSED);
  assert.deepEqual(await taken([DECOMPOSED, "classe/main.py"]), [COMPOSED, "classe/main.py"]);
});

test("names in UTF-8 that are not marked so are read as UTF-8, and others are left alone", async () => {
  assert.deepEqual(await taken([DECOMPOSED, "classe/main.py"], unmarked), [COMPOSED, "classe/main.py"]);
  assert.deepEqual(await taken(["a/日本.py", "a/b.py"], unmarked), ["a/日本.py", "a/b.py"]);
  assert.deepEqual(await taken(["a/\u00e9t\u00e9.txt", "a/b.py"]), ["a/\u00e9t\u00e9.txt", "a/b.py"]);
});

test("what a Mac adds is left out", async () => {
  const added = ["__MACOSX/shop/._user.py", "shop/._user.py", "._shop", "shop/.DS_Store", "shop/Icon\r"];
  assert.deepEqual(await taken(["shop/user.py", ...added, "shop/_private.py"]), ["shop/user.py", "shop/_private.py"]);
  await assert.rejects(taken(added), new ZipRefusal("The archive has no files."));
});

test("a name that is there composed and decomposed is refused", async () => {
  await assert.rejects(
    taken([COMPOSED, DECOMPOSED]),
    (error) => error instanceof ZipRefusal && /twice/.test(error.message),
  );
});

test("a package stays, in whatever letters its name is, and a folder around the project goes", async () => {
  assert.deepEqual(await taken(["\u00e9cole/a.py", "\u00e9cole/b.py"]), ["\u00e9cole/a.py", "\u00e9cole/b.py"]);
  assert.deepEqual(await taken(["\u00e9cole-main/a.py", "\u00e9cole-main/b.py"]), ["a.py", "b.py"]);
});

test("a name is judged as the project has it, once the folder around the project is gone", async () => {
  for (const [name, reason] of [
    ["shop-main/b:c.py", "“b:c.py” is an absolute path; a project’s paths are relative."],
    ["shop-main//a.py", "“/a.py” is an absolute path; a project’s paths are relative."],
    ["shop-main/../a.py", "“../a.py” has a part “.” or “..”, which could lead out of the project."],
    ["shop-main/b\\c.py", "“b\\c.py” has a backslash; write / between folders."],
    ["shop-main/b\u0007.py", "The path has a control character."],
    ["shop-main/../", "“..” has a part “.” or “..”, which could lead out of the project."],
  ]) {
    await assert.rejects(taken(["shop-main/", "shop-main/main.py", name]), new ZipRefusal(reason), name);
  }
  const longest = `${"x".repeat(120)}/${"y".repeat(116)}.py`;
  assert.deepEqual(await taken([`shop-main/${longest}`, "shop-main/a.py"]), [longest, "a.py"]);
  await assert.rejects(taken([`shop-main/x${longest}`]), /has 241 characters/);
  assert.deepEqual(await taken(["shop-main/", "shop-main/docs/", "shop-main/a.py"]), ["a.py"]);
});

test("what no project may have as a folder is no folder around one", async () => {
  for (const name of ["../a.py", "./a.py", "/a.py", "C:/a.py", "C:a/b.py", "a\\b/c.py", "a\u0007/b.py", "../"]) {
    await assert.rejects(taken([name]), ZipRefusal, name);
  }
  for (const name of ["../", "a//b/", "C:/", "/"]) {
    await assert.rejects(taken(["shop-main/a.py", name]), ZipRefusal, name);
  }
});

test("names that are nothing but folders are refused at once", async () => {
  const start = performance.now();
  await assert.rejects(taken([`a${"/".repeat(65_000)}b`, `a${"/".repeat(65_000)}c`]), /has 65002 characters/);
  assert.ok(performance.now() - start < 1000);
});
