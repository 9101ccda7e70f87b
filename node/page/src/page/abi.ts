// The few words of Solidity's ABI that reading the anchors contract takes (docs/protocol.md section 12).

import { bytesOf, type Digest, fromHex, integerOf, type Key, textBytes, toHex, unsigned } from "../protocol/bytes.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import { hash, hashBytes } from "../protocol/keccak.ts";
import { EMPTY_ROOT } from "../protocol/merkle.ts";
import { ZERO } from "../protocol/bytes.ts";

/** The call data of a function that takes one 32-byte word. */
export function callOf(signature: string, word: string): string {
  return toHex(hashBytes(textBytes(signature)).slice(0, 4)) + word.slice(2);
}

/** The 32-byte word of a number. */
export function wordOf(value: bigint): string {
  return toHex(unsigned(value, 32));
}

export const ANCHORED = hash(
  textBytes("Anchored(bytes32,uint64,(uint64,uint64,uint64,bytes32,bytes32,bytes32,bytes32))"),
);
export const OPENED = hash(textBytes("Opened(bytes32,address,bytes32,bytes32)"));

/** The 32-byte words of an answer, exactly so many; null otherwise. */
export function words(data: string, due: number): readonly Uint8Array[] | null {
  const bytes = fromHex(data.toLowerCase());
  if (bytes === null || bytes.length !== due * 32) return null;
  return Array.from({ length: due }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
}

/** The checkpoint of an `Anchored` event's data. */
export function anchoredCheckpoint(data: string): Checkpoint | null {
  const found = words(data, 7);
  if (found === null) return null;
  const number = (at: number): bigint => integerOf(found[at] ?? bytesOf(ZERO));
  const digest = (at: number): Digest => toHex(found[at] ?? bytesOf(ZERO));
  return {
    number: number(0),
    size: number(1),
    vouchers: number(2),
    logRoot: digest(3),
    headRoot: digest(4),
    operatorKey: digest(5) as string as Key,
    previous: digest(6),
  };
}

/** Checkpoint 0 of an `Opened` event's data, which is salt and operator key. */
export function openedCheckpoint(data: string): Checkpoint | null {
  const key = words(data, 2)?.[1];
  if (key === undefined) return null;
  return {
    number: 0n,
    size: 0n,
    vouchers: 0n,
    logRoot: EMPTY_ROOT,
    headRoot: EMPTY_ROOT,
    operatorKey: toHex<Key>(key),
    previous: ZERO,
  };
}
