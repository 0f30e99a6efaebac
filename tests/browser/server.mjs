/** A server of the few folders that a page needs. What a page asks for beyond them is noted in `missing`. */

import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { PYTEST_FILE, pytestFolders, python, site, top } from "../behaviour/packages.mjs";

const FOLDERS = {
  "/pkg/": `${top}/pkg`,
  "/pyodide-0.29/": `${top}/node_modules/pyodide-0.29`,
  "/pyodide-314/": `${top}/node_modules/pyodide-314`,
  "/tests/behaviour/": `${top}/tests/behaviour`,
  "/tests/browser/": `${top}/tests/browser`,
};

/** Zips folders and files, each as what it is to be called: standard input has pairs of a path and a name. */
const ZIP = `
import io, json, pathlib, sys, zipfile
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as files:
    for path, name in json.load(sys.stdin):
        path = pathlib.Path(path)
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                files.write(file, pathlib.Path(name) / file.relative_to(path))
sys.stdout.buffer.write(archive.getvalue())
`;

/** pytest and the behaviour suite, as one archive that is unpacked at `/`. */
function zipSuite() {
  const entries = [...pytestFolders, PYTEST_FILE].map((name) => [`${site}/${name}`, `pytest/${name}`]);
  const input = JSON.stringify([...entries, [`${top}/tests/behaviour`, "suite"]]);
  return execFileSync(python, ["-c", ZIP], { input, maxBuffer: 1 << 28 });
}

const FORGE = "wheels/forge-1.0-py3-none-any.whl";

/** A wheel of one module, `forge`, as an installer of packages finds it. */
const WHEEL = `
import io, sys, zipfile
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as wheel:
    wheel.writestr("forge.py", "VALUE = 7\\n")
    wheel.writestr("forge-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: forge\\nVersion: 1.0\\n")
    wheel.writestr("forge-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("forge-1.0.dist-info/RECORD", "forge.py,,\\n")
sys.stdout.buffer.write(archive.getvalue())
`;

import { CONTENT_TYPES } from "./content_types.mjs";

/** What the claims ask for besides. */
function suite() {
  return { "/suite.zip": zipSuite(), [`/${FORGE}`]: execFileSync(python, ["-c", WHEEL]) };
}

/**
 * Starts the server. Returns its address, what was asked for in vain, and `close()`.
 * @param {{files?: Record<string, string | Uint8Array>, folders?: Record<string, string>, cacheControl?: string}} [options] what it serves besides
 */
export async function serve({ files = suite(), folders = {}, cacheControl = "no-store" } = {}) {
  const made = { "/": "<!doctype html><title>pyautoload_wasm</title>", "/favicon.ico": "", ...files };
  const served = Object.entries({ ...FOLDERS, ...folders });
  const missing = [];

  const find = async (path) => {
    if (Object.hasOwn(made, path)) {
      return made[path];
    }
    const [prefix, folder] = served.find(([prefix]) => path.startsWith(prefix)) ?? [];
    return prefix && readFile(join(folder, path.slice(prefix.length))).catch(() => undefined);
  };

  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const found = await find(path);
    if (found === undefined) {
      missing.push(path);
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": CONTENT_TYPES[extname(path)] ?? CONTENT_TYPES[".html"],
      "cache-control": cacheControl,
    });
    response.end(found);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${server.address().port}`, missing, close };
}
