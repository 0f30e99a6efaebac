/** Where pytest and the real packages of the suite are: in the environment that tools/setup.sh has made. */

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository. */
export const top = fileURLToPath(new URL("../..", import.meta.url));
/** The environment's interpreter. */
export const python = `${top}/.venv/bin/python`;
/** Its site-packages. */
export const site = execFileSync(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], {
  encoding: "utf8",
}).trim();

/** The folders in it that pytest needs, and the one file. All of it is pure Python. */
export const pytestFolders = readdirSync(site).filter((name) =>
  /^(_?pytest|pluggy|iniconfig|packaging|pygments)(-.*\.dist-info)?$/.test(name),
);
export const PYTEST_FILE = "py.py";

/** Real packages that the suite loads as if they were the user's. */
export const TREES = ["networkx", "rich"];
