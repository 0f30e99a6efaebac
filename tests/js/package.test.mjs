/** What npm would publish. */

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { hostFolder, top } from "./pyodide.mjs";

const description = JSON.parse(readFileSync(`${top}/pkg/package.json`, "utf8"));
const packed = JSON.parse(
  execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: `${top}/pkg`, encoding: "utf8" }),
)[0].files.map(({ path }) => path);

test("holds the entries, the engine, the facade, the types, the README, the licences, and nothing else", () => {
  assert.deepEqual(packed.sort(), [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "autoload.d.ts",
    "autoload.js",
    "bundle.d.ts",
    "bundle.js",
    "bundling.d.ts",
    "bundling.js",
    "changes.d.ts",
    "changes.js",
    "cli.d.ts",
    "cli.js",
    "codes.d.ts",
    "codes.js",
    "container.d.ts",
    "container.js",
    "drive.d.ts",
    "drive.js",
    "engine.d.ts",
    "engine.js",
    "engine_bg.wasm",
    "engine_bg.wasm.d.ts",
    "engine_inline.d.ts",
    "engine_inline.js",
    "errors.d.ts",
    "errors.js",
    "facade.d.ts",
    "facade.js",
    "index.d.ts",
    "index.js",
    "indexed.d.ts",
    "indexed.js",
    "inflate.d.ts",
    "inflate.js",
    "inline.d.ts",
    "inline.js",
    "inlined.d.ts",
    "inlined.js",
    "install.d.ts",
    "install.js",
    "listen.d.ts",
    "listen.js",
    "memfs.d.ts",
    "memfs.js",
    "memory.d.ts",
    "memory.js",
    "package.json",
    "profile.d.ts",
    "profile.js",
    "python.d.ts",
    "python.js",
    "records.d.ts",
    "records.js",
    "snapshot.d.ts",
    "snapshot.js",
    "storage.d.ts",
    "storage.js",
    "types.d.ts",
    "vfs.d.ts",
    "vfs.js",
    "watch.d.ts",
    "watch.js",
  ]);
});

test("has the version of the crate", () => {
  const crate = readFileSync(`${top}/Cargo.toml`, "utf8").match(/^version = "(.*)"$/m)?.[1];
  assert.equal(description.version, crate);
});

test("exports only files that it holds", () => {
  const exported = Object.values(description.exports).flatMap((entry) =>
    typeof entry === "string" ? entry : Object.values(entry),
  );
  for (const path of [...exported, description.types]) {
    assert.ok(packed.includes(path.replace("./", "")), path);
    assert.ok(existsSync(`${top}/pkg/${path}`), path);
  }
});

test("names no file of the machine on which it was built", () => {
  for (const path of packed) {
    assert.ok(!readFileSync(`${top}/pkg/${path}`).includes(top), path);
  }
});

test("holds the whole facade, as it is in python/", async () => {
  const { files } = await import("../../pkg/facade.js");
  const tracked = execFileSync("git", ["ls-files", "--", "*.py", "*.pyi", "py.typed"], {
    cwd: `${top}/python/pyautoload_wasm`,
    encoding: "utf8",
  });
  const expected = tracked.trim().split("\n");
  assert.deepEqual(Object.keys(files).sort(), expected.sort());
  for (const [name, source] of Object.entries(files)) {
    assert.equal(source, readFileSync(`${top}/python/pyautoload_wasm/${name}`, "utf8"), name);
  }
});

const CONSUMER = `
import { loadPyodide } from "pyodide";
import { Autoload, AutoloadError, type AutoloadErrorName, type Bundle, type CodeStore, Engine, fetchBundle, init, install, openCodeCache, startFromSnapshot, type EventMessage, type FileEvent, type Options, type ReloadReport } from "pyautoload-wasm";

const pyodide = await loadPyodide();
const options: Partial<Options> = { basePath: "/app", topLevel: "app", roots: [{ dir: "/lib", namespace: "lib" }] };
const autoload: Autoload = await install(pyodide, { ...options, inflect: { html: "HTML" }, acronyms: ["API"] });
const stop: () => void = autoload.listen(new MessageChannel().port1);
const release: () => void = autoload.hold();
autoload.watch();
autoload.notify([{ kind: "renamed", path: "/app/user.py", to: "/app/person.py" }]);
autoload.addEventListener("reload", ({ detail }: CustomEvent<ReloadReport>) => detail.failed[0]?.line?.toFixed());
autoload.addEventListener("reload", { handleEvent: ({ detail }) => detail.rebound.join() });
const reloaded: string[] = autoload.flush().reloaded.map(({ name }) => name);
const message: EventMessage = {
  type: "pyautoload-wasm:events",
  events: [{ kind: "modified", path: "/app/user.py", to: null, text: "" }],
};
const deleted: FileEvent = { kind: "deleted", path: "/app/user.py" };
autoload.dispose();
{
  using scoped = await install(pyodide, options);
}
const store: CodeStore = { load: async () => null, save: async (records) => console.log(records.length) };
using codeCache = openCodeCache({ packages: true, maxBytes: 1e7, store });
const bundle: Promise<Bundle> = fetchBundle("app.bundle", { onProgress: ({ received, total }) => total ?? received });
await install(startFromSnapshot(loadPyodide, "/pyodide/pyodide.mjs", { env: { NAME: "Ada" } }), { codeCache, bundle });
const misses: number = codeCache.counts.misses;
const nameOf = (error: unknown): AutoloadErrorName | null => (error instanceof AutoloadError ? error.name : null);
await init(new URL("https://example.org/engine_bg.wasm"));
using engine = Engine.fromFiles({ "/app/user.py": "" });
engine.configure({ basePath: "/app" });
const { modules } = engine.scan();
const total: number = modules + engine.records().filter((record) => record.attribute?.startsWith("U")).length;
const kinds: string[] = engine.problems().map((problem) => problem.kind);
const answer: string = engine.request('"names"');
export { misses, total, kinds, answer, nameOf, stop, release, reloaded, message, deleted };

// @ts-expect-error
await install(pyodide, { topLevle: "app" });
// @ts-expect-error
await install(pyodide, { ignore: "drafts" });
// @ts-expect-error
await install({});
// @ts-expect-error
await install(pyodide, { flush: "later" });
// @ts-expect-error
openCodeCache({ store: {} });
// @ts-expect-error
await startFromSnapshot(loadPyodide, "/pyodide/pyodide.mjs", { indexUrl: "/pyodide/" });
// @ts-expect-error
autoload.notify([{ kind: "touched", path: "/app/user.py" }]);
// @ts-expect-error
autoload.listen({});
// @ts-expect-error
engine.configure({ basepath: "/app" });
// @ts-expect-error
engine.request({});
// @ts-expect-error
new AutoloadError("TypeError", "of another name");
// @ts-expect-error
engine.problems().map((problem) => problem.kind === "unheard_of");
// @ts-expect-error
Engine.fromFiles({ "/app/user.py": 7 });
`;

/** Checks a program with tsc, beside the package. Fails with what tsc says. */
async function check(program, options, compiler = `${top}/node_modules/typescript`) {
  const folder = hostFolder();
  mkdirSync(`${folder}/node_modules`);
  symlinkSync(`${top}/pkg`, `${folder}/node_modules/pyautoload-wasm`);
  for (const name of ["pyodide", "@types"]) {
    symlinkSync(`${top}/node_modules/${name}`, `${folder}/node_modules/${name}`);
  }
  writeFileSync(`${folder}/package.json`, '{"type": "module"}');
  writeFileSync(`${folder}/consumer.ts`, program);
  const compilerOptions = {
    noEmit: true,
    strict: true,
    target: "es2022",
    lib: ["esnext", "dom"],
    types: ["node"],
    ...options,
  };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
  const run = promisify(execFile)(process.execPath, [`${compiler}/bin/tsc`, "--project", folder], { cwd: folder });
  await run.catch(({ stdout }) => assert.fail(stdout));
}

for (const [module, resolution] of [
  ["nodenext", "nodenext"],
  ["esnext", "bundler"],
]) {
  test(`has types that a ${resolution} consumer can use, and that find an option spelled wrong`, async () => {
    // The types of Pyodide itself do not pass without it.
    await check(CONSUMER, { skipLibCheck: true, module, moduleResolution: resolution });
  });
}

const ALL_ENTRIES = `
import { Engine, install, type FileEvent } from "pyautoload-wasm";
import { install as installInline } from "pyautoload-wasm/inline";
import init, { Engine as BareEngine } from "pyautoload-wasm/engine";
import address from "pyautoload-wasm/engine_bg.wasm";
const event: FileEvent = { kind: "deleted", path: "/app/user.py" };
export const all = [Engine, BareEngine, event, init, address.length];
export const same: typeof install = installInline;
`;

// Those that a compiler has: of 7, `node10` is gone.
for (const [name, compiler, resolutions] of [
  ["5", `${top}/tests/bundlers/node_modules/typescript-5`, ["node10", "node16", "nodenext", "bundler"]],
  ["7", `${top}/node_modules/typescript`, ["node16", "nodenext", "bundler"]],
]) {
  for (const resolution of resolutions) {
    test(`has types of all entries that pass by themselves in TypeScript ${name} with ${resolution}`, async () => {
      const module = { node16: "node16", nodenext: "nodenext" }[resolution];
      const options = { module: module ?? "esnext", moduleResolution: resolution, lib: ["es2022", "dom"], types: [] };
      await check(ALL_ENTRIES, options, compiler);
    });
  }
}

test("has types that pass where TypeScript's library has no Symbol.dispose", async () => {
  const program = `import { Autoload, Engine } from "pyautoload-wasm";
export const ends: (() => void)[] = [Autoload.prototype[Symbol.dispose], Engine.prototype[Symbol.dispose]];
`;
  const settings = { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] };
  await check(program, settings);
  await assert.rejects(check("Symbol.dispose;", settings), /'dispose' does not exist/);
});
