// The golden vectors of the repository, as the tests read them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeEntry } from "../src/protocol/entry.ts";
import { fromHex } from "../src/protocol/bytes.ts";

/** The page's folder, put in by the build of the tests. */
declare const PAGE: string;

export const REPOSITORY = join(PAGE, "../..");
export const VECTORS = join(REPOSITORY, "tests/vectors");

export type Loose = Readonly<Record<string, any>>;

export function load(name: string): any {
  return JSON.parse(readFileSync(join(VECTORS, name), "utf8"));
}

/** A dossier with what it is judged with. */
export interface Golden {
  readonly name: string;
  readonly dossier: string;
  readonly value: Loose;
  readonly trusted: string;
  readonly opening: string | null;
  readonly expect: Loose;
  /** A minute after its newest entry. */
  readonly now: bigint;
}

export function golden(name: string): Golden {
  const file = load(`dossiers/${name}.json`);
  return {
    name,
    dossier: JSON.stringify(file.dossier),
    value: file.dossier,
    trusted: JSON.stringify(file.trusted_checkpoint),
    opening: file.opening === null || file.opening === undefined ? null : JSON.stringify(file.opening),
    expect: file.expect,
    now: newestEntry(file.dossier) + 60_000n,
  };
}

export function allGolden(): readonly Golden[] {
  return readdirSync(join(VECTORS, "dossiers")).map((file) => golden(file.replace(/\.json$/, "")));
}

function newestEntry(dossier: Loose): bigint {
  const items: readonly Loose[] = [...(dossier["history"] ?? []), ...(dossier["pending"] ?? [])];
  const times = items.map((item) => decodeEntry(fromHex(item["entry"]) ?? new Uint8Array())?.at ?? 0n);
  return times.reduce((newest, at) => (at > newest ? at : newest), 0n);
}
