/** The example projects, which the build has put beside the page. */

/** @typedef {import("./project.js").Contained} Contained */

/** @type {Record<string, string>} */
export const EXAMPLES = {
  shop: "A small shop",
  island: "An island to explore",
  markdown: "markdown-it-py, from PyPI",
};

/** @param {string} name one of `EXAMPLES` @returns {Promise<Contained>} */
export async function loadExample(name) {
  const response = await fetch(new URL(`projects/${name}.json`, document.baseURI));
  if (!response.ok) {
    throw new Error(`The example could not be loaded: ${response.status} ${response.statusText}.`);
  }
  const { title, hint, files, cells, shown } = await response.json();
  const numbered = cells.map((/** @type {{code: string, isLive: boolean}} */ cell, /** @type {number} */ at) => ({
    ...cell,
    id: String(at + 1),
  }));
  return { title, hint, files, cells: numbered, shown, example: name };
}
