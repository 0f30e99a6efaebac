/** What `check()` finds, beside the files that it is about. */

import { counted, placeOf } from "../app/words.js";
import { make } from "./dom.js";

/**
 * Draws the problems whenever they change; what is only worth knowing is folded away.
 * @param {{list: HTMLElement, count: HTMLElement, notes: HTMLElement, notesTitle: HTMLElement}} elements
 * @param {import("../app/modules.js").Modules} modules
 * @param {(path: string, line: number) => void} open
 */
export function showProblems({ list, count, notes, notesTitle }, modules, open) {
  const row = (/** @type {import("../app/modules.js").Problem} */ { path, line, message, isNote, kind }) =>
    make(
      "li",
      { dataset: { kind } },
      make("span", { className: "mark", "aria-hidden": true }, isNote ? "i" : "!"),
      make("button", { type: "button", className: "place", onclick: () => open(path, line ?? 1) }, placeOf(path, line)),
      make("span", { className: "message" }, message),
    );
  modules.addEventListener("changed", () => {
    const problems = modules.problems.filter((problem) => !problem.isNote);
    const others = modules.problems.filter((problem) => problem.isNote);
    count.textContent = problems.length ? String(problems.length) : "";
    list.replaceChildren(
      ...(problems.length ? problems.map(row) : [make("li", { className: "empty" }, "None were found.")]),
    );
    notes.hidden = !others.length;
    notesTitle.textContent = counted(others.length, "note");
    notes.querySelector("ul")?.replaceChildren(...others.map(row));
  });
}
