/** The errors of Python's loader, in JavaScript. */

/** The names of the errors, which are those of their Python classes.
 * @typedef {"ConfigurationError" | "ConflictError" | "SetupRequiredError" | "ModuleNotFoundError" | "NameNotFoundError"
 *   | "CircularDependencyError" | "NameMismatchError" | "ReloadError" | "ReloadingDisabledError" | "AutoloadError"} AutoloadErrorName
 */

/** An error that Python's loader has raised. The message is Python's; `name` says which class it has there.
 *
 * @example
 * try {
 *   await install(pyodide, { basePath: "/missing" });
 * } catch (error) {
 *   if (error instanceof AutoloadError && error.name === "ConfigurationError") {
 *     show(error.message);
 *   }
 * }
 */
export class AutoloadError extends Error {
  /** @param {AutoloadErrorName} name @param {string} message @param {ErrorOptions} [options] */
  constructor(name, message, options) {
    super(message, options);
    /** @type {AutoloadErrorName} @override */
    this.name = name;
  }
}
