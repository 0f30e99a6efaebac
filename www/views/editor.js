/** The editor of the file that is shown. Tells the project what was typed, a moment after the last key. */

import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightActiveLine, highlightActiveLineGutter, lineNumbers } from "@codemirror/view";
import { EditorState, EditorView, python, pythonEditing } from "./codemirror.js";
import { make } from "./dom.js";

/** Shorter, and half-written words are compiled; longer, and it no longer feels like typing. */
const DEBOUNCE_MS = 200;

/** @typedef {import("@codemirror/lint").Diagnostic} Diagnostic */

export class Editor {
  #host;
  #project;
  #modules;
  /** @type {EditorView} */
  #view;
  /** @type {Map<string, EditorState>} each file keeps its history and its cursor */
  #states = new Map();
  /** @type {string | null} */
  #path = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #frame = make("div", { className: "frame" });
  #note = make("p", { className: "empty", hidden: true });

  /**
   * @param {HTMLElement} host
   * @param {import("../project/project.js").Project} project
   * @param {import("../app/modules.js").Modules} modules
   */
  constructor(host, project, modules) {
    this.#host = host;
    this.#project = project;
    this.#modules = modules;
    this.#view = new EditorView({ parent: this.#frame });
    host.append(this.#frame, this.#note);
    project.addEventListener("opened", () => {
      this.#drop();
      this.#states.clear();
      this.show(project.shown);
    });
    project.addEventListener("changed", (event) => this.#follow(/** @type {CustomEvent} */ (event).detail));
    modules.addEventListener("changed", () => this.#diagnose());
  }

  /** Shows a file. @param {string | null} path @param {number} [line] @param {boolean} [takesFocus] */
  show(path, line, takesFocus = false) {
    this.flush();
    if (this.#path !== null && this.#path !== path) {
      this.#states.set(this.#path, this.#view.state);
    }
    const text = path === null ? undefined : this.#project.textOf(path);
    this.#project.shown = path;
    this.#path = text === undefined ? null : path;
    this.#note.hidden = text !== undefined;
    this.#note.textContent = path === null ? "The project has no files. Make one with New." : `${path} is no text.`;
    this.#frame.hidden = text === undefined;
    if (path !== null && text !== undefined) {
      if (path !== null && this.#states.get(path)?.doc.toString() === text) {
        this.#view.setState(/** @type {EditorState} */ (this.#states.get(path)));
      } else {
        this.#view.setState(this.#newState(path, text));
      }
      this.#diagnose();
      this.#goTo(line, takesFocus);
    }
  }

  /** @param {string} path @param {string} text */
  #newState(path, text) {
    return EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        pythonEditing(`Text of ${path}`),
        path.endsWith(".py") ? python() : EditorView.lineWrapping,
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((each) => each.isUserEvent("follow"))) {
            this.#writeSoon();
          }
        }),
        // Whoever turns to something else, such as a cell to run, is done with typing.
        EditorView.domEventHandlers({ blur: () => this.flush() }),
      ],
    });
  }

  /** @param {number | undefined} line @param {boolean} takesFocus */
  #goTo(line, takesFocus) {
    const { doc } = this.#view.state;
    if (line !== undefined) {
      const { from } = doc.line(Math.min(Math.max(line, 1), doc.lines));
      this.#view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    }
    if (takesFocus) {
      this.#view.focus();
    }
  }

  #writeSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), DEBOUNCE_MS);
  }

  /** Gives the project what was typed and not yet given. */
  flush() {
    if (this.#timer !== undefined && this.#path !== null) {
      this.#drop();
      const contents = this.#view.state.doc.toString();
      this.#project.apply([{ kind: "write", path: this.#path, contents }], "editor");
    }
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** @param {{operations: import("../project/project.js").Operation[], origin: string}} change */
  #follow({ operations, origin }) {
    if (origin === "editor") {
      return;
    }
    for (const operation of operations) {
      if (operation.kind === "move") {
        const state = this.#path === operation.path ? this.#view.state : this.#states.get(operation.path);
        this.#states.delete(operation.path);
        if (this.#path === operation.path) {
          this.#drop();
          this.#path = null;
          this.show(operation.to);
        } else if (state) {
          // Its editor is called by its old name.
          this.#states.delete(operation.to);
        }
      } else if (operation.path === this.#path) {
        this.#take(operation);
      }
    }
    if (this.#path === null && this.#project.shown === null && this.#project.files.size) {
      this.show(this.#project.paths()[0] ?? null);
    }
  }

  /** What somebody else did to the file that is shown. @param {import("../project/project.js").Operation} operation */
  #take(operation) {
    if (operation.kind === "write" && typeof operation.contents === "string") {
      // What is being typed here is newer.
      if (this.#timer === undefined) {
        this.#replace(operation.contents);
      }
    } else {
      this.#drop();
      this.#path = null;
      this.show(operation.kind === "write" ? operation.path : (this.#project.paths()[0] ?? null));
    }
  }

  /** Changes only what differs, so that the cursor stays where it is. @param {string} text */
  #replace(text) {
    const old = this.#view.state.doc.toString();
    let start = 0;
    while (start < old.length && start < text.length && old[start] === text[start]) {
      start += 1;
    }
    let end = 0;
    while (end < old.length - start && end < text.length - start && old.at(-1 - end) === text.at(-1 - end)) {
      end += 1;
    }
    if (old !== text) {
      const changes = { from: start, to: old.length - end, insert: text.slice(start, text.length - end) };
      this.#view.dispatch({ changes, userEvent: "follow" });
    }
  }

  /** Errors and problems of the file, at their lines. */
  #diagnose() {
    const path = this.#path;
    if (path === null) {
      return;
    }
    const failures = this.#modules.failuresAt(path);
    const failed = failures.map((each) => this.#mark(each.line, "error", `${each.type}: ${each.message}`));
    const problems = this.#modules
      .problemsAt(path)
      .filter((problem) => !failures.some((failure) => failure.line === problem.line && problem.kind === "syntax"))
      .map((each) =>
        this.#mark(each.line, each.isNote ? "info" : each.kind === "syntax" ? "error" : "warning", each.message),
      );
    this.#view.dispatch(setDiagnostics(this.#view.state, [...failed, ...problems]));
    this.#host.dataset.diagnostics = String(failed.length + problems.length);
  }

  /** @param {number | null} line @param {Diagnostic["severity"]} severity @param {string} message @returns {Diagnostic} */
  #mark(line, severity, message) {
    const { doc } = this.#view.state;
    const { from, to, text } = doc.line(Math.min(Math.max(line ?? 1, 1), doc.lines));
    return { from: Math.min(to, from + (text.length - text.trimStart().length)), to, severity, message };
  }
}
