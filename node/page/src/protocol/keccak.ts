// The protocol's hash, Keccak-256 as Ethereum has it (docs/protocol.md section 0).

import { keccak_256 } from "@noble/hashes/sha3.js";
import { type Digest, joined, textBytes, toHex, unsigned } from "./bytes.ts";

/** `H` of bytes one after the other, as bytes. */
export function hashBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return keccak_256(joined(...parts));
}

/** `H` of bytes one after the other. */
export function hash(...parts: readonly Uint8Array[]): Digest {
  return toHex(hashBytes(...parts));
}

/** The longest text that `str` takes, in bytes. */
const LONGEST = 65_535;

/** `str(x)`: length and UTF-8 bytes; null beyond 65,535 bytes. */
export function str(text: string): Uint8Array | null {
  const bytes = textBytes(text);
  return bytes.length > LONGEST ? null : joined(unsigned(BigInt(bytes.length), 2), bytes);
}
