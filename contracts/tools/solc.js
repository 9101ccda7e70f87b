#!/usr/bin/env node
// The compiler of the npm package `solc` behind the three flags with which forge calls a native one.
"use strict";
const fs = require("fs");
const path = require("path");
const solc = require("solc");

const args = process.argv.slice(2);
const valuesOf = (flag) => args.filter((_, i) => args[i - 1] === flag);

/** Serves an import that forge did not put into its input: from the folders given, then from here. */
function find(file) {
  for (const folder of [...valuesOf("--base-path"), ...valuesOf("--include-path"), process.cwd()]) {
    const candidate = path.resolve(folder, file);
    if (fs.existsSync(candidate)) return { contents: fs.readFileSync(candidate, "utf8") };
  }
  return { error: `file not found: ${file}` };
}

if (args.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (args.includes("--standard-json")) {
  process.stdout.write(solc.compile(fs.readFileSync(0, "utf8"), { import: find }));
} else {
  console.error(`solc.js: cannot do "${args.join(" ")}"; it knows --version and --standard-json`);
  process.exitCode = 1;
}
