#!/usr/bin/env node
// Writes what the other crates build on, artifacts/NAME.json (ABI, bytecode, storage layout, compiler), from what the Makefile has had
// forge build. With --check it writes nothing and fails where a committed artefact differs.
"use strict";
const fs = require("fs");
const path = require("path");

const CONTRACTS = ["Anchors", "FraudProofs"];
const root = path.join(__dirname, "..");
const built = path.join(root, "out", "artifacts");

/** The same value with the members of every object in alphabetical order, so that equal content has equal text. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

/** Where the contract keeps its variables: slot, and offset and width in bytes, counted from the low end of the word. */
function storage({ storage, types }) {
  const place = ({ label, slot, offset, type }) => {
    const { members, numberOfBytes } = types[types[type].value ?? type];
    const bytes = Number(numberOfBytes);
    return { label, slot: Number(slot), offset, bytes, ...(members && { members: members.map(place) }) };
  };
  return storage.map(place);
}

/** Where the code holds a word that is filled in when the contract is made: first bytes, in order. */
function immutables({ immutableReferences }) {
  return Object.values(immutableReferences).flat().map(({ start }) => start).sort((one, other) => one - other);
}

function artifact(name) {
  const output = JSON.parse(fs.readFileSync(path.join(built, `${name}.sol`, `${name}.json`), "utf8"));
  const { compiler, settings } = output.metadata;
  const content = {
    contractName: name,
    abi: output.abi,
    bytecode: output.bytecode.object,
    deployedBytecode: output.deployedBytecode.object,
    immutables: immutables(output.deployedBytecode),
    storage: storage(output.storageLayout),
    compiler: compiler.version,
    evmVersion: settings.evmVersion,
    optimizerRuns: settings.optimizer.runs,
  };
  return JSON.stringify(sorted(content), null, 2) + "\n";
}

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
