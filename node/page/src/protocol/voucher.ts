// A voucher's secrets and its names: code form, key, label, record, link, order (docs/protocol.md section 3).

import { bytesOf, type Digest, joined, type Key, type LedgerId, textBytes, toHex, unsigned } from "./bytes.ts";
import { type KeyPair, keyPair } from "./ed25519.ts";
import { hash, hashBytes, str } from "./keccak.ts";
import { leafHash } from "./merkle.ts";

/** How serials and codes are written before they are hashed. */
export type CodeForm = "exact" | "strip" | "strip-upper";

/** The form of this name. */
export function codeForm(name: string): CodeForm | null {
  return name === "exact" || name === "strip" || name === "strip-upper" ? name : null;
}

const STRIPPED =
  /[\u0009-\u000d \u0085\u00a0\u00ad\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\-\u2010-\u2015\u2212]/g;

/** A serial or code in its form. */
export function formed(form: CodeForm, text: string): string {
  if (form === "exact") return text;
  const bare = text.normalize("NFKC").replace(STRIPPED, "");
  return form === "strip" ? bare : bare.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** 16 bytes that travel with a code and are as secret as it. */
export type Stamp = Uint8Array;

/** The stamp of a code that was printed without one. */
export const NO_STAMP: Stamp = new Uint8Array(16);

export function isNoStamp(stamp: Stamp): boolean {
  return stamp.every((byte) => byte === 0);
}

/** The stamp that an issuer's secret gives a formed serial and code; null if a text is too long. */
export function stampOf(
  secret: Uint8Array,
  ledger: LedgerId,
  generation: number,
  serial: string,
  code: string,
): Stamp | null {
  const [s, c] = [str(serial), str(code)];
  if (s === null || c === null) return null;
  const begin = joined(textBytes("vouchsafe/v1/stamp"), secret, bytesOf(ledger), unsigned(BigInt(generation), 2));
  return hashBytes(begin, s, c).slice(0, 16);
}

/** The voucher's key pair: who can derive it holds the code and its stamp. Null if a text is too long. */
export function voucherKey(issuer: Key, stamp: Stamp, serial: string, code: string): KeyPair | null {
  const [s, c] = [str(serial), str(code)];
  if (s === null || c === null) return null;
  return keyPair(hashBytes(textBytes("vouchsafe/v1/voucher"), bytesOf(issuer), stamp, s, c));
}

/** The label of a formed serial; null if it is too long. */
export function labelOf(stamp: Stamp, serial: string): Digest | null {
  const s = str(serial);
  if (s === null) return null;
  const key = hashBytes(textBytes("vouchsafe/v1/opening-key"), stamp).slice(0, 16);
  return hash(textBytes("vouchsafe/v1/label"), key, s);
}

/** The reference to an order that a memo carries; null if the shop's own reference is too long. */
export function orderDigest(salt: Uint8Array, reference: string): Digest | null {
  const r = str(reference);
  return r === null ? null : hash(textBytes("vouchsafe/v1/order"), salt, r);
}

/** The hash of a record in the batch tree. */
export function recordLeaf(key: Key, label: Digest): Digest {
  return leafHash(joined(bytesOf(key), bytesOf(label)));
}

/** Base64url without padding. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The bytes of base64url without padding, if there are `width` of them and the text is the one way to write them. */
export function fromBase64(text: string, width: number): Uint8Array | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  try {
    const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return bytes.length === width && toBase64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

/** A voucher by its name in links or by its hex. */
export function voucherNamed(text: string): Key | null {
  if (/^0x[0-9a-f]{64}$/.test(text)) return text as Key;
  const bytes = fromBase64(text, 32);
  return bytes === null ? null : toHex(bytes);
}

/** The name of a voucher in links, 43 characters. */
export function linkName(voucher: Key): string {
  return toBase64(bytesOf(voucher));
}

/** What a link says. */
export interface Link {
  /** Everything before `/v/`. */
  readonly site: string;
  readonly voucher: Key;
  /** Null in a link that was made for sharing. */
  readonly stamp: Stamp | null;
}

/** Reads a link; null unless it is one of the protocol's form. */
export function parseLink(text: string): Link | null {
  const hashAt = text.indexOf("#");
  const address = hashAt < 0 ? text : text.slice(0, hashAt);
  const fragment = hashAt < 0 ? "" : text.slice(hashAt + 1);
  const nameAt = address.lastIndexOf("/v/");
  if (nameAt < 0 || !/^https?:\/\//.test(address)) return null;
  const name = fromBase64(address.slice(nameAt + 3), 32);
  if (name === null) return null;
  const stamp = fragment === "" ? null : fromBase64(fragment, 16);
  if (fragment !== "" && stamp === null) return null;
  return { site: address.slice(0, nameAt), voucher: toHex(name), stamp };
}
