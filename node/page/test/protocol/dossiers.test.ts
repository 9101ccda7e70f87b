// Every golden dossier is judged as the independent implementation expects, each bad one at exactly the named step; and
// as the Rust command judges it, where that was built.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Key } from "../../src/protocol/bytes.ts";
import { parseDossier } from "../../src/protocol/dossier.ts";
import {
  type Opening,
  type Policy,
  parseOpening,
  parsePolicy,
  parseTrusted,
  type Question,
} from "../../src/protocol/question.ts";
import { failedStep, isStampMissing, type Report, verify } from "../../src/protocol/verify.ts";
import { EXITS, type Verdict } from "../../src/protocol/verdict.ts";
import { NO_STAMP } from "../../src/protocol/voucher.ts";
import { fill, LANGUAGES } from "../../src/lang/index.ts";
import { allGolden, type Golden, golden, REPOSITORY } from "../vectors.ts";

function question(of: Golden): Question {
  const opening: Opening | null = of.opening === null ? null : parseOpening(of.opening);
  return {
    dossier: of.dossier,
    trusted: parseTrusted(of.trusted),
    isFinal: true,
    opening,
    order: null,
    myKey: null,
    policy: null,
    asOf: false,
    now: of.now,
  };
}

function policyText(of: Golden): string {
  const { chain_id, contract, id } = of.value["ledger"];
  const issuer = parseDossier(of.dossier).history[0]?.entry.party;
  return JSON.stringify({
    chains: [{ chain_id, contract, ledgers: [id] }],
    issuers: [{ key: issuer, name: "Studio" }],
  });
}

test("each golden dossier is judged as expected, each bad one at the named step", () => {
  let [good, bad] = [0, 0];
  for (const one of allGolden()) {
    const report = verify(question(one));
    const failed = failedStep(report);
    if (one.expect["ok"] === true) {
      assert.equal(failed, null, one.name);
      const history = report.voucher?.history ?? [];
      assert.equal(history[history.length - 1]?.status, one.expect["status"], one.name);
      assert.equal(history[history.length - 1]?.index, BigInt(one.expect["last_index"]), one.name);
      const unknown = report.steps.filter((step) => step.result === "unknown" && !step.code.endsWith(".trusted"));
      assert.deepEqual(
        unknown.map((step) => step.code),
        one.expect["unknown"],
        one.name,
      );
      good += 1;
    } else {
      assert.equal(failed?.code, one.expect["failed_step"], `${one.name}: ${JSON.stringify(failed)}`);
      assert.equal(report.verdict, one.expect["failed_step"] === "code.opens" ? "mismatch" : "refuted", one.name);
      bad += 1;
    }
  }
  assert.ok(good >= 15 && bad >= 60, `${good} good and ${bad} bad dossiers found`);
});

function verdictWith(name: string, change: (asked: Question, policy: Policy) => Partial<Question>): Verdict {
  const one = golden(name);
  const policy = parsePolicy(policyText(one));
  const asked = { ...question(one), policy };
  return verify({ ...asked, ...change(asked, policy) }).verdict;
}

test("verdicts follow state and what was shown", () => {
  const dossier = parseDossier(golden("ok-claimed-and-given-away").dossier);
  const mine = dossier.history[dossier.history.length - 1]?.entry.party as Key;
  const stranger = `0x${"07".repeat(32)}` as Key;
  const rows: readonly (readonly [string, Verdict, Partial<Question>])[] = [
    ["ok-untouched", "genuine_unclaimed", {}],
    ["ok-redeemed", "spent", {}],
    ["ok-multi-use-spent", "spent", {}],
    ["ok-voided", "voided", {}],
    ["ok-claimed-held-released-returned", "sold_before", {}],
    ["ok-claimed-and-given-away", "sold", {}],
    ["ok-claimed-and-given-away", "genuine", { myKey: mine }],
    ["ok-claimed-and-given-away", "resale_suspected", { myKey: stranger }],
    ["ok-untouched", "unknown", { trusted: null }],
    ["ok-untouched", "untrusted_issuer", { policy: null }],
    ["ok-stale-checkpoint", "unknown", {}],
    ["ok-untouched", "genuine_pending", { isFinal: false }],
    ["bad-wrong-code", "mismatch", {}],
    ["bad-padding", "refuted", {}],
  ];
  for (const [name, verdict, change] of rows)
    assert.equal(
      verdictWith(name, () => change),
      verdict,
      name,
    );
});

test("a code without the stamp of its batch was cut off; a wrong code or stamp is a mismatch", () => {
  const isCut = (name: string, change: Partial<Opening>): boolean => {
    const asked = question(golden(name));
    assert.ok(asked.opening !== null, name);
    const opening = { ...asked.opening, ...change };
    return isStampMissing(verify({ ...asked, opening }), opening);
  };
  assert.ok(isCut("ok-untouched", { stamp: NO_STAMP }));
  assert.ok(isCut("bad-wrong-code", { stamp: NO_STAMP }));
  assert.ok(!isCut("ok-untouched", {}));
  assert.ok(!isCut("bad-wrong-code", {}) && !isCut("bad-wrong-stamp", {}));
  const asked = question(golden("bad-signature"));
  const opening: Opening = { serial: "1", code: "2", stamp: NO_STAMP, order: null };
  assert.ok(!isStampMissing(verify({ ...asked, opening }), opening), "what is wrong before the code comes first");
});

test("a superseded or old checkpoint is unknown unless asked as of", () => {
  const name = "ok-untouched";
  const superseded = (minutes: bigint, asOf: boolean): Verdict =>
    verdictWith(name, ({ trusted, now }) => ({
      asOf,
      trusted: trusted === null ? null : { ...trusted, supersededAt: now - minutes * 60_000n },
    }));
  assert.equal(superseded(9n, false), "genuine_unclaimed");
  assert.equal(superseded(11n, false), "unknown");
  assert.equal(superseded(11n, true), "genuine_unclaimed");
  const aged = (seconds: bigint): Verdict =>
    verdictWith(name, ({ trusted, now }) => ({
      asOf: true,
      trusted: trusted === null ? null : { ...trusted, blockTime: now - seconds * 1000n },
    }));
  assert.equal(aged(86_400n), "refuted", "entries later than their block");
  assert.equal(aged(60n), "genuine_unclaimed");
});

/** What nobody may say otherwise: the voucher, and the anchored chain of hands. */
function anchoredHands(report: Report): unknown {
  const lines = (report.voucher?.history ?? []).filter((line) => line.isAnchored);
  return [report.voucher?.key, lines.map(({ index, kind, status, party }) => [index, kind, status, party])];
}

/** The text without each of its parts: members of objects, and items of lists, at any depth. */
function* withoutOne(text: string): Generator<string> {
  const root = JSON.parse(text);
  const inside = function* (value: any): Generator<string> {
    for (const name of Object.keys(value ?? {}).reverse()) {
      if (typeof value === "string") return;
      const part = value[name];
      yield* inside(part);
      if (Array.isArray(value)) value.splice(Number(name), 1);
      else delete value[name];
      yield JSON.stringify(root);
      if (Array.isArray(value)) value.splice(Number(name), 0, part);
      else value[name] = part;
    }
  };
  yield* inside(root);
}

/** The text with another byte at places all over it: the stride is prime to its length. */
function* withOneByte(text: string): Generator<string> {
  for (let n = 0; n < 60; n += 1) {
    const at = (n * 7919 + 13) % text.length;
    const other = String.fromCharCode(0x20 + ((text.charCodeAt(at) + 1 + n) % 0x5f));
    yield text.slice(0, at) + other + text.slice(at + 1);
  }
}

test("no changed byte and no part left out is accepted with another meaning", () => {
  const one = golden("ok-returned-then-claim-pending");
  const before = anchoredHands(verify(question(one)));
  let [accepted, refused] = [0, 0];
  for (const altered of [...withOneByte(one.dossier), ...withoutOne(one.dossier)]) {
    const report = verify({ ...question(one), dossier: altered });
    if (failedStep(report) !== null) {
      refused += 1;
      continue;
    }
    assert.deepEqual(anchoredHands(report), before, altered);
    accepted += 1;
  }
  // What is not anchored may be left out: pending entries, memos, members that nothing depends on.
  assert.ok(accepted >= 5 && refused >= 100, `${accepted} accepted and ${refused} refused`);
});

const COMMAND = join(process.env["VOUCHSAFE_BIN"] ?? join(REPOSITORY, "target/debug"), "vouchsafe");
const isBuilt = existsSync(COMMAND) && !spawnSync(COMMAND, ["--version"]).error;

test("the Rust command judges every vector alike", { skip: isBuilt ? false : "the command is not built" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "vouchsafe-differential-"));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  try {
    for (const one of allGolden()) {
      const policy = isReadable(one) ? policyText(one) : null;
      const args = [
        "verify",
        file("dossier.json", one.dossier),
        "--json",
        "--trusted-checkpoint",
        file("trusted.json", one.trusted),
      ];
      if (one.opening !== null) args.push("--opening", file("opening.json", one.opening));
      if (policy !== null) args.push("--policy", file("policy.json", policy));
      const run = spawnSync(COMMAND, args, {
        encoding: "utf8",
        env: { ...process.env, VOUCHSAFE_NOW_MS: String(one.now) },
      });
      const theirs = JSON.parse(run.stdout);
      const asked = question(one);
      // A checkpoint of another ledger than the dossier's is none: who asks does not pass it on.
      const isOther = policy !== null && asked.trusted?.ledger !== parseDossier(one.dossier).ledger.id;
      const trusted = isOther ? null : asked.trusted;
      const ours = verify({ ...asked, trusted, policy: policy === null ? null : parsePolicy(policy) });
      assert.equal(ours.verdict, theirs.verdict, one.name);
      assert.equal(EXITS[ours.verdict], run.status, one.name);
      assert.deepEqual(
        steps(ours),
        theirs.steps.map(({ detail, ...step }: any) => [
          step.code,
          step.result,
          step.reason,
          step.reason === "malformed" ? null : detail,
        ]),
        one.name,
      );
      const key = theirs.voucher?.key ?? null;
      assert.equal(ours.voucher?.key ?? null, key, one.name);
      const lines = (theirs.voucher?.history ?? []).map((line: any) => [
        line.kind,
        line.status,
        line.party,
        line.signed_by,
        line.anchored,
      ]);
      assert.deepEqual(
        (ours.voucher?.history ?? []).map((line) => [
          line.kind,
          line.status,
          line.party,
          line.signedBy,
          line.isAnchored,
        ]),
        lines,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function isReadable(one: Golden): boolean {
  try {
    parseDossier(one.dossier);
    return true;
  } catch {
    return false;
  }
}

function steps(report: Report): unknown[] {
  return report.steps.map(({ code, result, detail }) => {
    const text = detail === undefined ? null : fill(LANGUAGES.en.details[detail.reason], detail.args);
    return [code, result, detail?.reason ?? null, detail?.reason === "malformed" ? null : text];
  });
}
