/**
 * Serves the built site in two variants: below /with/ it has our extension, and below /without/ only our wheel, in an index of its own.
 */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { CONTENT_TYPES } from "../../browser/content_types.mjs";

const SITE = fileURLToPath(new URL("../../../.cache/jupyterlite/site/", import.meta.url));
const OURS = "pyautoload-wasm";
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** The site's configuration without what a variant lacks. @param {Buffer} content @param {string} variant */
function configured(content, variant) {
  const configuration = JSON.parse(String(content));
  const data = configuration["jupyter-config-data"];
  const settings = data.litePluginSettings?.["@jupyterlite/pyodide-kernel-extension:kernel"];
  if (variant === "without") {
    data.federated_extensions = data.federated_extensions?.filter(({ name }) => name !== OURS);
  }
  if (settings?.pipliteUrls) {
    const unwanted = variant === "with" ? "./pypi/" : `/${OURS}/`;
    settings.pipliteUrls = settings.pipliteUrls.filter((/** @type {string} */ url) => !url.includes(unwanted));
  }
  return JSON.stringify(configuration);
}

/** @param {{isIsolated: boolean}} options whether pages get what SharedArrayBuffer needs */
export async function serve({ isIsolated }) {
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    const [, variant, rest] = normalize(decodeURIComponent(pathname)).match(/^\/(with|without)\/(.*)$/) ?? [];
    try {
      let content = await readFile(join(SITE, rest.endsWith("/") || !rest ? `${rest}index.html` : rest));
      if (rest === "jupyter-lite.json") {
        content = Buffer.from(configured(content, variant));
      }
      response.writeHead(200, {
        "Content-Type": CONTENT_TYPES[extname(rest) || ".html"] ?? "application/octet-stream",
        "Cache-Control": "no-store",
        ...(isIsolated ? ISOLATED : {}),
      });
      response.end(content);
    } catch (error) {
      const isFolder = /** @type {{code?: string}} */ (error).code === "EISDIR";
      response.writeHead(isFolder ? 301 : 404, isFolder ? { Location: `${pathname}/${search}` } : {}).end();
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
