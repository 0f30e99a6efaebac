/** What is done to files from the tree: new, rename, move, delete. */

import { folderOf, isWithin, nameOf } from "../project/paths.js";
import { askPath, choose } from "../views/dialogs.js";
import { byId } from "../views/dom.js";
import { offerUndo, say, withdrawUndo } from "../views/status.js";
import { counted } from "./words.js";

/**
 * @param {{
 *   project: import("../project/project.js").Project,
 *   tree: import("../views/tree.js").Tree,
 *   editor: import("../views/editor.js").Editor,
 *   openFile: (path: string, line?: number, takesFocus?: boolean) => void,
 * }} parts
 */
export function connectFiles({ project, tree, editor, openFile }) {
  const pathOf = (/** @type {Event} */ event) => /** @type {CustomEvent<string>} */ (event).detail;
  tree.addEventListener("open", (event) => openFile(pathOf(event), undefined, false));
  tree.addEventListener("rename", (event) => rename(pathOf(event)));
  tree.addEventListener("delete", (event) => remove(pathOf(event)));
  project.addEventListener("opened", withdrawUndo);
  byId("new-file").onclick = add;
  byId("rename-file").onclick = () => tree.selected !== null && rename(tree.selected);
  byId("delete-file").onclick = () => tree.selected !== null && remove(tree.selected);

  async function add() {
    const selected = tree.selected ?? "";
    const folder = project.files.has(selected) ? folderOf(selected) : selected;
    const path = await askPath({
      title: "New file",
      text: "Its folders are made with it.",
      label: "Path",
      value: folder ? `${folder}/new_file.py` : "new_file.py",
      action: "Make it",
      faultOf: (value) => project.faultOfNew(value),
    });
    if (path !== null) {
      project.apply([{ kind: "write", path, contents: "" }], "page");
      openFile(path);
      say(`${path} is there.`);
    }
  }

  /** @param {string} from */
  async function rename(from) {
    const to = await askPath({
      title: "Rename or move",
      text: "Another folder moves it there. Python finds it under its new name only.",
      label: "Path",
      value: from,
      action: "Rename",
      faultOf: (value) => (value === from ? null : project.faultOfNew(value, from)),
    });
    if (to !== null && to !== from) {
      editor.flush();
      project.apply(project.moves(from, to), "page");
      tree.show(to);
      say(`${from} is ${to} now.`);
    }
  }

  /** @param {string} path */
  async function remove(path) {
    const removals = project.removals(path);
    const text = project.files.has(path) ? "" : `${counted(removals.length, "file")} in it.`;
    const choices = [{ value: "delete", label: "Delete", isDanger: true }];
    if ((await choose({ title: `Delete ${path}?`, text, choices })) !== "delete") {
      return;
    }
    const { shown } = project;
    const isShown = shown !== null && isWithin(shown, path);
    editor.flush();
    const writes = removals.map((removal) => ({
      kind: /** @type {const} */ ("write"),
      path: removal.path,
      contents: /** @type {import("../project/project.js").Contents} */ (project.files.get(removal.path)),
    }));
    project.apply(removals, "page");
    offerUndo(`Undo: delete ${nameOf(path)}`, () => putBack(writes, isShown ? shown : null));
    if (isShown) {
      const next = project.paths()[0];
      if (next === undefined) {
        editor.show(null);
      } else {
        openFile(next, undefined, false);
      }
    }
    say(`${path} is deleted.`);
  }

  /**
   * Brings deleted files back, but for those whose place is taken by now.
   * @param {{kind: "write", path: string, contents: import("../project/project.js").Contents}[]} writes
   * @param {string | null} shown the file that was in the editor
   */
  function putBack(writes, shown) {
    const [first] = writes;
    const possible = writes.filter(({ path }) => project.faultOfNew(path) === null);
    project.apply(possible, "page");
    if (first && possible.length === writes.length) {
      openFile(shown ?? first.path, undefined, false);
      say(`${counted(writes.length, "file")} brought back.`);
    } else {
      const taken = writes.filter((write) => !possible.includes(write)).map(({ path }) => path);
      say(`Not brought back, since something else has that name now: ${taken.join(", ")}.`, "fault");
    }
  }
}
