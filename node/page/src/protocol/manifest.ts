// What a batch is: the issuer's manifest and the terms that rules depend on (docs/protocol.md section 4).

import { bytesOf, type Digest, integerOf, joined, type Key, textBytes, toHex } from "./bytes.ts";
import { At, isObject, type Json, JsonError, parseJson } from "./json.ts";
import { hash } from "./keccak.ts";
import { leafHash } from "./merkle.ts";
import { parseTime } from "./time.ts";
import { type CodeForm, codeForm } from "./voucher.ts";

/** The members of a manifest that this version knows. */
const KNOWN: readonly string[] = [
  "format",
  "issuer",
  "product",
  "face_value",
  "redeem_by",
  "redeem_url",
  "code_form",
  "layout",
  "source_digest",
  "created_at",
  "chain_time",
  "tool",
  "critical",
];

/** What a verifier reads of a manifest. Texts are the issuer's own words. */
export interface Manifest {
  readonly codeForm: CodeForm;
  /** Unix milliseconds until which the voucher is honoured. */
  readonly redeemBy: bigint | null;
  readonly issuerName: string | null;
  /** The domain that the issuer says vouches for him. */
  readonly issuerDomain: string | null;
  readonly productTitle: string | null;
  readonly faceValue: readonly [amount: string, currency: string] | null;
  readonly redeemUrl: string | null;
  /** A member that the issuer calls critical and this version does not know. */
  readonly unknownCritical: string | null;
}

/** Reads the text: an object with a known `code_form` and, if there, a well-formed `redeem_by`. Throws `JsonError`. */
export function readManifest(text: string): Manifest {
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new JsonError("manifest", error instanceof Error ? error.message : "no JSON");
  }
  const root = new At(value, "manifest");
  const form = root.member("code_form");
  const known = codeForm(form.text());
  if (known === null) throw form.error("not a code form of this version");
  const until = root.optional("redeem_by");
  const redeemBy = until === null ? null : parseTime(until.text());
  if (until !== null && redeemBy === null) throw until.error("not a time of the form YYYY-MM-DDTHH:MM:SSZ");
  const [amount, currency] = [textAt(value, "face_value", "amount"), textAt(value, "face_value", "currency")];
  return {
    codeForm: known,
    redeemBy,
    issuerName: textAt(value, "issuer", "name"),
    issuerDomain: textAt(value, "issuer", "domain"),
    productTitle: textAt(value, "product", "title"),
    faceValue: amount === null || currency === null ? null : [amount, currency],
    redeemUrl: textAt(value, "redeem_url"),
    unknownCritical: unknownCritical(root),
  };
}

function textAt(value: Json, ...path: readonly string[]): string | null {
  let found: Json | undefined = value;
  for (const name of path) found = isObject(found) ? found.get(name) : undefined;
  return typeof found === "string" ? found : null;
}

/** The first name in `critical` that is not known; a `critical` that is no list of names is itself not understood. */
function unknownCritical(root: At): string | null {
  const names = root.optional("critical")?.value;
  if (names === undefined) return null;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) return "critical";
  return names.find((name) => !KNOWN.includes(name)) ?? null;
}

/** What rules depend on. */
export interface Terms {
  readonly count: bigint;
  readonly uses: number;
  readonly isTransferable: boolean;
  readonly isStamped: boolean;
  readonly claimsOnlyAfterSale: boolean;
  readonly redeemers: readonly Key[];
  readonly arbiters: readonly Key[];
  /** As they are written: `count u64 || uses u16 || flags u8 || r u8 || a u8 || r x 32 || a x 32`. */
  readonly bytes: Uint8Array;
}

/** Terms from their bytes, every one of them; the text says why they are none. */
export function decodeTerms(bytes: Uint8Array): Terms | string {
  const [flags, redeemers, arbiters] = [bytes[10], bytes[11], bytes[12]];
  if (flags === undefined || redeemers === undefined || arbiters === undefined) return "terms of fewer than 13 bytes";
  const width = 13 + 32 * (redeemers + arbiters);
  if (bytes.length !== width) return `${bytes.length} bytes where the terms' own counts ask for ${width}`;
  const count = integerOf(bytes.subarray(0, 8));
  const uses = Number(integerOf(bytes.subarray(8, 10)));
  if (flags > 7) return `flags ${flags}: only the lowest three bits are in use`;
  if (count === 0n) return "terms of no voucher";
  if (uses < 1 || uses > 100) return `${uses} uses: from 1 to 100 are possible`;
  const keys = Array.from({ length: redeemers + arbiters }, (_, at) =>
    toHex<Key>(bytes.subarray(13 + 32 * at, 45 + 32 * at)),
  );
  return {
    count,
    uses,
    isTransferable: (flags & 1) !== 0,
    isStamped: (flags & 2) !== 0,
    claimsOnlyAfterSale: (flags & 4) !== 0,
    redeemers: keys.slice(0, redeemers),
    arbiters: keys.slice(redeemers),
    bytes,
  };
}

/** The hash of leaf 0 of the batch tree: of `manifest_digest || terms`. */
export function manifestLeaf(text: string, terms: Terms): Digest {
  return leafHash(joined(bytesOf(hash(textBytes(text))), terms.bytes));
}
