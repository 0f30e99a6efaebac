/**
 * What tabs that were closed had not saved. IndexedDB would not be done in time, and localStorage is: but it has room for a few megabytes
 * alone, so a tab leaves the files that were not saved yet, and which saved state they follow.
 */

import { isSameState } from "./difference.js";

/** @typedef {import("./project.js").Contained} Contained */
/** @typedef {Contained & {revision: string, at: number}} Saved */

/**
 * `bases`: the revisions that it may follow, which are the one that the tab had saved or loaded last, and those that it was about to save;
 * `revision`: its own; a file that was removed has no text.
 * @typedef {{bases: string[], revision: string, at: number, files: [string, string | null][]} & Pick<Contained, "cells" | "shown">} Leftover
 */

const KEY = "pyautoload-sandbox-leftovers";

/** @returns {Leftover[]} */
export function readLeftovers() {
  return JSON.parse(localStorage.getItem(KEY) ?? "[]");
}

/** @param {Leftover} leftover */
export function leave(leftover) {
  localStorage.setItem(KEY, JSON.stringify([...readLeftovers(), leftover]));
}

export function clearLeftovers() {
  localStorage.removeItem(KEY);
}

/**
 * The saved state with those leftovers that directly follow it, and the states that the others would make of it: what was saved since is
 * newer than these.
 * @param {Saved} saved
 * @param {Leftover[]} leftovers
 * @returns {{state: Saved, outdated: Saved[]}}
 */
export function withLeftovers(saved, leftovers) {
  let state = saved;
  const outdated = [];
  for (const leftover of leftovers) {
    const followed = { ...withLeftover(state, leftover), revision: leftover.revision, at: leftover.at };
    if (leftover.bases.includes(state.revision)) {
      state = followed;
    } else if (leftover.revision !== saved.revision && !isSameState(followed, state)) {
      outdated.push(followed);
    }
  }
  return { state, outdated };
}

/** @param {Saved} state @param {Leftover} leftover @returns {Saved} */
function withLeftover(state, { files, cells, shown }) {
  const merged = new Map(state.files);
  for (const [path, text] of files) {
    if (text === null) {
      merged.delete(path);
    } else {
      merged.set(path, text);
    }
  }
  return { ...state, files: [...merged], cells, shown };
}
