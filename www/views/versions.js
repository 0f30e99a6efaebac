/** The dialog of earlier states. */

import { byId, make } from "./dom.js";

/** @typedef {{when: string, what: string, canRestore: boolean}} Row */

/**
 * Shows states, the newest first. Returns the place of the one to restore, or null.
 * @param {Row[]} rows
 * @returns {Promise<number | null>}
 */
export function chooseVersion(rows) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("versions-dialog"));
  const items = rows.map(({ when, what, canRestore }, at) => {
    const restore = { type: "submit", value: String(at), "aria-label": `Restore the state of ${when}: ${what}` };
    return make(
      "li",
      {},
      make("span", { className: "when" }, when),
      make("span", { className: "what" }, what),
      canRestore ? make("button", restore, "Restore") : "",
    );
  });
  byId("version-list").replaceChildren(...items);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "" ? null : Number(dialog.returnValue));
  });
}
