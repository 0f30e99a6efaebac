/** The project's files, as a tree that the keyboard walks: arrow keys, Home, End, Enter, F2, Delete. */

import { STATES } from "../app/modules.js";
import { counted } from "../app/words.js";
import { folderOf, nameOf } from "../project/paths.js";
import { make } from "./dom.js";

/** @typedef {{path: string, name: string, isFolder: boolean, level: number, children: number, isOpen: boolean}} Row */

/** Events: `open`, `rename`, `delete`, each with the path as detail. */
export class Tree extends EventTarget {
  #list;
  #project;
  #modules;
  #closed = new Set();
  /** The paths that were drawn last. */
  #drawn = "";
  /** @type {string | null} */
  selected = null;

  /**
   * @param {HTMLElement} list
   * @param {import("../project/project.js").Project} project
   * @param {import("../app/modules.js").Modules} modules
   */
  constructor(list, project, modules) {
    super();
    this.#list = list;
    this.#project = project;
    this.#modules = modules;
    list.addEventListener("click", (event) => this.#click(event));
    list.addEventListener("keydown", (event) => this.#key(event));
    project.addEventListener("opened", () => {
      this.#closed.clear();
      this.show(project.shown);
    });
    project.addEventListener("changed", () => {
      // Most changes are of a file's text.
      if (this.#project.paths().join("\n") !== this.#drawn) {
        this.draw();
      }
    });
    modules.addEventListener("changed", () => this.draw());
  }

  /** Selects a file, with its folders open. @param {string | null} path */
  show(path) {
    this.selected = path;
    for (let folder = folderOf(path ?? ""); folder; folder = folderOf(folder)) {
      this.#closed.delete(folder);
    }
    this.draw();
    this.#reveal();
  }

  draw() {
    this.#drawn = this.#project.paths().join("\n");
    const rows = this.#rows();
    if (!rows.some(({ path }) => path === this.selected)) {
      this.selected = this.#project.shown ?? rows[0]?.path ?? null;
    }
    const hadFocus = this.#list.contains(document.activeElement);
    this.#list.replaceChildren(...rows.map((row) => this.#item(row)));
    if (hadFocus) {
      this.#focus();
    }
  }

  /** The rows that can be seen: folders first, then files, each by name. @returns {Row[]} */
  #rows() {
    /** @type {Map<string, Map<string, boolean>>} the entries of each folder, and whether they are folders */
    const folders = new Map([["", new Map()]]);
    for (const path of this.#project.paths()) {
      let isFolder = false;
      for (let at = path; at; at = folderOf(at)) {
        const folder = folderOf(at);
        const entries = folders.get(folder) ?? new Map();
        entries.set(at, isFolder);
        folders.set(folder, entries);
        isFolder = true;
      }
    }
    /** @type {Row[]} */
    const rows = [];
    const add = (/** @type {string} */ folder, /** @type {number} */ level) => {
      const entries = [...(folders.get(folder) ?? [])].sort(
        ([a, isA], [b, isB]) => Number(isB) - Number(isA) || (a < b ? -1 : 1),
      );
      for (const [path, isFolder] of entries) {
        const isOpen = isFolder && !this.#closed.has(path);
        rows.push({ path, name: nameOf(path), isFolder, level, children: folders.get(path)?.size ?? 0, isOpen });
        if (isOpen) {
          add(path, level + 1);
        }
      }
    };
    add("", 1);
    return rows;
  }

  /** @param {Row} row */
  #item({ path, name, isFolder, level, isOpen }) {
    const isSelected = path === this.selected;
    const isShown = path === this.#project.shown;
    const item = make("div", {
      role: "treeitem",
      className: isShown ? "shown" : "",
      "aria-level": level,
      "aria-selected": isSelected,
      tabIndex: isSelected ? 0 : -1,
      dataset: { path },
    });
    item.style.setProperty("--level", String(level));
    const twist = make("span", { className: "twist", "aria-hidden": true }, isFolder ? (isOpen ? "▾" : "▸") : "");
    const label = make("span", { className: "name" }, name);
    item.append(twist, label);
    if (isFolder) {
      item.setAttribute("aria-expanded", String(isOpen));
      item.setAttribute("aria-label", `${name}, folder`);
    } else {
      this.#describe(item, path, name);
    }
    return item;
  }

  /** What is known of a file's module, as marks and as words. @param {HTMLElement} item @param {string} path @param {string} name */
  #describe(item, path, name) {
    const words = [name];
    const module = this.#modules.at(path);
    if (module) {
      const state = this.#modules.stateOf(module);
      words.push(STATES[state].words);
      const mark = make(
        "span",
        { className: "mark", "aria-hidden": true, title: STATES[state].words },
        STATES[state].mark,
      );
      item.dataset.state = state;
      item.append(mark);
    }
    const problems = this.#modules.problemsAt(path).filter((problem) => !problem.isNote).length;
    if (problems) {
      words.push(counted(problems, "problem"));
      item.append(
        make("span", { className: "badge", "aria-hidden": true, title: counted(problems, "problem") }, `! ${problems}`),
      );
    }
    item.setAttribute("aria-label", words.join(", "));
  }

  /** @returns {HTMLElement | null} */
  #current() {
    return this.#list.querySelector("[tabindex='0']");
  }

  #focus() {
    this.#current()?.focus({ preventScroll: true });
    this.#reveal();
  }

  /** Scrolls the list, and not the page around it. */
  #reveal() {
    const row = this.#current();
    if (row) {
      const top = row.offsetTop - this.#list.offsetTop;
      const most = top - this.#list.clientHeight + row.offsetHeight;
      this.#list.scrollTop = Math.max(Math.min(this.#list.scrollTop, top), most);
    }
  }

  /** @param {Event} event */
  #click(event) {
    const item = /** @type {HTMLElement | null} */ (
      /** @type {HTMLElement} */ (event.target).closest("[role=treeitem]")
    );
    const row = this.#rows().find(({ path }) => path === item?.dataset.path);
    if (row) {
      this.selected = row.path;
      this.#use(row);
      this.#focus();
    }
  }

  /** @param {Row} row */
  #use(row) {
    if (row.isFolder) {
      this.#toggle(row.path, !row.isOpen);
    } else {
      this.#send("open", row.path);
    }
  }

  /** @param {string} folder @param {boolean} isOpen */
  #toggle(folder, isOpen) {
    if (isOpen) {
      this.#closed.delete(folder);
    } else {
      this.#closed.add(folder);
    }
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const rows = this.#rows();
    const at = rows.findIndex(({ path }) => path === this.selected);
    const row = rows[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    /** @type {Record<string, () => unknown>} */
    const keys = {
      ArrowDown: () => this.#select(rows[at + 1]),
      ArrowUp: () => this.#select(rows[at - 1]),
      Home: () => this.#select(rows[0]),
      End: () => this.#select(rows.at(-1)),
      ArrowRight: () =>
        row.isFolder && !row.isOpen ? this.#toggle(row.path, true) : row.isFolder && this.#select(rows[at + 1]),
      ArrowLeft: () =>
        row.isFolder && row.isOpen
          ? this.#toggle(row.path, false)
          : this.#select(rows.find(({ path }) => path === folderOf(row.path))),
      Enter: () => this.#use(row),
      " ": () => this.#use(row),
      F2: () => this.#send("rename", row.path),
      Delete: () => this.#send("delete", row.path),
    };
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (action) {
      event.preventDefault();
      action();
    }
  }

  /** @param {Row | undefined} row */
  #select(row) {
    if (row) {
      this.selected = row.path;
      this.draw();
    }
  }

  /** @param {string} type @param {string} path */
  #send(type, path) {
    this.dispatchEvent(new CustomEvent(type, { detail: path }));
  }
}
