// Ed25519 as the protocol has it: RFC 8032 keys and signatures, verified strictly and without cofactor
// (docs/protocol.md section 0).
//
// noble's own `verify` multiplies by the cofactor and would take signatures that the operator and the contract refuse,
// so the equation is checked here on noble's points.

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { bytesOf, joined, type Key, sameBytes, type Signature, toHex } from "./bytes.ts";

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

type Point = InstanceType<typeof Point>;

/** A pair that can sign. The seed is the secret half. */
export interface KeyPair {
  readonly seed: Uint8Array;
  readonly key: Key;
}

/** The RFC 8032 key pair of a 32-byte seed. */
export function keyPair(seed: Uint8Array): KeyPair {
  return { seed, key: toHex(ed25519.getPublicKey(seed)) };
}

/** Signs these bytes. */
export function sign(pair: KeyPair, message: Uint8Array): Signature {
  return toHex(ed25519.sign(message, pair.seed));
}

/** The point of these bytes, if they are its one canonical encoding and it is not of small order. */
function strictPoint(bytes: Uint8Array): Point | null {
  try {
    const point = Point.fromBytes(bytes);
    return sameBytes(point.toBytes(), bytes) && !point.isSmallOrder() ? point : null;
  } catch {
    return null;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return value;
}

/**
 * Whether `signature` is `key`'s over `message`: A and R canonical and not of small order, S below the group order, and
 * the encoding of S·B - k·A equal to R.
 */
export function isSignedBy(key: Key, message: Uint8Array, signature: Signature): boolean {
  const bytes = bytesOf(signature);
  const encoded = bytesOf(key);
  const r = bytes.subarray(0, 32);
  const s = littleEndian(bytes.subarray(32));
  const a = strictPoint(encoded);
  if (s >= ORDER || a === null || strictPoint(r) === null) return false;
  const k = littleEndian(sha512(joined(r, encoded, message))) % ORDER;
  const found = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
  return sameBytes(found.toBytes(), r);
}
