/** The flame graph of a recording. Loaded when a recording is shown, as nothing else of the page needs d3. */

import flamegraph from "d3-flame-graph";
import { select } from "d3-selection";
import { heightOf, KINDS } from "../app/recorded.js";

/** @typedef {import("../app/recorded.js").Frame} Frame */
/** What the library makes of a frame. @typedef {{data: Frame & {fade?: boolean}, highlight?: boolean}} Node */

const ROW = 20;
/** Narrower ones cannot be seen. */
const LEAST_WIDTH = 0.5;
const ZOOM_MS = 250;

/**
 * Draws the picture: below each module those that it imported, as wide as they and what they import took.
 * @param {HTMLElement} host
 * @param {Frame} root
 * @param {{label: (frame: Frame) => string, point: (frame: Frame) => void, pick: (frame: Frame) => void}} calls `label` is what is said of
 *   a frame, `point` is called for one under the mouse, `pick` for one that was clicked
 */
export function drawFlames(host, root, { label, point, pick }) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const height = heightOf(root) * ROW;
  let { clientWidth } = host;
  let found = 0;
  const chart = flamegraph()
    .width(clientWidth)
    .height(height)
    .cellHeight(ROW)
    .inverted(true)
    .selfValue(true)
    .minFrameSize(LEAST_WIDTH)
    .transitionDuration(isCalm ? 0 : ZOOM_MS)
    .getName(({ data }) => (data.kind ? `${KINDS[data.kind].mark} ${data.name}` : data.name))
    .setLabelHandler(({ data }) => label(data))
    .setColorMapper(colorOf)
    .setSearchMatch(({ data }, term) => data.module !== null && data.name.toLowerCase().includes(term.toLowerCase()))
    .setSearchHandler((results) => {
      found = results.length;
    })
    .onHover(({ data }) => point(data))
    .onClick(({ data }) => pick(data));
  select(host).datum(root).call(chart);
  const resizes = new ResizeObserver(() => {
    if (host.clientWidth && host.clientWidth !== clientWidth) {
      clientWidth = host.clientWidth;
      chart.width(clientWidth).update();
    }
  });
  resizes.observe(host);
  return {
    /** Marks the modules with a text in their names, and returns how many. @param {string} term */
    search(term) {
      found = 0;
      if (term) {
        chart.search(term);
      } else {
        chart.clear();
      }
      return found;
    },
    showAll: () => chart.resetZoom(),
    end() {
      resizes.disconnect();
      chart.destroy();
    },
  };
}

/** A variable of the style sheet, so that a frame follows the colour scheme. @param {Node} node */
function colorOf({ data, highlight }) {
  return `var(--flame-${highlight ? "found" : data.fade ? "above" : (data.kind ?? "above")})`;
}
