/**
 * What the code cache, a snapshot and a bundle spare a visit, and what the cache costs a first one, in Chromium: `node benches/visits.mjs
 * [NAME …]` prints rows as JSON, as the other suites do. The page is built by Vite, as most pages are. It is opened with and without them, in
 * turn, each time anew in one browser with a profile whose HTTP cache is warm; and once more in a browser that was started anew.
 *
 * From navigation to the end of the import, most of a second visit is Pyodide's own start. So there are rows for the import alone, and for
 * a page that starts from a snapshot besides.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { buildPage, commanded, startServer, Visitor } from "../tests/browser/visits.mjs";

const ROUNDS = 5;
const wheels = fileURLToPath(new URL("../.cache/visits/wheels", import.meta.url));
const packages = fileURLToPath(new URL("../.cache/visits/packages", import.meta.url));
const wheel = (name, into) => ({ url: `/wheels/${name}-py3-none-any.whl`, ...(into && { into }) });

/** What is imported, and how many times faster it has to be. A bundle has it as packages or as the project. */
const VISITS = [
  {
    target: 4,
    name: "sympy",
    archives: [wheel("sympy-1.14.0"), wheel("mpmath-1.4.1")],
    bundled: [
      "--package",
      `${wheels}/sympy-1.14.0-py3-none-any.whl`,
      "--package",
      `${wheels}/mpmath-1.4.1-py3-none-any.whl`,
    ],
  },
  {
    target: 3.5,
    name: "sqlglot",
    archives: [wheel("sqlglot-30.30.0")],
    bundled: ["--package", `${wheels}/sqlglot-30.30.0-py3-none-any.whl`],
  },
  {
    target: 2.3,
    name: "networkx",
    project: "/home/pyodide/networkx",
    archives: [wheel("networkx-3.6.1", "/home/pyodide")],
  },
];
const cache = { packages: true };
const snapshot = true;

const names = process.argv.slice(2);
const visits = VISITS.filter(({ name }) => names.length === 0 || names.includes(name));
const bundles = Object.fromEntries(visits.map((visit) => [bundleOf(visit), built(visit)]));
const files = { ...(await buildPage()), ...bundles };
const server = await startServer({ folders: { "/wheels/": wheels }, files });
try {
  for (const visit of visits) {
    await measure(visit);
  }
} finally {
  server.close();
}

/** The rows of one package. */
async function measure({ target, bundled: _, ...visit }) {
  const rounds = [];
  const bundle = { name: visit.name, bundle: bundleOf(visit), cache: { ...cache, store: null } };
  for (let round = 0; round < ROUNDS; round += 1) {
    const visitor = new Visitor(server);
    const pages = await visitor.browse(async (context) => {
      const open = async (what) => {
        const { page, result } = await visitor.open(context, what);
        await page.close();
        return result;
      };
      await open({ ...bundle, snapshot }); // fills the HTTP cache, as the next one does
      await open({ ...visit, cache: null });
      return {
        without: await open({ ...visit, cache: null }),
        first: await open({ ...visit, cache, waits: true, saves: true }),
        second: await open({ ...visit, cache }),
        started: await open({ ...visit, cache, snapshot }),
        shipped: await open({ ...bundle, snapshot }),
      };
    });
    const anew = {
      without: await visitor.visit({ ...visit, cache: null }),
      started: await visitor.visit({ ...visit, cache, snapshot }),
    };
    visitor.leave();
    for (const { counts } of [pages.second, pages.started, pages.shipped, anew.started]) {
      if (counts.misses > 0) {
        throw new Error(`a visit has compiled ${counts.misses} modules of ${visit.name}`);
      }
    }
    rounds.push({ ...pages, anew });
  }
  const { name } = visit;
  const whole = ({ imported }) => imported;
  const alone = ({ imported, installed }) => imported - installed;
  const afterStart = ({ imported, loaded }) => imported - loaded;
  tell(`second visit, import ${name}`, target, rounds, "second", alone);
  tell(`second visit, ${name} from navigation to end of import`, target, rounds, "second", whole);
  tell(`second visit from a snapshot, ${name} from navigation to end of import`, target, rounds, "started", whole);
  const anew = rounds.map((round) => round.anew);
  tell(
    `second visit from a snapshot in a browser that was started anew, ${name} likewise`,
    target,
    anew,
    "started",
    whole,
  );
  tell(
    `first visit with a bundle and a snapshot, ${name} from navigation to end of import`,
    target,
    rounds,
    "shipped",
    whole,
  );
  tell(`Pyodide's start from a snapshot, before ${name}`, 2, rounds, "started", ({ loaded }) => loaded);
  tell(`first visit, ${name} after Pyodide's start`, 1.03, rounds, "first", afterStart, "smaller");
  // Chromium tells of tasks from 50 ms on.
  const longest = ({ tasks }) => Math.max(0, ...tasks);
  tell(`first visit, ${name}: longest task that writes, against 50 ms`, 1, rounds, "first", longest, "smaller", 50);
}

/** Where the server has the bundle of a package. */
function bundleOf({ name }) {
  return `/${name}.bundle`;
}

/** The bundle of packages, or of a project. */
function built({ name, bundled }) {
  const folder = mkdtempSync(`${tmpdir()}/pyautoload-bench-`);
  try {
    if (bundled) {
      writeFileSync(`${folder}/main.py`, "");
      return commanded(`${name}.bundle`, "bundle", folder, "--top-level", "page", ...bundled);
    }
    return commanded(`${name}.bundle`, "bundle", `${packages}/${name}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** One row: visits with the cache against those without it, or against a time. */
function tell(row, target, rounds, which, timeOf, better = "larger", limit = undefined) {
  const ours = rounds.map((round) => timeOf(round[which]));
  const peers = rounds.map(({ without }) => limit ?? timeOf(without));
  const ratios = ours.map((time, at) => (better === "larger" ? peers[at] / time : time / peers[at]));
  const ratio = median(ratios);
  console.log(
    JSON.stringify({
      row,
      ours_us: median(ours) * 1000,
      peer_us: median(peers) * 1000,
      ratio,
      low: Math.min(...ratios),
      high: Math.max(...ratios),
      first: ratios[0],
      target,
      met: better === "larger" ? ratio >= target : ratio <= target,
      better,
      rounds: ROUNDS,
    }),
  );
}
