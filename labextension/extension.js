/**
 * A federated extension of JupyterLab, as its loader takes it without a bundler: it tells the kernels of JupyterLite which files the page
 * has changed. They cannot hear of that by themselves; `drive.js` listens.
 */
(() => {
  const NAME = "pyautoload-wasm";
  /** No module and no data: notebooks are saved every two minutes. */
  const NEVER_MODULES = /\.ipynb$|(^|\/)(\.ipynb_checkpoints|__pycache__|\.git)(\/|$)/;

  /** Without those below a folder that was moved or deleted itself: JupyterLite tells of each. @param {{path: string, to?: string}[]} events */
  function withoutParts(events) {
    const paths = new Set(events.map(({ path }) => path));
    const isPart = (/** @type {string} */ path) => {
      const above = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
      return above !== "" && (paths.has(above) || isPart(above));
    };
    return events.filter(({ path }) => !isPart(path));
  }

  /** @param {any} change as JupyterLab has it @returns {{kind: string, path: string, to?: string} | undefined} */
  function eventOf({ type, oldValue, newValue }) {
    const [from, to] = [oldValue?.path, newValue?.path];
    if ([from, to].every((path) => !path || NEVER_MODULES.test(path))) {
      return undefined;
    }
    if (type === "rename" && from && to) {
      return { kind: "renamed", path: from, to };
    }
    return { kind: type === "delete" ? "deleted" : type === "new" ? "created" : "modified", path: to ?? from };
  }

  /** @param {any} app */
  function activate(app) {
    const { contents, serverSettings } = app.serviceManager;
    const channel = new BroadcastChannel(`${NAME} ${new URL(serverSettings.baseUrl, location.href).pathname}`);
    /** @type {{kind: string, path: string, to?: string}[]} */
    let events = [];
    channel.onmessage = ({ data }) => {
      if (data?.type === `${NAME}:hello`) {
        channel.postMessage({ type: `${NAME}:here` });
      }
    };
    channel.postMessage({ type: `${NAME}:here` });
    contents.fileChanged.connect((/** @type {any} */ _sender, /** @type {any} */ change) => {
      const event = eventOf(change);
      if (!event) {
        return;
      }
      events.push(event);
      if (events.length === 1) {
        setTimeout(() => {
          channel.postMessage({ type: `${NAME}:events`, events: withoutParts(events) });
          events = [];
        });
      }
    });
  }

  const plugin = { id: `${NAME}:changes`, autoStart: true, activate };
  globalThis._JUPYTERLAB ??= {};
  globalThis._JUPYTERLAB[NAME] = { init() {}, get: async () => () => ({ __esModule: true, default: plugin }) };
})();
