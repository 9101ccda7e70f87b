// Everything that a stranger needs to judge one voucher, in one file: its shape (docs/protocol.md section 10). Whether it
// is true is said by `verify`.

import type { Digest, Key, Signature } from "./bytes.ts";
import { type Checkpoint, CHUNK_BYTES, type Ledger, readCheckpoint, readLedger } from "./checkpoint.ts";
import { decodeEntry, type Entry, type Signed } from "./entry.ts";
import { At, type Json, parseJson } from "./json.ts";
import { kindOf } from "./lifecycle.ts";
import { decodeTerms, type Manifest, readManifest, type Terms } from "./manifest.ts";
import { readReceipt, type Receipt } from "./receipt.ts";

const FORMAT = "vouchsafe/dossier@1";

/** A memo as a dossier shows it: its exact text, null for none, undefined where it is withheld. */
export type Memo = string | null | undefined;

/** An entry with what travels beside it. */
export interface Step {
  readonly entry: Entry;
  readonly memo: Memo;
  readonly signatures: readonly Signed[];
}

/** An entry at its place in the log. */
export interface Placed extends Step {
  readonly index: bigint;
}

export interface HistoryItem extends Placed {
  readonly path: readonly Digest[];
}

export interface PendingItem extends Placed {
  readonly receipt: Receipt;
}

/** Where on the chain a checkpoint stands: a hint where to look, never evidence. */
export interface Anchored {
  readonly tx: Digest;
  readonly blockNumber: bigint;
  readonly blockHash: Digest;
  readonly blockTime: bigint;
}

/** What proves the checkpoint by the hash of a block alone. This judge reads its shape only: the command verifies it. */
export interface ChainProof {
  readonly header: Uint8Array;
  readonly account: readonly Uint8Array[];
  readonly tip: readonly Uint8Array[];
  readonly slot: readonly Uint8Array[];
}

/** A dossier of the right shape. */
export interface Dossier {
  readonly ledger: Ledger;
  readonly checkpoint: Checkpoint;
  readonly anchored: Anchored | null;
  readonly proof: ChainProof | null;
  readonly manifest: Manifest;
  readonly manifestText: string;
  readonly terms: Terms;
  readonly manifestPath: readonly Digest[];
  readonly voucher: {
    readonly number: bigint;
    readonly key: Key;
    readonly label: Digest;
    readonly path: readonly Digest[];
  };
  readonly head: { readonly chunk: Uint8Array; readonly path: readonly Digest[] };
  readonly history: readonly HistoryItem[];
  readonly pending: readonly PendingItem[];
  readonly incidents: readonly Step[];
}

/** Reads a file: the step `format.valid`. Throws `JsonError`, which says where in the file what is wrong. */
export function parseDossier(text: string): Dossier {
  return readDossier(parseJson(text));
}

/** Reads a value that was parsed already. */
export function readDossier(value: Json): Dossier {
  const root = new At(value, "dossier");
  const format = root.member("format");
  if (format.text() !== FORMAT) throw format.error(`"${FORMAT}" is due`);
  const history = root.member("history").items().map(historyItem);
  if (history.length === 0) throw root.member("history").error("a history has at least its Issue entry");
  const checkpoint = root.member("checkpoint");
  const voucher = root.member("voucher");
  return {
    ledger: readLedger(root.member("ledger")),
    checkpoint: readCheckpoint(checkpoint),
    anchored: readAnchored(checkpoint),
    proof: readProof(checkpoint),
    ...manifestPart(root.member("manifest")),
    voucher: {
      number: voucher.member("number").integer(),
      key: voucher.member("key").hex<Key>(32),
      label: voucher.member("label").hex(32),
      path: voucher.member("path").digests(),
    },
    head: headPart(root.member("head")),
    history,
    pending: (root.optional("pending")?.items() ?? []).map(pendingItem),
    incidents: (root.optional("incidents")?.items() ?? []).map(readStep),
  };
}

function readAnchored(checkpoint: At): Anchored | null {
  const hint = checkpoint.nullable("anchored");
  if (hint === null) return null;
  return {
    tx: hint.member("tx").hex(32),
    blockNumber: hint.member("block_number").integer(),
    blockHash: hint.member("block_hash").hex(32),
    blockTime: hint.member("block_time").integer(),
  };
}

function readProof(checkpoint: At): ChainProof | null {
  const proof = checkpoint.nullable("proof");
  if (proof === null) return null;
  const nodes = (name: string): Uint8Array[] =>
    proof
      .member(name)
      .items()
      .map((node) => node.bytes());
  return {
    header: proof.member("header").bytes(),
    account: nodes("account"),
    tip: nodes("tip"),
    slot: nodes("slot"),
  };
}

function manifestPart(at: At): Pick<Dossier, "manifest" | "manifestText" | "terms" | "manifestPath"> {
  const manifestText = at.member("text").text();
  const terms = at.member("terms");
  const decoded = decodeTerms(terms.bytes());
  if (typeof decoded === "string") throw terms.error(decoded);
  return {
    manifest: readManifest(manifestText),
    manifestText,
    terms: decoded,
    manifestPath: at.member("path").digests(),
  };
}

function headPart(at: At): Dossier["head"] {
  const chunk = at.member("chunk");
  const bytes = chunk.bytes();
  if (bytes.length !== CHUNK_BYTES) throw chunk.error(`${CHUNK_BYTES} bytes are due`);
  return { chunk: bytes, path: at.member("path").digests() };
}

function historyItem(at: At): HistoryItem {
  return { index: at.member("index").integer(), ...readStep(at), path: at.member("path").digests() };
}

function pendingItem(at: At): PendingItem {
  const index = at.member("index").integer();
  return { index, ...readStep(at), receipt: readReceipt(at.member("receipt"), index) };
}

/** Reads an entry, its memo and its signatures. */
export function readStep(at: At): Step {
  const bytes = at.member("entry");
  const entry = decodeEntry(bytes.bytes());
  if (entry === null) throw bytes.error("98 bytes are due");
  const kind = kindOf(entry.kind);
  if (kind === null) throw bytes.error(`kind ${entry.kind} is not known`);
  return { entry, memo: readMemo(at, kind === "Issue"), signatures: at.member("signatures").items().map(signed) };
}

function readMemo(at: At, isIssue: boolean): Memo {
  const memo = at.optional("memo");
  if (memo === null) return undefined;
  if (memo.value === null) return null;
  const text = memo.text();
  if (isIssue) throw memo.error("an Issue entry has no memo");
  return text;
}

function signed(at: At): Signed {
  return {
    role: at.member("role").text(),
    key: at.member("key").hex<Key>(32),
    signature: at.member("signature").hex<Signature>(64),
  };
}
