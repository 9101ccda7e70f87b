// One step in a voucher's life: the 98 bytes that are a leaf of the log, and what its signers sign
// (docs/protocol.md sections 5 and 7).

import {
  bytesOf,
  type Digest,
  integerOf,
  joined,
  type Key,
  type LedgerId,
  NOBODY,
  type Signature,
  textBytes,
  toHex,
  unsigned,
  ZERO,
} from "./bytes.ts";
import { isSignedBy } from "./ed25519.ts";
import { hash } from "./keccak.ts";
import { leafHash } from "./merkle.ts";

/** An entry as it stands in the log; kind and status as they are written. */
export interface Entry {
  readonly kind: number;
  readonly status: number;
  readonly first: bigint;
  readonly count: bigint;
  readonly prev: bigint;
  readonly at: bigint;
  readonly party: Key;
  readonly content: Digest;
}

/** Bytes of an entry. */
const WIDTH = 98;
/** `prev` of an Issue. */
export const NO_PREV = (1n << 64n) - 1n;

/** From its 98 bytes; null at another width. */
export function decodeEntry(bytes: Uint8Array): Entry | null {
  if (bytes.length !== WIDTH) return null;
  const word = (at: number): bigint => integerOf(bytes.subarray(at, at + 8));
  return {
    kind: bytes[0] ?? 0,
    status: bytes[1] ?? 0,
    first: word(2),
    count: word(10),
    prev: word(18),
    at: word(26),
    party: toHex(bytes.subarray(34, 66)),
    content: toHex(bytes.subarray(66, 98)),
  };
}

/** The 98 bytes. */
export function encodeEntry(entry: Entry): Uint8Array {
  const words = [entry.first, entry.count, entry.prev, entry.at].map((word) => unsigned(word, 8));
  return joined(Uint8Array.of(entry.kind, entry.status), ...words, bytesOf(entry.party), bytesOf(entry.content));
}

/** The hash of its leaf in the log. */
export function entryLeaf(entry: Entry): Digest {
  return leafHash(encodeEntry(entry));
}

/** What its signers decided: the entry before the operator put his clock on it. */
export function withoutClock(entry: Entry): Entry {
  return { ...entry, at: 0n };
}

/** One past the last number covered. */
export function endOf(entry: Entry): bigint {
  return entry.first + entry.count;
}

/** Whether voucher `number` is covered. */
export function covers(entry: Entry, number: bigint): boolean {
  return entry.first <= number && number < endOf(entry);
}

/** Whether the range lies inside that of `other`. */
export function isInside(entry: Entry, other: Entry): boolean {
  return other.first <= entry.first && endOf(entry) <= endOf(other);
}

/** The party, where the entry names one. */
export function partyOf(entry: Entry): Key | null {
  return entry.party === NOBODY ? null : entry.party;
}

/** The bytes that each signer signs. `prevLeaf` is the leaf hash of the entry at `prev`, zero for an Issue. */
export function instruction(entry: Entry, ledger: LedgerId, prevLeaf: Digest): Uint8Array {
  const begin = joined(textBytes("vouchsafe/v1/instruction"), bytesOf(ledger), bytesOf(prevLeaf));
  return joined(begin, encodeEntry(withoutClock(entry)));
}

/** The hash of a memo as an entry's `content` holds it: of its exact bytes, zero for none. */
export function memoContent(memo: string | null): Digest {
  return memo === null ? ZERO : hash(textBytes(memo));
}

/** A signature that travels with an entry. `role` informs; a demand is met by the key. */
export interface Signed {
  readonly role: string;
  readonly key: Key;
  readonly signature: Signature;
}

/** The keys that truly signed the instruction. Invalid signatures are surplus and are ignored. */
export function signers(signatures: readonly Signed[], message: Uint8Array): readonly Key[] {
  return signatures.filter((signed) => isSignedBy(signed.key, message, signed.signature)).map((signed) => signed.key);
}
