/** Python itself: which engine, how far its start is, stop and restart. */

import { byId } from "../views/dom.js";
import { hideProgress, say, showProgress } from "../views/status.js";
import { counted, runTime } from "./words.js";

const KEY = "pyautoload-sandbox-door";

/** @returns {import("../session/session.js").Door} */
export function rememberedDoor() {
  return localStorage.getItem(KEY) === "wheel" ? "wheel" : "npm";
}

/**
 * @param {{
 *   session: import("../session/session.js").Session,
 *   modules: import("./modules.js").Modules,
 *   cells: import("../views/cells.js").Cells,
 * }} parts
 */
export function connectSession({ session, modules, cells }) {
  const detailOf = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;
  const stop = /** @type {HTMLButtonElement} */ (byId("stop"));
  const restart = (/** @type {import("../session/session.js").Door} */ door = session.door) => {
    cells.drop();
    modules.clear();
    session.isReplaced = false;
    session.start(door);
  };

  for (const input of byId("door").querySelectorAll("input")) {
    input.checked = input.value === session.door;
    input.onchange = () => {
      localStorage.setItem(KEY, input.value);
      restart(input.value === "wheel" ? "wheel" : "npm");
    };
  }
  byId("restart").onclick = () => restart();
  stop.onclick = () => {
    cells.drop();
    session.stop();
  };

  session.addEventListener("state", () => {
    document.documentElement.dataset.python = session.state;
    stop.disabled = !session.isBusy || session.state === "stopping";
    if (session.isSilent && session.state === "ready") {
      say("Python is busy with loading a module. If that has no end, press Stop.");
    }
    for (const id of ["run-all", "load-all"]) {
      /** @type {HTMLButtonElement} */ (byId(id)).disabled = session.state !== "ready" && session.state !== "running";
    }
    if (session.state === "loading") {
      byId("versions").textContent = "";
      showProgress("Loading Python", 0, 0);
    } else if (session.state === "ready" || session.state === "broken") {
      hideProgress();
    }
  });
  session.addEventListener("progress", (event) => {
    const { stage, done, total } = detailOf(event);
    showProgress(stage, done, total, stage === "Loading Python");
  });
  session.addEventListener("ready", (event) => {
    const { python, engine, door } = detailOf(event);
    const words = door === "extension" ? "the wheel" : "the npm package";
    byId("versions").textContent = `Python ${python}, autoloader ${engine} from ${words}`;
    byId("versions").dataset.door = door;
  });
  session.addEventListener("opened", (event) => {
    const { files } = detailOf(event);
    const isRecording = session.recording === "on";
    say(`Ready, with ${counted(files, "file")}.${isRecording ? " The recording of imports has begun anew." : ""}`);
    // What was stopped by force would be run again, and without end.
    if (!session.isReplaced) {
      cells.runLive();
    }
    session.isReplaced = false;
  });
  session.addEventListener("loadedAll", (event) => {
    const { loaded, failed, seconds } = detailOf(event);
    const faults = failed.map(
      (/** @type {{name: string, message: string}} */ each) => ` ${each.name} failed: ${each.message}.`,
    );
    hideProgress();
    say(`Loaded ${counted(loaded, "module")} in ${runTime(seconds)}.${faults.join("")}`);
  });
  session.addEventListener("fault", (event) => say(detailOf(event).message, "fault"));
}
