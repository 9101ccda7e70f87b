// The life of a voucher: kinds, statuses, the one transition table, and the one function that takes a step
// (docs/protocol.md section 6). Links and signatures are asked for by the caller.

import { type Key, NOBODY } from "./bytes.ts";
import { endOf, type Entry, isInside, partyOf } from "./entry.ts";
import type { Terms } from "./manifest.ts";
import { type Detail, detail } from "./reasons.ts";

/** The kinds by their bytes. */
export const KINDS = {
  1: "Issue",
  2: "Transfer",
  3: "Sell",
  4: "Claim",
  5: "Use",
  6: "Redeem",
  7: "Void",
  8: "Hold",
  9: "Release",
  10: "Return",
} as const;
export type Kind = (typeof KINDS)[keyof typeof KINDS];

/** The statuses by their bytes. */
export const STATUSES = {
  1: "InTrade",
  2: "Sold",
  3: "Claimed",
  4: "Redeemed",
  5: "Voided",
  9: "InTradeOnHold",
  10: "SoldOnHold",
  11: "ClaimedOnHold",
} as const;
export type Status = (typeof STATUSES)[keyof typeof STATUSES];

/** The kind of a byte; null if section 6 does not list it. */
export function kindOf(byte: number): Kind | null {
  return (KINDS as Readonly<Record<number, Kind>>)[byte] ?? null;
}

/** The status of a byte; null if section 6 does not list it. */
export function statusOf(byte: number): Status | null {
  return (STATUSES as Readonly<Record<number, Status>>)[byte] ?? null;
}

/** The byte of a kind. */
export function kindByte(kind: Kind): number {
  return Number(Object.keys(KINDS).find((byte) => kindOf(Number(byte)) === kind));
}

/** The byte of a status. */
export function statusByte(status: Status): number {
  return Number(Object.keys(STATUSES).find((byte) => statusOf(Number(byte)) === status));
}

/** The one transition table, one line a kind of section 6. What it does not list is not legal. */
const AFTER: Readonly<Record<Kind, Partial<Record<Status, Status>>>> = {
  Issue: {},
  Transfer: { InTrade: "InTrade", Claimed: "Claimed" },
  Sell: { InTrade: "Sold" },
  Claim: { InTrade: "Claimed", Sold: "Claimed" },
  Use: { InTrade: "InTrade", Sold: "Sold", Claimed: "Claimed" },
  Redeem: { InTrade: "Redeemed", Sold: "Redeemed", Claimed: "Redeemed" },
  Void: {
    InTrade: "Voided",
    Sold: "Voided",
    Claimed: "Voided",
    InTradeOnHold: "Voided",
    SoldOnHold: "Voided",
    ClaimedOnHold: "Voided",
  },
  Hold: { InTrade: "InTradeOnHold", Sold: "SoldOnHold", Claimed: "ClaimedOnHold" },
  Release: { InTradeOnHold: "InTrade", SoldOnHold: "Sold", ClaimedOnHold: "Claimed" },
  Return: { Sold: "InTrade", Claimed: "InTrade" },
};

/** The status after a step of this kind; null where section 6 lists no such step. */
export function after(status: Status, kind: Kind): Status | null {
  return AFTER[kind][status] ?? null;
}

/** Everything of a history that decides what may come next: the fold of its entries. */
export interface State {
  readonly entry: Entry;
  readonly index: bigint;
  readonly status: Status;
  readonly issuer: Key;
  /** The party before the latest Sell, unless a Return stands after it. */
  readonly seller: Key | null;
  /** Use entries so far. */
  readonly used: bigint;
  /** Whether a Return stands in the history. */
  readonly wasReturned: boolean;
}

/** A step that can not be taken, and why. */
export class Illegal extends Error {
  constructor(readonly detail: Detail) {
    super(detail.reason);
  }
}

/** The state after the Issue entry at `index`. Throws `Illegal`. */
export function issuedState(entry: Entry, index: bigint): State {
  if (kindOf(entry.kind) !== "Issue" || statusOf(entry.status) !== "InTrade") {
    throw new Illegal(detail("not_an_issue", index));
  }
  checkRange(entry, index);
  return { entry, index, status: "InTrade", issuer: entry.party, seller: null, used: 0n, wasReturned: false };
}

/** Whether `entry` continues this state: its `prev` is this entry, its range lies inside this one's. */
export function links(state: State, entry: Entry): boolean {
  return entry.prev === state.index && isInside(entry, state.entry);
}

/** Takes one step. `voucher` is the key of the covered voucher where one is covered. Throws `Illegal`. */
export function step(state: State, entry: Entry, index: bigint, terms: Terms, voucher: Key | null): State {
  const kind = kindOf(entry.kind);
  if (kind === null) throw new Illegal(detail("unknown_kind", index, entry.kind));
  const status = after(state.status, kind);
  if (status === null) throw new Illegal(detail("illegal_transition", index, state.status, kind));
  if (entry.status !== statusByte(status)) {
    throw new Illegal(detail("wrong_status", index, entry.status, statusByte(status)));
  }
  checkRange(entry, index);
  if (entry.at < state.entry.at) throw new Illegal(detail("clock_back", index));
  checkTerms(state, kind, terms, index);
  checkParty(state, kind, entry, index, voucher);
  return {
    entry,
    index,
    status,
    issuer: state.issuer,
    seller: kind === "Sell" ? state.entry.party : kind === "Return" ? null : state.seller,
    used: state.used + (kind === "Use" ? 1n : 0n),
    wasReturned: state.wasReturned || kind === "Return",
  };
}

/** A range covers at least one voucher and stays among the numbers. */
function checkRange(entry: Entry, index: bigint): void {
  if (entry.count === 0n || endOf(entry) > 1n << 64n)
    throw new Illegal(detail("wrong_range", index, entry.first, entry.count));
}

function checkTerms(state: State, kind: Kind, terms: Terms, index: bigint): void {
  if (kind === "Transfer" && state.status === "Claimed" && !terms.isTransferable) {
    throw new Illegal(detail("not_transferable", index));
  }
  if (kind === "Claim" && state.status === "InTrade" && terms.claimsOnlyAfterSale) {
    throw new Illegal(detail("claim_before_sale", index));
  }
  if (kind === "Use" && state.used + 1n >= BigInt(terms.uses)) {
    throw new Illegal(detail("no_use_left", index, state.used, terms.uses));
  }
}

function checkParty(state: State, kind: Kind, entry: Entry, index: bigint, voucher: Key | null): void {
  if (kind === "Return" && state.seller === null) throw new Illegal(detail("no_seller", index));
  if (!namesItsParty(state, kind, entry, voucher)) throw new Illegal(detail("wrong_party", index));
  if ((kind === "Claim" || kind === "Use") && entry.count !== 1n) {
    throw new Illegal(detail("wrong_range", index, entry.first, entry.count));
  }
}

function namesItsParty(state: State, kind: Kind, entry: Entry, voucher: Key | null): boolean {
  const isNamed = entry.party !== NOBODY;
  switch (kind) {
    case "Issue":
      return false;
    case "Transfer":
      return isNamed;
    case "Sell":
      return true;
    case "Claim": {
      const buyer = state.status === "Sold" ? partyOf(state.entry) : null;
      return isNamed && entry.party !== voucher && (buyer === null || buyer === entry.party);
    }
    case "Return":
      return entry.party === state.seller;
    case "Use":
    case "Redeem":
    case "Void":
    case "Hold":
    case "Release":
      return entry.party === state.entry.party;
  }
}

/** As whom somebody must sign. */
export type Role =
  "issuer" | "holder" | "owner" | "voucher" | "claimant" | "seller" | "redeemer" | "arbiter" | "issuer or arbiter";

/** A signature that a step must carry: by any one of these keys. */
export interface Demand {
  readonly role: Role;
  readonly keys: readonly Key[];
}

/** The signatures that section 6 demands of `entry` as the next step. A Claim without known voucher can not be met. */
export function demands(state: State, entry: Entry, terms: Terms, voucher: Key | null): readonly Demand[] {
  const issuer: Demand = { role: "issuer", keys: [state.issuer] };
  const arbiter: Demand = { role: "arbiter", keys: terms.arbiters };
  const hasArbiters = terms.arbiters.length > 0;
  const kind = kindOf(entry.kind);
  switch (kind) {
    case null:
    case "Issue":
      return [{ role: "issuer", keys: [entry.party] }];
    case "Transfer":
    case "Sell":
      return [{ role: state.status === "InTrade" ? "holder" : "owner", keys: [state.entry.party] }];
    case "Claim":
      return [
        { role: "voucher", keys: voucher === null ? [] : [voucher] },
        { role: "claimant", keys: [entry.party] },
      ];
    case "Use":
    case "Redeem":
      return [{ role: "redeemer", keys: [state.issuer, ...terms.redeemers] }];
    case "Void":
      return state.status.endsWith("OnHold") && hasArbiters ? [issuer, arbiter] : [issuer];
    case "Hold":
      return [{ role: "issuer or arbiter", keys: [state.issuer, ...terms.arbiters] }];
    case "Release":
      return [hasArbiters ? arbiter : issuer];
    case "Return": {
      const owner = partyOf(state.entry);
      const due: Demand[] = owner === null ? [] : [{ role: "owner", keys: [owner] }];
      if (state.seller !== null) due.push({ role: "seller", keys: [state.seller] });
      return due;
    }
  }
}
