// What of a project is kept: by tabs that are closed, by several tabs at once, and as earlier states.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { differenceInWords, timeInWords } from "../../www/app/words.js";
import { difference, isSameState } from "../../www/project/difference.js";
import { History } from "../../www/project/history.js";
import { Project } from "../../www/project/project.js";
import { Store } from "../../www/project/store.js";
import { MOST, Versions } from "../../www/project/versions.js";
import { newStorage } from "./storage.mjs";

let storage;
let told;
beforeEach(() => {
  storage = newStorage();
  told = [];
});

const contained = (files, settings = {}) => ({
  title: "Shop",
  hint: "",
  files: Object.entries(files),
  cells: [{ id: "1", code: "", isLive: false }],
  shown: null,
  example: null,
  ...settings,
});
const write = (path, contents) => ({ kind: "write", path, contents });
const states = async () =>
  (await new Versions().list()).map(({ state, note }) => [Object.fromEntries(state.files), note]);

/** A tab, with the project that is kept. */
async function openTab() {
  const project = new Project();
  const versions = new Versions();
  const store = new Store(project, versions, (message) => told.push(message));
  const kept = await store.load();
  if (kept) {
    project.open(kept);
    await store.save();
  }
  const type = (contents, path = "main.py") => project.apply([write(path, contents)], "editor");
  return { project, store, type, text: (path = "main.py") => project.files.get(path) };
}

/** A tab with a project that is saved. */
async function firstTab() {
  const tab = await openTab();
  tab.project.open(contained({ "main.py": "one", "other.py": "1" }));
  await tab.store.save();
  return tab;
}

describe("a tab that is closed", () => {
  test("leaves its last keystroke, whatever is done of its last save", async () => {
    for (const isLost of [true, false]) {
      const tab = await firstTab();
      tab.type(`last, lost: ${isLost}`);
      storage.isLost = isLost;
      tab.store.leave();
      await tab.store.save();
      storage.isLost = false;
      assert.equal((await openTab()).text(), `last, lost: ${isLost}`);
    }
    assert.deepEqual(await states(), []);
  });

  test("leaves what was typed while another save was under way", async () => {
    const tab = await firstTab();
    tab.type("while");
    const saving = tab.store.save();
    await new Promise(setImmediate);
    tab.type("last");
    tab.store.leave();
    await saving;
    storage.isLost = true;
    await tab.store.save();
    storage.isLost = false;
    assert.equal((await openTab()).text(), "last");
  });

  test("does not bring back over what was saved since, which stays a version", async () => {
    const one = await firstTab();
    const two = await openTab();
    storage.isLost = true;
    one.type("minute 0, the first tab");
    one.store.leave();
    await one.store.save();
    storage.isLost = false;
    for (const minute of [1, 2]) {
      two.type(`minute ${minute}, the second tab`);
      await two.store.save();
    }
    assert.equal((await openTab()).text(), "minute 2, the second tab");
    const left = [{ "main.py": "minute 0, the first tab", "other.py": "1" }, "not saved by a tab that was closed"];
    assert.deepEqual(await states(), [left]);
    assert.equal((await openTab()).text(), "minute 2, the second tab");
    assert.equal((await states()).length, 1);
  });

  test("leaves text beside bytes, and files that were deleted", async () => {
    const tab = await openTab();
    tab.project.open(contained({ "main.py": "one", "logo.png": new Uint8Array([137, 80]), "old.py": "" }));
    await tab.store.save();
    storage.isLost = true;
    tab.type("last");
    tab.project.apply([{ kind: "remove", path: "old.py" }], "page");
    tab.store.leave();
    await tab.store.save();
    storage.isLost = false;
    const { project } = await openTab();
    assert.deepEqual(project.paths(), ["logo.png", "main.py"]);
    assert.equal(project.files.get("main.py"), "last");
    assert.deepEqual(project.files.get("logo.png"), new Uint8Array([137, 80]));
  });

  test("leaves nothing where all is saved", async () => {
    const tab = await firstTab();
    tab.store.leave();
    assert.equal(localStorage.getItem("pyautoload-sandbox-leftovers"), null);
  });
});

describe("several tabs", () => {
  test("that hold the same save it once", async () => {
    const [one, two] = [await firstTab(), await openTab()];
    for (const text of ["a", "ab", "abc"]) {
      one.type(text);
      two.project.apply([write("main.py", text)], "worker");
      await one.store.save();
      await two.store.save();
    }
    assert.deepEqual(await states(), []);
  });

  test("that hold different work keep both", async () => {
    const [one, two] = [await firstTab(), await openTab()];
    one.type("of the first");
    await one.store.save();
    two.type("of the second", "other.py");
    await two.store.save();
    assert.deepEqual(await states(), [[{ "main.py": "of the first", "other.py": "1" }, "saved by another tab"]]);
    assert.deepEqual((await openTab()).text("other.py"), "of the second");
  });
});

test("what the browser refuses to keep is told, and tried again", async () => {
  const tab = await firstTab();
  storage.refusal = new Error("the disk is full");
  tab.type("two");
  await tab.store.save();
  tab.store.leave();
  await tab.store.save();
  assert.ok(told.length && told.every((message) => /could not be saved.*the disk is full/.test(message)), told.join());
  storage.refusal = null;
  await tab.store.save();
  assert.equal((await openTab()).text(), "two");
});

describe("versions", () => {
  test("are the last of each project, the newest first, and none twice in turn", async () => {
    const versions = new Versions();
    for (let at = 1; at <= MOST.states + 5; at += 1) {
      await versions.add(contained({ "a.py": String(at) }), { at });
      await versions.add(contained({ "a.py": String(at) }), { at });
    }
    await versions.add(contained({ "b.py": "" }, { title: "Island" }), { at: 3 });
    const kept = await versions.list();
    assert.deepEqual(
      kept.map(({ at }) => at),
      [...Array.from({ length: MOST.states }, (_, place) => MOST.states + 5 - place), 3],
    );
    assert.equal(kept[0].state.files[0][1], String(MOST.states + 5));
  });

  test("are bounded in size", async () => {
    const versions = new Versions();
    for (let at = 1; at <= 5; at += 1) {
      await versions.add(contained({ "a.bin": new Uint8Array(MOST.size / 3).fill(at) }), { at });
    }
    assert.deepEqual(
      (await versions.list()).map(({ at }) => at),
      [5, 4, 3],
    );
  });

  test("that two tabs add at once are all kept", async () => {
    const tabs = [new Versions(), new Versions(), new Versions()];
    await Promise.all(tabs.map((versions, at) => versions.add(contained({ "a.py": String(at) }), { at })));
    assert.equal((await new Versions().list()).length, 3);
  });

  test("go on after one that was refused", async () => {
    const versions = new Versions();
    storage.refusal = new Error("the disk is full");
    await assert.rejects(versions.add(contained({ "a.py": "" })), /the disk is full/);
    storage.refusal = null;
    await versions.add(contained({ "a.py": "" }));
    assert.equal((await versions.list()).length, 1);
  });
});

describe("history", () => {
  const LONG = "x".repeat(500);
  let project;
  let kept;
  let now;
  beforeEach(() => {
    [project, kept, now] = [new Project(), [], 1_000_000];
    const history = new History(
      project,
      (state, { at, note }) => kept.push([new Map(state.files).get("a.py"), at, note]),
      () => now,
    );
    project.open(contained({ "a.py": LONG, "b.py": "b" }));
    edit("a.py", `${LONG}1`); // keeps the state that was opened
    assert.deepEqual(kept.splice(0), [[LONG, 1_000_000, null]]);
    history.note = "restored";
  });
  const edit = (path, contents, origin = "editor") => project.apply([write(path, contents)], origin);
  const pass = (minutes) => {
    now += minutes * 60_000;
  };

  /** What each change keeps, five seconds after the edit before. */
  const LOSSES = {
    "a deletion": () => project.apply([{ kind: "remove", path: "b.py" }], "page"),
    "a deletion of Python's": () => project.apply([{ kind: "remove", path: "b.py" }], "worker"),
    "a move": () => project.apply([{ kind: "move", path: "b.py", to: "c.py" }], "page"),
    "a text that gets much shorter": () => edit("a.py", "x"),
    "a file that Python overwrites": () => edit("b.py", "of Python", "worker"),
    "a cell that is deleted": () => project.setCells([{ id: "2", code: "", isLive: false }]),
    "another project": () => project.open(contained({}, { title: "Island" })),
  };
  for (const [name, change] of Object.entries(LOSSES)) {
    test(`keeps the state before ${name}`, () => {
      project.setCells([{ id: "1", code: "import a", isLive: false }]);
      assert.deepEqual(kept, []);
      pass(0.1);
      change();
      assert.deepEqual(kept, [[`${LONG}1`, 1_000_000, "restored"]]);
    });
  }

  const NO_LOSSES = {
    "a new file": () => edit("c.py", "c", "page"),
    "a file that Python makes, overwrites and deletes": () => {
      edit("out.txt", "1", "worker");
      edit("out.txt", "2", "worker");
      project.apply([{ kind: "remove", path: "out.txt" }], "worker");
    },
    "a text that gets a bit shorter": () => edit("a.py", LONG.slice(1)),
    "a short text that gets shorter": () => edit("b.py", ""),
  };
  for (const [name, change] of Object.entries(NO_LOSSES)) {
    test(`keeps nothing for ${name}, but after a while`, () => {
      change();
      assert.deepEqual(kept, []);
      pass(6);
      edit("a.py", `${LONG}2`);
      assert.equal(kept.length, 1);
    });
  }

  test("gives a state that was loaded the time at which it was saved", () => {
    project.open(contained({ "a.py": "saved" }, { at: 7 }));
    kept.length = 0;
    pass(10);
    edit("a.py", "edited");
    assert.deepEqual(kept, [["saved", 7, null]]);
  });
});

describe("in words", () => {
  test("a difference says what became of each file", () => {
    const before = contained({ "a.py": "1", "b.py": "1", "c.bin": new Uint8Array([1]) });
    const words = (after) => differenceInWords(difference(before, after), after.title);
    assert.equal(words(contained({ "a.py": "2", "b.py": "1", "c.bin": new Uint8Array([1]) })), "changed a.py");
    assert.equal(
      words(contained({ "a.py": "1", "c.bin": new Uint8Array([2]), d: "" })),
      "changed c.bin; added d; deleted b.py",
    );
    assert.equal(words({ ...before, cells: [] }), "changed cells");
    assert.equal(words({ ...before, title: "Island" }), "opened “Island”");
    assert.equal(words({ ...before, files: [...before.files].reverse() }), "nothing changed");
    assert.ok(isSameState(before, { ...before, files: [...before.files].reverse() }));
  });

  test("a time of another day has its day", () => {
    const at = new Date(2026, 4, 3, 9, 5, 7);
    assert.equal(timeInWords(at.getTime(), new Date(2026, 4, 3, 23)), "09:05:07");
    assert.equal(timeInWords(at.getTime(), new Date(2026, 4, 4)), "May 3, 09:05:07");
  });
});
