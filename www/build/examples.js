/** The example projects of the page, read when it is built: two are in www/examples/, one is a package from PyPI. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("../examples", import.meta.url));

/**
 * Each example with its name.
 * @param {string} top the repository
 * @returns {[string, {title: string, hint: string, files: [string, string][], cells: {code: string, isLive: boolean}[], shown: string}][]}
 */
export function exampleProjects(top) {
  return ["shop", "island", "markdown"].map((name) => {
    const about = JSON.parse(readFileSync(join(here, `${name}.json`), "utf8"));
    const { packages = [], ...rest } = about;
    const own = existsSync(join(here, name)) ? filesBelow(join(here, name)) : [];
    return [
      name,
      { ...rest, files: [...own, ...packages.flatMap((/** @type {string} */ each) => installed(top, each))] },
    ];
  });
}

/** @param {string} dir @returns {[string, string][]} */
function filesBelow(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [relative(dir, file), readFileSync(file, "utf8")]);
}

/**
 * The Python files of a package that requirements-dev.txt has pinned, with its licences, as they were installed.
 * @param {string} top
 * @param {string} name
 * @returns {[string, string][]}
 */
function installed(top, name) {
  const site = sitePackages(top);
  const metadata = readdirSync(site).find((each) => each.startsWith(`${name}-`) && each.endsWith(".dist-info"));
  if (!metadata) {
    throw new Error(`${name} is not installed in .venv: run 'make setup'`);
  }
  const paths = readFileSync(join(site, metadata, "RECORD"), "utf8")
    .split("\n")
    .map((line) => line.split(",")[0] ?? "");
  const sources = paths.filter((path) => path.endsWith(".py"));
  const licences = paths.filter((path) => dirname(path).startsWith(metadata) && /(^|\/)LICENSE/.test(path));
  if (!licences.length) {
    throw new Error(`${metadata} has no licence to ship`);
  }
  return [
    ...sources.map((path) => /** @type {[string, string]} */ ([path, readFileSync(join(site, path), "utf8")])),
    ...licences.map((path) => {
      const file = path.slice(path.lastIndexOf("/") + 1);
      return /** @type {[string, string]} */ ([`licenses/${name}/${file}.txt`, readFileSync(join(site, path), "utf8")]);
    }),
  ];
}

/** @param {string} top */
function sitePackages(top) {
  const lib = join(top, ".venv/lib");
  const python = existsSync(lib) ? readdirSync(lib).find((name) => name.startsWith("python3")) : undefined;
  if (!python) {
    throw new Error(".venv is missing: run 'make setup'");
  }
  return join(lib, python, "site-packages");
}
