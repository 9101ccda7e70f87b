#!/usr/bin/env node
// Checks that every test which docs/INVARIANTS.md names exists, and that every invariant names one.
"use strict";
const fs = require("fs");
const path = require("path");

const root = path.join(__dirname, "..");
const tests = fs.readdirSync(path.join(root, "test")).filter((file) => file.endsWith(".t.sol"));
const sources = tests.map((file) => fs.readFileSync(path.join(root, "test", file), "utf8")).join("\n");

/** The text of a contract: up to the next line that begins with a brace. */
function contract(name) {
  const [, body] = sources.split(new RegExp(`^contract ${name} `, "m"));
  return body?.split(/^}/m)[0] ?? "";
}

const page = fs.readFileSync(path.join(root, "..", "docs", "INVARIANTS.md"), "utf8");
const [invariants] = page.split("## Not covered");
const wrong = [];
let named = 0;
for (const text of invariants.split(/^(?=\*\*[A-Z]\d+\. )/m).slice(1)) {
  const number = text.slice(2, text.indexOf("."));
  const names = [...text.matchAll(/^- `(\w+)\.(\w+)`$/gm)];
  if (names.length === 0) wrong.push(`${number} names no test`);
  for (const [, inside, test] of names) {
    named += 1;
    if (!contract(inside).includes(`function ${test}(`)) wrong.push(`${number} names ${inside}.${test}, which is not there`);
  }
}
wrong.forEach((what) => console.error(`docs/INVARIANTS.md: ${what}`));
if (wrong.length) process.exitCode = 1;
else console.log(`docs/INVARIANTS.md names ${named} tests, and they exist`);
