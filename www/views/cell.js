/** One cell: its editor, its buttons, and what came of it. */

import { Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { runTime } from "../app/words.js";
import { EditorState, EditorView, python, pythonEditing } from "./codemirror.js";
import { make } from "./dom.js";
import { traceback } from "./traceback.js";

/** @typedef {"idle" | "queued" | "running" | "done" | "failed"} Progress */
/** @typedef {{
 *   run: () => void, runAndGoOn: () => void, changed: (code: string) => void, live: (isLive: boolean) => void,
 *   up: () => void, down: () => void, remove: () => void, places: import("./traceback.js").Places,
 * }} Actions */

const WORDS = { idle: "", queued: "waits", running: "running…", done: "", failed: "failed" };

export class CellView {
  element;
  #view;
  #output = make("div", { className: "output", role: "group" });
  #state = make("span", { className: "cell-state" });
  #actions;
  #isFresh = true;

  /** @param {import("../project/project.js").Cell} cell @param {Actions} actions */
  constructor({ id, code, isLive }, actions) {
    const name = `Cell ${id}`;
    this.#actions = actions;
    this.#output.setAttribute("aria-label", `Output of cell ${id}`);
    const host = make("div", { className: "cell-code" });
    const button = (
      /** @type {string} */ text,
      /** @type {string} */ label,
      /** @type {() => void} */ onclick,
      className = "",
    ) =>
      make(
        "button",
        { type: "button", "aria-label": `${label} ${name.toLowerCase()}`, title: label, onclick, className },
        text,
      );
    const live = button("⟳", "Run again after each reload:", () => {
      const isOn = live.getAttribute("aria-pressed") !== "true";
      live.setAttribute("aria-pressed", String(isOn));
      actions.live(isOn);
    });
    live.className = "live";
    live.setAttribute("aria-pressed", String(isLive));
    this.element = make(
      "article",
      { className: "cell", "aria-label": name, dataset: { id, progress: "idle" } },
      make(
        "div",
        { className: "cell-head" },
        button("▶", "Run", actions.run, "run"),
        make("span", { className: "cell-name" }, name),
        this.#state,
        make("span", { className: "gap" }),
        live,
        button("↑", "Move up", actions.up),
        button("↓", "Move down", actions.down),
        button("✕", "Delete", actions.remove),
      ),
      host,
      this.#output,
    );
    const keys = keymap.of([
      { key: "Shift-Enter", run: () => this.#did(actions.runAndGoOn) },
      { key: "Mod-Enter", run: () => this.#did(actions.run) },
    ]);
    this.#view = new EditorView({
      parent: host,
      state: EditorState.create({
        doc: code,
        extensions: [
          Prec.highest(keys),
          pythonEditing(`Code of ${name.toLowerCase()}, Shift and Enter runs it`),
          python(),
          EditorView.updateListener.of((update) => update.docChanged && actions.changed(update.state.doc.toString())),
        ],
      }),
    });
  }

  /** @param {() => void} action */
  #did(action) {
    action();
    return true;
  }

  /** @param {number} [line] */
  focus(line) {
    const { doc } = this.#view.state;
    if (line !== undefined) {
      this.#view.dispatch({ selection: { anchor: doc.line(Math.min(Math.max(line, 1), doc.lines)).from } });
    }
    this.#view.focus();
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {Progress} progress @param {string} [words] */
  show(progress, words = WORDS[progress]) {
    this.element.dataset.progress = progress;
    this.#state.textContent = words;
    if (progress === "running") {
      // The old output stays until there is new one, so that nothing jumps while somebody types.
      this.#isFresh = false;
    }
  }

  /** @param {string} stream @param {string} text */
  print(stream, text) {
    this.#freshen();
    const last = this.#output.lastElementChild;
    if (last instanceof HTMLElement && last.dataset.stream === stream) {
      last.append(text);
    } else {
      this.#output.append(make("pre", { dataset: { stream } }, text));
    }
  }

  /** @param {import("../session/session.js").Result} result */
  end({ value, error, seconds }) {
    this.#freshen();
    if (value !== null) {
      this.#output.append(make("pre", { className: "value" }, value));
    }
    if (error) {
      this.#output.append(traceback(error.traceback, this.#actions.places));
    }
    this.show(error ? "failed" : "done", error ? (error.type === "Stopped" ? "stopped" : "failed") : runTime(seconds));
  }

  clear() {
    this.#output.replaceChildren();
    this.show("idle");
  }

  #freshen() {
    if (!this.#isFresh) {
      this.#output.replaceChildren();
      this.#isFresh = true;
    }
  }

  destroy() {
    this.#view.destroy();
    this.element.remove();
  }
}
