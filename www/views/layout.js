/** Where the modules of the graph stand, by dagre: importers above what they import, or left of it where there are many. */

import { Graph, layout } from "@dagrejs/dagre";

/** @typedef {{name: string, x: number, y: number, width: number, height: number}} Place the corner at the top left */
/** @typedef {{path: string, isWeak: boolean}} Line an SVG path; `isWeak`: no import at load time */
/** @typedef {{width: number, height: number, places: Place[], lines: Line[]}} Layout */

const HEIGHT = 44;
/** A letter of the larger line and of the smaller one, in pixels, and what is beside them. */
const WIDTHS = { name: 8.6, folder: 6.6, rest: 44 };
const MARGIN = 16;
/** More of them are laid out from left to right: ranks become wide, and a page is scrolled downwards. */
const FEW = 24;

/**
 * @param {string[]} names of the modules
 * @param {import("./edges.js").Pair[]} pairs
 * @returns {Layout}
 */
export function laidOut(names, pairs) {
  const graph = new Graph();
  const direction =
    names.length > FEW ? { rankdir: "LR", nodesep: 8, ranksep: 60 } : { rankdir: "TB", nodesep: 18, ranksep: 40 };
  graph.setGraph({ ...direction, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const name of names) {
    const at = name.lastIndexOf(".");
    const width = Math.max((name.length - at - 1) * WIDTHS.name, (at + 1) * WIDTHS.folder) + WIDTHS.rest;
    graph.setNode(name, { width, height: HEIGHT });
  }
  for (const { from, to, isWeak } of pairs) {
    graph.setEdge(from, to, { isWeak });
  }
  layout(graph);
  const places = graph.nodes().map((name) => {
    const { x = 0, y = 0, width = 0, height = 0 } = /** @type {any} */ (graph.node(name));
    return { name, x: x - width / 2, y: y - height / 2, width, height };
  });
  const lines = graph.edges().map((edge) => {
    const { points, isWeak } = /** @type {any} */ (graph.edge(edge));
    return { path: curve(points), isWeak };
  });
  const { width = 0, height = 0 } = /** @type {any} */ (graph.graph());
  return { width, height, places, lines };
}

/** A smooth line through the points. @param {{x: number, y: number}[]} points */
function curve(points) {
  const [first, ...rest] = points;
  if (!first) {
    return "";
  }
  let path = `M${first.x.toFixed(1)},${first.y.toFixed(1)}`;
  rest.forEach((point, at) => {
    const next = rest[at + 1];
    const corner = `${point.x.toFixed(1)},${point.y.toFixed(1)}`;
    path += next
      ? ` Q${corner} ${((point.x + next.x) / 2).toFixed(1)},${((point.y + next.y) / 2).toFixed(1)}`
      : ` L${corner}`;
  });
  return path;
}
