// Claiming a voucher: the instruction, its two signatures, and what the answer proves (docs/protocol.md sections 6, 7 and 9).

import { bytesOf, type Digest, type Key, type LedgerId, toHex, ZERO } from "../protocol/bytes.ts";
import { type Dossier, readStep, type Step } from "../protocol/dossier.ts";
import { type KeyPair, keyPair, sign } from "../protocol/ed25519.ts";
import {
  decodeEntry,
  encodeEntry,
  type Entry,
  entryLeaf,
  instruction,
  partyOf,
  type Signed,
  withoutClock,
} from "../protocol/entry.ts";
import type { At } from "../protocol/json.ts";
import {
  demands,
  Illegal,
  kindByte,
  kindOf,
  links,
  type State,
  statusByte,
  step as takeStep,
} from "../protocol/lifecycle.ts";
import { signers } from "../protocol/entry.ts";
import type { Opening } from "../protocol/question.ts";
import { isReceiptOf, readReceipt, type Receipt } from "../protocol/receipt.ts";
import type { Case } from "../protocol/steps.ts";
import { formed, voucherKey } from "../protocol/voucher.ts";

/** A claim that is signed and not sent yet. */
export interface Claim {
  readonly entry: Entry;
  readonly signatures: readonly Signed[];
  /** The body for `POST /v1/steps`. */
  readonly body: string;
}

/** A key pair from the browser's own randomness. */
export function freshKey(): KeyPair {
  return keyPair(crypto.getRandomValues(new Uint8Array(32)));
}

/** The key that the claim must name: that of a sale to somebody named; null leaves the choice. */
export function claimantDue(state: State): Key | null {
  return state.status === "Sold" ? partyOf(state.entry) : null;
}

/** Whether the life cycle and the terms let the voucher be claimed now. */
export function canBeClaimed(judged: Case, state: State): boolean {
  try {
    takeStep(
      state,
      claimEntry(judged.dossier, state, claimantDue(state) ?? freshKey().key),
      0n,
      judged.dossier.terms,
      judged.dossier.voucher.key,
    );
    return true;
  } catch (error) {
    if (error instanceof Illegal) return false;
    throw error;
  }
}

function claimEntry(dossier: Dossier, state: State, claimant: Key): Entry {
  return {
    kind: kindByte("Claim"),
    status: statusByte("Claimed"),
    first: dossier.voucher.number,
    count: 1n,
    prev: state.index,
    // The operator puts his clock on it. Here it only may not lie before the step before.
    at: state.entry.at,
    party: claimant,
    content: ZERO,
  };
}

/** Signs a claim with the code's own key and the claimant's; null where the code does not open the voucher. */
export function signClaim(judged: Case, state: State, opening: Opening, claimant: KeyPair): Claim | null {
  const { dossier } = judged;
  const form = dossier.manifest.codeForm;
  const voucher = voucherKey(state.issuer, opening.stamp, formed(form, opening.serial), formed(form, opening.code));
  if (voucher === null || voucher.key !== dossier.voucher.key) return null;
  const entry = withoutClock(claimEntry(dossier, state, claimant.key));
  const message = instruction(entry, dossier.ledger.id, entryLeaf(state.entry));
  const signed = (role: string, pair: KeyPair): Signed => ({ role, key: pair.key, signature: sign(pair, message) });
  const signatures = [signed("voucher", voucher), signed("claimant", claimant)];
  const body = JSON.stringify({ ledger: dossier.ledger.id, entry: toHex(encodeEntry(entry)), memo: null, signatures });
  return { entry, signatures, body };
}

/** The entry with the operator's clock and his receipt; null unless it is what was signed and the receipt verifies. */
export function accepted(
  claim: Claim,
  answer: At,
  operator: Key,
  ledger: LedgerId,
): { entry: Entry; receipt: Receipt } | null {
  const entry = decodeEntry(answer.member("entry").bytes());
  const promise = answer.member("receipt");
  const receipt = readReceipt(promise, promise.member("index").integer());
  if (entry === null || toHex(encodeEntry(withoutClock(entry))) !== toHex(encodeEntry(claim.entry))) return null;
  const isHis =
    receipt.leaf === entryLeaf(entry) && isReceiptOf(receipt, operator, ledger) && entry.at <= receipt.anchorBy;
  return isHis ? { entry, receipt } : null;
}

/** The step that came first, and whether its signatures and the operator's receipt prove it. */
export function winner(judged: Case, state: State, answer: At): { step: Step; isProven: boolean } {
  const at = answer.member("winner");
  const step = readStep(at);
  const index = at.member("index").integer();
  const receipt = readReceipt(at.member("receipt"), index);
  const { dossier } = judged;
  const voucher = step.entry.count === 1n ? dossier.voucher.key : null;
  const prevLeaf: Digest = entryLeaf(state.entry);
  const signedBy = signers(step.signatures, instruction(step.entry, dossier.ledger.id, prevLeaf));
  const due = demands(state, step.entry, dossier.terms, voucher);
  const isProven =
    links(state, step.entry) &&
    kindOf(step.entry.kind) !== null &&
    due.every((demand) => demand.keys.some((key) => signedBy.includes(key))) &&
    receipt.leaf === entryLeaf(step.entry) &&
    isReceiptOf(receipt, dossier.checkpoint.operatorKey, dossier.ledger.id);
  return { step, isProven };
}

/** The receipt with what it is for, as a file. */
export function receiptFile(judged: Case, claim: Claim, entry: Entry, receipt: Receipt): string {
  const { index, leaf, anchorBy, signature } = receipt;
  const file = {
    ledger: judged.dossier.ledger.id,
    index: Number(index),
    entry: toHex(encodeEntry(entry)),
    memo: null,
    signatures: claim.signatures,
    receipt: { index: Number(index), leaf, anchor_by: Number(anchorBy), signature },
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Everything that shows that somebody else came first: the dossier, the attempt, and the node's answer, all as they were. */
export function evidenceFile(dossier: string, claim: Claim, answer: string): string {
  const attempt: unknown = JSON.parse(claim.body);
  return `${JSON.stringify({ dossier, attempt, answer }, null, 2)}\n`;
}

/** The operator's key as 32 bytes is never nobody's. */
export function isKey(text: string): text is Key {
  return /^0x[0-9a-f]{64}$/.test(text) && bytesOf(text).some((byte) => byte !== 0);
}
