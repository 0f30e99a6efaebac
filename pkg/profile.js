/** Where the time of imports goes. */

import { runApart } from "./python.js";

/** What the imports of one module took, in seconds: `own` is the sum of the parts that follow it, `total` counts what it imports as well.
 * @typedef {{
 *   name: string,
 *   path: string | null,
 *   imported_by: string | null,
 *   loaded: boolean,
 *   own: number,
 *   total: number,
 *   find: number,
 *   read: number,
 *   compile: number,
 *   unmarshal: number,
 *   execute: number,
 * }} ModuleTime
 */

/** What was measured: the modules in the order in which their imports ended, a table of them as text, and what https://www.speedscope.app
 * shows, to be written as JSON.
 * @typedef {{modules: ModuleTime[], table: string, speedscope: object}} ProfileReport
 */

const STOP = `
from pyautoload_wasm._bridge import profile_report
profile_report(profile.stop())
`;

/** A profile that is under way. Made by `Autoload.profile()`. */
export class Profile {
  #pyodide;
  #profile;
  /** @type {ProfileReport | undefined} */
  #report;

  /** @param {import("./python.js").Pyodide} pyodide @param {any} profile Python's, a PyProxy */
  constructor(pyodide, profile) {
    this.#pyodide = pyodide;
    this.#profile = profile;
  }

  /**
   * Ends the measuring. A second call returns the same.
   * @returns {ProfileReport}
   */
  stop() {
    if (!this.#report) {
      this.#report = /** @type {ProfileReport} */ (
        JSON.parse(runApart(this.#pyodide, STOP, { profile: this.#profile }))
      );
      this.#profile.destroy();
    }
    return this.#report;
  }

  /** Calls {@link stop} at the end of a block: `using profile = autoload.profile()`. */
  [Symbol.dispose]() {
    this.stop();
  }
}
