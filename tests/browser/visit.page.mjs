/** In the page: one visit, as the address describes it. `visited` tells what came of it, with times from the navigation on. */

const [{ fetchBundle, init, install, openCodeCache, startFromSnapshot }, { loadPyodide }] = await Promise.all([
  import("/pkg/index.js"),
  import("/pyodide-314/pyodide.mjs"),
]);

const visit = JSON.parse(decodeURIComponent(location.search.slice(1)));
const SITE = "/lib/python3.14/site-packages";
/** So long after the import the page is looked at: what the cache does, it does then. */
const AFTERWARDS_MS = 4000;

/** Everything up to the end of the import. */
async function run({ archives = [], files, project, name, cache, bundle: address, snapshot, code }) {
  const bundle = address && fetchBundle(address);
  const codeCache = cache ? openCodeCache(cache) : undefined;
  const fetched = archives.map(({ url }) => fetch(url).then((response) => response.arrayBuffer()));
  const written = files ? fetch(files).then((response) => response.json()) : {};
  init();
  const pyodide = await (snapshot ? startFromSnapshot(loadPyodide, "/pyodide-314/pyodide.mjs") : loadPyodide());
  const loaded = performance.now();
  for (const [at, { into = SITE }] of archives.entries()) {
    pyodide.unpackArchive(await fetched[at], "zip", { extractDir: into });
  }
  for (const [path, text] of Object.entries(await written)) {
    pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    pyodide.FS.writeFile(path, text);
  }
  const unpacked = performance.now();
  await install(pyodide, { codeCache, bundle, ...(project && { basePath: project, topLevel: name }) });
  const installed = performance.now();
  pyodide.runPython(`import ${name}`);
  const imported = performance.now();
  const answer = code && JSON.parse(await pyodide.runPythonAsync(code));
  return { codeCache, answer, times: { loaded, unpacked, installed, imported } };
}

/** Tasks of more than 50 ms, from a time on. */
async function longTasks(since) {
  await new Promise((done) => setTimeout(done, AFTERWARDS_MS));
  return new Promise((done) => {
    const observer = new PerformanceObserver((list) => {
      observer.disconnect();
      done(list.getEntries().flatMap(({ startTime, duration }) => (startTime > since ? [duration] : [])));
    });
    observer.observe({ type: "longtask", buffered: true });
    setTimeout(() => done([]), 500);
  });
}

/** Waits until the browser keeps a snapshot. */
async function untilSnapshotIsKept() {
  const store = await caches.open("pyautoload-wasm snapshots");
  while ((await store.keys()).length === 0) {
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function tell() {
  const { codeCache, answer, times } = await run(visit);
  const tasks = visit.waits ? await longTasks(times.imported) : [];
  const counts = codeCache?.counts;
  if (visit.saves) {
    await codeCache.save();
  }
  if (visit.snapshot) {
    await untilSnapshotIsKept();
  }
  return { ...times, answer, counts, tasks };
}

globalThis.visited = tell();
