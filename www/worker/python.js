/** Python in the worker: Pyodide, the autoloader by one of its doors, the project's files, and the cells. */

import { install } from "../../pkg/index.js";
import { PROJECT_DIR } from "../project/paths.js";
import source from "./cells.py?raw";
import { Disk } from "./disk.js";
import { bufferOf } from "./interrupts.js";
import { Output } from "./output.js";
import { Recording } from "./recording.js";
import { Tabs } from "./tabs.js";

/** @typedef {import("../project/project.js").Contents} Contents */
/** @typedef {import("../project/project.js").Operation} Operation */
/** @typedef {(message: object) => void} Post */

export class Python {
  isOpen = false;
  #pyodide;
  #interrupt;
  #post;
  #disk;
  #output;
  #tabs;
  #channel;
  #recording;
  /** @type {any} the classes and functions of cells.py */
  #python;
  /** @type {import("../../pkg/index.js").Autoload | undefined} */
  #autoload;
  /** @type {any} */
  #notebook;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #painting;
  /** Who made the changes of the next reload. @type {"page" | "python" | "tab"} */
  #origin = "python";

  /**
   * @param {{pyodideUrl: string, wheelUrl: string, door: "npm" | "wheel", interrupt: SharedArrayBuffer | null}} message
   * @param {BroadcastChannel} channel
   * @param {Post} post
   */
  static async load({ pyodideUrl, wheelUrl, door, interrupt }, channel, post) {
    const { loadPyodide } = await import(/* @vite-ignore */ `${pyodideUrl}pyodide.mjs`);
    const restore = countBytes((done) =>
      post({ type: "progress", stage: "Loading Python", done, total: __PYODIDE_BYTES__ }),
    );
    const pyodide = await loadPyodide({ indexURL: pyodideUrl });
    restore();
    const shared = interrupt ? new Uint8Array(interrupt) : undefined;
    if (shared) {
      pyodide.setInterruptBuffer(bufferOf(shared));
    }
    if (door === "wheel") {
      const response = await fetch(wheelUrl);
      if (!response.ok) {
        throw new Error(`The wheel could not be loaded: ${response.status} ${response.statusText}`);
      }
      // Left to itself, it unpacks into the current folder.
      const extractDir = pyodide.runPython("import sysconfig\nsysconfig.get_path('purelib')");
      pyodide.unpackArchive(await response.arrayBuffer(), "wheel", { extractDir });
    }
    await install(pyodide);
    return new Python(pyodide, shared, channel, post);
  }

  /** @param {any} pyodide @param {Uint8Array | undefined} interrupt @param {BroadcastChannel} channel @param {Post} post */
  constructor(pyodide, interrupt, channel, post) {
    this.#pyodide = pyodide;
    this.#interrupt = interrupt;
    this.#channel = channel;
    this.#post = post;
    this.#disk = new Disk(pyodide.FS);
    this.#recording = new Recording(post);
    this.#output = new Output(post);
    this.#output.connect(pyodide);
    this.#tabs = new Tabs(channel, this.#disk, () => this.#follow());
    pyodide.FS.mkdirTree(PROJECT_DIR);
    pyodide.FS.chdir(PROJECT_DIR);
    this.#python = pyodide.toPy({ __name__: "sandbox" });
    pyodide.runPython("import sys; sys.dont_write_bytecode = True", { globals: this.#python });
    pyodide.runPython(source, { globals: this.#python, filename: "/sandbox/cells.py" });
    const tell = (/** @type {string} */ message) => post({ type: "fault", message, isFatal: false });
    this.#python.get("Messages")(tell).destroy();
  }

  /** Which Python, and which engine is behind the autoloader. */
  about() {
    const text = this.#pyodide.runPython(
      "import platform, pyautoload_wasm\njson.dumps([platform.python_version(), pyautoload_wasm.engine_info()])",
      {
        globals: this.#python,
      },
    );
    const [python, { door, version }] = JSON.parse(text);
    return { python, engine: version, door };
  }

  /** @param {{path: string, contents: Contents}[]} files */
  async open(files) {
    this.#close();
    this.#disk.fill(files, (done) => {
      if (done % 50 === 0) {
        this.#post({ type: "progress", stage: "Writing the project", done, total: files.length });
      }
    });
    const autoload = await install(this.#pyodide, { basePath: PROJECT_DIR, reloading: true });
    this.#autoload = autoload;
    autoload.addEventListener("reload", (event) => this.#reloaded(/** @type {CustomEvent} */ (event).detail));
    autoload.watch();
    autoload.listen(this.#channel);
    this.#notebook = this.#python.get("Notebook")(autoload.loader);
    this.isOpen = true;
    this.#post({ type: "opened", files: files.length });
    this.#paintSoon();
  }

  #close() {
    this.isOpen = false;
    this.#recording.drop();
    this.#notebook?.destroy();
    this.#notebook = undefined;
    this.#autoload?.dispose();
    this.#autoload = undefined;
  }

  /**
   * Makes the page's edits. The autoloader notes them, and reloads by itself on the next turn.
   * @param {Operation[]} operations
   */
  edit(operations) {
    this.#origin = "page";
    for (const operation of operations) {
      if (operation.kind === "remove") {
        this.#disk.remove(operation.path);
      } else if (operation.kind === "move") {
        this.#disk.move(operation.path, operation.to);
      } else if (typeof operation.contents === "string") {
        this.#autoload?.write(`${PROJECT_DIR}/${operation.path}`, operation.contents);
        this.#disk.note(operation.path, operation.contents);
      } else {
        this.#disk.write(operation.path, operation.contents);
      }
    }
    // The page knows; the other tabs do not.
    this.#tabs.tell(operations.flatMap((operation) => this.#withoutMove(operation)));
  }

  /** A move as a file that goes and one that comes: an event of another tab has to have its text. @param {Operation} operation @returns {Operation[]} */
  #withoutMove(operation) {
    if (operation.kind !== "move") {
      return [operation];
    }
    const contents = this.#disk.contentsOf(operation.to) ?? "";
    return [
      { kind: "remove", path: operation.path },
      { kind: "write", path: operation.to, contents },
    ];
  }

  /** @param {string} id @param {string} code */
  async run(id, code) {
    const autoload = this.#autoload;
    if (!autoload) {
      return;
    }
    const started = performance.now();
    const release = autoload.hold();
    this.#output.begin(id);
    let result;
    try {
      result = JSON.parse(await this.#notebook.run(`<cell ${id}>`, code));
    } catch (error) {
      // An interrupt that came when the cell had ended.
      const message = error instanceof Error ? error.message : String(error);
      result = { value: null, error: { type: "Stopped", message, traceback: message } };
    } finally {
      release();
    }
    const seconds = (performance.now() - started) / 1000;
    // What the cell wrote is reloaded before its end is told, so that the next cell sees it.
    await nextTurn();
    this.#output.flush();
    this.#post({ type: "result", id, ...result, seconds });
    this.#tellChanges();
    this.#paintSoon();
  }

  /** Is done when what is noted by now has been reloaded. */
  settled() {
    return nextTurn();
  }

  stop() {
    this.#clearInterrupt();
    this.#notebook?.stop();
  }

  /** Begins to record imports. While a project is being opened there is nothing to do: the page asks again when it is there. */
  record() {
    this.#clearInterrupt();
    if (this.isOpen && this.#autoload) {
      this.#recording.start(this.#autoload);
    }
  }

  /** Ends the recording, and tells the page what it has. */
  stopRecording() {
    this.#clearInterrupt();
    this.#recording.stop();
  }

  /** What is in the buffer is meant for the cell, which awaits: it would end the call that is about to be made. */
  #clearInterrupt() {
    if (this.#interrupt) {
      this.#interrupt[0] = 0;
    }
  }

  loadAll() {
    const progress = (/** @type {number} */ done, /** @type {number} */ total) =>
      this.#post({ type: "progress", stage: "Loading all modules", done, total });
    this.#output.begin("");
    const report = JSON.parse(this.#notebook.load_all(progress));
    this.#post({ type: "loadedAll", ...report });
    this.#paintSoon();
  }

  /** Another tab has sent events. The page is told of the files also where no module is concerned, and so nothing reported. */
  async #follow() {
    this.#origin = "tab";
    await nextTurn();
    if (this.isOpen) {
      this.#tellChanges();
    }
  }

  /** @param {object} report */
  #reloaded(report) {
    this.#post({ type: "report", report, origin: this.#origin });
    this.#origin = "python";
    this.#tellChanges();
    this.#paintSoon();
  }

  /** Tells the page and the other tabs of files that neither of them wrote. */
  #tellChanges() {
    const operations = this.#disk.changes();
    const passedOver = this.#disk.newlyPassedOver;
    if (operations.length || passedOver.length) {
      this.#post({ type: "changes", operations, passedOver });
      this.#tabs.tell(operations);
    }
  }

  /** After a report, not with it: the report is what somebody waits for. */
  #paintSoon() {
    this.#painting ??= setTimeout(() => {
      this.#painting = undefined;
      if (this.isOpen) {
        this.#paint();
      }
    });
  }

  #paint() {
    const autoload = this.#autoload;
    if (!autoload) {
      return;
    }
    const modules = JSON.parse(this.#notebook.modules());
    const edges = autoload
      .graph()
      .edges.map(({ importer, imported, kind, line }) => ({ importer, imported, kind, line }));
    this.#post({ type: "picture", modules, edges, problems: autoload.check() });
  }
}

/** A turn of the event loop after the one that the autoloader has asked for, if it has asked for one. */
async function nextTurn() {
  await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setTimeout(resolve));
}

/**
 * Counts the bytes that are fetched, until it is told to stop.
 * @param {(done: number) => void} progress
 */
function countBytes(progress) {
  const original = self.fetch;
  let done = 0;
  self.fetch = async (...request) => {
    const response = await original(...request);
    if (!response.ok || !response.body) {
      return response;
    }
    const counter = new TransformStream({
      transform(chunk, controller) {
        done += chunk.byteLength;
        progress(done);
        controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
  };
  return () => {
    self.fetch = original;
  };
}
