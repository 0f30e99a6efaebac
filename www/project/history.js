/** Decides which states of the project are kept as versions: those that a change replaces, before it is too late. */

/** @typedef {import("./project.js").Contained} Contained */
/** @typedef {import("./project.js").Operation} Operation */

/** Edits within so long are one state. */
const PERIOD_MS = 5 * 60_000;
/** Whoever makes a text shorter than half may want it back, if it was longer than this. */
const SHORT = 200;

export class History {
  #project;
  #keep;
  #clock;
  /** The state that the next change replaces, and since when it is there. @type {Contained | null} */
  #current = null;
  #since = 0;
  #keptAt = Number.NEGATIVE_INFINITY;
  /** Files whose contents Python or another tab has written: what Python does with its own files is no loss. @type {Set<string>} */
  #written = new Set();
  /** How the state that is there came about, if not by edits. @type {string | null} */
  note = null;

  /**
   * @param {import("./project.js").Project} project
   * @param {(state: Contained, about: {at: number, note: string | null}) => void} keep
   * @param {() => number} clock
   */
  constructor(project, keep, clock = Date.now) {
    this.#project = project;
    this.#keep = keep;
    this.#clock = clock;
    project.addEventListener("opened", (event) => {
      this.#written.clear();
      this.#advance(true);
      this.#since = /** @type {CustomEvent<Contained>} */ (event).detail.at ?? this.#since;
    });
    project.addEventListener("cells", () => this.#advance(this.#losesCell()));
    project.addEventListener("changed", (event) => {
      const { operations, origin } = /** @type {CustomEvent} */ (event).detail;
      this.#advance(this.#losesFile(operations, origin));
    });
  }

  /** @param {boolean} isLoss whether something is gone that somebody made */
  #advance(isLoss) {
    const [before, at, now] = [this.#current, this.#since, this.#clock()];
    this.#current = this.#project.contained();
    this.#since = now;
    if (before?.files.length && (isLoss || now - this.#keptAt > PERIOD_MS)) {
      this.#keptAt = now;
      this.#keep(before, { at, note: this.note });
      this.note = null;
    }
  }

  #losesCell() {
    const ids = new Set(this.#project.cells.map(({ id }) => id));
    return this.#current?.cells.some(({ id, code }) => !ids.has(id) && code.trim()) ?? false;
  }

  /** @param {Operation[]} operations @param {"editor" | "page" | "worker"} origin */
  #losesFile(operations, origin) {
    const before = new Map(this.#current?.files);
    let isLoss = false;
    for (const operation of operations) {
      const { kind, path } = operation;
      const old = before.get(path);
      const isShorter = kind === "write" && old && old.length > SHORT && operation.contents.length < old.length / 2;
      if (origin === "worker") {
        isLoss ||= old !== undefined && !this.#written.has(path);
      } else {
        isLoss ||= old !== undefined && (kind !== "write" || Boolean(isShorter));
      }
      if (origin === "worker" && kind === "write") {
        this.#written.add(path);
      } else {
        this.#written.delete(path);
      }
    }
    return isLoss;
  }
}
