/**
 * Other tabs with the same project, by a BroadcastChannel. What they send are the events that the autoloader's `listen` takes; those
 * with a text it writes itself. That a file has gone is an event, too, but the file is ours to remove: each tab has its own filesystem.
 */

import { faultOf, inProject, PROJECT_DIR } from "../project/paths.js";

/** @typedef {import("../project/project.js").Operation} Operation */

const EVENTS = "pyautoload-wasm:events";

export class Tabs {
  #channel;
  #disk;
  #told;
  /** What other tabs have sent, which is not sent back. @type {Map<string, string | null>} */
  #received = new Map();

  /**
   * @param {BroadcastChannel} channel
   * @param {import("./disk.js").Disk} disk
   * @param {() => void} told is called before the events of another tab are applied
   */
  constructor(channel, disk, told) {
    this.#channel = channel;
    this.#disk = disk;
    this.#told = told;
    // Before the autoloader's own listener, so that it finds what is gone gone.
    channel.addEventListener("message", ({ data }) => this.#take(data));
  }

  /** @param {any} data */
  #take(data) {
    if (data?.type !== EVENTS || !Array.isArray(data.events)) {
      return;
    }
    this.#told();
    for (const { kind, path: file, text } of data.events) {
      const path = typeof file === "string" ? inProject(file) : null;
      if (path === null || faultOf(path) !== null) {
        continue;
      }
      if (kind === "deleted") {
        this.#received.set(path, null);
        this.#disk.unlink(path);
      } else if (typeof text === "string") {
        this.#received.set(path, text);
      }
    }
  }

  /** Tells the other tabs of what was changed here. Files of bytes stay in their tab: an event has only text. @param {Operation[]} operations */
  tell(operations) {
    const events = [];
    for (const operation of operations) {
      const contents = operation.kind === "write" ? operation.contents : null;
      const isReceived = this.#received.get(operation.path) === contents;
      this.#received.delete(operation.path);
      if (isReceived || contents instanceof Uint8Array) {
        continue;
      }
      const path = `${PROJECT_DIR}/${operation.path}`;
      events.push(contents === null ? { kind: "deleted", path } : { kind: "modified", path, text: contents });
    }
    if (events.length) {
      this.#channel.postMessage({ type: EVENTS, events });
    }
  }
}
