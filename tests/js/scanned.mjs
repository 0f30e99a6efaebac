/** An engine that holds a small shop. */

import { Engine } from "../../pkg/index.js";

export const FILES = {
  "/shop/__init__.py": "",
  "/shop/models/user.py": "class User: pass",
  "/shop/models/html_parser.py": "class HTMLParser: pass",
  "/shop/drafts/half.py": "",
  "/shop/my-notes.py": "",
};

/** An engine that has scanned the files. */
export function scanned(options = {}) {
  const engine = Engine.fromFiles(FILES);
  engine.configure({ basePath: "/shop", topLevel: "shop", ...options });
  engine.scan();
  return engine;
}
