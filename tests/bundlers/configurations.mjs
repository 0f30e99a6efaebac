/**
 * How each bundler is called, with as little configuration as it needs for any page. Each takes the folder of its copy of `app/`, and
 * gives the folder that is to be served, or a development server: `{ address, close }`.
 */

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** @typedef {string | {address: string, close: () => unknown}} Built */
/** @typedef {{name: string, version: string, isQuick?: boolean, hasClassicWorker?: boolean, build: (folder: string) => Promise<Built>}} Configuration */

const versionOf = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(`${here}node_modules/${name}/package.json`, "utf8")).version;

/** Calls the program of a package. A build must not learn that it is a test. */
async function call(/** @type {string} */ program, /** @type {string[]} */ args, /** @type {string} */ cwd) {
  const env = { ...process.env, NODE_ENV: "production", CI: "1", NEXT_TELEMETRY_DISABLED: "1", PARCEL_WORKERS: "0" };
  await run(`${here}node_modules/.bin/${program}`, args, { cwd, env, maxBuffer: 1 << 26 });
}

function vite(/** @type {number} */ major, /** @type {boolean} */ isQuick) {
  const name = `vite-${major}`;
  const settings = (/** @type {string} */ folder) => ({
    root: folder,
    configFile: false,
    logLevel: "error",
    cacheDir: `${folder}/cache`,
    build: { target: "es2022" },
    worker: { format: "es" },
  });
  return [
    {
      name: `Vite ${major}, development server`,
      version: versionOf(name),
      isQuick,
      async build(folder) {
        const { createServer } = await import(require.resolve(name).replace(/index\.cjs$/, "dist/node/index.js"));
        const server = await createServer({ ...settings(folder), server: { port: 0, host: "127.0.0.1" } });
        await server.listen();
        return { address: `http://127.0.0.1:${server.httpServer.address().port}/`, close: () => server.close() };
      },
    },
    {
      name: `Vite ${major}, build`,
      version: versionOf(name),
      isQuick: major === 8,
      async build(folder) {
        const { build } = await import(require.resolve(name).replace(/index\.cjs$/, "dist/node/index.js"));
        await build(settings(folder));
        return `${folder}/dist`;
      },
    },
  ];
}

/** A page whose script is already built: the worker is a second entry, as these bundlers do not look for it. */
const withPage = (/** @type {string} */ folder) => {
  mkdirSync(`${folder}/dist`, { recursive: true });
  cpSync(`${folder}/index.html`, `${folder}/dist/index.html`);
  return `${folder}/dist`;
};

/** @type {Configuration[]} */
export const configurations = [
  ...vite(5, true),
  ...vite(6, false),
  ...vite(7, false),
  ...vite(8, true),
  {
    name: "webpack",
    version: versionOf("webpack"),
    async build(folder) {
      // Without it, webpack makes a classic worker of a module worker, in which Pyodide does not start.
      const settings = '{ experiments: { outputModule: true }, output: { module: true, filename: "main.js" } }';
      writeFileSync(`${folder}/webpack.config.mjs`, `export default ${settings};\n`);
      await call("webpack", ["build", "./main.js", "--mode", "production", "--output-path", `${folder}/dist`], folder);
      return withPage(folder);
    },
  },
  {
    name: "Parcel",
    version: versionOf("parcel"),
    async build(folder) {
      // For older browsers Parcel makes a classic worker of a module worker, in which Pyodide does not start.
      writeFileSync(`${folder}/package.json`, '{"browserslist": "last 2 Chrome versions"}');
      await call("parcel", ["build", "index.html", "--dist-dir", "dist", "--no-cache", "--no-autoinstall"], folder);
      return `${folder}/dist`;
    },
  },
  {
    name: "Next.js",
    version: versionOf("next"),
    // Turbopack makes a classic worker of a module worker, and cannot be told otherwise.
    hasClassicWorker: true,
    async build(folder) {
      mkdirSync(`${folder}/site/app`, { recursive: true });
      for (const name of ["page.jsx", "layout.jsx"]) {
        cpSync(`${here}next/${name}`, `${folder}/site/app/${name}`);
      }
      cpSync(`${here}next/next.config.mjs`, `${folder}/site/next.config.mjs`);
      cpSync(`${here}app`, `${folder}/site/example`, { recursive: true });
      writeFileSync(`${folder}/site/package.json`, '{"private": true, "type": "module"}');
      await call("next", ["build"], `${folder}/site`);
      return `${folder}/site/out`;
    },
  },
  {
    name: "Rollup",
    version: versionOf("rollup"),
    isQuick: true,
    async build(folder) {
      const entries = ["main.js", "worker.js"];
      await call(
        "rollup",
        [...entries, "--plugin", "node-resolve", "--format", "es", "--dir", "dist", "--silent"],
        folder,
      );
      return withPage(folder);
    },
  },
  {
    name: "esbuild, ES modules",
    version: versionOf("esbuild"),
    isQuick: true,
    async build(folder) {
      await call(
        "esbuild",
        ["main.js", "worker.js", "--bundle", "--format=esm", "--outdir=dist", "--log-level=error"],
        folder,
      );
      return withPage(folder);
    },
  },
  {
    name: "esbuild, one classic script",
    version: versionOf("esbuild"),
    async build(folder) {
      await call("esbuild", ["page.js", "--bundle", "--outfile=dist/main.js", "--log-level=error"], folder);
      return withPage(folder);
    },
  },
  {
    name: "bun build",
    version: versionOf("bun"),
    async build(folder) {
      await call("bun", ["build", "main.js", "worker.js", "--outdir", "dist", "--target", "browser"], folder);
      return withPage(folder);
    },
  },
  {
    name: "no bundler",
    version: "an import map",
    isQuick: true,
    async build(folder) {
      cpSync(`${folder}/../node_modules/pyautoload-wasm`, `${folder}/package`, { recursive: true });
      const page = readFileSync(`${folder}/index.html`, "utf8");
      const map = { imports: { "pyautoload-wasm": "./package/index.js" } };
      writeFileSync(
        `${folder}/index.html`,
        page.replace("<script", `<script type="importmap">${JSON.stringify(map)}</script>\n<script`),
      );
      // A worker has no import map.
      const example = readFileSync(`${folder}/example.js`, "utf8");
      writeFileSync(`${folder}/example.js`, example.replace('"pyautoload-wasm"', '"./package/index.js"'));
      return folder;
    },
  },
];
