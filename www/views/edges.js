/** Which imports are drawn. */

/** @typedef {import("../app/modules.js").Module} Module */
/** @typedef {import("../app/modules.js").Edge} Edge */
/** @typedef {{from: string, to: string, isWeak: boolean}} Pair */

/**
 * One for each pair, without those to a parent package, which the names tell already.
 * @param {Module[]} modules
 * @param {Edge[]} edges
 * @returns {Pair[]}
 */
export function drawnEdges(modules, edges) {
  const names = new Set(modules.map(({ name }) => name));
  /** @type {Map<string, Pair>} */
  const lines = new Map();
  for (const { importer, imported, kind } of edges) {
    const isDrawn = kind !== "parent" && importer !== imported && names.has(importer) && names.has(imported);
    const key = `${importer} ${imported}`;
    const isWeak = kind === "deferred" || kind === "type_checking";
    if (isDrawn && (!lines.has(key) || !isWeak)) {
      lines.set(key, { from: importer, to: imported, isWeak });
    }
  }
  return [...lines.values()];
}
