/** JupyterLite's files, as its filesystem asks a page for them; the page here never answers what a real one would not. */

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { driveAt } from "../../pkg/drive.js";
import { FileSystem } from "../../pkg/vfs.js";
import { loadPyodide } from "./pyodide.mjs";

const [FILE, FOLDER] = [0o100666, 0o040777];

/** The page: files by path, and each question that it was asked. */
class Page {
  files = new Map();
  asked = [];

  kind(path) {
    const isFolder = path === "" || [...this.files.keys()].some((file) => file.startsWith(`${path}/`));
    return this.files.has(path) ? FILE : isFolder ? FOLDER : undefined;
  }

  normalizePath(path) {
    return path.replace(/^\/drive\/?/, "");
  }

  request({ method, path }) {
    this.asked.push(`${method} ${path}`);
    const mode = this.kind(path);
    if (method === "lookup") {
      return { ok: mode !== undefined, mode };
    }
    if (method === "get") {
      return mode === FILE ? { format: "text", content: this.files.get(path) } : null;
    }
    assert.ok(mode !== undefined, `the page never answers ${method} ${path}`);
    if (method === "readdir") {
      const below = [...this.files.keys()].filter((file) => path === "" || file.startsWith(`${path}/`));
      return [...new Set(below.map((file) => file.slice(path ? path.length + 1 : 0).split("/")[0]))];
    }
    return {
      mtime: new Date(0),
      atime: new Date(0),
      ctime: new Date(0),
      size: 1,
      dev: 1,
      nlink: 1,
      blocks: 1,
      blksize: 1,
    };
  }
}

/** JupyterLite's filesystem, as far as it is asked for here. */
function driveFS(FS, page) {
  const realPath = (node) => (node === node.parent ? "/drive" : `${realPath(node.parent)}/${node.name}`);
  const ask = (method, path) => page.request({ method, path: page.normalizePath(path) });
  const type = { API: page, ERRNO_CODES: { ENOENT: 44 }, realPath };
  const create = (parent, name, mode) => {
    const node = FS.createNode(parent, name, mode, 0);
    node.node_ops = type.node_ops;
    node.stream_ops = { llseek: (stream, offset, whence) => (whence === 1 ? stream.position + offset : offset) };
    return node;
  };
  type.node_ops = {
    lookup(parent, name) {
      const { ok, mode } = ask("lookup", `${realPath(parent)}/${name}`);
      if (!ok) {
        throw new FS.ErrnoError(44);
      }
      return create(parent, name, mode);
    },
    getattr: (node) => ({ ...ask("getattr", realPath(node)), mode: node.mode, ino: node.id, uid: 0, gid: 0, rdev: 0 }),
    readdir: (node) => [...ask("readdir", realPath(node)), ".", ".."],
  };
  type.mount = () => create(null, "/", FOLDER);
  return type;
}

describe("a drive", () => {
  let pyodide;
  let vfs;
  const page = new Page();

  before(async () => {
    pyodide = await loadPyodide();
    vfs = new FileSystem(pyodide.FS);
    pyodide.FS.mkdir("/drive");
    pyodide.FS.mount(driveFS(pyodide.FS, page), {}, "/drive");
  });

  beforeEach(() => {
    page.files = new Map([
      ["app/a.py", "A = 1"],
      ["app/models/user.py", "class User: pass"],
      ["app/models/order.py", "größe = 1"],
    ]);
    page.asked = [];
  });

  const listed = (path) => new TextDecoder().decode(vfs.readDir(path));

  test("is listed whole, with a question for each folder, and none for a name with a dot", () => {
    assert.equal(listed("/drive/app"), "fa.py//dmodels//pmodels//fuser.py/order.py//");
    assert.deepEqual(page.asked, ["lookup app", "readdir app", "lookup app/models", "readdir app/models"]);
  });

  test("is asked again for each list, but not while its lists are known to be true", () => {
    listed("/drive/app");
    page.asked = [];
    const drive = driveAt(pyodide.FS, "/drive/app");
    drive.isTrusted = true;
    listed("/drive/app");
    assert.deepEqual(page.asked, ["lookup app"]);
    page.files.set("app/models/new.py", "");
    drive.forget("/drive/app/models/new.py");
    page.asked = [];
    assert.match(listed("/drive/app"), /new\.py/);
    assert.deepEqual(page.asked, ["lookup app", "readdir app/models"]);
    drive.isTrusted = false;
  });

  test("gives a source in one question, and none of what is not there", () => {
    assert.equal(new TextDecoder().decode(vfs.read("/drive/app/models/order.py")), "größe = 1");
    assert.deepEqual(page.asked, ["get app/models/order.py"]);
    assert.throws(() => vfs.read("/drive/app/gone.py"), /no such file/);
  });

  test("forgets what the page has deleted, and is not asked for it without end", () => {
    const python = (code) => pyodide.runPython(`import os\n${code}`);
    assert.equal(
      python("os.path.exists('/drive/app/models/user.py'), sorted(os.listdir('/drive/app'))[0]").toJs()[0],
      true,
    );
    page.files.delete("app/models/user.py");
    page.files.delete("app/models/order.py");
    assert.equal(python("os.path.exists('/drive/app/models/user.py')"), false);
    assert.equal(python("os.path.isdir('/drive/app/models')"), false);
    assert.throws(() => python("os.listdir('/drive/app/models')"), /FileNotFoundError/);
    page.files.set("app/models/user.py", "");
    assert.equal(python("os.path.exists('/drive/app/models/user.py')"), true);
  });

  test("takes the kind of what stands at a path from the page, as it is now", () => {
    assert.deepEqual(
      ["a.py", "models", "gone"].map((name) => vfs.kind(`/drive/app/${name}`)),
      ["f", "d", "o"],
    );
    assert.throws(() => vfs.readDir("/drive/gone"), /no such directory/);
  });
});
