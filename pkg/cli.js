#!/usr/bin/env node
/** `npx pyautoload-wasm bundle DIR --top-level NAME …`: a project and its packages in one file, compiled for the Pythons of some Pyodides. */

import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { pack, unpack } from "./container.js";
import { concatenate } from "./records.js";

const USAGE = `usage: pyautoload-wasm bundle DIR [--top-level NAME] [--package NAME_OR_WHEEL …] [--pyodide DIR …] [-o FILE]

  DIR           the project's folder
  --top-level   the name that it is imported by; the folder's unless it is told
  --package     a package to take along with its dependencies: a name in Pyodide's lock file, or a wheel of pure Python
  --pyodide     the folder of a "pyodide" npm package, of the version that the page loads; several for pages of several versions.
                Unless it is told, the one that is installed here
  -o, --output  the file to write; NAME.bundle unless it is told`;

/** The names of files and folders that are no part of a project, beside those that begin with a dot. */
const LEFT_OUT = new Set(["__pycache__", "node_modules"]);

/** @typedef {import("./container.js").BundledFile} BundledFile */

/** What the user can put right. */
class Refusal extends Error {}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isRefusal = error instanceof Refusal;
  console.error(isRefusal ? `pyautoload-wasm: ${error.message}` : error);
  process.exitCode = isRefusal ? 2 : 1;
}

/** @param {string[]} words */
async function main(words) {
  const { values, positionals } = parsed(words);
  const [command, dir, ...more] = positionals;
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (command !== "bundle" || !dir || more.length > 0) {
    throw new Refusal(`expected a command and a folder\n${USAGE}`);
  }
  const topLevel = values["top-level"] ?? basename(resolve(dir));
  const pyodides = pyodidesOf(values);
  const output = values.output ?? `${topLevel}.bundle`;
  const project = (await projectFiles(dir)).filter(({ path }) => resolve(dir, path) !== resolve(output));
  const { files, code, failed } = await build(project, topLevel, values.package ?? [], pyodides);
  for (const path of failed) {
    const named = path.replace(`/home/pyodide/${topLevel}/`, `${dir}/`);
    console.error(`cannot be compiled, and is bundled as it is: ${named}`);
  }
  const bundle = gzipSync(pack({ topLevel, files, code }), { level: 9 });
  await writeFile(output, bundle);
  console.log(`${output}: ${files.length} files, ${(bundle.length / 1e6).toFixed(2)} MB`);
}

/** @param {ReturnType<typeof parsed>["values"]} values @returns {[string, ...string[]]} the folders of the Pyodides that are told, or of the one that is installed */
function pyodidesOf({ pyodide = [] }) {
  const [first, ...others] = pyodide.map((folder) => resolve(folder));
  const wrong = [first, ...others].find((folder) => folder && !existsSync(join(folder, "pyodide.mjs")));
  if (wrong) {
    throw new Refusal(`${wrong} is not the folder of a "pyodide" npm package: it has no pyodide.mjs`);
  }
  return [first ?? installedPyodide(), ...others];
}

/** @param {string[]} args */
function parsed(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        "top-level": { type: "string" },
        package: { type: "string", multiple: true },
        pyodide: { type: "string", multiple: true },
        output: { type: "string", short: "o" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

function installedPyodide() {
  try {
    return dirname(createRequire(join(process.cwd(), "x")).resolve("pyodide/package.json"));
  } catch {
    throw new Refusal(
      'no Pyodide is installed here: npm install --save-dev pyodide, or tell its folder by "--pyodide"',
    );
  }
}

/**
 * @param {BundledFile[]} project
 * @param {string} topLevel
 * @param {string[]} packages
 * @param {string[]} pyodides
 */
async function build(project, topLevel, packages, pyodides) {
  const scratch = await mkdtemp(join(tmpdir(), "pyautoload-bundle-"));
  try {
    const sources = join(scratch, "sources");
    let files = project;
    if (packages.length > 0) {
      await write(sources, topLevel, files);
      await inPyodide("packages", pyodides[0] ?? "", sources, ...packages);
      files = [...files, ...(await read(sources)).files];
    }
    await write(sources, topLevel, files);
    const codes = [];
    const failed = new Set();
    for (const folder of pyodides) {
      const result = await inPyodide("compile", folder, sources);
      codes.push(new Uint8Array(await readFile(`${sources}.code`)));
      for (const path of result.failed) {
        failed.add(path);
      }
    }
    return { files, code: concatenate(codes), failed: [...failed] };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/**
 * @param {string} dir
 * @returns {Promise<BundledFile[]>}
 */
async function projectFiles(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error) => {
    throw new Refusal(`the folder cannot be read: ${error.message}`);
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(dir, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join("/"),
    )
    .filter((path) => !path.split("/").some((part) => LEFT_OUT.has(part) || part.startsWith(".")))
    .sort();
  return Promise.all(
    paths.map(async (path) => ({ place: "project", path, contents: new Uint8Array(await readFile(join(dir, path))) })),
  );
}

/** @param {string} path @param {string} topLevel @param {BundledFile[]} files */
function write(path, topLevel, files) {
  return writeFile(path, pack({ topLevel, files, code: new Uint8Array() }));
}

/** @param {string} path */
async function read(path) {
  return unpack(new Uint8Array(await readFile(path)));
}

/**
 * Does a part of the work in a process of its own, since one can hold only one version of Pyodide.
 * @param {string[]} words
 */
async function inPyodide(...words) {
  const child = fork(fileURLToPath(new URL("./bundling.js", import.meta.url)), words, {
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const [[answer]] = await Promise.all([
    Promise.race([once(child, "message"), once(child, "exit").then(() => [undefined])]),
    once(child, "exit"),
  ]);
  if (!answer || answer.refusal) {
    throw new Refusal(answer?.refusal ?? `the Pyodide in ${words[1]} has failed`);
  }
  return answer;
}
