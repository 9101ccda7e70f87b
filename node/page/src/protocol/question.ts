// What a verifier is asked with: the files of docs/protocol.md section 10 beside the dossier, read strictly.

import { type Address, type Key, type LedgerId } from "./bytes.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { At, parseJson } from "./json.ts";
import type { Stamp } from "./voucher.ts";

/** A checkpoint from a source that the asker trusts. Times are Unix milliseconds. */
export interface TrustedCheckpoint {
  readonly ledger: LedgerId;
  readonly checkpoint: Checkpoint;
  readonly blockTime: bigint | null;
  /** When the next checkpoint's block was made. */
  readonly supersededAt: bigint | null;
}

export function parseTrusted(text: string): TrustedCheckpoint {
  return readTrusted(new At(parseJson(text), "trusted checkpoint"));
}

export function readTrusted(root: At): TrustedCheckpoint {
  return {
    ledger: root.member("ledger").hex<LedgerId>(32),
    checkpoint: readCheckpoint(root),
    blockTime: root.nullable("block_time")?.integer() ?? null,
    supersededAt: root.nullable("superseded_at")?.integer() ?? null,
  };
}

/** An order that the asker can show. */
export interface Order {
  readonly reference: string;
  /** 16 bytes. */
  readonly salt: Uint8Array;
}

/** The secrets that open a voucher, as they were delivered. */
export interface Opening {
  readonly serial: string;
  readonly code: string;
  readonly stamp: Stamp;
  readonly order: Order | null;
}

export function parseOpening(text: string): Opening {
  const root = new At(parseJson(text), "opening");
  const order = root.nullable("order");
  return {
    serial: root.member("serial").text(),
    code: root.member("code").text(),
    stamp: sixteen(root.member("stamp")),
    order: order === null ? null : { reference: order.member("reference").text(), salt: sixteen(order.member("salt")) },
  };
}

function sixteen(at: At): Uint8Array {
  const bytes = at.bytes();
  if (bytes.length !== 16) throw at.error("16 bytes are due");
  return bytes;
}

/** Whom the asker trusts. */
export interface Policy {
  readonly chains: readonly {
    readonly chainId: bigint;
    readonly contract: Address;
    readonly ledgers: readonly LedgerId[];
  }[];
  readonly issuers: readonly { readonly key: Key; readonly name: string }[];
  /** How old a checkpoint's block may be, in seconds. */
  readonly maxAgeS: bigint;
}

/** `max_age_s` where a policy has none: a day. */
export const DEFAULT_MAX_AGE_S = 86_400n;

export function parsePolicy(text: string): Policy {
  const root = new At(parseJson(text), "policy");
  return {
    chains: root
      .member("chains")
      .items()
      .map((chain) => ({
        chainId: chain.member("chain_id").integer(),
        contract: chain.member("contract").hex<Address>(20),
        ledgers: chain
          .member("ledgers")
          .items()
          .map((ledger) => ledger.hex<LedgerId>(32)),
      })),
    issuers: root
      .member("issuers")
      .items()
      .map((issuer) => ({
        key: issuer.member("key").hex<Key>(32),
        name: issuer.member("name").text(),
      })),
    maxAgeS: root.nullable("max_age_s")?.integer() ?? DEFAULT_MAX_AGE_S,
  };
}

/** The name that a policy gives an issuer. */
export function issuerName(policy: Policy | null, key: Key): string | null {
  return policy?.issuers.find((issuer) => issuer.key === key)?.name ?? null;
}

/** Everything that a verdict depends on. */
export interface Question {
  /** The dossier's text. */
  readonly dossier: string;
  /** Null where no source could be asked. */
  readonly trusted: TrustedCheckpoint | null;
  /** Whether that checkpoint can no longer vanish. */
  readonly isFinal: boolean;
  readonly opening: Opening | null;
  /** An opening's own order counts where this is null. */
  readonly order: Order | null;
  /** The key that the asker holds. */
  readonly myKey: Key | null;
  readonly policy: Policy | null;
  /** The asker wants the state as of the checkpoint, however old. */
  readonly asOf: boolean;
  /** The asker's clock, Unix milliseconds. */
  readonly now: bigint;
}
