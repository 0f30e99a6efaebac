/** The engine alone, without a Pyodide. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runInNewContext } from "node:vm";
import { Engine, init } from "../../pkg/index.js";
import { FILES, scanned } from "./scanned.mjs";

/** The claims that an error of the engine must meet. */
function isError(name, message) {
  return (error) => {
    assert.ok(error instanceof Error, `${error} is no Error`);
    assert.equal(error.name, name);
    assert.match(error.message, message);
    assert.ok(error.stack);
    return true;
  };
}

test("a wrong engine is refused, and the right one still taken", async () => {
  await assert.rejects(init(new URL("file:///missing/engine_bg.wasm")), /ENOENT/);
  await assert.rejects(init(new Uint8Array([1, 2, 3, 4])), WebAssembly.CompileError);
  await Promise.all([init(), init()]);
  await init();
});

describe("files that JavaScript holds", () => {
  test("are scanned", () => {
    const engine = Engine.fromFiles(FILES);
    engine.configure({ basePath: "/shop", topLevel: "shop" });
    assert.deepEqual(engine.records(), []);
    assert.deepEqual(engine.scan(), { modules: 6, directories: 3, problems: 1, top_level: "shop", links: "" });
  });

  test("have the names and the imports that Python sees, with JavaScript's normal forms and encodings", () => {
    const decomposed = `/shop/${"größe".normalize("NFD")}.py`;
    const engine = Engine.fromFiles({
      "/shop/prices.py": "Prices = 1",
      "/shop/main.py": "from shop.ｐｒｉｃｅｓ import Prices as Main",
      "/shop/late.py": "# coding: gbk\nfrom shop.prices import Prices as Late",
      [decomposed]: "",
    });
    engine.configure({ basePath: "/shop", topLevel: "shop" });
    engine.scan();
    const { edges } = engine.graph();
    const importers = edges.filter(({ imported }) => imported === "shop.prices").map(({ importer }) => importer);
    assert.deepEqual(importers.sort(), ["shop.late", "shop.main"]);
    const escaped = "gr\\u00f6\\u00dfe.py";
    assert.deepEqual(
      engine.check().map(({ message }) => message),
      [
        `${decomposed} cannot be imported: its name is in decomposed letters, and import statements ask for composed ones ` +
          `(Unicode NFKC); rename it to 'größe.py' (${escaped})`,
      ],
    );
  });

  test("have records, parents first, as plain objects", () => {
    const records = scanned({ inflect: { html_parser: "HTMLParser" }, ignore: ["drafts"] }).records();
    assert.deepEqual(
      records.map(({ name, attribute, is_package }) => [name, attribute, is_package]),
      [
        ["shop", "Shop", true],
        ["shop.models", "Models", true],
        ["shop.models.html_parser", "HTMLParser", false],
        ["shop.models.user", "User", false],
      ],
    );
    assert.deepEqual(records.at(-1), {
      name: "shop.models.user",
      path: "/shop/models/user.py",
      is_package: false,
      attribute: "User",
      loaded: false,
      mtime: null,
      dependencies: ["shop.models"],
      dependents: [],
    });
  });

  test("have a graph and a check", () => {
    const engine = Engine.fromFiles({
      "/shop/a.py": "from .b import B\nA = 1\n",
      "/shop/b.py": "import shop.c\nB = 1\n",
    });
    engine.configure({ basePath: "/shop", topLevel: "shop" });
    engine.scan();
    const edges = engine.graph().edges.filter(({ kind }) => kind === "import");
    assert.deepEqual(
      edges.map(({ importer, imported, line, names }) => [importer, imported, line, names]),
      [
        ["shop.a", "shop.b", 1, ["B"]],
        ["shop.b", "shop", 1, []],
      ],
    );
    assert.deepEqual(
      engine.check().map(({ kind, line, message }) => [kind, line, message]),
      [["missing_import", 1, "/shop/b.py:1: there is no module 'shop.c'; create the file, or correct the import"]],
    );
  });

  test("have problems that say what to do", () => {
    const [problem, ...others] = scanned().problems();
    assert.deepEqual(others, []);
    assert.equal(problem.kind, "not_an_identifier");
    assert.equal(problem.path, "/shop/my-notes.py");
    assert.equal(problem.name, null);
    assert.match(problem.message, /rename it/);
  });

  test("may have names of JavaScript's own", () => {
    const files = JSON.parse('{"/a/__proto__.py": "", "/a/constructor.py": "", "/a/toString.py": ""}');
    const engine = Engine.fromFiles(files);
    engine.configure({ basePath: "/a", topLevel: "a", inflect: JSON.parse('{"__proto__": "Proto"}') });
    engine.scan();
    const attributes = Object.fromEntries(engine.records().map(({ name, attribute }) => [name, attribute]));
    assert.equal(attributes["a.__proto__"], "Proto");
    assert.equal(attributes["a.constructor"], "Constructor");
  });

  test("may be very many", () => {
    const files = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`/big/p${at % 100}/m${at}.py`, ""]));
    const engine = Engine.fromFiles(files);
    engine.configure({ basePath: "/big", topLevel: "big" });
    assert.equal(engine.scan().modules, 20_101);
    assert.equal(engine.records().length, 20_101);
  });

  test("may lie very deep", () => {
    const dir = "/deep".repeat(800);
    const engine = Engine.fromFiles({ [`${dir}/leaf.py`]: "" });
    engine.configure({ basePath: "/deep", topLevel: "deep" });
    assert.equal(engine.scan().modules, 801);
  });

  for (const [what, files] of Object.entries({
    nothing: undefined,
    null: null,
    "a text": "/a.py",
    "a number": 7,
    "values that are no text": { "/a.py": 7 },
    "a getter that throws": {
      get "/a.py"() {
        throw new RangeError("mine");
      },
    },
  })) {
    test(`are refused where they are ${what}`, () => {
      assert.throws(
        () => Engine.fromFiles(files),
        (error) => error instanceof Error,
      );
      assert.equal(scanned().problems().length, 1);
    });
  }
});

describe("configure", () => {
  const faults = [
    [{ basePath: "/missing" }, /\/missing does not exist: create the folder/],
    [{ basePath: "/shop/models/user.py" }, /is a file/],
    [{ basePath: "/shop", topLevel: "a-b" }, /'a-b' cannot be imported/],
    [{ toplevel: "shop" }, /the options cannot be read: unknown field `toplevel`, expected one of/],
    [{ ignore: "drafts" }, /the options cannot be read: invalid type: string "drafts"/],
    [{ ignore: ["a[b"] }, /ignore\("a\[b"\): not a glob/],
    [{ collapse: [""] }, /the pattern is empty/],
    [{ inflect: { a: "b c" } }, /"b c"/],
    [{ acronyms: ["A-B"] }, /"A-B"/],
    [{ roots: [{ dir: "/shop" }] }, /missing field `namespace`/],
    [{ doNotEagerLoad: ["a[b"] }, /do_not_eager_load\("a\[b"\): not a glob/],
    [{ doNotReload: ["a[b"] }, /do_not_reload\("a\[b"\): not a glob/],
    [{ strict: "no" }, /the options cannot be read: invalid type: string "no"/],
    [
      { implicitNames: true },
      /the option implicitNames is for modules that run, and an Engine runs none: pass it to install\(\)/,
    ],
    [{ log: true }, /the option log is for modules that run/],
    [{ reloading: true }, /the option reloading is for modules that run/],
    [{ flush: "manual" }, /the option flush is for modules that run/],
    [{ objects: "follow" }, /the option objects is for modules that run/],
    ["shop", /the options cannot be read/],
    [null, /the options cannot be read/],
    [undefined, /the options cannot be read/],
  ];
  for (const [options, message] of faults) {
    test(`refuses ${JSON.stringify(options)}`, () => {
      const engine = Engine.fromFiles(FILES);
      assert.throws(() => engine.configure(options), isError("ConfigurationError", message));
      engine.configure({ basePath: "/shop", topLevel: "shop" });
      assert.equal(engine.scan().modules, 6);
    });
  }

  test("takes what is as if it were left out", () => {
    assert.equal(scanned({ implicitNames: false, log: false, reloading: false, flush: "auto" }).records().length, 6);
  });

  test("decides what is a problem", () => {
    const kinds = (options) => {
      const engine = Engine.fromFiles({ "/shop/random.py": "", "/shop/user.py": "" });
      engine.configure({ basePath: "/shop", ...options });
      engine.scan();
      return engine.check().map(({ kind, path }) => `${kind} ${path}`);
    };
    assert.deepEqual(kinds({}), ["shadows_module /shop/random.py"]);
    assert.deepEqual(kinds({ topLevel: "shop" }), []);
    assert.deepEqual(kinds({ allowShadowing: true }), []);
    assert.deepEqual(kinds({ topLevel: "shop", strict: true }), [
      "attribute /shop/random.py",
      "attribute /shop/user.py",
    ]);
  });

  test("keeps what was switched on before", () => {
    const engine = Engine.fromFiles({ "/shop/random.py": "" });
    engine.configure({ basePath: "/shop", allowShadowing: true, strict: true });
    engine.configure({ ignore: ["drafts"] });
    engine.scan();
    assert.deepEqual(
      engine.check().map(({ kind }) => kind),
      ["attribute"],
    );
  });

  test("leaves out what is undefined", () => {
    assert.equal(scanned({ ignore: undefined }).records().length, 6);
  });

  test("refuses what has no JSON form", () => {
    const circular = {};
    circular.ignore = circular;
    assert.throws(() => scanned().configure(circular), TypeError);
    assert.throws(() => scanned().configure({ ignore: 1n }), TypeError);
  });

  test("refuses a root twice", () => {
    const message = /\/shop is a root already, for 'shop'/;
    assert.throws(() => scanned().configure({ basePath: "/shop" }), isError("ConfigurationError", message));
  });
});

describe("a filesystem of one's own", () => {
  const utf8 = (text) => new TextEncoder().encode(text);
  const shop = {
    kind: () => "d",
    canonical: (path) => path,
    readDir: () => utf8("fuser.py//"),
    read: () => new Uint8Array(),
  };

  /** A scan of a filesystem of which some of the answers are replaced. */
  function scanOf(answers) {
    const engine = new Engine({ ...shop, ...answers });
    engine.configure({ basePath: "/shop", topLevel: "shop" });
    engine.scan();
    return engine;
  }

  test("is scanned", () => {
    assert.deepEqual(
      scanOf({})
        .records()
        .map(({ name }) => name),
      ["shop", "shop.user"],
    );
  });

  test("is read again by a scan", () => {
    let source = "";
    const engine = scanOf({ read: () => utf8(source) });
    const edges = () => engine.graph().edges.filter(({ kind }) => kind === "import").length;
    assert.deepEqual([edges(), engine.check().length], [0, 0]);
    source = "import shop.nowhere\n";
    assert.deepEqual([edges(), engine.check().length], [0, 0]);
    engine.scan();
    assert.deepEqual([edges(), engine.check().length], [1, 1]);
    source = "(";
    engine.scan();
    assert.deepEqual([edges(), engine.check()[0].kind], [0, "syntax"]);
  });

  for (const [what, view] of Object.entries({
    "a DataView": (bytes) => new DataView(bytes.buffer, 2, bytes.length - 4),
    "numbers of two bytes": (bytes) => new Uint16Array(bytes.buffer, 2, (bytes.length - 4) / 2),
    "clamped numbers": (bytes) => new Uint8ClampedArray(bytes.buffer, 2, bytes.length - 4),
    "a Buffer of Node's": (bytes) => Buffer.from(bytes.buffer, 2, bytes.length - 4),
    "numbers of another realm's": (bytes) =>
      runInNewContext("new Uint8Array(bytes.buffer, 2, bytes.length - 4)", { bytes }),
  })) {
    test(`may answer with ${what}`, () => {
      const engine = scanOf({
        readDir: () => view(utf8("??fuser.py/main.py//??")),
        read: () => view(utf8("??import shop.user ??")),
      });
      assert.deepEqual(
        engine.records().map(({ name, dependencies }) => `${name}: ${dependencies}`),
        ["shop: ", "shop.main: shop,shop.user", "shop.user: shop"],
      );
    });
  }

  test("may not answer with what was given away", () => {
    const readDir = () => {
      const view = new DataView(new ArrayBuffer(8));
      structuredClone(null, { transfer: [view.buffer] });
      return view;
    };
    assert.throws(() => scanOf({ readDir }), isError("AutoloadError", /\/shop: /));
  });

  for (const [what, thrown, shown] of [
    ["an Error", new Error("the disk is on fire"), /\/shop: the disk is on fire/],
    ["a text", "on fire", /\/shop: on fire/],
    ["undefined", undefined, /\/shop: the filesystem refused it/],
    ["null", null, /\/shop: the filesystem refused it/],
    ["Emscripten's ErrnoError", { name: "ErrnoError", errno: 44 }, /\/shop: the filesystem refused it/],
  ]) {
    test(`may throw ${what}`, () => {
      const readDir = () => {
        throw thrown;
      };
      assert.throws(() => scanOf({ readDir }), isError("AutoloadError", shown));
    });
  }

  test("may answer nonsense", () => {
    for (const text of [
      "",
      "/",
      "////",
      "f",
      "f/",
      "f//",
      "x?//",
      "da//fb.py/",
      "fa.py",
      "f\ud800.py//",
      "\ud800//",
      "l..//",
      "d.//",
      "d../..//",
    ]) {
      scanOf({ readDir: (dir) => utf8(dir === "/shop" ? text : "") });
    }
    for (const kind of ["", "?", "🐍", undefined, null, 7, {}]) {
      assert.throws(
        () => scanOf({ kind: () => kind }),
        (error) => error instanceof Error,
      );
    }
    for (const answer of [undefined, null, 7, {}, "fuser.py//"]) {
      assert.throws(
        () => scanOf({ readDir: () => answer }),
        isError("AutoloadError", /\/shop: the filesystem answered with what is no Uint8Array/),
      );
      const engine = scanOf({ read: () => answer });
      assert.equal(engine.check().length, 1);
      assert.equal(engine.records().length, 2);
    }
    assert.throws(
      () => scanOf({ readDir: () => Uint8Array.of(0x66, 0xff, 0x2f) }),
      isError("AutoloadError", /\/shop: the host's listing is not UTF-8/),
    );
    for (const method of Object.keys(shop)) {
      try {
        scanOf({ [method]: undefined });
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }
    assert.equal(scanned().problems().length, 1);
  });

  test("may call the engine that asks it", () => {
    let engine;
    const readDir = () => {
      engine.request('"scan"');
      return utf8("");
    };
    engine = new Engine({ ...shop, readDir });
    engine.configure({ basePath: "/shop", topLevel: "shop" });
    assert.throws(
      () => engine.scan(),
      (error) => error instanceof Error,
    );
    assert.equal(scanned().problems().length, 1);
  });
});

test("an engine that was freed says so", () => {
  const engine = scanned();
  engine.free();
  assert.throws(
    () => engine.scan(),
    (error) => error instanceof Error,
  );
  assert.equal(scanned().problems().length, 1);
});
