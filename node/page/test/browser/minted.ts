// A ledger made for tests: real keys, real trees, real signatures, in memory. It stands in for a node's store where the
// page is tested without one.

import {
  type Address,
  bytesOf,
  type Digest,
  type Key,
  NOBODY,
  textBytes,
  toHex,
  unsigned,
  ZERO,
} from "../../src/protocol/bytes.ts";
import { type Checkpoint, checkpointHash, headWord, ledgerName } from "../../src/protocol/checkpoint.ts";
import { type KeyPair, keyPair, sign } from "../../src/protocol/ed25519.ts";
import {
  encodeEntry,
  type Entry,
  entryLeaf,
  instruction,
  memoContent,
  NO_PREV,
  type Signed,
} from "../../src/protocol/entry.ts";
import { hash, hashBytes } from "../../src/protocol/keccak.ts";
import { type Kind, kindByte, type Status, statusByte } from "../../src/protocol/lifecycle.ts";
import { leafHash } from "../../src/protocol/merkle.ts";
import {
  labelOf,
  linkName,
  orderDigest,
  recordLeaf,
  stampOf,
  toBase64,
  voucherKey,
} from "../../src/protocol/voucher.ts";
import { joined } from "../../src/protocol/bytes.ts";

export const CHAIN_ID = 31337n;
export const CONTRACT = `0x${"c0".repeat(20)}` as Address;
const OPENER = `0x${"0e".repeat(20)}` as Address;
const SALT = `0x${"5a".repeat(32)}` as Digest;

const seeded = (name: string): KeyPair => keyPair(hashBytes(textBytes(`test key ${name}`)));
export const KEYS = {
  operator: seeded("operator"),
  issuer: seeded("issuer"),
  shop: seeded("shop"),
  buyer: seeded("buyer"),
  stranger: seeded("stranger"),
  arbiter: seeded("arbiter"),
};

export interface Card {
  readonly number: bigint;
  readonly key: Key;
  readonly label: Digest;
  readonly pair: KeyPair;
  readonly serial: string;
  readonly code: string;
  readonly stamp: Uint8Array;
}

interface Kept {
  readonly entry: Entry;
  readonly memo: string | null;
  readonly signatures: readonly Signed[];
}

function split(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

function root(leaves: readonly Digest[]): Digest {
  if (leaves.length === 0) return hash();
  if (leaves.length === 1) return leaves[0] as Digest;
  const at = split(leaves.length);
  return hash(Uint8Array.of(1), bytesOf(root(leaves.slice(0, at))), bytesOf(root(leaves.slice(at))));
}

function path(index: number, leaves: readonly Digest[]): readonly Digest[] {
  if (leaves.length <= 1) return [];
  const at = split(leaves.length);
  return index < at
    ? [...path(index, leaves.slice(0, at)), root(leaves.slice(at))]
    : [...path(index - at, leaves.slice(at)), root(leaves.slice(0, at))];
}

export interface Options {
  readonly redeemBy?: string;
  readonly domain?: string;
  readonly count?: number;
}

export class Minted {
  readonly id = ledgerName(CHAIN_ID, CONTRACT, OPENER, SALT);
  readonly cards: Card[] = [];
  readonly entries: Kept[] = [];
  readonly incidents: Kept[] = [];
  readonly anchoredAt: number;
  checkpoint: Checkpoint;
  private readonly manifest: string;
  private readonly terms: Uint8Array;
  private readonly batch: Digest[];
  private readonly heads: bigint[] = [];

  constructor(
    readonly now: number,
    options: Options = {},
  ) {
    this.anchoredAt = now - 60_000;
    const count = options.count ?? 18;
    this.manifest = JSON.stringify({
      format: "vouchsafe/manifest@1",
      issuer: { name: "甲游戏 <b>", domain: options.domain ?? "studio.example" },
      product: { sku: "J-50", title: "甲游戏 50 元点卡" },
      face_value: { amount: "50.00", currency: "CNY" },
      ...(options.redeemBy === undefined ? {} : { redeem_by: options.redeemBy }),
      redeem_url: "https://studio.example/redeem",
      code_form: "strip",
      source_digest: ZERO,
      created_at: "2026-01-01T00:00:00Z",
      tool: "tests",
    });
    this.terms = joined(unsigned(BigInt(count), 8), unsigned(1n, 2), Uint8Array.of(3, 0, 1), bytesOf(KEYS.arbiter.key));
    for (let n = 0; n < count; n += 1) this.cards.push(this.card(n));
    const zeroth = leafHash(joined(bytesOf(hash(textBytes(this.manifest))), this.terms));
    this.batch = [zeroth, ...this.cards.map((card) => recordLeaf(card.key, card.label))];
    this.append(
      {
        kind: 1,
        status: 1,
        first: 0n,
        count: BigInt(count),
        prev: NO_PREV,
        at: BigInt(now - 86_400_000),
        party: KEYS.issuer.key,
        content: root(this.batch),
      },
      null,
      [KEYS.issuer],
    );
    this.checkpoint = this.cut();
  }

  private card(n: number): Card {
    const [serial, code] = [`10086000${String(n).padStart(4, "0")}`, `7788990011${String(n).padStart(4, "0")}`];
    const stamp = stampOf(new Uint8Array(32).fill(9), this.id, 0, serial, code) as Uint8Array;
    const pair = voucherKey(KEYS.issuer.key, stamp, serial, code) as KeyPair;
    return { number: BigInt(n), key: pair.key, label: labelOf(stamp, serial) as Digest, pair, serial, code, stamp };
  }

  private append(entry: Entry, memo: string | null, by: readonly KeyPair[]): void {
    this.accept(entry, memo, this.signed(entry, by));
  }

  signed(entry: Entry, by: readonly KeyPair[]): readonly Signed[] {
    const message = instruction(entry, this.id, this.leafAt(entry.prev));
    return by.map((pair) => ({ role: "signer", key: pair.key, signature: sign(pair, message) }));
  }

  leafAt(index: bigint): Digest {
    const before = this.entries[Number(index)];
    return before === undefined ? ZERO : entryLeaf(before.entry);
  }

  accept(entry: Entry, memo: string | null, signatures: readonly Signed[]): number {
    this.entries.push({ entry, memo, signatures });
    const index = this.entries.length - 1;
    for (let n = entry.first; n < entry.first + entry.count; n += 1n)
      this.heads[Number(n)] = headWord(entry.status, BigInt(index)) as bigint;
    return index;
  }

  /** The log index of a voucher's latest entry. */
  latest(number: bigint): number {
    return Number((this.heads[Number(number)] ?? 0n) & ((1n << 60n) - 1n));
  }

  step(card: Card, kind: Kind, status: Status, party: Key, by: readonly KeyPair[], memo: string | null = null): this {
    const prev = this.latest(card.number);
    const at = (this.entries[this.entries.length - 1] as Kept).entry.at + 60_000n;
    this.append(
      {
        kind: kindByte(kind),
        status: statusByte(status),
        first: card.number,
        count: 1n,
        prev: BigInt(prev),
        at,
        party,
        content: memoContent(memo),
      },
      memo,
      by,
    );
    return this;
  }

  /** A second sale that the holder of the latest but one entry signed, and that was refused. */
  refuse(card: Card, holder: KeyPair): void {
    const prev = this.entries[this.latest(card.number)]?.entry.prev ?? 0n;
    const entry = {
      kind: 3,
      status: 2,
      first: card.number,
      count: 1n,
      prev,
      at: BigInt(this.now),
      party: KEYS.stranger.key,
      content: ZERO,
    };
    this.incidents.push({ entry, memo: null, signatures: this.signed(entry, [holder]) });
  }

  cut(): Checkpoint {
    this.checkpoint = {
      number: 1n,
      size: BigInt(this.entries.length),
      vouchers: BigInt(this.cards.length),
      logRoot: root(this.leaves()),
      headRoot: root(this.chunks().map(leafHash)),
      operatorKey: KEYS.operator.key,
      previous: ZERO,
    };
    return this.checkpoint;
  }

  private leaves(): readonly Digest[] {
    return this.entries.map(({ entry }) => entryLeaf(entry));
  }

  private chunks(): readonly Uint8Array[] {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < this.cards.length; at += 16) {
      chunks.push(joined(...Array.from({ length: 16 }, (_, n) => unsigned(this.heads[at + n] ?? 0n, 8))));
    }
    return chunks;
  }

  hash(): Digest {
    return checkpointHash(this.id, this.checkpoint);
  }

  get ledger(): object {
    return { id: this.id, chain_id: Number(CHAIN_ID), contract: CONTRACT, opener: OPENER, salt: SALT };
  }

  checkpointView(): Record<string, unknown> {
    const { number, size, vouchers, logRoot, headRoot, operatorKey, previous } = this.checkpoint;
    return {
      number: Number(number),
      size: Number(size),
      vouchers: Number(vouchers),
      log_root: logRoot,
      head_root: headRoot,
      operator_key: operatorKey,
      previous,
    };
  }

  receipt(index: number): { index: number; leaf: Digest; anchor_by: number; signature: string } {
    const leaf = this.leafAt(BigInt(index));
    const by = this.now + 600_000;
    const message = joined(
      textBytes("vouchsafe/v1/receipt"),
      bytesOf(this.id),
      unsigned(BigInt(index), 8),
      bytesOf(leaf),
      unsigned(BigInt(by), 8),
    );
    return { index, leaf, anchor_by: by, signature: sign(KEYS.operator, message) };
  }

  view(index: number): Record<string, unknown> {
    const { entry, memo, signatures } = this.entries[index] as Kept;
    return { index, entry: toHex(encodeEntry(entry)), memo, signatures, receipt: this.receipt(index) };
  }

  dossier(card: Card): Record<string, any> {
    const chain: number[] = [];
    for (let at = this.latest(card.number); ; at = Number((this.entries[at] as Kept).entry.prev)) {
      chain.unshift(at);
      if ((this.entries[at] as Kept).entry.prev === NO_PREV) break;
    }
    const size = Number(this.checkpoint.size);
    const leaves = this.leaves().slice(0, size);
    const item = (index: number): Record<string, unknown> => {
      const { entry, memo, signatures } = this.entries[index] as Kept;
      return { index, entry: toHex(encodeEntry(entry)), memo, signatures };
    };
    const pending = chain
      .filter((index) => index >= size)
      .map((index) => ({ ...item(index), receipt: this.receipt(index) }));
    const own = this.incidents.filter(({ entry }) => entry.first === card.number);
    const chunks = this.anchoredChunks();
    return {
      format: "vouchsafe/dossier@1",
      ledger: this.ledger,
      checkpoint: {
        ...this.checkpointView(),
        anchored: { tx: ZERO, block_number: 7, block_hash: hash(textBytes("block 7")), block_time: this.anchoredAt },
      },
      manifest: { text: this.manifest, terms: toHex(this.terms), path: path(0, this.batch) },
      voucher: {
        number: Number(card.number),
        key: card.key,
        label: card.label,
        path: path(Number(card.number) + 1, this.batch),
      },
      head: {
        chunk: toHex(chunks[Number(card.number >> 4n)] as Uint8Array),
        path: path(Number(card.number >> 4n), chunks.map(leafHash)),
      },
      history: chain.filter((index) => index < size).map((index) => ({ ...item(index), path: path(index, leaves) })),
      ...(pending.length === 0 ? {} : { pending }),
      ...(own.length === 0
        ? {}
        : {
            incidents: own.map(({ entry, memo, signatures }) => ({
              entry: toHex(encodeEntry(entry)),
              memo,
              signatures,
            })),
          }),
    };
  }

  /** The heads as of the checkpoint: what came later is not in them. */
  private anchoredChunks(): readonly Uint8Array[] {
    const later = this.heads.slice();
    this.entries.slice(0, Number(this.checkpoint.size)).forEach(({ entry }, index) => {
      for (let n = entry.first; n < entry.first + entry.count; n += 1n)
        this.heads[Number(n)] = headWord(entry.status, BigInt(index)) as bigint;
    });
    const chunks = this.chunks();
    this.heads.splice(0, this.heads.length, ...later);
    return chunks;
  }

  absence(voucher: Key): Record<string, unknown> {
    const message = joined(
      textBytes("vouchsafe/v1/absent"),
      bytesOf(this.id),
      bytesOf(voucher),
      bytesOf(this.hash()),
      unsigned(BigInt(this.now), 8),
    );
    return {
      absence: { voucher, checkpoint_hash: this.hash(), at: this.now, signature: sign(KEYS.operator, message) },
      checkpoint: { ledger: this.id, ...this.checkpointView(), block_time: this.anchoredAt },
    };
  }

  policy(): string {
    return JSON.stringify({
      chains: [{ chain_id: Number(CHAIN_ID), contract: CONTRACT, ledgers: [this.id] }],
      issuers: [{ key: KEYS.issuer.key, name: "甲游戏" }],
    });
  }
}

export const ORDER = { reference: "DJ20261122-0001", salt: new Uint8Array(16).fill(3) };

/** A memo of a sale under the test's order. */
export function saleMemo(reference = ORDER.reference): string {
  return JSON.stringify({ order: orderDigest(ORDER.salt, reference), nonce: "0x00" });
}

export function link(site: string, card: Card, withStamp: boolean): string {
  return `${site}/v/${linkName(card.key)}${withStamp ? `#${toBase64(card.stamp)}` : ""}`;
}

export function line(site: string, card: Card): string {
  return `${card.serial}----${card.code}----${link(site, card, true)}`;
}

export { NOBODY };
