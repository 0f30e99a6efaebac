/** The log of reloads: what was loaded again, why, and how long it took. The newest stands first. */

import { counted, duration, patchInWords, placeOf, reportInWords } from "../app/words.js";
import { make } from "./dom.js";
import { traceback } from "./traceback.js";

const MOST = 50;
const ORIGINS = { page: "typed here", python: "written by Python", tab: "from another tab" };

export class Log {
  #list;
  #places;

  /** @param {HTMLElement} list @param {import("./traceback.js").Places} places */
  constructor(list, places) {
    this.#list = list;
    this.#places = places;
    this.clear();
  }

  clear() {
    this.#list.replaceChildren(make("li", { className: "empty" }, "Nothing was reloaded yet. Edit a file."));
  }

  /**
   * @param {any} report
   * @param {"page" | "python" | "tab"} origin
   * @param {number | null} elapsed milliseconds from the edit to the report, where it was made here
   */
  add(report, origin, elapsed) {
    const kind = report.failed.length
      ? "failed"
      : report.reloaded.length || report.removed.length
        ? "reloaded"
        : report.patched.length
          ? "patched"
          : "saved";
    const mark = { failed: "✕", reloaded: "↻", patched: "✎", saved: "○" }[kind];
    const took = make("span", { className: "took" }, duration(report.seconds * 1000));
    took.title = "in the autoloader";
    const item = make(
      "li",
      { dataset: { kind, origin } },
      make("span", { className: "mark", "aria-hidden": true }, mark),
      make("span", { className: "what" }, reportInWords(report)),
      make("span", { className: "when" }, `${ORIGINS[origin]} · `, took, ...this.#sinceEdit(elapsed)),
    );
    const details = this.#details(report);
    if (details.length) {
      item.append(make("details", {}, make("summary", {}, "Why"), ...details));
    }
    this.#list.querySelector(".empty")?.remove();
    this.#list.prepend(item);
    while (this.#list.children.length > MOST) {
      this.#list.lastElementChild?.remove();
    }
  }

  /** @param {number | null} elapsed */
  #sinceEdit(elapsed) {
    if (elapsed === null) {
      return [];
    }
    return [
      " · ",
      make(
        "span",
        { className: "elapsed", title: "from the edit to this report", dataset: { elapsed: elapsed.toFixed(2) } },
        `${duration(elapsed)} after the edit`,
      ),
    ];
  }

  /** @param {any} report @returns {HTMLElement[]} */
  #details({
    patched,
    reloaded,
    removed,
    failed,
    pending,
    rebound,
    stayed,
    cleared,
    followed,
    notFollowed,
    needed,
    errors,
  }) {
    const rows = [
      ...patched.map((/** @type {any} */ { name, functions }) => [name, patchInWords(functions)]),
      ...[...reloaded, ...removed].map(({ name, reason }) => [name, reason]),
    ];
    const parts = [];
    if (rows.length) {
      const cells = rows.map(([name, reason]) =>
        make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, reason)),
      );
      parts.push(make("table", {}, make("tbody", {}, ...cells)));
    }
    if (rebound.length) {
      parts.push(make("p", {}, `Names of cells that are current again: ${rebound.join(", ")}.`));
    }
    for (const { name, reason } of stayed) {
      parts.push(make("p", {}, `The name ${name} of a cell stays as it was: ${reason}.`));
    }
    if (cleared.length) {
      parts.push(make("p", {}, `Caches that were cleared: ${cleared.join(", ")}.`));
    }
    if (followed.length) {
      const names = followed.map((/** @type {any} */ { name, count }) => `${name} (${count})`);
      parts.push(make("p", {}, `Objects that follow: ${names.join(", ")}.`));
    }
    for (const { name, reason } of notFollowed) {
      parts.push(make("p", {}, `${name} does not follow everywhere: ${reason}.`));
    }
    for (const { reason } of needed) {
      parts.push(make("p", {}, `${reason}.`));
    }
    for (const { path, line, traceback: text } of failed) {
      if (path !== null) {
        const go = () => this.#places.file(placeOf(path, null), line ?? 1);
        parts.push(
          make("p", {}, make("button", { type: "button", className: "place", onclick: go }, placeOf(path, line))),
        );
      }
      parts.push(traceback(text, this.#places));
    }
    if (pending.length) {
      parts.push(
        make("p", {}, `${counted(pending.length, "module")} with the code from before: ${pending.join(", ")}.`),
      );
    }
    parts.push(...errors.map((/** @type {{traceback: string}} */ each) => traceback(each.traceback, this.#places)));
    return parts;
  }
}
