/** What a recording of imports says: the tree of who caused whose import, what each module is part of, and the order of the table. */

import { inProject } from "../project/paths.js";

/** @typedef {import("../../pkg/profile.js").ModuleTime} ModuleTime */
/** @typedef {"project" | "package" | "library" | "missing"} Kind */
/** A module and those that it imported. `value` is its own time in milliseconds; the root has no module.
 * @typedef {{name: string, value: number, kind: Kind | null, module: ModuleTime | null, children: Frame[]}} Frame
 */

/** Each kind by a mark and by words, so that none is told by colour alone. @type {Record<Kind, {mark: string, words: string, meaning: string}>} */
export const KINDS = {
  project: { mark: "◆", words: "project", meaning: "a module of this project" },
  package: { mark: "■", words: "package", meaning: "a module of an installed package" },
  library: { mark: "○", words: "standard library", meaning: "a module that comes with Python" },
  missing: { mark: "✕", words: "not loaded", meaning: "it was not found, or it raised an error" },
};

/** @param {ModuleTime[]} modules @returns {(module: ModuleTime) => Kind} */
export function kindsOf(modules) {
  const top = (/** @type {string} */ name) => name.slice(0, `${name}.`.indexOf("."));
  const ofProject = (/** @type {ModuleTime} */ { path }) => path !== null && inProject(path) !== null;
  // A namespace package has no file.
  const names = new Set(modules.filter(ofProject).map(({ name }) => top(name)));
  return (module) => {
    if (!module.loaded) {
      return "missing";
    }
    if (ofProject(module) || (module.path === null && names.has(top(module.name)))) {
      return "project";
    }
    const isPackage = module.path?.includes("/site-packages/") || top(module.name) === "pyautoload_wasm";
    return isPackage ? "package" : "library";
  };
}

/**
 * The modules below the module whose import caused theirs. One whose importer was not measured is at the top.
 * @param {ModuleTime[]} modules
 * @returns {Frame}
 */
export function treeOf(modules) {
  const kindOf = kindsOf(modules);
  /** @type {Map<string, Frame>} */
  const frames = new Map();
  for (const module of modules) {
    const { name, own } = module;
    frames.set(name, { name, value: Math.max(0, own * 1000), kind: kindOf(module), module, children: [] });
  }
  /** @type {Frame} */
  const root = { name: "All imports", value: 0, kind: null, module: null, children: [] };
  for (const frame of frames.values()) {
    const importer = isInCircle(frame, frames) ? undefined : frames.get(frame.module?.imported_by ?? "");
    (importer ?? root).children.push(frame);
  }
  return root;
}

/** Whether a module's importers lead back to it: it was taken out and imported again. @param {Frame} frame @param {Map<string, Frame>} frames */
function isInCircle(frame, frames) {
  const seen = new Set();
  let step = frames.get(frame.module?.imported_by ?? "");
  while (step && !seen.has(step)) {
    if (step === frame) {
      return true;
    }
    seen.add(step);
    step = frames.get(step.module?.imported_by ?? "");
  }
  return false;
}

/** How many frames lie above each other. @param {Frame} root */
export function heightOf(root) {
  let [height, level] = [0, [root]];
  while (level.length) {
    height += 1;
    level = level.flatMap(({ children }) => children);
  }
  return height;
}

/** By their own time. @param {ModuleTime[]} modules */
export function slowestFirst(modules) {
  return [...modules].sort((one, other) => other.own - one.own);
}

/**
 * How many modules of each kind there are, and their own time in seconds; only kinds that there are.
 * @param {ModuleTime[]} modules
 * @returns {{kind: Kind, count: number, own: number}[]}
 */
export function sumsOf(modules) {
  const kindOf = kindsOf(modules);
  const kinds = /** @type {Kind[]} */ (Object.keys(KINDS));
  return kinds.flatMap((kind) => {
    const some = modules.filter((module) => kindOf(module) === kind);
    return some.length ? [{ kind, count: some.length, own: some.reduce((sum, { own }) => sum + own, 0) }] : [];
  });
}
