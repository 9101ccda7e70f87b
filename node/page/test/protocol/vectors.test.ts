// Every golden vector of the repository, by the page's own implementation.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, type Digest, fromHex, type Key, NOBODY, type Signature, toHex } from "../../src/protocol/bytes.ts";
import { checkpointHash, headParts, headWord, ledgerName, readCheckpoint } from "../../src/protocol/checkpoint.ts";
import { isSignedBy, keyPair, sign } from "../../src/protocol/ed25519.ts";
import { decodeEntry, encodeEntry, entryLeaf, instruction, memoContent, NO_PREV } from "../../src/protocol/entry.ts";
import { At, JsonError, parseJson } from "../../src/protocol/json.ts";
import {
  after,
  kindByte,
  kindOf,
  KINDS,
  type Kind,
  statusByte,
  statusOf,
  STATUSES,
  type Status,
} from "../../src/protocol/lifecycle.ts";
import { EMPTY_ROOT, isConsistent, isIncluded, leafHash } from "../../src/protocol/merkle.ts";
import { parseLine } from "../../src/protocol/line.ts";
import { parseTime } from "../../src/protocol/time.ts";
import {
  codeForm,
  formed,
  fromBase64,
  labelOf,
  linkName,
  NO_STAMP,
  orderDigest,
  parseLink,
  recordLeaf,
  stampOf,
  toBase64,
  voucherKey,
  voucherNamed,
} from "../../src/protocol/voucher.ts";
import { load, type Loose } from "../vectors.ts";

const ZERO_HASH = `0x${"0".repeat(64)}` as Digest;

test("vouchers have their stamps, keys and labels", () => {
  const vectors = load("voucher.json");
  for (const one of vectors.stamped as Loose[]) {
    const form = codeForm(one["code_form"]);
    assert.ok(form !== null);
    const [serial, code] = [formed(form, one["serial"]), formed(form, one["code"])];
    assert.equal(serial, one["formed_serial"]);
    assert.equal(code, one["formed_code"]);
    const stamp = stampOf(bytesOf(one["stamp_secret"]), one["ledger"], one["generation"], serial, code);
    assert.ok(stamp !== null);
    assert.equal(toHex(stamp), one["stamp"]);
    const pair = voucherKey(one["issuer"], stamp, serial, code);
    assert.equal(toHex(pair?.seed ?? new Uint8Array()), one["seed"]);
    assert.equal(pair?.key, one["key"]);
    assert.equal(labelOf(stamp, serial), one["label"]);
    assert.equal(recordLeaf(one["key"], one["label"]), one["record_leaf"]);
  }
  const bare = vectors.bare as Loose;
  assert.equal(voucherKey(bare["issuer"], NO_STAMP, bare["serial"], bare["code"])?.key, bare["key"]);
  assert.equal(labelOf(NO_STAMP, bare["serial"]), bare["label"]);
  const order = vectors.order as Loose;
  assert.equal(orderDigest(bytesOf(order["salt"]), order["reference"]), order["order"]);
  assert.equal(voucherKey(NOBODY, NO_STAMP, "", "x".repeat(65_536)), null);
});

test("the transition table is the golden one and nothing more", () => {
  const vectors = load("lifecycle.json");
  for (const [name, byte] of Object.entries(vectors.kinds)) assert.equal(kindByte(name as Kind), byte);
  let legal = 0;
  for (const kind of Object.values(KINDS)) {
    for (const status of Object.values(STATUSES)) {
      const rows = vectors.legal as Loose[];
      const row = rows.find((each) => each["kind"] === kind && each["status"] === statusByte(status));
      const next: Status | null = row === undefined ? null : statusOf(row["next"]);
      assert.equal(after(status, kind), next, `${kind} after ${status}`);
      legal += next === null ? 0 : 1;
    }
  }
  assert.equal(legal, vectors.legal.length);
});

test("signatures on which libraries differ are judged strictly", () => {
  const cases = load("ed25519.json") as Loose[];
  assert.ok(cases.length >= 8);
  for (const one of cases) {
    assert.equal(
      isSignedBy(one["key"] as Key, bytesOf(one["message"]), one["signature"] as Signature),
      one["valid"],
      one["desc"],
    );
  }
  const pair = keyPair(new Uint8Array(32).fill(7));
  const message = Uint8Array.of(1, 2, 3);
  assert.ok(isSignedBy(pair.key, message, sign(pair, message)));
  assert.ok(!isSignedBy(pair.key, Uint8Array.of(1, 2), sign(pair, message)));
});

test("trees, proofs and every refused proof", () => {
  const vectors = load("merkle.json");
  for (const tree of vectors.trees as Loose[]) {
    const leaves = (tree["data"] as string[]).map((data) => leafHash(fromHex(data) ?? new Uint8Array()));
    const whole = { size: BigInt(leaves.length), root: tree["root"] as Digest };
    if (leaves.length === 0) assert.equal(whole.root, EMPTY_ROOT);
    for (const { index, path } of tree["inclusion"] as Loose[]) {
      assert.ok(isIncluded(leaves[index] as Digest, BigInt(index), whole, path), `${index} of ${leaves.length}`);
    }
    for (const { from_size, from_root, path } of tree["consistency"] as Loose[]) {
      assert.ok(
        isConsistent({ size: BigInt(from_size), root: from_root }, whole, path),
        `${from_size} to ${leaves.length}`,
      );
    }
  }
  for (const one of vectors.inclusion_rejected as Loose[]) {
    const tree = { size: BigInt(one["size"]), root: one["root"] };
    assert.ok(!isIncluded(one["leaf_hash"], BigInt(one["index"]), tree, one["path"]), one["desc"]);
  }
  for (const one of vectors.consistency_rejected as Loose[]) {
    const [from, to] = [
      { size: BigInt(one["from_size"]), root: one["from_root"] },
      { size: BigInt(one["to_size"]), root: one["to_root"] },
    ];
    assert.ok(!isConsistent(from, to, one["path"]), one["desc"]);
  }
});

test("entries have their bytes, instructions and signatures; checkpoints their hashes", () => {
  const vectors = load("ledger.json");
  const { chain_id, contract, opener, salt, id } = vectors.ledger;
  assert.equal(ledgerName(BigInt(chain_id), contract, opener, salt), id);
  for (const one of vectors.entries as Loose[]) {
    const entry = decodeEntry(bytesOf(one["encoded"]));
    assert.ok(entry !== null);
    assert.equal(kindOf(entry.kind), one["kind"]);
    assert.equal(toHex(encodeEntry(entry)), one["encoded"]);
    assert.equal(entryLeaf(entry), one["leaf"]);
    assert.equal(entry.prev, one["prev"] === null ? NO_PREV : BigInt(one["prev"]));
    const prevLeaf = one["prev"] === null ? ZERO_HASH : vectors.entries[one["prev"]].leaf;
    const message = instruction(entry, id, prevLeaf);
    assert.equal(toHex(message), one["instruction"]);
    for (const signed of one["signatures"]) assert.ok(isSignedBy(signed.key, message, signed.signature));
    if (one["kind"] !== "Issue") assert.equal(memoContent(one["memo"]), entry.content);
  }
  let before = vectors.genesis as Loose;
  const checkpoint = (value: Loose) => readCheckpoint(new At(parseJson(JSON.stringify(value)), "checkpoint"));
  assert.equal(checkpointHash(id, checkpoint(before)), before["checkpoint_hash"]);
  for (const next of vectors.checkpoints as Loose[]) {
    assert.equal(checkpointHash(id, checkpoint(next)), next["checkpoint_hash"]);
    assert.equal(next["previous"], before["checkpoint_hash"]);
    const [from, to] = [before, next].map((each) => ({ size: BigInt(each["size"]), root: each["log_root"] as Digest }));
    assert.ok(from !== undefined && to !== undefined && isConsistent(from, to, next["consistency"]));
    before = next;
  }
  assert.deepEqual(headParts(headWord(11, 123_456n) ?? 0n), [11, 123_456n]);
});

test("I-JSON is read and everything else refused", () => {
  for (const text of [
    '{"a":1,"a":2}',
    '"\\ud800"',
    '"\\udc00x"',
    '"\ud800"',
    "01",
    "1.",
    ".5",
    "+1",
    "1e999",
    "{a:1}",
    "[1,]",
    '{"a":1,}',
    "nul",
    "",
    " ",
    "1 2",
    '"\n"',
    '"\\x"',
    "'a'",
    "\ufeff1",
    "NaN",
    `${"[".repeat(200)}${"]".repeat(200)}`,
    '"abc',
  ]) {
    assert.throws(() => parseJson(text), JsonError, text.slice(0, 20));
  }
  const value = parseJson(
    ' {"a" : [1, -1, 1.0, 1e2, true, null, "\\u5361\\ud83d\\ude00\\/"], "__proto__": {"b": 9007199254740993}} ',
  );
  const root = new At(value, "it");
  const [one, ...others] = root.member("a").items();
  assert.equal(one?.integer(), 1n);
  for (const other of others) assert.throws(() => other.integer(), JsonError);
  assert.equal(others[5]?.text(), "卡😀/");
  assert.throws(() => root.member("__proto__").member("b").integer(), JsonError);
  assert.throws(() => root.member("toString"), JsonError);
});

test("times of the one form are read", () => {
  const times: readonly (readonly [string, bigint | null])[] = [
    ["1970-01-01T00:00:00Z", 0n],
    ["1969-12-31T23:59:59.9Z", 0n],
    ["2026-09-21T08:00:00Z", 1_789_977_600_000n],
    ["2000-02-29T23:59:59.999999+00:00", 951_868_799_999n],
    ["2026-01-01T08:00:00.5+08:00", 1_767_225_600_500n],
    ["2025-12-31T23:00:00-01:00", 1_767_225_600_000n],
    ...[
      "",
      "2026-09-21",
      "2026-09-21 08:00:00Z",
      "2026-09-21t08:00:00Z",
      "2026-09-21T08:00:00",
      "2026-09-21T08:00Z",
      "2026-09-21T08:00:00.Z",
      "2026-09-21T08:00:60Z",
      "2026-09-21T24:00:00Z",
      "2026-02-29T08:00:00Z",
      "2026-13-01T08:00:00Z",
      "2026-00-01T08:00:00Z",
      "2026-09-21T08:00:00+0800",
      "2026-09-21T08:00:00+24:00",
      "２026-09-21T08:00:00Z",
      "2026-09-21T08:00:00Z\n",
    ].map((text) => [text, null] as const),
  ];
  for (const [text, millis] of times) assert.equal(parseTime(text), millis, text);
});

test("links and delivered lines are read as the command reads them", () => {
  const link = "https://shop.example/v/mk7CfDX5FcMoIRqHZjhiSu2e8dEcRkd2y5vGyLpLO1M#g6NVdO6HLT0OWd5mXsHc-A";
  const read = parseLine(`\ufeff  2849----3962-5200----${link}\r\n`);
  assert.ok(typeof read !== "string");
  assert.deepEqual([read.serial, read.code, read.link.site], ["2849", "3962-5200", "https://shop.example"]);
  assert.equal(linkName(read.link.voucher), "mk7CfDX5FcMoIRqHZjhiSu2e8dEcRkd2y5vGyLpLO1M");
  assert.equal(voucherNamed(linkName(read.link.voucher)), read.link.voucher);
  assert.equal(voucherNamed(read.link.voucher), read.link.voucher);
  const hyphens = parseLine(`2849----3962----https://shop.example/v/${"-".repeat(42)}A#${"-".repeat(21)}A`);
  assert.ok(typeof hyphens === "string" || hyphens.code === "3962");
  const bare = parseLine(`39625200----${link.split("#")[0] ?? ""}`);
  assert.ok(typeof bare !== "string" && bare.serial === "" && bare.link.stamp === null);
  const problems: readonly (readonly [string, string])[] = [
    [" \n", "line_empty"],
    ["2849----3962", "line_no_link"],
    ["2849----3962----https://shop.example", "line_no_link"],
    [link, "line_no_code"],
    [`----${link}`, "line_no_code"],
    [`2849 ${link}`, "line_no_code"],
  ];
  for (const [text, problem] of problems) assert.equal(parseLine(text), problem, text);
  assert.equal(parseLink("ftp://x/v/mk7CfDX5FcMoIRqHZjhiSu2e8dEcRkd2y5vGyLpLO1M"), null);
  assert.equal(fromBase64(toBase64(Uint8Array.of(255, 254)), 2)?.[0], 255);
  assert.equal(fromBase64("AB", 1), null, "bits that are left over must be zero");
});
