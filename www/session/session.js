/** The worker in which Python runs, seen from the page: starts it, asks it, stops it, and starts it again. */

import { accept, TO_PAGE } from "../protocol.js";
import workerUrl from "../worker/worker.js?worker&url";

/** @typedef {"npm" | "wheel"} Door */
/** @typedef {"loading" | "opening" | "ready" | "running" | "stopping" | "broken"} State */
/** @typedef {{value: string | null, error: {type: string, message: string, traceback: string} | null, seconds: number}} Result */

/** How long a cell may ignore an interrupt before its worker is replaced. */
const PATIENCE_MS = 3000;
/** How long the worker may be silent before Stop is offered: longer than what a reload takes. */
const SILENCE_MS = 1000;
/** What `signal.SIGINT` is, as Pyodide wants it in the buffer. */
const INTERRUPT = 2;
const CHANNEL = "pyautoload-sandbox";

/**
 * Events: `state`, and one of the name of each message to the page, whose detail is that message.
 */
export class Session extends EventTarget {
  /** @type {State} */
  state = "loading";
  /** @type {Door} */
  door;
  #project;
  /** @type {Worker | undefined} */
  #worker;
  /** @type {Uint8Array | undefined} */
  #interrupt;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  /** @type {Map<string, (result: Result) => void>} cells that wait for their end */
  #running = new Map();
  /** Whom `ready` is waited for by. @type {Set<() => void>} */
  #waiting = new Set();
  /** The last ping, and the last that was answered. */
  #pinged = 0;
  #ponged = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;
  /** Whether this worker took the place of one that was stopped. */
  isReplaced = false;
  /** Whether imports are recorded: in this Python, and anew in the next one and with the next project. @type {"off" | "on" | "ending"} */
  recording = "off";
  /** Whether a reload, or loading all, takes so long that it may have no end. */
  isSilent = false;

  /** @param {import("../project/project.js").Project} project @param {Door} door */
  constructor(project, door) {
    super();
    this.#project = project;
    this.door = door;
    project.addEventListener("changed", (event) => {
      const { operations, origin } = /** @type {CustomEvent} */ (event).detail;
      // What came from the worker is in the worker. Before it has the project, it will get it with the edit in it.
      if (origin !== "worker" && !["loading", "broken"].includes(this.state)) {
        this.#post({ type: "edit", operations });
        this.#ping();
      }
    });
  }

  /** Whether a cell that computes can be stopped without losing its worker. */
  get canInterrupt() {
    return crossOriginIsolated;
  }

  /** Starts a worker, in place of the one that is there. @param {Door} [door] */
  start(door = this.door) {
    this.#end("Python was restarted while this ran. The files are kept; names are gone.");
    this.door = door;
    this.#setState("loading");
    this.#loseRecording("Python was restarted before the recording could be read.");
    // A worker from a blob has the page's content security policy, which keeps what runs in it off the network.
    const source = `import ${JSON.stringify(new URL(workerUrl, document.baseURI).href)};`;
    const blobUrl = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(blobUrl, { type: "module", name: "python" });
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      URL.revokeObjectURL(blobUrl);
      if (worker === this.#worker) {
        this.#take(data);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const message = event.message || "The worker could not be started.";
      if (worker === this.#worker && this.state === "loading") {
        this.#fail(message);
      } else if (worker === this.#worker) {
        // What a cell has left behind, such as a timer, ends nothing.
        this.dispatchEvent(new CustomEvent("fault", { detail: { type: "fault", message, isFatal: false } }));
      }
    };
    const shared = this.canInterrupt ? new SharedArrayBuffer(1) : null;
    this.#interrupt = shared ? new Uint8Array(shared) : undefined;
    this.#post({
      type: "start",
      pyodideUrl: new URL(__PYODIDE__, document.baseURI).href,
      wheelUrl: new URL(__WHEEL__, document.baseURI).href,
      door: this.door,
      channel: CHANNEL,
      interrupt: shared,
    });
  }

  /** Gives the worker the project as it is now. */
  open() {
    if (this.state === "running" || this.state === "stopping") {
      this.start();
    } else if (this.state === "ready" || this.state === "opening") {
      this.#open();
    }
  }

  #open() {
    this.#setState("opening");
    this.#loseRecording("The project was opened anew before the recording could be read.");
    const files = [...this.#project.files].map(([path, contents]) => ({ path, contents }));
    this.#post({ type: "open", files });
  }

  /** Settles when a cell can be run. */
  async ready() {
    while (this.state !== "ready") {
      await new Promise((resolve) => this.#waiting.add(() => resolve(undefined)));
    }
  }

  /** Runs a cell, after those that run. @param {string} id @param {string} code @returns {Promise<Result>} */
  run(id, code) {
    return new Promise((resolve) => {
      this.#running.set(id, resolve);
      if (this.#interrupt) {
        this.#interrupt[0] = 0;
      }
      this.#setState("running");
      this.#post({ type: "run", id, code });
    });
  }

  loadAll() {
    this.#post({ type: "loadAll" });
    this.#ping();
  }

  /** Records imports from now on, or from when the project is there. */
  record() {
    this.#setRecording("on");
    if (!["loading", "opening", "broken"].includes(this.state)) {
      this.#post({ type: "record" });
    }
  }

  /** Ends the recording; `recorded` or `notRecorded` follows. */
  stopRecording() {
    this.#setRecording("ending");
    this.#post({ type: "stopRecording" });
    this.#ping();
  }

  /** One that is to be read ends with what it was of. @param {string} why */
  #loseRecording(why) {
    if (this.recording === "ending") {
      this.#takeRecording({ type: "notRecorded", message: why });
    }
  }

  /** Takes what was asked for; code in the worker can post the same. @param {{type: string, message?: string}} message */
  #takeRecording(message) {
    if (this.recording === "ending" || (this.recording === "on" && message.type === "notRecorded")) {
      this.#setRecording("off");
      this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
    }
  }

  /** @param {"off" | "on" | "ending"} recording */
  #setRecording(recording) {
    this.recording = recording;
    this.dispatchEvent(new Event("state"));
  }

  /** Whether there is something to stop. */
  get isBusy() {
    return this.#running.size > 0 || this.isSilent;
  }

  #ping() {
    this.#pinged += 1;
    this.#post({ type: "ping", id: this.#pinged });
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#setSilent(true), SILENCE_MS);
  }

  /** @param {boolean} isSilent */
  #setSilent(isSilent) {
    clearTimeout(this.#silence);
    if (this.isSilent !== isSilent) {
      this.isSilent = isSilent;
      this.dispatchEvent(new Event("state"));
    }
  }

  /** Stops what runs: by an interrupt where the page can, by a new worker where it cannot or what runs does not react. */
  stop() {
    if (!this.isBusy) {
      return;
    }
    if (!this.#interrupt) {
      this.#replace();
      return;
    }
    if (this.#running.size) {
      this.#setState("stopping");
    }
    this.#interrupt[0] = INTERRUPT;
    this.#post({ type: "stop" });
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#replace(), PATIENCE_MS);
  }

  /** Starts a new worker in place of one that was to be stopped. What it ran must not be run again by itself. */
  #replace() {
    this.isReplaced = true;
    this.start();
  }

  /** @param {{type: string} & Record<string, unknown>} message */
  #post(message) {
    this.#worker?.postMessage(message);
  }

  /** @param {unknown} data */
  #take(data) {
    const message = accept(TO_PAGE, data);
    if (!message) {
      return;
    }
    if (message.type === "ready") {
      this.#open();
    } else if (message.type === "opened") {
      if (this.recording === "on") {
        // Before any cell runs.
        this.#post({ type: "record" });
      }
      if (this.state === "opening") {
        this.#setState("ready");
      }
    } else if (message.type === "result") {
      this.#settle(message);
    } else if (message.type === "pong") {
      this.#hear(message.id);
    } else if (message.type === "recorded" || message.type === "notRecorded") {
      this.#takeRecording(message);
      return;
    } else if (message.type === "fault" && message.isFatal) {
      this.#fail(message.message);
      return;
    }
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  /** @param {number} id */
  #hear(id) {
    this.#ponged = Math.max(this.#ponged, id);
    if (this.#ponged >= this.#pinged) {
      if (this.isSilent && !this.#running.size) {
        clearTimeout(this.#patience);
      }
      this.#setSilent(false);
    }
  }

  /** @param {{id: string} & Result} message */
  #settle({ id, value, error, seconds }) {
    const resolve = this.#running.get(id);
    if (!resolve) {
      return;
    }
    this.#running.delete(id);
    if (!this.#running.size) {
      clearTimeout(this.#patience);
      this.#setState("ready");
    }
    resolve({ value, error, seconds });
  }

  /** @param {string} message */
  #fail(message) {
    this.#end(message);
    this.#setRecording("off");
    this.#setState("broken");
    this.dispatchEvent(new CustomEvent("fault", { detail: { type: "fault", message, isFatal: true } }));
  }

  /** Ends the worker and all that waits for it. @param {string} why */
  #end(why) {
    clearTimeout(this.#patience);
    clearTimeout(this.#silence);
    this.isSilent = false;
    this.#ponged = this.#pinged;
    this.#worker?.terminate();
    this.#worker = undefined;
    const running = [...this.#running.values()];
    this.#running.clear();
    for (const resolve of running) {
      resolve({ value: null, error: { type: "Stopped", message: why, traceback: why }, seconds: 0 });
    }
  }

  /** @param {State} state */
  #setState(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
    if (state === "ready") {
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const resolve of waiting) {
        resolve();
      }
    }
  }
}
