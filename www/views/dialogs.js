/** Questions to the user: a path, or a choice. One `dialog` element serves all of them. */

import { byId, make } from "./dom.js";

const dialog = () => /** @type {HTMLDialogElement} */ (byId("dialog"));

/**
 * Asks to choose. Returns the choice's value, or null where the dialog was left.
 * @param {{title: string, text?: string, choices: {value: string, label: string, isDanger?: boolean}[]}} question
 * @returns {Promise<string | null>}
 */
export function choose({ title, text = "", choices }) {
  byId("dialog-field").hidden = true;
  return open(title, text, choices);
}

/**
 * Asks for a path. `faultOf` says what is wrong with one; null where nothing is.
 * @param {{title: string, text?: string, label: string, value: string, action: string, faultOf: (path: string) => string | null}} question
 * @returns {Promise<string | null>}
 */
export async function askPath({ title, text = "", label, value, action, faultOf }) {
  const input = /** @type {HTMLInputElement} */ (byId("dialog-input"));
  byId("dialog-field").hidden = false;
  byId("dialog-label").textContent = label;
  input.value = value;
  // Composed, as an import statement is: what is pasted may be decomposed.
  const typed = () => input.value.trim().normalize("NFC");
  const isFine = () => {
    const fault = faultOf(typed());
    byId("dialog-fault").textContent = fault ?? "";
    input.setAttribute("aria-invalid", String(fault !== null));
    return fault === null;
  };
  input.removeAttribute("aria-invalid");
  input.oninput = () => {
    byId("dialog-fault").textContent = "";
  };
  const answer = open(title, text, [{ value: "ok", label: action }], isFine);
  input.focus();
  // The name without its ending is what changes most often.
  input.setSelectionRange(value.lastIndexOf("/") + 1, value.endsWith(".py") ? value.length - 3 : value.length);
  return (await answer) === "ok" ? typed() : null;
}

/**
 * @param {string} title
 * @param {string} text
 * @param {{value: string, label: string, isDanger?: boolean}[]} choices the first is what Enter takes
 * @param {() => boolean} [isFine]
 * @returns {Promise<string | null>}
 */
function open(title, text, choices, isFine = () => true) {
  byId("dialog-title").textContent = title;
  byId("dialog-text").textContent = text;
  byId("dialog-fault").textContent = "";
  const buttons = choices.map(({ value, label, isDanger }, at) =>
    make("button", { type: "submit", value, className: isDanger ? "danger" : at ? "" : "primary" }, label),
  );
  const cancel = make("button", { type: "button", onclick: () => dialog().close("") }, "Cancel");
  byId("dialog-buttons").replaceChildren(...buttons, cancel);
  const element = dialog();
  const form = /** @type {HTMLFormElement} */ (element.querySelector("form"));
  form.onsubmit = (event) => {
    if (!isFine()) {
      event.preventDefault();
    }
  };
  element.returnValue = "";
  element.showModal();
  return new Promise((resolve) => {
    element.onclose = () => resolve(element.returnValue || null);
  });
}
