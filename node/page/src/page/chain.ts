// The trusted checkpoint from the chain, through a JSON-RPC endpoint of the visitor's own choice. The endpoint learns
// which ledger is asked about, nothing of vouchers.

import type { Digest } from "../protocol/bytes.ts";
import { integerOf, toHex, ZERO } from "../protocol/bytes.ts";
import { type Checkpoint, checkpointHash, type Ledger } from "../protocol/checkpoint.ts";
import type { TrustedCheckpoint } from "../protocol/question.ts";
import { ANCHORED, anchoredCheckpoint, callOf, OPENED, openedCheckpoint, wordOf, words } from "./abi.ts";
import { post, Unreached } from "./fetching.ts";
import { type Said, unreached, type Value } from "./words.ts";

/** Why the chain says nothing: never a reason to call a voucher forged. */
export class ChainSilent extends Error {
  constructor(readonly said: Said) {
    super(said.text);
  }
}

/** Where a search may begin: a dossier's hint. */
export interface Hint {
  readonly blockNumber: bigint;
}

export interface Anchoring {
  readonly trusted: TrustedCheckpoint;
  readonly isFinal: boolean;
}

interface Log {
  readonly data: string;
  readonly blockNumber: bigint;
  readonly blockHash: string;
}

/** Blocks asked for at a time at first, and requests for events in all. */
const RANGE = 10_000n;
const SEARCHES = 60;
/** Confirmations that count as final where an endpoint does not know the tag `finalized`. */
const CONFIRMATIONS = 64n;

/** A declined request: the endpoint answered with an error of its own. */
class Declined extends Error {}

export class ChainNode {
  private searches = 0;

  constructor(
    private readonly address: string,
    private readonly ledger: Ledger,
  ) {}

  private silent(text: Said["text"], values: Readonly<Record<string, Value>> = {}): ChainSilent {
    return new ChainSilent({ text, values: { source: this.name(), ...values } });
  }

  /** The host alone: an address may hold an access key. */
  private name(): string {
    return new URL(this.address).host;
  }

  private async call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    let answer;
    try {
      answer = await post(this.address, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    } catch (error) {
      if (error instanceof Unreached) throw this.silent("chain_down", { cause: unreached(error) });
      throw error;
    }
    let body: unknown;
    try {
      body = JSON.parse(answer.text);
    } catch {
      throw this.silent("chain_odd", { cause: `HTTP ${answer.status}` });
    }
    if (typeof body !== "object" || body === null) throw this.silent("chain_odd", { cause: method });
    if ("error" in body && body.error !== null && body.error !== undefined) throw new Declined(method);
    return "result" in body ? body.result : null;
  }

  private number(value: unknown, what: string): bigint {
    if (typeof value === "string" && /^0x[0-9a-fA-F]{1,16}$/.test(value)) return BigInt(value);
    throw this.silent("chain_odd", { cause: what });
  }

  private async block(tag: string): Promise<{ number: bigint; hash: string; timeMs: bigint } | null> {
    const block = await this.call("eth_getBlockByNumber", tag, false);
    if (typeof block !== "object" || block === null) return null;
    const { number, hash, timestamp } = block as Record<string, unknown>;
    return { number: this.number(number, tag), hash: String(hash), timeMs: this.number(timestamp, tag) * 1000n };
  }

  private async finalized(newest: bigint): Promise<bigint> {
    try {
      const block = await this.block("finalized");
      if (block !== null) return block.number;
    } catch (error) {
      if (!(error instanceof Declined)) throw error;
    }
    return newest + 1n - CONFIRMATIONS;
  }

  private async logs(topics: readonly string[], from: bigint, to: bigint): Promise<readonly Log[]> {
    this.searches += 1;
    if (this.searches > SEARCHES) throw this.silent("chain_odd", { cause: `eth_getLogs (${SEARCHES})` });
    const filter = {
      address: this.ledger.contract,
      topics,
      fromBlock: `0x${from.toString(16)}`,
      toBlock: `0x${to.toString(16)}`,
    };
    const found = await this.call("eth_getLogs", filter);
    if (!Array.isArray(found)) throw this.silent("chain_odd", { cause: "eth_getLogs" });
    const logs = found.filter((log) => log !== null && typeof log === "object" && log.removed !== true);
    return logs.map((log) => ({
      data: String(log.data),
      blockNumber: this.number(log.blockNumber, "eth_getLogs"),
      blockHash: String(log.blockHash),
    }));
  }

  /** The event with these topics: in the block of the hint, else searched backwards from the newest block. */
  private async find(topics: readonly string[], newest: bigint, hint: bigint | null): Promise<Log | null> {
    if (hint !== null && hint <= newest) {
      const [log] = await this.logs(topics, hint, hint).catch((error: unknown) => {
        if (error instanceof Declined) return [];
        throw error;
      });
      if (log !== undefined) return log;
    }
    let range = RANGE;
    let to = newest;
    while (to >= 0n) {
      const from = to - range + 1n > 0n ? to - range + 1n : 0n;
      try {
        const logs = await this.logs(topics, from, to);
        const log = logs[logs.length - 1];
        if (log !== undefined) return log;
        to = from - 1n;
      } catch (error) {
        // Too many blocks for this endpoint, most likely.
        if (!(error instanceof Declined) || range === 1n) throw error;
        range /= 2n;
      }
    }
    return null;
  }

  /** The checkpoint of this number. Throws `ChainSilent`. */
  async checkpoint(number: bigint, hint: Hint | null): Promise<Anchoring> {
    try {
      return await this.read(number, hint);
    } catch (error) {
      if (error instanceof Declined) throw this.silent("chain_odd", { cause: error.message });
      throw error;
    }
  }

  private async read(number: bigint, hint: Hint | null): Promise<Anchoring> {
    const actual = this.number(await this.call("eth_chainId"), "eth_chainId");
    const expected = this.ledger.chainId;
    if (actual !== expected) throw this.silent("chain_wrong", { actual: String(actual), expected: String(expected) });
    const tip = await this.latest();
    if (number > tip.number)
      throw this.silent("chain_no_checkpoint", { number: String(number), latest: String(tip.number) });
    const head = await this.block("latest");
    if (head === null) throw this.silent("chain_odd", { cause: "eth_getBlockByNumber" });
    const { log, checkpoint } = await this.event(number, head.number, hint?.blockNumber ?? null);
    const named = number === tip.number ? tip.hash : await this.inRing(number, tip.number);
    if (named !== null && named !== checkpointHash(this.ledger.id, checkpoint)) {
      throw this.silent("chain_odd", { cause: `checkpoint ${number}` });
    }
    const block = await this.block(`0x${log.blockNumber.toString(16)}`);
    if (block === null || block.hash !== log.blockHash)
      throw this.silent("chain_odd", { cause: `block ${log.blockNumber}` });
    const supersededAt = number === tip.number ? null : await this.timeOf(number + 1n, tip, head.number);
    const trusted = { ledger: this.ledger.id, checkpoint, blockTime: block.timeMs, supersededAt };
    return { trusted, isFinal: log.blockNumber <= (await this.finalized(head.number)) };
  }

  private async latest(): Promise<{ number: bigint; timeMs: bigint; hash: Digest }> {
    const call = { to: this.ledger.contract, data: callOf("latest(bytes32)", this.ledger.id) };
    const found = words(String(await this.call("eth_call", call, "latest")), 3);
    if (found === null) throw this.silent("chain_no_ledger");
    const [number, time, name] = found as [Uint8Array, Uint8Array, Uint8Array];
    const tip = { number: integerOf(number), timeMs: integerOf(time) * 1000n, hash: toHex<Digest>(name) };
    if (tip.hash === ZERO) throw this.silent("chain_no_ledger");
    return tip;
  }

  /** What the contract holds as the hash of this checkpoint, while it is among the newest 64. */
  private async inRing(number: bigint, newest: bigint): Promise<Digest | null> {
    if (newest - number >= 64n) return null;
    const data = callOf("checkpointHash(bytes32,uint64)", this.ledger.id) + wordOf(number).slice(2);
    try {
      const found = words(String(await this.call("eth_call", { to: this.ledger.contract, data }, "latest")), 1)?.[0];
      return found === undefined ? null : toHex(found);
    } catch (error) {
      // It left the ring since the newest was read.
      if (error instanceof Declined) return null;
      throw error;
    }
  }

  private async event(
    number: bigint,
    newest: bigint,
    hint: bigint | null,
  ): Promise<{ log: Log; checkpoint: Checkpoint }> {
    const topics = number === 0n ? [OPENED, this.ledger.id] : [ANCHORED, this.ledger.id, wordOf(number)];
    const log = await this.find(topics, newest, hint);
    if (log === null) throw this.silent("chain_odd", { cause: `no event of checkpoint ${number}` });
    const checkpoint = number === 0n ? openedCheckpoint(log.data) : anchoredCheckpoint(log.data);
    if (checkpoint === null || checkpoint.number !== number) throw this.silent("chain_odd", { cause: "Anchored" });
    return { log, checkpoint };
  }

  /** Block time of a checkpoint's anchoring. */
  private async timeOf(number: bigint, tip: { number: bigint; timeMs: bigint }, newest: bigint): Promise<bigint> {
    if (number === tip.number) return tip.timeMs;
    const { log } = await this.event(number, newest, null);
    const block = await this.block(`0x${log.blockNumber.toString(16)}`);
    if (block === null) throw this.silent("chain_odd", { cause: `block ${log.blockNumber}` });
    return block.timeMs;
  }
}
