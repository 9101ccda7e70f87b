// The steps of docs/protocol.md section 10, one function each. Each goes over the whole list before the next begins.

import { type Digest, type Key, ZERO } from "./bytes.ts";
import { checkpointHash, CHUNK_WORDS, chunksFor, headParts, headWord, wordsOf } from "./checkpoint.ts";
import type { Dossier, HistoryItem, PendingItem, Placed, Step } from "./dossier.ts";
import {
  covers,
  encodeEntry,
  type Entry,
  entryLeaf,
  instruction,
  isInside,
  memoContent,
  NO_PREV,
  signers,
  withoutClock,
} from "./entry.ts";
import { toHex } from "./bytes.ts";
import { INTEGER_LIMIT, isObject, type Json, parseJson } from "./json.ts";
import {
  type Demand,
  demands,
  Illegal,
  issuedState,
  kindOf,
  links,
  type State,
  step as takeStep,
} from "./lifecycle.ts";
import { manifestLeaf } from "./manifest.ts";
import { isIncluded, leafHash } from "./merkle.ts";
import { DEFAULT_MAX_AGE_S, issuerName, type Policy, type Question, type TrustedCheckpoint } from "./question.ts";
import { type Detail, detail, type Reason } from "./reasons.ts";
import { isReceiptOf } from "./receipt.ts";
import { formed, isNoStamp, labelOf, recordLeaf, voucherKey } from "./voucher.ts";

/** Ten minutes: what clocks and anchoring may be late by before it counts. */
const GRACE_MS = 600_000n;

/** What a step found. */
export type Outcome =
  | { readonly result: "passed" | "skipped"; readonly detail?: undefined }
  | { readonly result: "failed" | "unknown"; readonly detail: Detail };

const PASSED: Outcome = { result: "passed" };
const SKIPPED: Outcome = { result: "skipped" };

function failed(reason: Reason, ...args: readonly (string | number | bigint)[]): Outcome {
  return { result: "failed", detail: detail(reason, ...args) };
}

function unknown(reason: Reason, ...args: readonly (string | number | bigint)[]): Outcome {
  return { result: "unknown", detail: detail(reason, ...args) };
}

/** A dossier of the right shape, and what it is judged with. */
export class Case {
  constructor(
    readonly question: Question,
    readonly dossier: Dossier,
  ) {}

  private get issue(): HistoryItem {
    const issue = this.dossier.history[0];
    if (issue === undefined) throw new TypeError("a dossier without history was not refused");
    return issue;
  }

  /** The voucher's key, if `entry` covers this voucher alone. */
  private voucherOf(entry: Entry): Key | null {
    return entry.count === 1n ? this.dossier.voucher.key : null;
  }

  private next(state: State, item: Placed): State {
    return takeStep(state, item.entry, item.index, this.dossier.terms, this.voucherOf(item.entry));
  }

  /** The fold of the history; throws `Illegal`. */
  private historyState(): State {
    const [, ...later] = this.dossier.history;
    return later.reduce((state, item) => this.next(state, item), issuedState(this.issue.entry, this.issue.index));
  }

  /** The fold of history and pending, of which a verdict speaks; null if the history is not legal. */
  latestState(): State | null {
    try {
      let state = this.historyState();
      for (const item of this.dossier.pending) {
        try {
          state = this.next(state, item);
        } catch (error) {
          if (!(error instanceof Illegal)) throw error;
        }
      }
      return state;
    } catch (error) {
      if (error instanceof Illegal) return null;
      throw error;
    }
  }

  /** Until when the trusted source vouches for this dossier: the block time of its very checkpoint. */
  vouchedUntil(): bigint | null {
    const { trusted } = this.question;
    if (trusted === null) return null;
    const ours = checkpointHash(this.dossier.ledger.id, this.dossier.checkpoint);
    return checkpointHash(trusted.ledger, trusted.checkpoint) === ours ? trusted.blockTime : null;
  }

  ledgerTrusted(): Outcome {
    const { policy } = this.question;
    if (policy === null) return unknown("no_policy");
    const { id, chainId, contract } = this.dossier.ledger;
    const isNamed = policy.chains.some(
      (chain) => chain.chainId === chainId && chain.contract === contract && chain.ledgers.includes(id),
    );
    return isNamed ? PASSED : failed("ledger_not_in_policy", id, contract, chainId);
  }

  checkpointAnchored(): Outcome {
    const { trusted, asOf, now, policy } = this.question;
    if (trusted === null) return unknown("no_trusted_checkpoint");
    const ours = this.dossier.checkpoint;
    if (trusted.checkpoint.number !== ours.number)
      return unknown("other_number", trusted.checkpoint.number, ours.number);
    const theirs = checkpointHash(trusted.ledger, trusted.checkpoint);
    if (theirs !== checkpointHash(this.dossier.ledger.id, ours)) return failed("other_checkpoint", ours.number);
    const stale = asOf ? null : staleness(trusted, policy, now);
    return stale === null ? PASSED : { result: "unknown", detail: stale };
  }

  manifestIncluded(): Outcome {
    const { terms, manifest, manifestText, manifestPath } = this.dossier;
    const batch = { size: terms.count + 1n, root: this.issue.entry.content };
    if (!isIncluded(manifestLeaf(manifestText, terms), 0n, batch, manifestPath)) return failed("not_in_batch");
    if (terms.count !== this.issue.entry.count) return failed("other_count", terms.count, this.issue.entry.count);
    return manifest.unknownCritical === null ? PASSED : unknown("unknown_critical", manifest.unknownCritical);
  }

  voucherIncluded(): Outcome {
    const { voucher, terms } = this.dossier;
    const issue = this.issue.entry;
    if (!covers(issue, voucher.number)) return failed("number_not_issued", voucher.number);
    const leaf = recordLeaf(voucher.key, voucher.label);
    const batch = { size: terms.count + 1n, root: issue.content };
    const isThere = isIncluded(leaf, voucher.number - issue.first + 1n, batch, voucher.path);
    return isThere ? PASSED : failed("record_not_in_batch", voucher.number);
  }

  historyIncluded(): Outcome {
    const { size, logRoot } = this.dossier.checkpoint;
    const log = { size, root: logRoot };
    const absent = this.dossier.history.find((item) => !isIncluded(entryLeaf(item.entry), item.index, log, item.path));
    return absent === undefined ? PASSED : failed("entry_not_in_log", absent.index);
  }

  historyLinked(): Outcome {
    const { entry } = this.issue;
    if (kindOf(entry.kind) !== "Issue" || entry.prev !== NO_PREV) return failed("not_begun_by_issue");
    let before: HistoryItem = this.issue;
    for (const item of this.dossier.history.slice(1)) {
      const continues =
        item.entry.prev === before.index &&
        before.index < item.index &&
        covers(item.entry, this.dossier.voucher.number) &&
        isInside(item.entry, before.entry);
      if (!continues) return failed("not_linked", item.index, before.index);
      before = item;
    }
    return PASSED;
  }

  historyLegal(): Outcome {
    return judged(() => {
      let state = issuedState(this.issue.entry, this.issue.index);
      this.checkBlockTime(this.issue);
      for (const item of this.dossier.history.slice(1)) {
        state = this.next(state, item);
        checkMemo(item);
        this.checkBlockTime(item);
      }
    });
  }

  private checkBlockTime(item: HistoryItem): void {
    const blockTime = this.question.trusted?.blockTime ?? null;
    if (blockTime !== null && item.entry.at > blockTime + GRACE_MS)
      throw new Illegal(detail("from_the_future", item.index));
  }

  historyAuthorised(): Outcome {
    return judged(() => {
      const { entry, index } = this.issue;
      this.checkSigned(this.issue, ZERO, [{ role: "issuer", keys: [entry.party] }]);
      let state = issuedState(entry, index);
      for (const item of this.dossier.history.slice(1)) state = this.authorise(state, item);
    });
  }

  /** The signatures of the step after `state`, and the state after it. */
  private authorise(state: State, item: Placed): State {
    const due = demands(state, item.entry, this.dossier.terms, this.voucherOf(item.entry));
    this.checkSigned(item, entryLeaf(state.entry), due);
    return this.next(state, item);
  }

  private checkSigned(item: Placed, prevLeaf: Digest, due: readonly Demand[]): void {
    const signedBy = signers(item.signatures, instruction(item.entry, this.dossier.ledger.id, prevLeaf));
    const unmet = due.find((demand) => !demand.keys.some((key) => signedBy.includes(key)));
    if (unmet !== undefined) throw new Illegal(detail("not_signed", item.index, unmet.role));
  }

  headCurrent(): Outcome {
    const { checkpoint, head, voucher, history } = this.dossier;
    const tree = { size: chunksFor(checkpoint.vouchers), root: checkpoint.headRoot };
    const place = voucher.number / CHUNK_WORDS;
    if (!isIncluded(leafHash(head.chunk), place, tree, head.path)) return failed("chunk_not_in_tree");
    const words = wordsOf(head.chunk);
    const begin = place * CHUNK_WORDS;
    const isPadded = words.every((word, at) => begin + BigInt(at) < checkpoint.vouchers || word === 0n);
    if (!isPadded) return failed("padding_not_zero");
    const word = words[Number(voucher.number % CHUNK_WORDS)] ?? 0n;
    const latest = history[history.length - 1];
    const due = latest === undefined ? null : headWord(latest.entry.status, latest.index);
    return word === due ? PASSED : failed("other_head", ...headParts(word));
  }

  pendingPromised(): Outcome {
    let broken: Outcome | null = null;
    const outcome = judged(() => {
      if (this.dossier.pending.length === 0) return;
      let state = this.historyState();
      let least = this.dossier.checkpoint.size;
      for (const item of this.dossier.pending) {
        state = this.judgePending(state, item, least);
        least = item.index + 1n;
        const late = this.question.now - item.receipt.anchorBy;
        if (late > GRACE_MS) broken ??= unknown("promise_broken", item.index, minutes(late));
      }
    });
    return outcome.result === "passed" && broken !== null ? broken : outcome;
  }

  private judgePending(state: State, item: PendingItem, least: bigint): State {
    const { index, entry, receipt } = item;
    if (index < least) throw new Illegal(detail("pending_index", index));
    if (!links(state, entry) || !covers(entry, this.dossier.voucher.number)) {
      throw new Illegal(detail("not_linked", index, state.index));
    }
    checkMemo(item);
    const next = this.authorise(state, item);
    if (receipt.leaf !== entryLeaf(entry)) throw new Illegal(detail("receipt_leaf", index));
    const operator = this.dossier.checkpoint.operatorKey;
    if (!isReceiptOf(receipt, operator, this.dossier.ledger.id)) throw new Illegal(detail("receipt_signature", index));
    if (entry.at > receipt.anchorBy) throw new Illegal(detail("receipt_past", index));
    return next;
  }

  codeOpens(): Outcome {
    const { opening } = this.question;
    if (opening === null) return SKIPPED;
    const { terms, manifest, voucher } = this.dossier;
    if (isNoStamp(opening.stamp) === terms.isStamped) return failed("stamp_unfit");
    const [serial, code] = [formed(manifest.codeForm, opening.serial), formed(manifest.codeForm, opening.code)];
    const pair = voucherKey(this.issue.entry.party, opening.stamp, serial, code);
    if (pair?.key !== voucher.key) return failed("other_key");
    return labelOf(opening.stamp, serial) === voucher.label ? PASSED : failed("other_label");
  }

  issuerTrusted(): Outcome {
    const { policy } = this.question;
    if (policy === null) return unknown("no_policy");
    const issuer = this.issue.entry.party;
    return issuerName(policy, issuer) === null ? failed("issuer_not_in_policy", issuer) : PASSED;
  }

  termsCurrent(): Outcome {
    const { redeemBy } = this.dossier.manifest;
    return redeemBy !== null && this.question.now >= redeemBy ? failed("past_redeem_by") : PASSED;
  }

  /** Whether a refused Sell stands: a holder of this very history signed it against the entry that was accepted. */
  incidentStands(incident: Step): boolean {
    const { entry, signatures } = incident;
    const chain: readonly Placed[] = [...this.dossier.history, ...this.dossier.pending];
    const before = chain.find((item) => item.index === entry.prev);
    if (before === undefined || kindOf(entry.kind) !== "Sell" || !covers(entry, this.dossier.voucher.number))
      return false;
    const signedBytes = (other: Entry): string => toHex(encodeEntry(withoutClock(other)));
    if (chain.some((item) => signedBytes(item.entry) === signedBytes(entry))) return false;
    const message = instruction(entry, this.dossier.ledger.id, entryLeaf(before.entry));
    return signers(signatures, message).includes(before.entry.party);
  }
}

/** What a judgement found that speaks by throwing. */
function judged(judge: () => void): Outcome {
  try {
    judge();
    return PASSED;
  } catch (error) {
    if (error instanceof Illegal) return { result: "failed", detail: error.detail };
    throw error;
  }
}

/** The memo is the one that was hashed, and what it says about its time is kept. */
function checkMemo(item: Placed): void {
  const { memo, entry, index } = item;
  if (memo !== undefined && memoContent(memo) !== entry.content) throw new Illegal(detail("memo_differs", index));
  const latest = typeof memo === "string" ? notAfter(memo) : null;
  if (latest !== null && entry.at > latest) throw new Illegal(detail("past_not_after", index));
}

/** The `not_after` of a memo that is a JSON object with one. One that is no time is over at once. */
export function notAfter(memo: string): bigint | null {
  const member = memoMember(memo, "not_after");
  if (member === undefined) return null;
  return typeof member === "bigint" && member < INTEGER_LIMIT ? member : 0n;
}

/** The `order` of a memo that is a JSON object with one; one that is no text means no order at all. */
export function memoOrder(memo: string): string | null {
  const member = memoMember(memo, "order");
  if (member === undefined) return null;
  return typeof member === "string" ? member : "";
}

function memoMember(memo: string, name: string): Json | undefined {
  try {
    const value = parseJson(memo);
    return isObject(value) ? value.get(name) : undefined;
  } catch {
    return undefined;
  }
}

/** Why a checkpoint is too old to say how things stand now. */
export function staleness(trusted: TrustedCheckpoint, policy: Policy | null, now: bigint): Detail | null {
  const superseded = trusted.supersededAt === null ? 0n : now - trusted.supersededAt;
  if (superseded > GRACE_MS) return detail("stale", minutes(superseded));
  const most = (policy?.maxAgeS ?? DEFAULT_MAX_AGE_S) * 1000n;
  const age = trusted.blockTime === null ? 0n : now - trusted.blockTime;
  return age > most ? detail("stale_age", minutes(age), minutes(most)) : null;
}

function minutes(millis: bigint): bigint {
  return millis / 60_000n;
}
