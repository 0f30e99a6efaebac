/** Requests as texts: what is damaged, hostile or huge is answered, and the engine goes on. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { init } from "../../pkg/index.js";
import { scanned } from "./scanned.mjs";

await init();

describe("request", () => {
  const brackets = 100_000;
  const hostile = {
    "an empty text": "",
    "a blank text": " \n\t",
    "a NUL": "\0",
    "no JSON": "scan",
    "half of a JSON": '{"scan": {',
    "JSON and more": '{"scan": {}} {"scan": {}}',
    "a number": "1e999",
    "a huge number": "9".repeat(100_000),
    "a list": "[]",
    null: "null",
    "an empty object": "{}",
    "a request that does not exist": '{"format_disk": {}}',
    "two requests": '{"record": {"name": "a"}, "aliases": {"name": "a"}}',
    "an argument for a request that takes none": '{"scan": {"x": 1}}',
    "a request without its arguments": '{"push_dir": {}}',
    "arguments of the wrong type": '{"push_dir": {"dir": 7, "namespace": []}}',
    "null for a text": '{"record": {"name": null}}',
    "a list for arguments": '{"mark_loaded": {"modules": [["a"]]}}',
    "a time that is no number": '{"mark_loaded": {"modules": [["a", "now"]]}}',
    "a time out of range": '{"mark_loaded": {"modules": [["a", 1e999]]}}',
    "an argument twice": '{"record": {"name": "a", "name": "b"}}',
    "deep lists": "[".repeat(brackets),
    "deep objects": '{"a":'.repeat(brackets),
    "deep lists in an argument": `{"record": {"name": ${"[".repeat(brackets)}${"]".repeat(brackets)}}}`,
    "deep options": `{"read_options": {"text": "${"[".repeat(brackets)}"}}`,
    "half a character, escaped": '{"record": {"name": "\\ud800"}}',
    "a megabyte of noise": "\u00ff".repeat(1 << 20),
    "an empty pattern": '{"ignore": {"pattern": ""}}',
    "a pattern of brackets": `{"ignore": {"pattern": "${"[".repeat(brackets)}"}}`,
    "a pattern of braces": `{"ignore": {"pattern": "${"{".repeat(brackets)}"}}`,
    "a pattern of closed braces": `{"ignore": {"pattern": "${"{a,".repeat(5000)}b${"}".repeat(5000)}"}}`,
    "a name of dots": `{"push_dir": {"dir": "/shop", "namespace": "${".".repeat(brackets)}"}}`,
    "an unknown option": '{"read_options": {"text": "{\\"basepath\\": 1}"}}',
  };
  for (const [what, text] of Object.entries(hostile)) {
    test(`answers ${what} with an error, and goes on`, () => {
      const engine = scanned();
      const { error, ...others } = JSON.parse(engine.request(text));
      assert.deepEqual(others, {});
      assert.match(error.kind, /^(protocol|configuration)$/);
      assert.ok(error.message.length > 10);
      assert.equal(JSON.parse(engine.request('"scan"')).ok.modules, 6);
    });
  }

  const harmless = {
    "deep lists in an unknown argument": `{"record": {"name": "shop", "x": ${"[".repeat(brackets)}${"]".repeat(brackets)}}}`,
    "half a character": '{"record": {"name": "\ud800"}}',
    "a huge name": `{"record": {"name": "${"a.".repeat(1 << 19)}"}}`,
    "a huge namespace": `{"namespace": {"name": "${"a.".repeat(1 << 19)}"}}`,
    "a huge attribute": `{"underscore": {"attr": "${"A".repeat(1 << 20)}"}}`,
    "a huge path": `{"module_names_at": {"paths": ["${"/a".repeat(1 << 19)}"]}}`,
    "a path that is none": '{"module_names_at": {"paths": [""]}}',
    "modules that do not exist":
      '{"mark_loaded": {"modules": [["nowhere", 1.5, 1, 0, false], ["", null, null, 1, true]]}}',
    "names that do not exist": '{"mark_unloaded": {"names": ["nowhere", ""]}}',
    "a time before all time": '{"mark_loaded": {"modules": [["shop", -1e308, 18446744073709551615, 0, false]]}}',
  };
  for (const [what, text] of Object.entries(harmless)) {
    test(`takes ${what}`, () => {
      const engine = scanned();
      assert.ok("ok" in JSON.parse(engine.request(text)));
      assert.equal(JSON.parse(engine.request('"scan"')).ok.modules, 6);
    });
  }

  test("survives ten thousand damaged requests", () => {
    const engine = scanned();
    const whole =
      '{"mark_loaded": {"modules": [["shop.models.user", 1.5, 7, 0, false], ["größe", null, null, 1, true]]}}';
    let state = 1;
    const random = (below) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state % below;
    };
    for (let round = 0; round < 10_000; round++) {
      const at = random(whole.length);
      const text = whole.slice(0, at) + String.fromCharCode(random(0x10000)) + whole.slice(at + random(4));
      const answer = JSON.parse(engine.request(text));
      assert.equal(Object.keys(answer).length, 1, text);
    }
    assert.equal(JSON.parse(engine.request('"scan"')).ok.modules, 6);
  });

  test("answers what is no text with an error", () => {
    const engine = scanned();
    for (const value of [undefined, null, 7, {}, [], { length: 1e9 }, Symbol("text"), new String("{}")]) {
      assert.equal(JSON.parse(engine.request(value)).error.kind, "protocol");
    }
    assert.equal(engine.scan().modules, 6);
  });
});
