/** Recording imports: begin, stop, show what was recorded, and save it. */

import { byId, make } from "../views/dom.js";
import { showRecording } from "../views/recording.js";
import { say } from "../views/status.js";

/**
 * @param {{
 *   project: import("../project/project.js").Project,
 *   session: import("../session/session.js").Session,
 *   modules: import("./modules.js").Modules,
 *   openFile: (path: string) => void,
 * }} parts
 */
export function connectRecordings({ project, session, modules, openFile }) {
  const record = /** @type {HTMLButtonElement} */ (byId("record"));
  const stop = /** @type {HTMLButtonElement} */ (byId("stop-recording"));
  const show = byId("show-recording");
  const dialog = /** @type {HTMLDialogElement} */ (byId("recording-dialog"));
  /** The last one. @type {{modules: import("../../pkg/profile.js").ModuleTime[], speedscope: string} | null} */
  let last = null;

  const canAsk = () => session.state === "ready" || session.state === "running";
  function begin() {
    session.record();
    say("Imports are recorded. Run a cell or load all modules, and then stop the recording.");
  }
  record.onclick = () => (session.recording === "on" ? session.stopRecording() : begin());
  stop.onclick = () => session.stopRecording();
  show.onclick = present;
  byId("close-recording").onclick = () => dialog.close();
  byId("record-start").onclick = () => {
    dialog.close();
    session.record();
    byId("restart").click();
  };
  byId("save-recording").onclick = () => {
    if (last) {
      const address = URL.createObjectURL(new Blob([last.speedscope], { type: "application/json" }));
      make("a", { href: address, download: `${project.example ?? "project"}.speedscope.json` }).click();
      URL.revokeObjectURL(address);
    }
  };

  session.addEventListener("state", () => {
    const isOn = session.recording !== "off";
    record.setAttribute("aria-pressed", String(isOn));
    record.disabled = !canAsk() || session.recording === "ending";
    stop.disabled = record.disabled;
    byId("recording").hidden = !isOn;
  });
  session.addEventListener("recorded", (event) => {
    last = /** @type {CustomEvent} */ (event).detail;
    show.hidden = false;
    say("The recording has ended.");
    present();
  });
  session.addEventListener("notRecorded", (event) => say(/** @type {CustomEvent} */ (event).detail.message, "fault"));
  // Its files are those of the project that was there.
  project.addEventListener("opened", () => {
    last = null;
    show.hidden = true;
    dialog.close();
  });

  function present() {
    if (last) {
      const lines = new Map(modules.edges.map(({ importer, imported, line }) => [`${importer} ${imported}`, line]));
      const lineOf = (/** @type {import("../../pkg/profile.js").ModuleTime} */ { name, imported_by }) =>
        lines.get(`${imported_by} ${name}`) ?? null;
      const fault = (/** @type {string} */ message) => say(message, "fault");
      showRecording({ modules: last.modules, lineOf }, { open: openFile, fault });
    }
  }
}
