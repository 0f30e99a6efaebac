/** Tracebacks: text in which each place is a button that goes there. */

import { inProject } from "../project/paths.js";
import { make } from "./dom.js";

const PLACE = /File "([^"\n]+)", line (\d+)/g;
const CELL = /^<cell (.+)>$/;

/** @typedef {{file: (path: string, line: number) => void, cell: (id: string, line: number) => void}} Places */

/**
 * @param {string} text
 * @param {Places} places
 */
export function traceback(text, places) {
  const element = make("pre", { className: "traceback" });
  let at = 0;
  for (const match of text.matchAll(PLACE)) {
    const [whole, file = "", digits = "1"] = match;
    const line = Number(digits);
    const path = inProject(file);
    const cell = CELL.exec(file)?.[1];
    if (path === null && cell === undefined) {
      continue;
    }
    const go = () => (path === null ? places.cell(cell ?? "", line) : places.file(path, line));
    const shown = path === null ? `Cell ${cell}, line ${line}` : `${path}, line ${line}`;
    const link = make("button", { type: "button", className: "place", title: whole, onclick: go }, shown);
    element.append(text.slice(at, match.index), link);
    at = match.index + whole.length;
  }
  element.append(text.slice(at));
  return element;
}
