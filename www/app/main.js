/** The page: makes its parts and connects them. */

import { EXAMPLES, loadExample } from "../project/examples.js";
import { History } from "../project/history.js";
import { Project } from "../project/project.js";
import { Store } from "../project/store.js";
import { Versions } from "../project/versions.js";
import { Session } from "../session/session.js";
import { Cells } from "../views/cells.js";
import { byId } from "../views/dom.js";
import { Editor } from "../views/editor.js";
import { GraphView } from "../views/graph.js";
import { Log } from "../views/log.js";
import { showProblems } from "../views/problems.js";
import { say } from "../views/status.js";
import { Tree } from "../views/tree.js";
import { connectFiles } from "./files.js";
import { Modules } from "./modules.js";
import { connectProjects } from "./projects.js";
import { connectRecordings } from "./recordings.js";
import { connectReloads } from "./reloads.js";
import { connectSession, rememberedDoor } from "./sessions.js";
import { connectVersions } from "./versions.js";

const project = new Project();
const modules = new Modules();
const versions = new Versions();
const tellFault = (/** @type {string} */ message) => say(message, "fault");
const history = new History(project, (state, about) =>
  versions.add(state, about).catch((error) => tellFault(`An earlier state could not be kept. ${error}`)),
);
const store = new Store(project, versions, tellFault);
const session = new Session(project, rememberedDoor());

const tree = new Tree(byId("tree"), project, modules);
const editor = new Editor(byId("editor"), project, modules);

/** Shows a file in the editor and in the tree. @param {string} path @param {number} [line] @param {boolean} [takesFocus] */
function openFile(path, line, takesFocus = true) {
  if (!project.files.has(path)) {
    say(`${path} is no file of this project.`);
    return;
  }
  editor.show(path, line, takesFocus);
  tree.show(path);
  graph.show(path);
  byId("code-path").textContent = path;
}

const openAt = (/** @type {string} */ path, /** @type {number} */ line) => openFile(path, line);
const cells = new Cells(byId("cell-list"), project, session, openAt);
const places = { file: openAt, cell: () => undefined };
const log = new Log(byId("log"), places);
const graph = new GraphView(byId("graph"), byId("legend"), modules, (path) => openFile(path));
const found = {
  list: byId("problems"),
  count: byId("problems-count"),
  notes: byId("notes"),
  notesTitle: byId("notes-title"),
};
showProblems(found, modules, openAt);

project.addEventListener("opened", () => {
  byId("hint").textContent = project.hint;
  byId("code-path").textContent = project.shown ?? "";
  byId("code-state").textContent = "";
  log.clear();
  modules.clear();
  graph.show(project.shown);
});
project.addEventListener("changed", () => {
  byId("code-path").textContent = project.shown ?? "";
});

connectFiles({ project, tree, editor, openFile });
connectReloads({ project, modules, session, cells, log });
connectSession({ session, modules, cells });
connectRecordings({ project, session, modules, openFile });
const { open, openEverywhere } = connectProjects({ project, session, store, cells, editor });
connectVersions({ project, versions, history, editor, openEverywhere });

byId("add-cell").onclick = () => cells.add();
byId("run-all").onclick = () => cells.runAll();
byId("load-all").onclick = () => session.loadAll();
byId("zoom-in").onclick = () => graph.larger();
byId("zoom-out").onclick = () => graph.smaller();
byId("zoom-fit").onclick = () => graph.fit();

// A page that is left must not take the last keystrokes along.
addEventListener("pagehide", () => {
  editor.flush();
  store.leave();
});

session.start();
open((await store.load()) ?? (await loadExample(Object.keys(EXAMPLES)[0] ?? "")));
