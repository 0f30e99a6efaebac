/** Keeps the project in IndexedDB, so that it survives a reload of the page. */

import { createStore, get, set } from "idb-keyval";

/** Long enough to gather a burst of keystrokes, short enough that little is lost with the tab. */
const DELAY_MS = 300;
const KEY = "project";
/** Where a page that is going away leaves what is not saved yet: IndexedDB would not be done in time. */
const LEFT = "pyautoload-sandbox-left";

/** @typedef {import("./project.js").Project} Project */
/** @typedef {import("./project.js").Contained} Contained */

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
  }

  /** What was kept, if anything. @returns {Promise<Contained | undefined>} */
  load() {
    const left = localStorage.getItem(LEFT);
    localStorage.removeItem(LEFT);
    return left === null ? get(KEY, this.#database) : JSON.parse(left);
  }

  async save() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await set(KEY, this.#project.contained(), this.#database);
    if (this.#timer === undefined) {
      document.documentElement.dataset.saved = "yes";
    }
  }

  #saveSoon() {
    clearTimeout(this.#timer);
    document.documentElement.dataset.saved = "no";
    this.#timer = setTimeout(() => this.save(), DELAY_MS);
  }

  /** Saves at once, for a page that is going away. */
  leave() {
    if (this.#timer === undefined) {
      return;
    }
    const contained = this.#project.contained();
    const isText = contained.files.every(([, contents]) => typeof contents === "string");
    try {
      if (isText) {
        localStorage.setItem(LEFT, JSON.stringify(contained));
      }
    } catch {
      // It has room for a few megabytes. What is larger loses the last moment alone: all before it was saved.
    }
    this.save();
  }
}
