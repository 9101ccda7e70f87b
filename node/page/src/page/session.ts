// What the visitor has given so far. Secrets live here, in memory, and nowhere else.

import type { Key } from "../protocol/bytes.ts";
import type { Opening, Order, TrustedCheckpoint } from "../protocol/question.ts";
import type { Stamp } from "../protocol/voucher.ts";
import type { Asked, Found } from "./check.ts";

export interface Session {
  voucher: Key | null;
  /** Of the link that was pasted: what stands before `/v/`. */
  site: string | null;
  /** Of the link that was opened or pasted. */
  stamp: Stamp | null;
  serial: string;
  code: string;
  order: Order | null;
  myKey: Key | null;
  /** A dossier file that was opened instead of asking the node. */
  file: string | null;
  trustedFile: TrustedCheckpoint | null;
  asOf: boolean;
  found: Found | null;
}

export function freshSession(): Session {
  return {
    voucher: null,
    site: null,
    stamp: null,
    serial: "",
    code: "",
    order: null,
    myKey: null,
    file: null,
    trustedFile: null,
    asOf: false,
    found: null,
  };
}

/** A link without stamp belongs to a code that was printed without one. */
export function openingOf(session: Session): Opening | null {
  if (session.code === "") return null;
  return {
    serial: session.serial,
    code: session.code,
    stamp: session.stamp ?? new Uint8Array(16),
    order: session.order,
  };
}

export function askedOf(session: Session): Asked {
  const { voucher, file, order, myKey, asOf, trustedFile } = session;
  return { voucher, file, opening: openingOf(session), order, myKey, asOf, trustedFile };
}
