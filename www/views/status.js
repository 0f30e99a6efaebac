/** The line at the bottom: what has just happened, read out by screen readers, and how far something is that takes time. */

import { byId } from "./dom.js";

/** @param {string} text @param {"fine" | "fault"} [kind] */
export function say(text, kind = "fine") {
  byId("live").textContent = text;
  byId("live").dataset.kind = kind;
}

/**
 * Offers to take something back, until something else is offered or another project is opened.
 * @param {string} label
 * @param {() => void} takeBack
 */
export function offerUndo(label, takeBack) {
  const button = byId("undo");
  button.textContent = label;
  button.hidden = false;
  button.onclick = () => {
    button.hidden = true;
    takeBack();
  };
}

export function withdrawUndo() {
  byId("undo").hidden = true;
}

/**
 * @param {string} stage
 * @param {number} done
 * @param {number} total 0 where nobody knows it
 * @param {boolean} [inBytes]
 */
export function showProgress(stage, done, total, inBytes = false) {
  const bar = /** @type {HTMLProgressElement} */ (byId("progress-bar"));
  const unit = inBytes ? `${(done / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB` : `${done} of ${total}`;
  byId("progress").hidden = false;
  byId("progress-label").textContent = total ? `${stage}: ${unit}` : `${stage}…`;
  if (total) {
    bar.max = total;
    bar.value = done;
  } else {
    bar.removeAttribute("value");
  }
}

export function hideProgress() {
  byId("progress").hidden = true;
}
