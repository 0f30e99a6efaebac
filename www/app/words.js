/** Reports in plain words. */

import { withoutDir } from "../project/paths.js";
import { LIMITS } from "../project/project.js";

/** @param {string | null} path @param {number | null} line */
export function placeOf(path, line) {
  const file = path === null ? "A module" : withoutDir(path);
  return line === null ? file : `${file}, line ${line}`;
}

/** @param {number} count @param {string} noun */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds).toLocaleString("en")} ms`;
}

/** @param {number} seconds */
export function runTime(seconds) {
  return seconds < 1 ? duration(seconds * 1000) : `${seconds.toFixed(1)} s`;
}

/** @param {string[]} names */
function listed(names) {
  return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

/** Why a file could not be taken, and what goes on instead. @param {import("./modules.js").Failure} failure */
export function failureInWords({ path, line, type, message, held }) {
  const isSyntax = ["SyntaxError", "IndentationError", "TabError"].includes(type);
  const what = isSyntax ? `is not valid Python: ${withoutDir(message)}` : `raised ${type}: ${withoutDir(message)}`;
  const others = held.length - 1;
  const where = others > 0 ? `, here and in ${counted(others, "module")} that need${others === 1 ? "s" : ""} it` : "";
  return `${placeOf(path, line)} ${what.replace(/\.$/, "")}. The code from before goes on running${where}.`;
}

/** Which files the project does not take from Python's folder. @param {string[]} paths */
export function leftOutInWords(paths) {
  const [files, bytes, each] = [LIMITS.files.toLocaleString("en"), LIMITS.bytes / 1e6, LIMITS.writtenBytes / 1e6];
  const room = `A project holds ${files} files and ${bytes} MB, and takes files of at most ${each} MB from Python.`;
  return `Not kept in the project: ${listed(paths)}. ${room} What it had of them is kept.`;
}

/** When something was: today's time, or the day and the time. @param {number} at in milliseconds @param {Date} [now] */
export function timeInWords(at, now = new Date()) {
  const date = new Date(at);
  const time = date.toLocaleTimeString("en", { hourCycle: "h23" });
  const day = date.toLocaleDateString("en", { month: "short", day: "numeric" });
  return date.toDateString() === now.toDateString() ? time : `${day}, ${time}`;
}

/**
 * What became of a project's state.
 * @param {import("../project/difference.js").Difference} difference
 * @param {string} title of the project that it is now
 */
export function differenceInWords({ isOther, added, changed, removed, hasOtherCells }, title) {
  if (isOther) {
    return `opened “${title}”`;
  }
  const parts = [
    changed.length && `changed ${listed(changed)}`,
    added.length && `added ${listed(added)}`,
    removed.length && `deleted ${listed(removed)}`,
    hasOtherCells && "changed cells",
  ].filter(Boolean);
  return parts.join("; ") || "nothing changed";
}

/** What was patched in a module. @param {string[]} functions */
export function patchInWords(functions) {
  return functions.length ? `patched: ${functions.join(", ")}` : "line numbers alone differ";
}

/** A report as one or more sentences. @param {any} report */
export function reportInWords(report) {
  const sentences = report.failed.map(failureInWords);
  if (report.patched.length) {
    const names = report.patched.map((/** @type {{name: string}} */ each) => each.name);
    sentences.push(`Patched ${counted(names.length, "module")}: ${listed(names)}.`);
  }
  if (report.reloaded.length) {
    const names = report.reloaded.map((/** @type {{name: string}} */ each) => each.name);
    sentences.push(`Reloaded ${counted(names.length, "module")}: ${listed(names)}.`);
  }
  if (report.removed.length) {
    const names = report.removed.map((/** @type {{name: string}} */ each) => each.name);
    sentences.push(`Gone: ${listed(names)}.`);
  }
  for (const { callback } of report.errors) {
    sentences.push(`The callback ${callback} raised an error.`);
  }
  if (!sentences.length) {
    const names = report.changed.map(withoutDir);
    sentences.push(`Saved ${listed(names)}; nothing that is loaded needs it.`);
  }
  return sentences.join(" ");
}
