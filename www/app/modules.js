/** What is known of the project's modules: from the worker's pictures, and from its reports. */

import { inProject, withoutDir } from "../project/paths.js";

/** @typedef {"reloaded" | "patched" | "loaded" | "stale" | "failed" | "absent"} State */
/** @typedef {{name: string, path: string, isLoaded: boolean}} Module `path` is the project's */
/** @typedef {{importer: string, imported: string, kind: string, line: number}} Edge */
/** @typedef {{kind: string, path: string, line: number | null, isNote: boolean, message: string}} Problem `isNote`: nothing is wrong */
/** @typedef {{name: string, path: string | null, line: number | null, type: string, message: string, traceback: string, held: string[]}} Failure */

/** Each state by a mark and by words, so that none is told by colour alone. @type {Record<State, {mark: string, words: string, meaning: string}>} */
export const STATES = {
  reloaded: { mark: "↻", words: "just reloaded", meaning: "loaded again by the last change" },
  patched: {
    mark: "✎",
    words: "just patched",
    meaning: "its functions run new code since the last change; nothing was executed",
  },
  loaded: { mark: "●", words: "loaded", meaning: "imported" },
  stale: {
    mark: "◐",
    words: "old code",
    meaning: "goes on with the code from before, since something it needs failed",
  },
  failed: { mark: "✕", words: "failed", meaning: "its new code could not be loaded" },
  absent: { mark: "○", words: "not loaded", meaning: "nobody has imported it yet" },
};

/** That a file has no class of its name is worth knowing where somebody wants one, and no fault of a package that was written without. */
const NOTES = ["attribute", "one_attribute"];

/** Events: `changed`. */
export class Modules extends EventTarget {
  /** Those with a file. @type {Module[]} */
  all = [];
  /** @type {Edge[]} */
  edges = [];
  /** @type {Problem[]} */
  problems = [];
  /** @type {Map<string, Failure>} */
  #failures = new Map();
  #reloaded = new Set();
  #patched = new Set();
  #pending = new Set();

  clear() {
    this.all = [];
    this.edges = [];
    this.problems = [];
    this.#failures.clear();
    this.#reloaded.clear();
    this.#patched.clear();
    this.#pending.clear();
    this.#changed();
  }

  /** @param {{modules: Module[], edges: Edge[], problems: any[]}} picture */
  takePicture({ modules, edges, problems }) {
    this.all = modules.flatMap((module) => {
      const path = inProject(module.path);
      // A namespace package is a folder.
      return path?.endsWith(".py") ? [{ ...module, path }] : [];
    });
    this.edges = edges;
    this.problems = problems.map(({ kind, path, line, severity, message }) => {
      const isNote = severity === "information" || NOTES.includes(kind);
      return { kind, path: withoutDir(path), line, isNote, message: withoutDir(message) };
    });
    this.#changed();
  }

  /** @param {{patched: {name: string}[], reloaded: {name: string}[], removed: {name: string}[], failed: Failure[], pending: string[]}} report */
  takeReport({ patched, reloaded, removed, failed, pending }) {
    this.#reloaded = new Set(reloaded.map(({ name }) => name));
    this.#patched = new Set(patched.map(({ name }) => name));
    this.#pending = new Set(pending);
    for (const name of this.#failures.keys()) {
      if (!this.#pending.has(name)) {
        this.#failures.delete(name);
      }
    }
    for (const { name } of removed) {
      this.#failures.delete(name);
    }
    for (const failure of failed) {
      const path = failure.path && withoutDir(failure.path);
      this.#failures.set(failure.name, { ...failure, path, message: withoutDir(failure.message) });
    }
    this.#changed();
  }

  /** @param {Module} module @returns {State} */
  stateOf({ name, isLoaded }) {
    if (this.#failures.has(name)) {
      return "failed";
    }
    if (this.#pending.has(name)) {
      return "stale";
    }
    if (!isLoaded) {
      return "absent";
    }
    if (this.#reloaded.has(name)) {
      return "reloaded";
    }
    return this.#patched.has(name) ? "patched" : "loaded";
  }

  /** @param {string} path */
  at(path) {
    return this.all.find((module) => module.path === path);
  }

  /** @param {string} path @returns {Failure[]} */
  failuresAt(path) {
    return [...this.#failures.values()].filter((failure) => failure.path === path);
  }

  /** @param {string} path */
  problemsAt(path) {
    return this.problems.filter((problem) => problem.path === path);
  }

  #changed() {
    this.dispatchEvent(new Event("changed"));
  }
}
