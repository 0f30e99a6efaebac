/**
 * All messages between the page and the worker in which Python runs. Nothing else passes between them.
 * Either side checks what arrives: the worker runs other people's code, which can post whatever it likes.
 */

/** @typedef {(value: any) => boolean} Check */

/** @type {Check} */
const isText = (value) => typeof value === "string";
/** @type {Check} */
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
/** @type {Check} */
const isFlag = (value) => typeof value === "boolean";
/** @type {Check} */
const isContents = (value) => isText(value) || value instanceof Uint8Array;
/** @type {(check: Check) => Check} */
const orNull = (check) => (value) => value === null || check(value);
/** @type {(check: Check) => Check} */
const listOf = (check) => (value) => Array.isArray(value) && value.every(check);
/** @type {(...words: string[]) => Check} */
const oneOf =
  (...words) =>
  (value) =>
    words.includes(value);
/** @type {(fields: Record<string, Check>) => Check} */
const record = (fields) => (value) =>
  typeof value === "object" && value !== null && Object.entries(fields).every(([name, check]) => check(value[name]));

const isFile = record({ path: isText, contents: isContents });

const isOperation = (/** @type {any} */ value) =>
  record({ kind: oneOf("write", "remove", "move"), path: isText })(value) &&
  (value.kind !== "write" || isContents(value.contents)) &&
  (value.kind !== "move" || isText(value.to));

/** What the package `pyautoload-wasm` calls a `ReloadReport`. */
const isReport = record({
  changed: listOf(isText),
  patched: listOf(record({ name: isText, functions: listOf(isText) })),
  reloaded: listOf(record({ name: isText, reason: isText })),
  removed: listOf(record({ name: isText, reason: isText })),
  failed: listOf(
    record({
      name: isText,
      path: orNull(isText),
      line: orNull(isNumber),
      type: isText,
      message: isText,
      traceback: isText,
      held: listOf(isText),
    }),
  ),
  pending: listOf(isText),
  rebound: listOf(isText),
  stayed: listOf(record({ name: isText, reason: isText })),
  cleared: listOf(isText),
  followed: listOf(record({ name: isText, count: isNumber })),
  notFollowed: listOf(record({ name: isText, reason: isText })),
  needed: listOf(record({ name: isText, reason: isText })),
  errors: listOf(record({ callback: isText, traceback: isText })),
  seconds: isNumber,
});

const isModule = record({ name: isText, path: isText, isLoaded: isFlag });
const isEdge = record({ importer: isText, imported: isText, kind: isText, line: isNumber });
const isProblem = record({
  kind: isText,
  path: isText,
  line: orNull(isNumber),
  severity: oneOf("problem", "information"),
  message: isText,
});

/** What the package `pyautoload-wasm` calls a `ModuleTime`; times are seconds. */
const isModuleTime = record({
  name: isText,
  path: orNull(isText),
  imported_by: orNull(isText),
  loaded: isFlag,
  own: isNumber,
  total: isNumber,
  find: isNumber,
  read: isNumber,
  compile: isNumber,
  unmarshal: isNumber,
  execute: isNumber,
});

/** What the page may ask of the worker. Paths are those of the project, as in `shop/models/user.py`. */
export const TO_WORKER = {
  /** Load Python, by one of the two doors. Sent once, first. `interrupt` is a SharedArrayBuffer where there can be one. */
  start: record({
    pyodideUrl: isText,
    wheelUrl: isText,
    door: oneOf("npm", "wheel"),
    channel: isText,
    interrupt: orNull((value) => typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer),
  }),
  /** Forget the project that is there, namespace included, and take this one. */
  open: record({ files: listOf(isFile) }),
  /** Edits that were made in the page, in their order. */
  edit: record({ operations: listOf(isOperation) }),
  /** Run a cell. */
  run: record({ id: isText, code: isText }),
  /** Cancel the cell that awaits. One that computes is stopped by the interrupt buffer, or not at all. */
  stop: record({}),
  /** Load all modules of the project. */
  loadAll: record({}),
  /** Record imports from now on. A recording ends with its project and with its Python, and nothing is told of it then: it is asked for again. */
  record: record({}),
  /** End the recording, and tell what it has. */
  stopRecording: record({}),
  /** Answer when all that came before is done. A reload runs modules, and a module can go round for ever. */
  ping: record({ id: isNumber }),
};

/** What the worker may tell the page. */
export const TO_PAGE = {
  /** How far something is that takes time. `total` is 0 where nobody knows it. */
  progress: record({ stage: isText, done: isNumber, total: isNumber }),
  /** Python is loaded; which one, and which engine is behind the autoloader. */
  ready: record({ python: isText, engine: isText, door: isText }),
  /** The project of the last `open` is there. */
  opened: record({ files: isNumber }),
  /** What a cell prints. `stream` is stdout or stderr. */
  output: record({ id: isText, stream: oneOf("stdout", "stderr"), text: isText }),
  /** A cell has ended: with the text of its value, if it has one, or with an error. */
  result: record({
    id: isText,
    value: orNull(isText),
    error: orNull(record({ type: isText, message: isText, traceback: isText })),
    seconds: isNumber,
  }),
  /** A reload. `origin` is who made the change: the page, Python, or another tab. */
  report: record({ report: isReport, origin: oneOf("page", "python", "tab") }),
  /** Files that Python or another tab has written or removed, and those that are too large or too many to be kept. */
  changes: record({ operations: listOf(isOperation), passedOver: listOf(isText) }),
  /** Who imports whom, what is loaded, and what is wrong with the files. */
  picture: record({ modules: listOf(isModule), edges: listOf(isEdge), problems: listOf(isProblem) }),
  /** The answer to a `ping`. */
  pong: record({ id: isNumber }),
  /** The end of `loadAll`. */
  loadedAll: record({
    loaded: isNumber,
    failed: listOf(record({ name: isText, message: isText })),
    seconds: isNumber,
  }),
  /** What was recorded; `speedscope` is a file for https://www.speedscope.app. */
  recorded: record({ modules: listOf(isModuleTime), speedscope: isText }),
  /** No recording is under way: it could not be begun, or its end has failed. */
  notRecorded: record({ message: isText }),
  /** Something went wrong that is no error of a cell. `isFatal`: `start` or `open` has failed, and no cell can be run. */
  fault: record({ message: isText, isFatal: isFlag }),
};

/**
 * The message in what has arrived, or undefined where it is none of those declared.
 * @param {Record<string, Check>} declared `TO_WORKER` or `TO_PAGE`
 * @param {any} data
 */
export function accept(declared, data) {
  const type = typeof data === "object" && data !== null ? data.type : undefined;
  const isDeclared = typeof type === "string" && Object.hasOwn(declared, type) && declared[type]?.(data);
  return isDeclared ? data : undefined;
}
