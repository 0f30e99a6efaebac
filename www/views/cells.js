/** The cells of the project: one after the other is run, in one namespace. */

import { newCell } from "../project/project.js";
import { CellView } from "./cell.js";

export class Cells {
  #list;
  #project;
  #session;
  #places;
  /** @type {Map<string, CellView>} */
  #views = new Map();
  /** @type {string[]} those that wait to be run */
  #queue = [];
  #isBusy = false;
  /** What comes after a cell that fails is of no use where all are run in turn. */
  #stopsAtError = false;

  /**
   * @param {HTMLElement} list
   * @param {import("../project/project.js").Project} project
   * @param {import("../session/session.js").Session} session
   * @param {(path: string, line: number) => void} openFile
   */
  constructor(list, project, session, openFile) {
    this.#list = list;
    this.#project = project;
    this.#session = session;
    this.#places = {
      file: openFile,
      cell: (/** @type {string} */ id, /** @type {number} */ line) => this.#views.get(id)?.focus(line),
    };
    project.addEventListener("opened", () => this.#open());
    session.addEventListener("output", (event) => {
      const { id, stream, text } = /** @type {CustomEvent} */ (event).detail;
      this.#views.get(id)?.print(stream, text);
    });
  }

  #open() {
    this.#queue = [];
    for (const view of this.#views.values()) {
      view.destroy();
    }
    this.#views.clear();
    this.#place();
  }

  /** Puts the cells in the order of the project, and makes those that are new. */
  #place() {
    for (const cell of this.#project.cells) {
      if (!this.#views.has(cell.id)) {
        this.#views.set(cell.id, new CellView(cell, this.#actions(cell.id)));
      }
    }
    for (const [id, view] of this.#views) {
      if (!this.#project.cells.some((cell) => cell.id === id)) {
        view.destroy();
        this.#views.delete(id);
      }
    }
    let at = this.#list.firstElementChild;
    for (const { id } of this.#project.cells) {
      const element = /** @type {CellView} */ (this.#views.get(id)).element;
      if (element === at) {
        at = at.nextElementSibling;
      } else {
        this.#list.insertBefore(element, at);
      }
    }
  }

  /** @param {string} id @returns {import("./cell.js").Actions} */
  #actions(id) {
    const change = (/** @type {Partial<import("../project/project.js").Cell>} */ fields) =>
      this.#project.setCells(this.#project.cells.map((cell) => (cell.id === id ? { ...cell, ...fields } : cell)));
    return {
      run: () => this.run([id]),
      runAndGoOn: () => {
        this.run([id]);
        this.#goOn(id);
      },
      changed: (code) => change({ code }),
      live: (isLive) => change({ isLive }),
      up: () => this.#move(id, -1),
      down: () => this.#move(id, 1),
      remove: () => this.#remove(id),
      places: this.#places,
    };
  }

  /** Goes to the next cell, and makes one where there is none, as notebooks do. @param {string} id */
  #goOn(id) {
    const at = this.#project.cells.findIndex((cell) => cell.id === id);
    const next = this.#project.cells[at + 1];
    if (next) {
      this.#views.get(next.id)?.focus();
    } else {
      this.add();
    }
  }

  add() {
    const cell = newCell(this.#project.cells);
    this.#project.setCells([...this.#project.cells, cell]);
    this.#place();
    this.#views.get(cell.id)?.focus();
  }

  /** @param {string} id @param {number} by */
  #move(id, by) {
    const cells = [...this.#project.cells];
    const at = cells.findIndex((cell) => cell.id === id);
    const [cell] = cells.splice(at, 1);
    if (cell && at + by >= 0 && at + by <= cells.length) {
      const focused = document.activeElement;
      cells.splice(at + by, 0, cell);
      this.#project.setCells(cells);
      this.#place();
      // A moved element loses it.
      if (focused instanceof HTMLElement) {
        focused.focus();
      }
    }
  }

  /** @param {string} id */
  #remove(id) {
    const at = this.#project.cells.findIndex((cell) => cell.id === id);
    const rest = this.#project.cells.filter((cell) => cell.id !== id);
    this.#project.setCells(rest.length ? rest : [newCell(this.#project.cells)]);
    this.#place();
    const next = this.#project.cells[Math.min(at, this.#project.cells.length - 1)];
    this.#views.get(next?.id ?? "")?.focus();
  }

  runAll() {
    this.#stopsAtError = true;
    return this.run(this.#project.cells.map(({ id }) => id));
  }

  /** Runs those that are to follow the files. */
  runLive() {
    return this.run(this.#project.cells.filter(({ isLive }) => isLive).map(({ id }) => id));
  }

  /** Forgets those that wait. */
  drop() {
    for (const id of this.#queue.splice(0)) {
      this.#views.get(id)?.show("idle");
    }
  }

  /** @param {string[]} ids */
  async run(ids) {
    for (const id of ids) {
      if (!this.#queue.includes(id)) {
        this.#queue.push(id);
        this.#views.get(id)?.show("queued");
      }
    }
    if (this.#isBusy) {
      return;
    }
    this.#isBusy = true;
    try {
      for (let id = await this.#next(); id !== undefined; id = await this.#next()) {
        await this.#runOne(id);
      }
    } finally {
      this.#isBusy = false;
      this.#stopsAtError = false;
    }
  }

  async #next() {
    if (this.#queue.length) {
      await this.#session.ready();
    }
    return this.#queue.shift();
  }

  /** @param {string} id */
  async #runOne(id) {
    const cell = this.#project.cells.find((each) => each.id === id);
    const view = this.#views.get(id);
    if (!cell || !view) {
      return;
    }
    view.show("running");
    const result = await this.#session.run(id, cell.code);
    view.end(result);
    if (result.error && (this.#stopsAtError || result.error.type === "Stopped")) {
      this.drop();
    }
  }
}
