// What the operator signs: that an entry is in the log at a place, and that a voucher is not
// (docs/protocol.md section 9).

import { bytesOf, type Digest, joined, type Key, type LedgerId, type Signature, textBytes, unsigned } from "./bytes.ts";
import { isSignedBy } from "./ed25519.ts";
import type { At } from "./json.ts";

/** The promise that an entry stands at an index of the log and will be anchored in time. */
export interface Receipt {
  readonly index: bigint;
  readonly leaf: Digest;
  /** Unix milliseconds. */
  readonly anchorBy: bigint;
  readonly signature: Signature;
}

/** Reads a receipt whose place is told by `index`. */
export function readReceipt(at: At, index: bigint): Receipt {
  return {
    index,
    leaf: at.member("leaf").hex(32),
    anchorBy: at.member("anchor_by").integer(),
    signature: at.member("signature").hex<Signature>(64),
  };
}

/** Whether the operator of this ledger signed the receipt. */
export function isReceiptOf(receipt: Receipt, operator: Key, ledger: LedgerId): boolean {
  const { index, leaf, anchorBy, signature } = receipt;
  const begin = joined(textBytes("vouchsafe/v1/receipt"), bytesOf(ledger), unsigned(index, 8), bytesOf(leaf));
  return isSignedBy(operator, joined(begin, unsigned(anchorBy, 8)), signature);
}

/** The operator's word that no Issue entry below a checkpoint's size has this voucher. */
export interface Absence {
  readonly voucher: Key;
  readonly checkpointHash: Digest;
  readonly at: bigint;
  readonly signature: Signature;
}

/** Reads such a word. */
export function readAbsence(at: At): Absence {
  return {
    voucher: at.member("voucher").hex<Key>(32),
    checkpointHash: at.member("checkpoint_hash").hex(32),
    at: at.member("at").integer(),
    signature: at.member("signature").hex<Signature>(64),
  };
}

/** Whether the operator of this ledger signed it. */
export function isAbsenceOf(absence: Absence, operator: Key, ledger: LedgerId): boolean {
  const begin = joined(textBytes("vouchsafe/v1/absent"), bytesOf(ledger), bytesOf(absence.voucher));
  const message = joined(begin, bytesOf(absence.checkpointHash), unsigned(absence.at, 8));
  return isSignedBy(operator, message, absence.signature);
}
