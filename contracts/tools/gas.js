#!/usr/bin/env node
// Writes docs/GAS.md, what each transaction costs, from the snapshots that the tests measure. With --check it writes
// nothing and fails where the page says something else.
"use strict";
const fs = require("fs");
const path = require("path");

const root = path.join(__dirname, "..");
const page = path.join(root, "..", "docs", "GAS.md");
const read = (name) => JSON.parse(fs.readFileSync(path.join(root, "snapshots", `${name}.json`), "utf8"));
const anchors = read("Anchors");
const judge = read("FraudProofs");

const grouped = (gas) => String(gas).replace(/\B(?=(\d{3})+$)/g, ",");
const of = (table, name) => {
  if (!(name in table)) throw new Error(`no ${name} in the snapshots: run "make -C contracts snapshot"`);
  return Number(table[name]);
};
const row = (...cells) => `| ${cells.join(" | ")} |`;

/** A batch costs one entry under one checkpoint, however many vouchers it has. */
const LONG = "anchor, from 1,100,000 to 2,100,000 entries";
const perVoucher = [1e3, 1e5, 1e6].map((count) => {
  const gas = of(anchors, LONG) / count;
  return row(grouped(count), gas >= 10 ? gas.toFixed(0) : gas.toPrecision(2));
});
const named = (table, names) => names.map((name) => row(name, grouped(of(table, name))));

const text = `# Gas
What each transaction costs in units of gas, its 21,000 and calldata included, as the tests measure it (compiler and EVM
version in \`contracts/foundry.toml\`). Made by \`make -C contracts gas\`; \`make contracts\` fails where it is out of date.

## A voucher
One batch is one entry, and one checkpoint covers it and whatever else came in: ${grouped(of(anchors, LONG))} gas in a log of
millions of entries. So a voucher costs, at its issue:

| vouchers in the batch | gas a voucher |
|---|---|
${perVoucher.join("\n")}

Steps cost nothing of their own: each checkpoint covers all that came since the one before.

## An anchor
The first 63 of a ledger fill its ring with fresh storage; from then on every slot is overwritten.

| transaction | gas |
|---|---|
${named(anchors, Object.keys(anchors).filter((name) => name.startsWith("anchor"))).join("\n")}

## A ledger
| transaction | gas |
|---|---|
${named(anchors, ["open", "addJudge", "setAnchorer", "close", "withdraw"]).join("\n")}

## A proof
A report is a commitment (${grouped(of(anchors, "commit"))}), two blocks later the proof, then collecting (${grouped(of(anchors, "collect"))}). The
bond being taken is included.

| transaction | gas |
|---|---|
${named(judge, Object.keys(judge)).join("\n")}
`;

if (!process.argv.includes("--check")) {
  fs.writeFileSync(page, text);
  console.log("wrote docs/GAS.md");
} else if (!fs.existsSync(page) || fs.readFileSync(page, "utf8") !== text) {
  console.error('docs/GAS.md differs from the snapshots: run "make -C contracts gas" and commit it');
  process.exitCode = 1;
} else {
  console.log("docs/GAS.md is what the snapshots say");
}
