/** The picture of who imports whom. Each module is a button that opens its file. */

import { STATES } from "../app/modules.js";
import { make } from "./dom.js";
import { drawnEdges } from "./edges.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 1.25;
const LEAST = 0.2;
const MOST = 2;
/** Smaller, and nobody can read the names. */
const READABLE = 0.5;

export class GraphView {
  #host;
  #modules;
  #open;
  #canvas = make("div", { className: "canvas" });
  #empty = make("p", { className: "empty" }, "The imports are drawn when Python is ready.");
  #size = { width: 0, height: 0 };
  #scale = 1;
  #isFitted = true;
  /** What was asked to be laid out last, to compare with what is there now. */
  #key = "";
  #layouts = new Worker(new URL("./layout-worker.js", import.meta.url), { type: "module" });
  /** The module that is to be seen. @type {string | null} */
  #shown = null;
  /** @type {Map<string, HTMLButtonElement>} */
  #nodes = new Map();

  /**
   * @param {HTMLElement} host
   * @param {HTMLElement} legend
   * @param {import("../app/modules.js").Modules} modules
   * @param {(path: string) => void} open
   */
  constructor(host, legend, modules, open) {
    this.#host = host;
    this.#modules = modules;
    this.#open = open;
    host.append(this.#empty, this.#canvas);
    for (const [state, { mark, words, meaning }] of Object.entries(STATES)) {
      const sign = make("span", { className: "mark", "aria-hidden": true }, mark);
      legend.append(make("li", { dataset: { state }, title: meaning }, sign, words));
    }
    modules.addEventListener("changed", () => this.#draw());
    this.#layouts.onmessage = ({ data: { key, layout } }) => {
      if (key === this.#key) {
        this.#take(layout);
      }
    };
    new ResizeObserver(() => this.#isFitted && this.fit()).observe(host);
  }

  #draw() {
    const { all, edges } = this.#modules;
    const names = all.map(({ name }) => name);
    const pairs = drawnEdges(all, edges);
    const key = JSON.stringify([names, pairs]);
    if (key !== this.#key) {
      this.#key = key;
      if (all.length) {
        this.#layouts.postMessage({ key, names, pairs });
      } else {
        this.#nodes.clear();
        this.#canvas.replaceChildren();
      }
    }
    this.#markAll();
    this.#empty.hidden = all.length > 0;
  }

  #markAll() {
    for (const module of this.#modules.all) {
      this.#mark(module);
    }
  }

  /** @param {import("./layout.js").Layout} layout */
  #take({ width, height, places, lines }) {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.module : undefined;
    this.#size = { width, height };
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    drawing.setAttribute("width", String(width));
    drawing.setAttribute("height", String(height));
    drawing.setAttribute("aria-hidden", "true");
    drawing.append(arrow());
    for (const { path, isWeak } of lines) {
      const line = document.createElementNS(SVG, "path");
      line.setAttribute("d", path);
      line.setAttribute("class", isWeak ? "edge weak" : "edge");
      line.setAttribute("marker-end", "url(#arrow)");
      drawing.append(line);
    }
    this.#nodes.clear();
    // The order in which Tab goes through them is the one in which they are read.
    places.sort((one, other) => one.y - other.y || one.x - other.x);
    const buttons = places.map((place) => this.#node(place));
    this.#canvas.replaceChildren(drawing, ...buttons);
    if (this.#isFitted) {
      this.fit();
    } else {
      this.#zoom(this.#scale);
    }
    this.#markAll();
    this.#nodes.get(focused ?? "")?.focus();
    this.#reveal();
  }

  /** Brings the module of a file into view. @param {string | null} path */
  show(path) {
    this.#shown = path;
    this.#reveal();
  }

  #reveal() {
    const module = this.#modules.all.find((each) => each.path === this.#shown);
    for (const [name, button] of this.#nodes) {
      button.setAttribute("aria-current", String(name === module?.name));
    }
    const button = this.#nodes.get(module?.name ?? "");
    if (button) {
      const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = button;
      const { clientWidth, clientHeight } = this.#host;
      const left = (offsetLeft + offsetWidth / 2) * this.#scale - clientWidth / 2;
      const top = (offsetTop + offsetHeight / 2) * this.#scale - clientHeight / 2;
      this.#host.scrollTo({ left, top });
    }
  }

  /** @param {import("./layout.js").Place} place */
  #node({ name, x, y, width, height }) {
    const at = name.lastIndexOf(".");
    const button = make(
      "button",
      { type: "button", className: "node", dataset: { module: name } },
      make("span", { className: "mark", "aria-hidden": true }),
      make("span", { className: "folder" }, name.slice(0, Math.max(0, at))),
      make("span", { className: "name" }, name.slice(at + 1)),
    );
    Object.assign(button.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    button.onclick = () => {
      const module = this.#modules.all.find((each) => each.name === name);
      if (module) {
        this.#open(module.path);
      }
    };
    this.#nodes.set(name, button);
    return button;
  }

  /** @param {import("../app/modules.js").Module} module */
  #mark(module) {
    const button = this.#nodes.get(module.name);
    const sign = button?.querySelector(".mark");
    if (button && sign) {
      const state = this.#modules.stateOf(module);
      button.dataset.state = state;
      sign.textContent = STATES[state].mark;
      button.title = `${module.path}: ${STATES[state].words}`;
      button.setAttribute("aria-label", `${module.name}, ${STATES[state].words}`);
    }
  }

  larger() {
    this.#isFitted = false;
    this.#zoom(this.#scale * STEP);
  }

  smaller() {
    this.#isFitted = false;
    this.#zoom(this.#scale / STEP);
  }

  /** As large as the frame lets it be, but not larger than it was made. */
  fit() {
    this.#isFitted = true;
    const { width, height } = this.#size;
    if (width && height) {
      const { clientWidth, clientHeight } = this.#host;
      this.#zoom(Math.min(1, Math.max(Math.min(clientWidth / width, clientHeight / height), READABLE)));
    }
  }

  /** @param {number} scale */
  #zoom(scale) {
    this.#scale = Math.min(MOST, Math.max(LEAST, scale));
    const { width, height } = this.#size;
    Object.assign(this.#canvas.style, { width: `${width}px`, height: `${height}px`, zoom: String(this.#scale) });
  }
}

function arrow() {
  const definitions = document.createElementNS(SVG, "defs");
  const marker = document.createElementNS(SVG, "marker");
  const settings = {
    id: "arrow",
    viewBox: "0 0 8 8",
    refX: "7",
    refY: "4",
    markerWidth: "7",
    markerHeight: "7",
    orient: "auto",
  };
  for (const [name, value] of Object.entries(settings)) {
    marker.setAttribute(name, value);
  }
  const head = document.createElementNS(SVG, "path");
  head.setAttribute("d", "M0,0.5 L7,4 L0,7.5 Z");
  marker.append(head);
  definitions.append(marker);
  return definitions;
}
