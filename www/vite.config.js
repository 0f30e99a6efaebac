import { defineConfig } from "vite";
import { assets, PYODIDE_BYTES, PYODIDE_DIR, WHEEL } from "./build/assets.js";

/** What makes a page cross-origin isolated, so that it may share memory with its worker and interrupt Python. */
export const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page works under any path of any server.
  base: "./",
  define: {
    __PYODIDE__: JSON.stringify(`${PYODIDE_DIR}/`),
    __PYODIDE_BYTES__: String(PYODIDE_BYTES),
    __WHEEL__: JSON.stringify(WHEEL),
  },
  build: {
    target: "es2023",
    // Pyodide and the engine are assets of their own, whatever their size.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // The licences of what is bundled want their texts to go along.
    license: { fileName: "licenses.md" },
  },
  worker: { format: "es" },
  preview: { port: 8000, headers: ISOLATION },
  plugins: [assets()],
});
