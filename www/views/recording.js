/** The dialog of a recording: a picture of who caused whose import, and a table with the same. */

import { KINDS, kindsOf, slowestFirst, sumsOf, treeOf } from "../app/recorded.js";
import { counted, runTime } from "../app/words.js";
import { inProject } from "../project/paths.js";
import { byId, make } from "./dom.js";

/** @typedef {import("../../pkg/profile.js").ModuleTime} ModuleTime */
/** @typedef {{modules: ModuleTime[], lineOf: (module: ModuleTime) => number | null}} Recorded */
/** @typedef {{open: (path: string) => void, fault: (message: string) => void}} Calls */

/** More rows make the dialog slow to open, and nobody reads that far. */
const MOST_ROWS = 100;
/** The columns of times, each with what it shows of a module. @type {[string, string, (module: ModuleTime) => number][]} */
const TIMES = [
  ["Own", "The module itself: find, read, compile or unmarshal, and execute", ({ own }) => own],
  ["Cumulative", "The module and what it imports", ({ total }) => total],
  ["Find", "Looking for its file", ({ find }) => find],
  ["Read", "Reading its file", ({ read }) => read],
  [
    "Compile or unmarshal",
    "Making code of its source, or of its bytecode",
    ({ compile, unmarshal }) => compile + unmarshal,
  ],
  ["Execute", "Running its code, without what it imports", ({ execute }) => execute],
];

const milliseconds = (/** @type {number} */ seconds) => (seconds * 1000).toFixed(1);

/** Ends what is shown. @type {() => void} */
let end = () => undefined;

/** @param {Recorded} recorded @param {Calls} calls */
export async function showRecording(recorded, calls) {
  const { modules } = recorded;
  const dialog = /** @type {HTMLDialogElement} */ (byId("recording-dialog"));
  const openFile = (/** @type {string} */ path) => {
    dialog.close();
    calls.open(path);
  };
  end();
  dialog.onclose = () => {
    end();
    // What has opened the dialog may be gone, such as the button that has stopped the recording.
    if (document.activeElement === document.body || dialog.contains(document.activeElement)) {
      byId("record").focus();
    }
  };
  byId("recording-summary").textContent = summaryOf(modules);
  byId("recording-empty").hidden = modules.length > 0;
  byId("recording-result").hidden = modules.length === 0;
  /** @type {HTMLButtonElement} */ (byId("save-recording")).disabled = modules.length === 0;
  const sums = sumsOf(modules);
  byId("flame-legend").replaceChildren(...sums.map(legendOf));
  byId("recording-zip").hidden = !sums.some(({ kind }) => kind === "library");
  showTable(modules, MOST_ROWS, openFile);
  if (!dialog.open) {
    dialog.showModal();
  }
  if (modules.length) {
    await showPicture(recorded, openFile, calls.fault);
  }
}

/** @param {ModuleTime[]} modules */
function summaryOf(modules) {
  const own = modules.reduce((sum, module) => sum + module.own, 0);
  return modules.length ? `${counted(modules.length, "module")} took ${runTime(own)}.` : "";
}

/** @param {ReturnType<typeof sumsOf>[number]} sum */
function legendOf({ kind, count, own }) {
  const { mark, words, meaning } = KINDS[kind];
  return make(
    "li",
    { title: meaning, dataset: { flame: kind } },
    make("span", { className: "mark", "aria-hidden": true }, mark),
    `${words}: ${counted(count, "module")}, ${runTime(own)}`,
  );
}

/** @param {Recorded} recorded @param {(path: string) => void} openFile @param {(message: string) => void} fault */
async function showPicture({ modules, lineOf }, openFile, fault) {
  const host = byId("flames");
  const search = /** @type {HTMLInputElement} */ (byId("flame-search"));
  const found = byId("flame-found");
  const details = byId("flame-details");
  let isWanted = true;
  end = () => {
    isWanted = false;
  };
  const label = (/** @type {import("../app/recorded.js").Frame} */ { module }) =>
    module ? labelOf(module, lineOf(module)) : summaryOf(modules);
  const describe = (/** @type {import("../app/recorded.js").Frame} */ frame) => {
    const path = frame.module?.path ? inProject(frame.module.path) : null;
    const button = { type: "button", className: "place", onclick: () => openFile(path ?? "") };
    details.replaceChildren(`${label(frame)} `, path === null ? "" : make("button", button, `Open ${path}`));
  };
  /** What was clicked stays when the mouse leaves the picture. */
  let picked = treeOf(modules);
  const root = picked;
  byId("flame-find").hidden = true;
  search.value = "";
  found.textContent = "";
  details.textContent = "Click a module to enlarge it.";
  try {
    const { drawFlames } = await import("./flames.js");
    if (!isWanted) {
      return;
    }
    const flames = drawFlames(host, root, {
      label,
      point: describe,
      pick: (frame) => {
        picked = frame;
        describe(frame);
      },
    });
    end = flames.end;
    byId("flame-find").hidden = false;
    host.onmouseleave = () => describe(picked);
    byId("flame-all").onclick = flames.showAll;
    search.oninput = () => {
      const term = search.value.trim();
      const count = flames.search(term);
      found.textContent = term ? `${counted(count, "module")} found` : "";
    };
  } catch (error) {
    details.textContent = "The picture could not be drawn. The table has the same.";
    fault(`The picture of the recording could not be drawn. ${error instanceof Error ? error.message : error}`);
  }
}

/** What is said of a module in the picture. @param {ModuleTime} module @param {number | null} line */
function labelOf(module, line) {
  const where = line === null ? "" : `, line ${line}`;
  const by = module.imported_by === null ? "" : ` Imported by ${module.imported_by}${where}.`;
  const failed = module.loaded ? "" : " (not loaded)";
  return `${module.name}${failed}: own ${milliseconds(module.own)} ms, cumulative ${milliseconds(module.total)} ms.${by}`;
}

/** @param {ModuleTime[]} modules @param {number} most @param {(path: string) => void} openFile */
function showTable(modules, most, openFile) {
  const kindOf = kindsOf(modules);
  const rows = slowestFirst(modules)
    .slice(0, most)
    .map((module) => {
      const kind = kindOf(module);
      const { mark, words } = KINDS[kind];
      const path = module.path === null ? null : inProject(module.path);
      const open = { type: "button", className: "place", title: `Open ${path}`, onclick: () => openFile(path ?? "") };
      return make(
        "tr",
        {},
        make(
          "th",
          { scope: "row" },
          make(
            "span",
            { className: "mark", role: "img", "aria-label": words, title: words, dataset: { flame: kind } },
            mark,
          ),
          path === null ? module.name : make("button", open, module.name),
        ),
        ...TIMES.map(([, , time]) => make("td", {}, milliseconds(time(module)))),
        make("td", { className: "importer" }, module.imported_by ?? ""),
      );
    });
  byId("recording-rows").replaceChildren(...rows);
  const heads = TIMES.map(([head, title]) => make("th", { scope: "col", title }, head));
  byId("recording-heads").replaceChildren(
    make("th", { scope: "col" }, "Module"),
    ...heads,
    make("th", { scope: "col", className: "importer" }, "Imported by"),
  );
  const more = byId("recording-more");
  more.hidden = modules.length <= most;
  more.textContent = `Show all ${counted(modules.length, "module")}`;
  more.onclick = () => {
    showTable(modules, modules.length, openFile);
    /** @type {HTMLElement} */ (byId("recording-table")).focus();
  };
}
