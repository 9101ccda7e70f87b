// Every language says the same things, about the same places.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fill, LANGUAGES, languageFor } from "../../src/lang/index.ts";
import { REASONS } from "../../src/protocol/reasons.ts";
import { EXITS } from "../../src/protocol/verdict.ts";
import { STEP_CODES } from "../../src/protocol/verify.ts";

declare const PAGE: string;

/** All texts under their paths, with the places that they speak of. */
function places(value: unknown, path = ""): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[path, [...new Set(value.match(/\{\w+\}/g))].sort().join(" ")]];
  return Object.entries(value as object).flatMap(([name, member]) => places(member, `${path}.${name}`));
}

test("texts of all languages have the same keys and places", () => {
  const { tag: _, name: __, ...english } = LANGUAGES.en;
  const due = new Map(places(english));
  for (const language of ["zh-CN", "zh-TW"] as const) {
    const { tag: _tag, name: _name, ...texts } = LANGUAGES[language];
    const found = places(texts);
    assert.equal(found.length, due.size, language);
    for (const [path, marks] of found) assert.equal(marks, due.get(path), `${language}${path}`);
  }
});

test("every text of the page is shown somewhere", () => {
  const folders = ["page", "protocol"].map((name) => join(PAGE, "src", name));
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const source = files
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  const named = new Set(Array.from(source.matchAll(/"(\w+)"/g), (found) => found[1]));
  assert.deepEqual(
    Object.keys(LANGUAGES.en.page).filter((key) => !named.has(key)),
    [],
  );
});

test("every verdict, step and reason has its own text in every language", () => {
  for (const { verdicts, steps, details } of Object.values(LANGUAGES)) {
    const meanings = Object.keys(EXITS).map((name) => verdicts[name as keyof typeof EXITS].meaning);
    assert.equal(new Set(meanings).size, 15);
    assert.ok(STEP_CODES.every((code) => steps[code] !== "") && REASONS.every((code) => details[code] !== ""));
  }
});

test("the first known preference decides, simplified Chinese otherwise", () => {
  assert.equal(languageFor(["fr", "zh-Hant-HK", "en"]), "zh-TW");
  assert.equal(languageFor(["en-GB", "zh"]), "en");
  assert.equal(languageFor(["zh-SG"]), "zh-CN");
  assert.equal(languageFor(["fr"]), "zh-CN");
  assert.equal(fill("{a} {b} {0}", { a: "{b}", b: "2" }), "{b} 2 {0}");
});
