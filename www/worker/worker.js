/** The worker in which Python runs: takes the page's messages, and tells it what happens. See protocol.js for each of them. */

import { accept, TO_WORKER } from "../protocol.js";
import { closeDoors } from "./doors.js";
import { Python } from "./python.js";

// What a cell's `js` could replace is taken now.
const post = self.postMessage.bind(self);

/** @type {Python | undefined} */
let python;
/** One thing after the other: an edit that comes while a project is opened belongs to that project. @type {Promise<unknown>} */
let last = Promise.resolve();

/** @type {Record<string, (message: any) => unknown>} */
const handlers = {
  start: async (message) => {
    const tabs = new BroadcastChannel(message.channel);
    python = await Python.load(message, tabs, post);
    closeDoors();
    post({ type: "ready", ...python.about() });
  },
  open: ({ files }) => python?.open(files),
  edit: ({ operations }) => python?.edit(operations),
  run: ({ id, code }) => python?.run(id, code),
  loadAll: () => python?.loadAll(),
  record: () => python?.record(),
  stopRecording: () => python?.stopRecording(),
  ping: async ({ id }) => {
    await python?.settled();
    post({ type: "pong", id });
  },
};

self.addEventListener("message", ({ data }) => {
  const message = accept(TO_WORKER, data);
  if (!message) {
    return;
  }
  if (message.type === "stop") {
    // It is about what runs now, so it cannot wait for its end.
    python?.stop();
    return;
  }
  if (message.type === "edit") {
    // A cell that awaits must not hold an edit back from the filesystem; the autoloader holds back the reload.
    const edit = () => handlers.edit?.(message);
    const made = python?.isOpen ? new Promise((resolve) => resolve(edit())) : last.then(edit);
    made.catch((error) => tell(error, false));
    return;
  }
  if (message.type === "record" || message.type === "stopRecording") {
    // Now, and not after a cell that awaits, perhaps for ever.
    handlers[message.type]?.(message);
    return;
  }
  const isFatal = message.type === "start" || message.type === "open";
  last = last.then(() => handlers[message.type]?.(message)).catch((error) => tell(error, isFatal));
});

/** @param {unknown} error @param {boolean} isFatal */
function tell(error, isFatal) {
  post({ type: "fault", message: error instanceof Error ? error.message : String(error), isFatal });
}

// What a cell leaves behind may fail later.
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  tell(event.reason, false);
});
