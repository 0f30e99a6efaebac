/** Keeps the project in IndexedDB, so that it survives a reload of the page. */

import { createStore, del, get, set } from "idb-keyval";

/** Long enough to gather a burst of keystrokes, short enough that little is lost with the tab. */
const DELAY_MS = 300;
const KEY = "project";

/** @typedef {import("./project.js").Project} Project */

export class Store {
  #database = createStore("pyautoload-sandbox", "projects");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #project;

  /** @param {Project} project */
  constructor(project) {
    this.#project = project;
    for (const event of ["opened", "changed", "cells"]) {
      project.addEventListener(event, () => this.#saveSoon());
    }
    // The timer of a page that is going away does not come.
    addEventListener("pagehide", () => this.save());
  }

  /** What was kept, if anything. @returns {Promise<import("./project.js").Contained | undefined>} */
  load() {
    return get(KEY, this.#database);
  }

  async save() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await set(KEY, this.#project.contained(), this.#database);
    document.documentElement.dataset.saved = "yes";
  }

  async forget() {
    clearTimeout(this.#timer);
    await del(KEY, this.#database);
  }

  #saveSoon() {
    clearTimeout(this.#timer);
    document.documentElement.dataset.saved = "no";
    this.#timer = setTimeout(() => this.save(), DELAY_MS);
  }
}
