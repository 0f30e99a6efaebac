/** Earlier states of the project: lists them, and restores one. */

import { difference, isSameState } from "../project/difference.js";
import { byId } from "../views/dom.js";
import { say } from "../views/status.js";
import { chooseVersion } from "../views/versions.js";
import { counted, differenceInWords, timeInWords } from "./words.js";

/** @typedef {import("../project/project.js").Contained} Contained */

/**
 * @param {{
 *   project: import("../project/project.js").Project,
 *   versions: import("../project/versions.js").Versions,
 *   history: import("../project/history.js").History,
 *   editor: import("../views/editor.js").Editor,
 *   openEverywhere: (contained: Contained) => unknown,
 * }} parts
 */
export function connectVersions({ project, versions, history, editor, openEverywhere }) {
  byId("show-versions").onclick = async () => {
    editor.flush();
    const now = { state: project.contained(), at: null, note: history.note };
    const states = /** @type {State[]} */ ([now, ...(await versions.list())]).filter(
      // Two tabs may have kept the same state.
      ({ state }, at, all) => !all[at + 1] || !isSameState(state, /** @type {State} */ (all[at + 1]).state),
    );
    const place = await chooseVersion(states.map((state, at) => described(state, states[at + 1])));
    const chosen = place === null ? undefined : states[place];
    if (chosen && chosen.at !== null) {
      const time = timeInWords(chosen.at);
      const { at, ...contained } = chosen.state;
      openEverywhere(contained);
      history.note = `restored from ${time}`;
      say(`The state of ${time} is restored. The one that it replaced is under Versions.`);
    }
  };
}

/** @typedef {{state: Contained, at: number | null, note: string | null}} State `at`: null stands for now */

/** @param {State} state @param {State | undefined} before */
function described({ state, at, note }, before) {
  const files = counted(state.files.length, "file");
  const what = before
    ? differenceInWords(difference(before.state, state), state.title)
    : `“${state.title}” with ${files}`;
  return {
    when: at === null ? "Now" : timeInWords(at),
    what: note ? `${note}; ${what}` : what,
    canRestore: at !== null,
  };
}
