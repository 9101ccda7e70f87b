// One check from beginning to end: get the dossier, get what it is held against, judge. What goes wrong on the way is
// part of what was found; only a defect of the page throws.

import type { Key } from "../protocol/bytes.ts";
import { type Ledger, readLedger } from "../protocol/checkpoint.ts";
import { type Dossier, parseDossier } from "../protocol/dossier.ts";
import { partyOf } from "../protocol/entry.ts";
import { JsonError } from "../protocol/json.ts";
import { type Opening, type Order, type Question, readTrusted, type TrustedCheckpoint } from "../protocol/question.ts";
import { type Absence, readAbsence } from "../protocol/receipt.ts";
import { isStampMissing, judgeAbsence, type Report, reportWithout, verify } from "../protocol/verify.ts";
import { Unreached } from "./fetching.ts";
import { dossier as fetchDossier, ledger as fetchLedger, Refusal, siteAsked } from "./node.ts";
import { keptKeys, keptPolicy } from "./settings.ts";
import { type Source, trustedSource } from "./source.ts";
import { type Said, unreached, type Value } from "./words.ts";
import { At, parseJson } from "../protocol/json.ts";
import { detail } from "../protocol/reasons.ts";

/** What the visitor asks with. */
export interface Asked {
  /** Null where a file says which voucher it is. */
  readonly voucher: Key | null;
  /** A dropped dossier's text: then no node is asked for one. */
  readonly file: string | null;
  readonly opening: Opening | null;
  readonly order: Order | null;
  /** A key that the visitor named; his kept keys are tried by themselves. */
  readonly myKey: Key | null;
  readonly asOf: boolean;
  readonly trustedFile: TrustedCheckpoint | null;
}

/** What a check found. */
export interface Found {
  readonly asked: Asked;
  readonly report: Report;
  /** The dossier's exact text, to be kept. */
  readonly dossier: string | null;
  readonly source: Source | null;
  /** The key that was taken for the visitor's. */
  readonly myKey: Key | null;
  /** What stood in the way, and what to do about it. */
  readonly problems: readonly { readonly said: Said; readonly advice: Said | null }[];
  /** The operator's signed word, as the node gave it. */
  readonly word: string | null;
}

export type Stage = "dossier" | "checkpoint" | "judge";

/** Checks a voucher; `at` is told of each stage as it begins. */
export async function check(asked: Asked, at: (stage: Stage) => void): Promise<Found> {
  at("dossier");
  let text: string;
  try {
    if (asked.file !== null) text = asked.file;
    else if (asked.voucher !== null) text = await fetchDossier(asked.voucher);
    else throw new TypeError("neither file nor voucher");
  } catch (error) {
    return withoutDossier(asked, error, at);
  }
  // What a node answers and is no dossier of this voucher says nothing of it; a file in hand is judged as what it is.
  const read = asked.file === null ? parseDossier(text) : readable(text);
  if (asked.file === null && read?.voucher.key !== asked.voucher)
    throw new JsonError("dossier", "the node gave the dossier of another voucher");
  let source: Source | null = null;
  if (read !== null) {
    at("checkpoint");
    source = await trustedSource(read.ledger, read.checkpoint.number, read.anchored, asked.trustedFile);
  }
  at("judge");
  const myKey = asked.myKey ?? (read === null ? null : await ownerAmongKept(read));
  const report = verify(question(asked, text, source, myKey));
  if (isStampMissing(report, asked.opening)) return cutOff(asked);
  const problems = source?.problem ? [{ said: source.problem, advice: null }] : [];
  return { asked, report, dossier: text, source, myKey, problems, word: null };
}

/** A line without the stamp that it needs opens nothing, so that it is asked for again. */
function cutOff(asked: Asked): Found {
  return {
    asked: { ...asked, opening: null },
    report: reportWithout("unknown", null),
    dossier: null,
    source: null,
    myKey: null,
    problems: [{ said: { text: "line_cut" }, advice: { text: "line_cut_advice" } }],
    word: null,
  };
}

function question(asked: Asked, dossier: string, source: Source | null, myKey: Key | null): Question {
  return {
    dossier,
    myKey,
    trusted: source?.trusted ?? null,
    isFinal: source?.isFinal ?? true,
    opening: asked.opening,
    order: asked.order,
    policy: keptPolicy(),
    asOf: asked.asOf,
    now: BigInt(Date.now()),
  };
}

function readable(text: string): Dossier | null {
  try {
    return parseDossier(text);
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}

/** The key in control, if it is kept in this browser. */
async function ownerAmongKept(dossier: Dossier): Promise<Key | null> {
  const steps = [...dossier.history, ...dossier.pending];
  const last = steps[steps.length - 1];
  const party = last === undefined ? null : partyOf(last.entry);
  return (await keptKeys()).some((pair) => pair.key === party) ? party : null;
}

async function withoutDossier(asked: Asked, error: unknown, at: (stage: Stage) => void): Promise<Found> {
  const unknown = (said: Said, advice: Said | null): Found => ({
    asked,
    report: reportWithout("unknown", null),
    dossier: null,
    source: null,
    myKey: null,
    problems: [{ said, advice }],
    word: null,
  });
  if (error instanceof Unreached) {
    return unknown({ text: "node_down", values: { cause: unreached(error) } }, { text: "node_down_advice" });
  }
  if (!(error instanceof Refusal)) throw error;
  const site = siteAsked();
  if (site === null) return unknown({ text: "node_none" }, null);
  if (error.problem === "no-such-voucher" && error.body !== null && asked.voucher !== null) {
    return absent(asked, asked.voucher, error.body, at);
  }
  const wait: Said | null =
    error.retryAfter === null ? null : { text: "node_busy_advice", values: { seconds: String(error.retryAfter) } };
  if (error.problem === "not-anchored") return unknown({ text: "not_anchored" }, wait);
  const gone = { text: "node_gone", values: { host: new URL(site).host } } as const;
  if (error.problem === "" && error.status === 404) return unknown(gone, { text: "node_down_advice" });
  if (error.problem === "")
    return unknown({ text: "node_odd", values: { cause: error.detail } }, { text: "node_down_advice" });
  return unknown({ text: "node_busy", values: { problem: error.problem, detail: error.detail } }, wait);
}

/** Judges the operator's word that there is no such voucher: signed, and held against a checkpoint. */
async function absent(asked: Asked, voucher: Key, body: At, at: (stage: Stage) => void): Promise<Found> {
  at("checkpoint");
  let source: Source | null = null;
  let problem: Value;
  try {
    const { absence, ledger, claimed } = await statement(body);
    source = await trustedSource(ledger, claimed.checkpoint.number, null, asked.trustedFile);
    at("judge");
    const { trusted, isFinal } = source;
    if (trusted !== null) {
      const [policy, now] = [keptPolicy(), BigInt(Date.now())];
      const { asOf } = asked;
      const why = judgeAbsence({ absence, voucher, ledger: ledger.id, trusted, isFinal, policy, asOf, now });
      if (why === null) {
        const word = JSON.stringify({ ledger: loose(ledger), ...wordOf(body) }, null, 2);
        const report = reportWithout("not_found", trusted.blockTime ?? absence.at);
        return { asked, report, dossier: null, source, myKey: null, problems: [], word };
      }
      problem = why;
    } else {
      problem = detail("no_trusted_checkpoint");
    }
  } catch (error) {
    if (!(error instanceof JsonError || error instanceof Refusal || error instanceof Unreached)) throw error;
    problem = error.message;
  }
  const problems = [
    { said: { text: "absence_unproven", values: { reason: problem } }, advice: null } as const,
    ...(source?.problem ? [{ said: source.problem, advice: null }] : []),
  ];
  return { asked, report: reportWithout("unknown", null), dossier: null, source, myKey: null, problems, word: null };
}

async function statement(body: At): Promise<{ absence: Absence; ledger: Ledger; claimed: TrustedCheckpoint }> {
  return {
    absence: readAbsence(body.member("absence")),
    claimed: readTrusted(body.member("checkpoint")),
    ledger: readLedger((await fetchLedger()).member("ledger")),
  };
}

function loose(ledger: Ledger): object {
  const { id, chainId, contract, opener, salt } = ledger;
  return { id, chain_id: Number(chainId), contract, opener, salt };
}

/** The two members of a problem that are worth keeping, as they were sent. */
function wordOf(body: At): object {
  const plain = (value: unknown): unknown => {
    if (typeof value === "bigint") return Number(value);
    return value instanceof Map ? Object.fromEntries([...value].map(([name, member]) => [name, plain(member)])) : value;
  };
  return { absence: plain(body.member("absence").value), checkpoint: plain(body.member("checkpoint").value) };
}

/** What a file that somebody opens is. */
export type Opened =
  | { readonly kind: "dossier"; readonly text: string; readonly voucher: Key | null }
  | { readonly kind: "trusted"; readonly checkpoint: TrustedCheckpoint }
  | { readonly kind: "policy"; readonly text: string }
  | { readonly kind: "key"; readonly text: string };

/** Tells files apart by their members. Throws `JsonError` where it is none that is known. */
export function recognised(text: string): Opened {
  const root = new At(parseJson(text), "file");
  const format = root.optional("format")?.text() ?? "";
  if (format.startsWith("vouchsafe/dossier"))
    return { kind: "dossier", text, voucher: readable(text)?.voucher.key ?? null };
  if (format.startsWith("vouchsafe/key")) return { kind: "key", text };
  if (root.optional("issuers") !== null) return { kind: "policy", text };
  return { kind: "trusted", checkpoint: readTrusted(root) };
}
