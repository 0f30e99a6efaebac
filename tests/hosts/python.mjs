/** Hosts that are written in Python, from .cache/hosts, with the package that the tests' own environment has. */

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { here, PATIENCE_MS, top } from "./site.mjs";

const python = `${top}.cache/hosts/bin/python`;

const uvCache = execFileSync(`${top}.venv/bin/uv`, ["cache", "dir"], { encoding: "utf8" }).trim();

/** A folder for `PYTHONPATH`, which has the package and nothing else. */
export function packageFolder() {
  const [path] = JSON.parse(
    execFileSync(
      `${top}.venv/bin/python`,
      ["-c", "import json, pyautoload_wasm as p; print(json.dumps(list(p.__path__)))"],
      {
        cwd: "/",
        encoding: "utf8",
      },
    ),
  );
  const folder = `${here}.package`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  symlinkSync(path, `${folder}/pyautoload_wasm`);
  return folder;
}

function environment(/** @type {string} */ cwd) {
  const PATH = `${top}.venv/bin:${process.env.PATH}`; // which has uv
  return { ...process.env, PATH, PYTHONPATH: packageFolder(), HOME: cwd, PYTHONDONTWRITEBYTECODE: "1" };
}

/** Runs a command to its end. */
export function inHostsPython(/** @type {string} */ cwd, /** @type {string[]} */ command) {
  // uv has been told by tools/setup/hosts.sh to keep what it needs.
  const env = { ...environment(cwd), UV_OFFLINE: "1", UV_CACHE_DIR: uvCache };
  execFileSync(python, command, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return String(port);
}

/**
 * Starts a server, and waits until it answers.
 * @param {string} cwd
 * @param {string[]} command
 * @param {(port: string) => string[]} options
 */
export async function pythonHost(cwd, command, options) {
  const port = await freePort();
  const child = spawn(python, [...command, ...options(port)], { cwd, env: environment(cwd) });
  let text = "";
  const ended = new Promise((done) => child.once("exit", done));
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      text += data;
    });
  }
  const address = `http://127.0.0.1:${port}/`;
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await fetch(address).catch(() => undefined))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      throw new Error(`the server does not start:\n${text}`);
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
    await ended;
    clearTimeout(timer);
  };
  return { address, said: () => text, stop };
}
