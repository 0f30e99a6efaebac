/** Events and reports as messages, between a page and the worker in which its Pyodide lives. */

/** The receiver of the events: an `Autoload`.
 * @typedef {Pick<EventTarget, "addEventListener" | "removeEventListener"> & {
 *   notify(events: any[]): void,
 *   write(path: string, text: string): void,
 * }} Target
 */

/** @typedef {import("./types.js").ReportMessage} ReportMessage */
/** @typedef {import("./types.js").ErrorMessage} ErrorMessage */

/** A source of messages: a MessagePort, a Worker, a worker's `globalThis`, a BroadcastChannel.
 * @typedef {{
 *   postMessage(message: any): void,
 *   addEventListener(type: any, listener: (event: any) => void): void,
 *   removeEventListener(type: any, listener: (event: any) => void): void,
 *   start?(): void,
 * }} Port
 */

const EVENTS = "pyautoload-wasm:events";
const REPORT = "pyautoload-wasm:report";
const ERROR = "pyautoload-wasm:error";

/**
 * Takes events from a port, and answers with reports. Messages of other types are left alone.
 * @param {Target} autoload
 * @param {Port} port
 * @returns {() => void} stops listening
 */
export function listen(autoload, port) {
  if (typeof port?.postMessage !== "function" || typeof port.addEventListener !== "function") {
    throw new TypeError("listen(port): pass a MessagePort, a Worker, a worker's globalThis or a BroadcastChannel");
  }
  const onMessage = (/** @type {{data: any}} */ { data }) => {
    if (data?.type !== EVENTS) {
      return;
    }
    try {
      apply(autoload, data.events);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      port.postMessage(/** @satisfies {ErrorMessage} */ ({ type: ERROR, message }));
    }
  };
  const onReload = (/** @type {any} */ { detail }) => {
    port.postMessage(/** @satisfies {ReportMessage} */ ({ type: REPORT, report: detail }));
  };
  port.addEventListener("message", onMessage);
  autoload.addEventListener("reload", onReload);
  port.start?.();
  return () => {
    port.removeEventListener("message", onMessage);
    autoload.removeEventListener("reload", onReload);
  };
}

/** Applies all of the events, or none if one is wrong. @param {Target} autoload @param {any} events */
function apply(autoload, events) {
  if (!Array.isArray(events)) {
    throw new TypeError(`a message ${EVENTS} needs events, a list such as [{kind: "modified", path: "/app/user.py"}]`);
  }
  for (const event of events) {
    const { kind, text } = event ?? {};
    if (typeof (text ?? "") !== "string") {
      throw new TypeError(`the text of an event has to be a string, not of type ${typeof text}`);
    }
    if (text != null && kind !== "created" && kind !== "modified") {
      throw new TypeError("an event with a text has to be of kind created or modified");
    }
  }
  // If one is wrong, Python refuses all before it notes any of them.
  autoload.notify(events);
  for (const { path, text } of events) {
    if (text != null) {
      autoload.write(path, text);
    }
  }
}
