/** Whole projects: the examples, .zip files in and out, what is kept from the last time, and a fresh start. */

import { EXAMPLES, loadExample } from "../project/examples.js";
import { pack, unpack, ZipRefusal } from "../project/zip.js";
import { choose } from "../views/dialogs.js";
import { byId, make } from "../views/dom.js";
import { hideProgress, say, showProgress } from "../views/status.js";
import { counted } from "./words.js";

/** The page's own channel: tells other tabs that there is another project now. Edits within one go from worker to worker. */
const CHANNEL = "pyautoload-sandbox-project";
const OWN = "own";

/**
 * @param {{
 *   project: import("../project/project.js").Project,
 *   session: import("../session/session.js").Session,
 *   store: import("../project/store.js").Store,
 *   cells: import("../views/cells.js").Cells,
 *   editor: import("../views/editor.js").Editor,
 * }} parts
 * @returns {Record<"open" | "openEverywhere", (contained: import("../project/project.js").Contained) => unknown>} both open a project, the one in
 *   this tab, and the other in all of them
 */
export function connectProjects({ project, session, store, cells, editor }) {
  const select = /** @type {HTMLSelectElement} */ (byId("project"));
  const upload = /** @type {HTMLInputElement} */ (byId("upload-file"));
  const reset = /** @type {HTMLButtonElement} */ (byId("reset"));
  const channel = new BroadcastChannel(CHANNEL);

  /** @param {import("../project/project.js").Contained} contained */
  function open(contained) {
    cells.drop();
    project.open(contained);
    const options = Object.entries(EXAMPLES).map(([value, text]) => make("option", { value }, text));
    if (project.example === null) {
      options.push(make("option", { value: OWN }, project.title));
    }
    select.replaceChildren(...options);
    select.value = project.example ?? OWN;
    reset.disabled = project.example === null;
    session.open();
  }

  /** Opens a project and has the other tabs open it. @param {import("../project/project.js").Contained} contained */
  async function openEverywhere(contained) {
    open(contained);
    await store.save();
    channel.postMessage("opened");
  }

  /** Whether it could be opened; the page says so where not. @param {string} name */
  async function openExample(name) {
    let contained;
    try {
      contained = await loadExample(name);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      say(`“${EXAMPLES[name]}” was not opened. ${why} The project is as it was.`, "fault");
      return false;
    }
    await openEverywhere(contained);
    return true;
  }

  channel.onmessage = async () => {
    const kept = await store.load();
    if (kept) {
      open(kept);
    }
  };

  select.onchange = async () => {
    const name = select.value;
    const isSure = await choose({
      title: `Open “${EXAMPLES[name] ?? project.title}”?`,
      text: "What is open now stays under Versions.",
      choices: [{ value: "open", label: "Open it" }],
    });
    if (!isSure || !(name in EXAMPLES) || !(await openExample(name))) {
      select.value = project.example ?? OWN;
    }
  };

  reset.onclick = async () => {
    const isSure = await choose({
      title: "Put the example back as it was?",
      text: "What is there now stays under Versions.",
      choices: [{ value: "reset", label: "Reset", isDanger: true }],
    });
    if (isSure && project.example !== null && (await openExample(project.example))) {
      say("The example is as it was.");
    }
  };

  byId("download").onclick = async () => {
    editor.flush();
    const address = URL.createObjectURL(await pack(project.files));
    make("a", { href: address, download: `${project.example ?? "project"}.zip` }).click();
    URL.revokeObjectURL(address);
    say(`Saved ${counted(project.files.size, "file")}.`);
  };

  byId("upload").onclick = () => upload.click();
  upload.onchange = async () => {
    const archive = upload.files?.[0];
    upload.value = "";
    if (archive) {
      await openArchive(archive);
    }
  };

  /** @param {File} archive */
  async function openArchive(archive) {
    try {
      const files = await unpack(archive, (done, total) => showProgress("Unpacking", done, total, true));
      hideProgress();
      const isSure = await choose({
        title: `Open ${archive.name}?`,
        text: `It has ${counted(files.length, "file")}, which take the place of this project. That stays under Versions.`,
        choices: [{ value: "open", label: "Open it" }],
      });
      if (isSure) {
        const shown = files.find(([path]) => path.endsWith(".py"))?.[0] ?? null;
        const hint = "Write a cell that imports something of it, and run it. Then edit what it imports.";
        await openEverywhere({ title: archive.name, hint, files, cells: [], shown, example: null });
      }
    } catch (error) {
      hideProgress();
      const why = error instanceof ZipRefusal ? error.message : String(error);
      say(`${archive.name} was not opened. ${why} The project is as it was.`, "fault");
    }
  }

  return { open, openEverywhere };
}
