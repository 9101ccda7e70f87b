// Bytes and their one text form, lower-case hex after 0x (docs/protocol.md section 0).
//
// Digests, keys and signatures are kept as that text: two of them are the same exactly if the texts are.

/** A 32-byte hash. */
export type Digest = string & { readonly kind: "digest" };
/** The name of a ledger, 32 bytes. */
export type LedgerId = string & { readonly kind: "ledger" };
/** An Ed25519 public key, 32 bytes. */
export type Key = string & { readonly kind: "key" };
/** An Ed25519 signature, 64 bytes. */
export type Signature = string & { readonly kind: "signature" };
/** An account or contract of the chain, 20 bytes. */
export type Address = string & { readonly kind: "address" };

/** The party of an entry that names nobody. */
export const NOBODY = `0x${"0".repeat(64)}` as Key;
/** 32 zero bytes as a hash. */
export const ZERO = `0x${"0".repeat(64)}` as Digest;

const HEX = /^0x(?:[0-9a-f]{2})*$/;

/** The bytes of a text; null unless it is lower-case hex after 0x. */
export function fromHex(text: string): Uint8Array | null {
  if (!HEX.test(text)) return null;
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(text.slice(2 + at * 2, 4 + at * 2), 16);
  return bytes;
}

/** The bytes of a text that is known to be hex. */
export function bytesOf(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) throw new TypeError("not hex");
  return bytes;
}

/** The text of bytes. */
export function toHex<T extends string = string>(bytes: Uint8Array): T {
  let text = "0x";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text as T;
}

/** Bytes one after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** An unsigned integer of this many bytes, big-endian. */
export function unsigned(value: bigint, width: number): Uint8Array {
  const bytes = new Uint8Array(width);
  let rest = value;
  for (let at = width - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new RangeError(`${value} does not fit ${width} bytes`);
  return bytes;
}

/** The unsigned big-endian integer of bytes. */
export function integerOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** Whether there are as many, and each is the same. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

const utf8 = new TextEncoder();

/** The UTF-8 bytes of a text. */
export function textBytes(text: string): Uint8Array {
  return utf8.encode(text);
}
