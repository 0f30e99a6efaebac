/** Keeps the project in IndexedDB, so that it survives a reload of the page. */

import { createStore, get, set } from "idb-keyval";
import { isSameState } from "./difference.js";
import { clearLeftovers, leave, readLeftovers, withLeftovers } from "./leftovers.js";
import { Versions } from "./versions.js";

/** Long enough to gather a burst of keystrokes, short enough that little is lost with the tab. */
const DELAY_MS = 300;
const KEY = "project";

/** @typedef {import("./project.js").Project} Project */
/** @typedef {import("./leftovers.js").Saved} Saved */

export class Store {
  #database = createStore("pyautoload-sandbox", "projects");
  #project;
  #versions;
  #tell;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** One save after the other. @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** The state that this tab has saved or loaded last: what has another revision was saved by another tab. @type {string | undefined} */
  #base;
  /** The files that changed since, and those of them that are being saved. @type {Set<string>} */
  #unsaved = new Set();
  /** @type {Set<string>} */
  #saving = new Set();
  /** The revisions whose saves have begun and not ended. @type {string[]} */
  #begun = [];

  /**
   * @param {Project} project
   * @param {Versions} versions
   * @param {(message: string) => void} tell what goes wrong
   */
  constructor(project, versions = new Versions(), tell = console.error) {
    this.#project = project;
    this.#versions = versions;
    this.#tell = tell;
    project.addEventListener("opened", () => this.save());
    project.addEventListener("cells", () => this.#saveSoon());
    project.addEventListener("changed", (event) => {
      for (const operation of /** @type {CustomEvent} */ (event).detail.operations) {
        this.#unsaved.add(operation.path).add(operation.to ?? operation.path);
      }
      this.#saveSoon();
    });
  }

  /** What was kept, if anything. @returns {Promise<Saved | undefined>} */
  async load() {
    /** @type {Saved | undefined} */
    const saved = await get(KEY, this.#database);
    const { state, outdated } = saved ? withLeftovers(saved, readLeftovers()) : { state: undefined, outdated: [] };
    this.#base = state?.revision;
    try {
      for (const each of outdated) {
        await this.#versions.add(each, { at: each.at, note: "not saved by a tab that was closed" });
      }
      if (state !== saved) {
        await set(KEY, state, this.#database);
      }
      clearLeftovers();
    } catch (error) {
      this.#tell(`What a closed tab has left could not be kept, and is tried again with the next reload. ${error}`);
    }
    return state;
  }

  /** Saves the project. @param {string} [revision] */
  save(revision = newRevision()) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#begun.push(revision);
    this.#show();
    this.#last = this.#last.then(async () => {
      try {
        await this.#save(revision);
      } catch (error) {
        this.#tell(`The project could not be saved in this browser. ${error}`);
      }
      this.#begun.shift();
      this.#show();
    });
    return this.#last;
  }

  /** @param {string} revision */
  async #save(revision) {
    const state = { ...this.#project.contained(), revision, at: Date.now() };
    this.#saving = this.#unsaved;
    this.#unsaved = new Set();
    try {
      /** @type {Saved | undefined} */
      const there = await get(KEY, this.#database);
      if (there && isSameState(there, state)) {
        this.#base = there.revision;
      } else {
        if (there && there.revision !== this.#base) {
          await this.#keepOthers(there);
        }
        await set(KEY, state, this.#database);
        this.#base = revision;
      }
    } catch (error) {
      this.#unsaved = new Set([...this.#saving, ...this.#unsaved]);
      throw error;
    } finally {
      this.#saving = new Set();
    }
  }

  /** Keeps what another tab has saved. @param {Saved} there */
  async #keepOthers(there) {
    try {
      await this.#versions.add(there, { at: there.at, note: "saved by another tab" });
    } catch (error) {
      this.#tell(`What another tab had saved could not be kept as a version. ${error}`);
    }
  }

  #saveSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), DELAY_MS);
    this.#show();
  }

  get #isSaved() {
    return this.#timer === undefined && this.#begun.length === 0;
  }

  /** Says on the page whether all is saved, for whoever waits for that. */
  #show() {
    document.documentElement.dataset.saved = this.#isSaved ? "yes" : "no";
  }

  /** Saves at once, for a page that is going away. */
  leave() {
    if (this.#isSaved) {
      return;
    }
    const { cells, shown } = this.#project;
    const revision = newRevision();
    /** @type {[string, string | null][]} */
    const files = [];
    for (const path of new Set([...this.#saving, ...this.#unsaved])) {
      const contents = this.#project.files.get(path) ?? null;
      if (!(contents instanceof Uint8Array)) {
        files.push([path, contents]);
      }
    }
    try {
      leave({ bases: [this.#base ?? "", ...this.#begun], revision, at: Date.now(), files, cells, shown });
    } catch {
      // It has room for a few megabytes. What is larger loses the last moment alone: all before it was saved.
    }
    this.save(revision);
  }
}

/** A name that no other state has. */
function newRevision() {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}
