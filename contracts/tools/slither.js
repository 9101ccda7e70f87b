#!/usr/bin/env node
// Compares what Slither found (its JSON, named as the argument) with slither.json, where each finding that was looked at
// stands with the reason why it is none. Fails on a new one, and on one that is gone.
"use strict";
const fs = require("fs");
const path = require("path");

const found = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
if (!found.success) throw new Error(`slither: ${found.error}`);
const names = (found.results.detectors ?? []).map(({ check, elements: [first] }) => {
  const contract = first.type_specific_fields?.parent?.name;
  return `${check} ${contract ? `${contract}.` : ""}${first.name}`;
});
const triaged = JSON.parse(fs.readFileSync(path.join(__dirname, "..", "slither.json"), "utf8"));
const known = triaged.map(({ finding }) => finding);
const fresh = names.filter((name) => !known.includes(name));
const gone = known.filter((name) => !names.includes(name));
fresh.forEach((name) => console.error(`slither found ${name}: change the code, or say in slither.json why it is none`));
gone.forEach((name) => console.error(`slither no longer finds ${name}: remove it from slither.json`));
if (fresh.length || gone.length) process.exitCode = 1;
else console.log(`slither: ${names.length} findings, all looked at before`);
