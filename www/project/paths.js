/** Paths inside a project: relative, with `/` between the parts. What is allowed, and what is said of the rest. */

/** Where a project lies in the worker's filesystem. */
export const PROJECT_DIR = "/home/pyodide/project";

const MAX_LENGTH = 240;

/**
 * What is wrong with a path, as a sentence; null where nothing is.
 * @param {string} path
 */
export function faultOf(path) {
  if (!path) {
    return "Give the file a name, such as shop/models/user.py.";
  }
  if (path.length > MAX_LENGTH) {
    return `The path has ${path.length} characters; at most ${MAX_LENGTH} are possible.`;
  }
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) {
    return `“${path}” is an absolute path; a project’s paths are relative.`;
  }
  if (path.includes("\\")) {
    return `“${path}” has a backslash; write / between folders.`;
  }
  if (hasControls(path)) {
    return "The path has a control character.";
  }
  const parts = path.split("/");
  if (parts.includes("..") || parts.includes(".")) {
    return `“${path}” has a part “.” or “..”, which could lead out of the project.`;
  }
  if (parts.includes("")) {
    return `“${path}” has an empty part.`;
  }
  return null;
}

/** @param {string} path */
function hasControls(path) {
  return [...path].some((letter) => letter < " " || letter === "\x7f");
}

/** @param {string} path */
export function nameOf(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The folder of a path, empty at the top. @param {string} path */
export function folderOf(path) {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Whether a path is a folder's own, or below it. @param {string} path @param {string} folder */
export function isWithin(path, folder) {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The project's path of an absolute one in the worker; null where it is elsewhere. @param {string} path */
export function inProject(path) {
  return path.startsWith(`${PROJECT_DIR}/`) ? path.slice(PROJECT_DIR.length + 1) : null;
}

/** A message in which files are called as the project calls them. @param {string} message */
export function withoutDir(message) {
  return message.replaceAll(`${PROJECT_DIR}/`, "");
}
