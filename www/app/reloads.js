/** What follows a change of files: reports are shown and read out, and cells that follow the files are run again. */

import { PROJECT_DIR } from "../project/paths.js";
import { byId } from "../views/dom.js";
import { say } from "../views/status.js";
import { duration, leftOutInWords, reportInWords } from "./words.js";

/** An edit without a report after it was no news to the autoloader; its time is of no use to a later one. */
const MOST_WAITING = 100;

/**
 * @param {{
 *   project: import("../project/project.js").Project,
 *   modules: import("./modules.js").Modules,
 *   session: import("../session/session.js").Session,
 *   cells: import("../views/cells.js").Cells,
 *   log: import("../views/log.js").Log,
 * }} parts
 */
export function connectReloads({ project, modules, session, cells, log }) {
  /** When each file was edited here, by its path in the worker. @type {Map<string, number>} */
  const edited = new Map();

  project.addEventListener("changed", (event) => {
    const { operations, origin, at } = /** @type {CustomEvent} */ (event).detail;
    if (origin === "worker") {
      return;
    }
    if (edited.size > MOST_WAITING) {
      edited.clear();
    }
    for (const { path } of operations) {
      edited.set(`${PROJECT_DIR}/${path}`, at);
    }
    byId("code-state").textContent = "";
  });

  session.addEventListener("report", (event) => {
    const { report, origin } = /** @type {CustomEvent} */ (event).detail;
    const now = performance.now();
    const times = report.changed.flatMap((/** @type {string} */ path) => edited.get(path) ?? []);
    const elapsed = origin === "page" && times.length ? now - Math.max(...times) : null;
    for (const path of report.changed) {
      edited.delete(path);
    }
    modules.takeReport(report);
    log.add(report, origin, elapsed);
    say(reportInWords(report), report.failed.length ? "fault" : "fine");
    byId("code-state").textContent = report.pending.length ? "the old code runs on" : "current";
    byId("code-state").dataset.kind = report.pending.length ? "failed" : "current";
    byId("reloads-note").textContent = elapsed === null ? "" : `${duration(elapsed)} after the edit`;
    // Not after what Python wrote: a cell that writes would run itself for ever.
    if (origin !== "python" && (report.reloaded.length || report.patched.length || report.removed.length)) {
      cells.runLive();
    }
  });

  session.addEventListener("changes", (event) => {
    const { operations, passedOver } = /** @type {CustomEvent} */ (event).detail;
    const left = [...project.follow(operations), ...passedOver];
    if (left.length) {
      say(leftOutInWords(left), "fault");
    }
  });
  session.addEventListener("picture", (event) => modules.takePicture(/** @type {CustomEvent} */ (event).detail));
}
