/** What differs between two states of a project. */

import { isSame } from "./contents.js";

/** @typedef {Pick<import("./project.js").Contained, "title" | "files" | "cells">} State */
/** @typedef {{isOther: boolean, added: string[], changed: string[], removed: string[], hasOtherCells: boolean}} Difference `isOther`: it is another project */

/** @param {State} before @param {State} after @returns {Difference} */
export function difference(before, after) {
  const [old, files] = [new Map(before.files), new Map(after.files)];
  return {
    isOther: before.title !== after.title,
    added: [...files.keys()].filter((path) => !old.has(path)),
    changed: [...files.keys()].filter((path) => old.has(path) && !isSame(old.get(path), files.get(path))),
    removed: [...old.keys()].filter((path) => !files.has(path)),
    hasOtherCells: JSON.stringify(before.cells) !== JSON.stringify(after.cells),
  };
}

/** @param {State} before @param {State} after */
export function isSameState(before, after) {
  const { isOther, added, changed, removed, hasOtherCells } = difference(before, after);
  return !isOther && !hasOtherCells && added.length + changed.length + removed.length === 0;
}
