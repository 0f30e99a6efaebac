import { fileURLToPath } from "node:url";

export default {
  output: "export",
  reactStrictMode: true,
  // The packages lie above this folder.
  turbopack: { root: fileURLToPath(new URL("../../..", import.meta.url)) },
};
