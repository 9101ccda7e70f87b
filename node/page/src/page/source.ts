// What a dossier is held against: a checkpoint from a file, from the chain through the visitor's own node, or by the word
// of the node that serves this page; always with the name of who says so.

import type { Ledger } from "../protocol/checkpoint.ts";
import { type Anchored } from "../protocol/dossier.ts";
import { readCheckpoint } from "../protocol/checkpoint.ts";
import { JsonError } from "../protocol/json.ts";
import type { TrustedCheckpoint } from "../protocol/question.ts";
import { type Anchoring, ChainNode, ChainSilent } from "./chain.ts";
import { Unreached } from "./fetching.ts";
import { checkpoint, Refusal, siteAsked } from "./node.ts";
import { kept } from "./settings.ts";
import { type Said, unreached } from "./words.ts";

export type SourceKind = "chain" | "node" | "file" | "none";

export interface Source {
  readonly kind: SourceKind;
  /** The host of the chain node. */
  readonly name: string;
  readonly trusted: TrustedCheckpoint | null;
  readonly isFinal: boolean;
  /** Why there is none. */
  readonly problem: Said | null;
}

/** Where a checkpoint will be looked for. */
export function sourceKind(file: TrustedCheckpoint | null): SourceKind {
  if (file !== null) return "file";
  return kept("rpc") !== null ? "chain" : siteAsked() !== null ? "node" : "none";
}

/** The checkpoint of this number of this ledger. A source that is silent is no failure: its `problem` says why. */
export async function trustedSource(
  ledger: Ledger,
  number: bigint,
  anchored: Anchored | null,
  file: TrustedCheckpoint | null,
): Promise<Source> {
  const kind = sourceKind(file);
  const address = kept("rpc");
  const source = (found: Anchoring | null, name = "", problem: Said | null = null): Source => ({
    kind,
    name,
    trusted: found?.trusted ?? null,
    isFinal: found?.isFinal ?? true,
    problem,
  });
  // Who brings a file vouches for it himself; one on another ledger says nothing about this one.
  if (file !== null && file.ledger !== ledger.id) return source(null, "", { text: "file_other_ledger" });
  if (file !== null) return source({ trusted: file, isFinal: true });
  if (address !== null) {
    const name = new URL(address).host;
    try {
      return source(await new ChainNode(address, ledger).checkpoint(number, anchored), name);
    } catch (error) {
      if (error instanceof ChainSilent) return source(null, name, error.said);
      throw error;
    }
  }
  if (kind === "none") return source(null);
  try {
    return source(await nodesWord(ledger, number));
  } catch (error) {
    const cause = error instanceof Unreached ? unreached(error) : error instanceof Error ? error.message : "";
    const detail = error instanceof Refusal ? error.detail : cause;
    return source(null, "", { text: "checkpoint_unread", values: { cause: detail } });
  }
}

async function nodesWord(ledger: Ledger, number: bigint): Promise<Anchoring | null> {
  const view = await checkpoint(number);
  const anchored = view.nullable("anchored");
  if (anchored === null) throw new JsonError("checkpoint", "not anchored");
  const trusted = {
    ledger: ledger.id,
    checkpoint: readCheckpoint(view),
    blockTime: anchored.member("block_time").integer(),
    supersededAt: view.nullable("superseded_at")?.integer() ?? null,
  };
  return { trusted, isFinal: view.member("finality").text() === "final" };
}
