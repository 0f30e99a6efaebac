/**
 * The page's reader of .zip files against archives that are made up and damaged. An archive is taken whole, with what was put into it, or
 * refused in words for its owner: nothing else is thrown, and nothing comes out that a project may not have.
 *
 *   node fuzz/zip.mjs [--inputs 1000000] [--seed 0]
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { strToU8, Zip, ZipDeflate, ZipPassThrough, zipSync } from "fflate";
import { textOrBytes } from "../www/project/contents.js";
import { faultOf, folderOf } from "../www/project/paths.js";
import { LIMITS } from "../www/project/project.js";
import { unpack, ZipRefusal } from "../www/project/zip.js";

/** How many bytes the reader takes at once. */
const CHUNK = 1 << 16;
/** An archive of a few bytes that takes longer than this hangs the page. */
const MOST_MS = 2000;

const NAMES = ["a.py", "b.py", "shop/", "shop/a.py", "shop/b/c.py", "shop/b", "größe.py", "größe.py".normalize("NFD")];
const ODD_NAMES = [
  "../a.py",
  "/a.py",
  "a//b.py",
  "",
  "a\\b.py",
  "C:a.py",
  ".",
  "a/./b",
  "\0",
  "__MACOSX/a.py",
  "a.pyc",
  "x".repeat(300),
  "b:c.py",
  "C:/a.py",
  `${"x".repeat(234)}/y.py`,
  "a\x07.py",
  "._a.py",
];
/** Folders around all of an archive, or around one of its entries. */
const WRAPPERS = ["shop-main/", "1.0/", "shop/", "größe-1/", "C:/", "../", "/", "a\\b/", "\0/", `${"w".repeat(241)}/`];
/** When all entries are made. With the time of the run, an archive would not be the same in the next one. */
const MADE = new Date(2024, 0, 1);

/** Numbers that are the same in every run (mulberry32). */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1);
  }

  /** @param {number} limit */
  below(limit) {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  /** @template T @param {T[]} from @returns {T} */
  pick(from) {
    return from[this.below(from.length)];
  }
}

/** Files as somebody would put them into an archive. @param {Random} random */
function entriesOf(random) {
  /** @type {Record<string, Uint8Array>} */
  const entries = {};
  if (random.below(200) === 0) {
    // What follows it lies about where the reader's first chunk ends.
    entries["pad.bin"] = new Uint8Array(CHUNK - random.below(600));
  }
  const around = random.below(3) ? "" : random.pick(WRAPPERS);
  for (let count = random.below(5); count >= 0; count -= 1) {
    const inner = random.below(12) ? random.pick(NAMES) : random.pick(ODD_NAMES);
    const name = (random.below(12) ? around : random.pick(WRAPPERS)) + inner;
    entries[name] = contentsOf(random, name);
  }
  return entries;
}

/** @param {Random} random @param {string} name */
function contentsOf(random, name) {
  if (name.endsWith("/")) {
    return new Uint8Array();
  }
  const size = random.pick([0, 1, 7, 40, 300]);
  const isText = random.below(3) > 0;
  return isText
    ? strToU8("x = 1\n".repeat(size).slice(0, size))
    : Uint8Array.from({ length: size }, () => random.below(256));
}

/** The first letter of a header. */
const P = 0x50;
/** Where the numbers of a header stand that a reader trusts: from the signature, by their size. */
const FIELDS = {
  67324752: [4, 6, 8, 14, 18, 22, 26, 28],
  33639248: [8, 10, 20, 24, 28, 30, 32, 42],
  101010256: [4, 8, 10, 12, 16, 20],
};
const NUMBERS = [0, 1, 8, 9, 12, 0xff, 0xffff, 0x7fffffff, 0xffffffff];

/** Writes a number over a field of a header, or otherwise changes some bytes. @param {Random} random @param {Uint8Array} bytes */
function damage(random, bytes) {
  let damaged = bytes.slice();
  for (let times = random.below(4); times > 0 && damaged.length > 4; times -= 1) {
    const at = random.below(damaged.length);
    const kind = random.below(7);
    if (kind < 3) {
      damageField(random, damaged);
    } else if (kind === 3) {
      damaged[at] = random.below(256);
    } else if (kind === 4) {
      damaged = damaged.slice(0, at);
    } else if (kind === 5) {
      damaged = joined(damaged.subarray(0, at), damaged.subarray(at + 1 + random.below(8)));
    } else {
      damaged = joined(damaged.subarray(0, at), damaged.subarray(random.below(damaged.length)));
    }
  }
  return damaged;
}

/** @param {Random} random @param {Uint8Array} bytes */
function damageField(random, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headers = [];
  for (let at = bytes.indexOf(P); at >= 0 && at + 46 < bytes.length; at = bytes.indexOf(P, at + 1)) {
    if (view.getUint32(at, true) in FIELDS) {
      headers.push(at);
    }
  }
  if (headers.length) {
    const header = random.pick(headers);
    const field = header + random.pick(FIELDS[view.getUint32(header, true)]);
    if (random.below(2)) {
      view.setUint16(field, random.pick(NUMBERS), true);
    } else {
      view.setUint32(field, random.pick(NUMBERS), true);
    }
  }
}

/** @param {Uint8Array} one @param {Uint8Array} other */
function joined(one, other) {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}

/** An archive as a program writes it that cannot go back: sizes follow the contents. @param {Record<string, Uint8Array>} entries @param {0 | 6} level */
function streamed(entries, level) {
  let archive = new Uint8Array();
  const zip = new Zip((error, data) => {
    assert.equal(error, null);
    archive = joined(archive, data);
  });
  for (const [name, contents] of Object.entries(entries)) {
    const entry = level ? new ZipDeflate(name, { level }) : new ZipPassThrough(name);
    entry.mtime = MADE;
    zip.add(entry);
    entry.push(contents, true);
  }
  zip.end();
  return archive;
}

/** The archive of a seed, and what was put into it if it is whole. @param {number} seed */
export function archiveOf(seed) {
  const random = new Random(seed);
  const entries = entriesOf(random);
  const level = random.pick([0, 0, 6]);
  const bytes = random.below(10) ? zipSync(entries, { level, mtime: MADE }) : streamed(entries, level);
  const damaged = damage(random, bytes);
  return { bytes: damaged, entries: Buffer.compare(bytes, damaged) === 0 ? entries : undefined };
}

/**
 * Throws where an archive shows a fault.
 * @param {Uint8Array} bytes
 * @param {Record<string, Uint8Array>} [entries] what is in it, where that is known
 * @returns {Promise<boolean>} whether it is taken
 */
export async function check(bytes, entries) {
  const start = performance.now();
  let files;
  try {
    files = await unpack(new Blob([bytes]), () => {});
  } catch (error) {
    if (!(error instanceof ZipRefusal)) {
      throw error;
    }
    assert.ok(/^[“A-Z].*\.$/su.test(error.message), `no sentence: ${error.message}`);
  }
  assert.ok(performance.now() - start < MOST_MS, "it takes too long");
  if (files) {
    isProject(files);
  }
  if (entries) {
    const expected = projectOf(entries);
    assert.deepEqual(files && sorted(files), expected && sorted(expected));
  }
  return Boolean(files);
}

/** @param {[string, string | Uint8Array][]} files */
function isProject(files) {
  const names = new Set(files.map(([name]) => name));
  assert.equal(names.size, files.length, "a name comes twice");
  assert.ok(files.length > 0 && files.length <= LIMITS.files);
  assert.ok(files.reduce((size, [, contents]) => size + contents.length, 0) <= LIMITS.bytes);
  for (const [name, contents] of files) {
    assert.equal(faultOf(name), null);
    assert.ok(!foldersOf(name).some((folder) => names.has(folder)), `${name} lies in a file`);
    assert.ok(typeof contents === "string" || contents instanceof Uint8Array);
  }
}

/**
 * The files of a whole archive; undefined where it has none, or may not be taken.
 * @param {Record<string, Uint8Array>} entries
 * @returns {[string, string | Uint8Array][] | undefined}
 */
function projectOf(entries) {
  const names = Object.keys(entries).filter((name) => !/^__MACOSX\/|\/__MACOSX\/|\.pyc$|(^|\/)\._a/.test(name));
  const files = names.filter((name) => !name.endsWith("/"));
  const around =
    ["shop-main/", "1.0/", "größe-1/"].find((folder) => files.every((name) => name.startsWith(folder))) ?? "";
  const inside = (/** @type {string} */ name) =>
    (name.startsWith(around) ? name.slice(around.length) : name).normalize("NFC");
  const isFine = names.every(
    (name) => (around && name === around) || faultOf(inside(name).replace(/\/$/, "")) === null,
  );
  const own = new Set(files.map(inside));
  const isTree = ![...own].some((name) => foldersOf(name).some((folder) => own.has(folder)));
  return files.length && isFine && isTree && own.size === files.length
    ? files.map((name) => [inside(name), textOrBytes(entries[name])])
    : undefined;
}

/** @param {[string, string | Uint8Array][]} files */
function sorted(files) {
  return [...files].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** @param {string} name */
function foldersOf(name) {
  const folders = [];
  for (let folder = folderOf(name); folder; folder = folderOf(folder)) {
    folders.push(folder);
  }
  return folders;
}

/**
 * Checks the archives of some seeds; says of the first that shows a fault which it is.
 * @param {number} inputs
 * @param {number} first
 */
export async function fuzz(inputs, first = 0) {
  let taken = 0;
  for (let seed = first; seed < first + inputs; seed += 1) {
    const { bytes, entries } = archiveOf(seed);
    try {
      taken += Number(await check(bytes, entries));
    } catch (error) {
      throw new Error(`the archive of seed ${seed} (${Buffer.from(bytes).toString("base64")}) shows a fault`, {
        cause: error,
      });
    }
  }
  return taken;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { inputs: { type: "string", default: "1000000" }, seed: { type: "string", default: "0" } },
  });
  const taken = await fuzz(Number(values.inputs), Number(values.seed));
  console.log(`zip: ${values.inputs} archives, ${taken} of them taken; none shows a fault`);
}
