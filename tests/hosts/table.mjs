/**
 * The README's table of hosts. Each test that has shown something notes it; `node tests/hosts/table.mjs` writes the table of what was
 * noted since `node tests/hosts/table.mjs --new`.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const noted = fileURLToPath(new URL(".noted/", import.meta.url));
const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const [START, END] = ["<!-- hosts: written by make test-hosts -->", "<!-- end -->"];

/** Notes that something was shown in a host, for the table. */
export function note(/** @type {string} */ host, /** @type {string} */ shown) {
  mkdirSync(noted, { recursive: true });
  const file = `${noted}${host}`;
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  writeFileSync(file, JSON.stringify([...new Set([...before, shown])]));
}

function write() {
  const rows = readdirSync(noted)
    .sort((one, other) => one.localeCompare(other))
    .map((host) => `| ${host} | ${JSON.parse(readFileSync(`${noted}${host}`, "utf8")).join("; ")} |\n`);
  const [before, rest] = readFileSync(README, "utf8").split(`${START}\n`);
  const after = rest.slice(rest.indexOf(END));
  writeFileSync(README, `${before}${START}\n| host | what was shown in it |\n| --- | --- |\n${rows.join("")}${after}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--new")) {
    rmSync(noted, { recursive: true, force: true });
  } else {
    write();
  }
}
