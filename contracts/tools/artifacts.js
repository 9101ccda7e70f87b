#!/usr/bin/env node
// Compiles the contracts and writes what the other crates build on, artifacts/NAME.json: ABI, bytecode, compiler.
// With --check it writes nothing and fails where a committed artefact differs from the sources.
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");

const CONTRACTS = ["Anchors"];
const root = path.join(__dirname, "..");
const forge = path.join(root, "node_modules", ".bin", "forge");
// Folders of its own: a forced build here leaves the cache of the tests alone.
const out = path.join("out", "artifacts");
const cache = path.join("cache", "artifacts");

/** The same value with the members of every object in alphabetical order, so that equal content has equal text. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

function artifact(name) {
  const built = JSON.parse(fs.readFileSync(path.join(root, out, `${name}.sol`, `${name}.json`), "utf8"));
  const { compiler, settings } = built.metadata;
  const content = {
    contractName: name,
    abi: built.abi,
    bytecode: built.bytecode.object,
    deployedBytecode: built.deployedBytecode.object,
    compiler: compiler.version,
    evmVersion: settings.evmVersion,
    optimizerRuns: settings.optimizer.runs,
  };
  return JSON.stringify(sorted(content), null, 2) + "\n";
}

const build = ["build", "--force", "--quiet", "--skip", "test", "--out", out, "--cache-path", cache];
execFileSync(forge, build, { cwd: root, stdio: "inherit" });
for (const name of CONTRACTS) {
  const file = path.join(root, "artifacts", `${name}.json`);
  const fresh = artifact(name);
  if (!process.argv.includes("--check")) {
    fs.writeFileSync(file, fresh);
    console.log(`wrote artifacts/${name}.json`);
  } else if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== fresh) {
    console.error(`artifacts/${name}.json differs from the sources: run "make -C contracts artifacts" and commit it`);
    process.exitCode = 1;
  } else {
    console.log(`artifacts/${name}.json is what the sources compile to`);
  }
}
