// A small server for browser tests: the built page, the node's answers from a ledger in memory, and a chain node that
// says the same. Each can be made to fail.

import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { bytesOf, fromHex, type Key, toHex, unsigned } from "../../src/protocol/bytes.ts";
import { decodeEntry } from "../../src/protocol/entry.ts";
import { hash } from "../../src/protocol/keccak.ts";
import { textBytes } from "../../src/protocol/bytes.ts";
import { voucherNamed } from "../../src/protocol/voucher.ts";
import { ANCHORED, callOf } from "../../src/page/abi.ts";
import { CHAIN_ID, type Minted } from "./minted.ts";

declare const PAGE: string;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
};

export interface Mood {
  /** The API answers nothing: the connection is cut. */
  isNodeDown: boolean;
  isRpcDown: boolean;
  finality: "final" | "pending";
  /** Every claim finds this step before it. */
  claimLost: boolean;
  /** Milliseconds before each answer. */
  delay: number;
  /** When the next checkpoint's block was made, by the node's word. */
  supersededAt: number | null;
  /** What the chain node says that it serves. */
  chainId: bigint;
  /** So many questions are answered with "too often" before the next is answered. */
  limited: number;
  /** The host gives its start page for every address, as many static hosts do. */
  isStatic: boolean;
  /** The audit that is shown. */
  audit: object | null;
  /** Answers a dossier differently. */
  spoil: ((dossier: any) => any) | null;
}

export class Site {
  readonly mood: Mood = {
    isNodeDown: false,
    isRpcDown: false,
    finality: "final",
    claimLost: false,
    delay: 0,
    supersededAt: null,
    chainId: CHAIN_ID,
    limited: 0,
    isStatic: false,
    audit: null,
    spoil: null,
  };
  /** Every request that came, as method, path and body: what a secret must not be in. */
  readonly seen: string[] = [];

  private constructor(
    private readonly server: Server,
    public minted: Minted,
  ) {}

  static async open(minted: Minted): Promise<Site> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const site = new Site(server, minted);
    server.on("request", (request, response) => void site.answer(request, response));
    return site;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get rpc(): string {
    return `${this.address}/rpc`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) body += part;
    const path = request.url ?? "/";
    this.seen.push(`${request.method} ${path} ${JSON.stringify(request.headers)} ${body}`);
    if (this.mood.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.mood.delay));
    const isApi = path.startsWith("/v1/");
    if ((isApi && this.mood.isNodeDown) || (path === "/rpc" && this.mood.isRpcDown))
      return void request.socket.destroy();
    if (path === "/rpc") return this.json(response, 200, this.chain(JSON.parse(body)));
    if (isApi && this.mood.limited > 0) {
      this.mood.limited -= 1;
      response.setHeader("retry-after", "1");
      return this.problem(response, "rate-limited", 429);
    }
    if (isApi && !this.mood.isStatic) return this.api(path, body, response);
    const asset = /^(?:\/v)?\/(page\/[a-z.]+)$/.exec(path)?.[1] ?? "index.html";
    const file = join(PAGE, "dist", asset);
    if (!existsSync(file)) return this.json(response, 404, {});
    response.writeHead(200, {
      "content-type": TYPES[asset.split(".").pop() ?? ""] ?? "application/octet-stream",
      "content-security-policy": readFileSync(join(PAGE, "dist/csp.txt"), "utf8"),
    });
    createReadStream(file).pipe(response);
  }

  private json(response: ServerResponse, status: number, value: unknown): void {
    response.writeHead(status, {
      "content-type": "application/json",
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "retry-after",
    });
    response.end(JSON.stringify(value));
  }

  private problem(response: ServerResponse, name: string, status: number, more: object = {}): void {
    this.json(response, status, { type: `urn:vouchsafe:problem:${name}`, title: name, status, detail: name, ...more });
  }

  private api(path: string, body: string, response: ServerResponse): void {
    const { minted } = this;
    const dossier = /^\/v1\/vouchers\/([^/]+)\/dossier$/.exec(path)?.[1];
    if (dossier !== undefined) {
      const key = voucherNamed(dossier);
      const card = minted.cards.find((each) => each.key === key);
      if (card === undefined) return this.problem(response, "no-such-voucher", 404, minted.absence(key as Key));
      const value = minted.dossier(card);
      return this.json(response, 200, this.mood.spoil === null ? value : this.mood.spoil(value));
    }
    if (path === "/v1/ledger")
      return this.json(response, 200, {
        ledger: minted.ledger,
        operator_key: minted.checkpoint.operatorKey,
        size: minted.entries.length,
        vouchers: minted.cards.length,
        site: this.address,
        development_chain: true,
        anchor_interval_s: 60,
        checkpoint: this.checkpoint(1),
        now: minted.now,
      });
    if (path.startsWith("/v1/checkpoints?"))
      return this.json(response, 200, { checkpoints: [this.checkpoint(0), this.checkpoint(1)] });
    if (path === "/v1/checkpoints/1") return this.json(response, 200, this.checkpoint(1));
    if (path.startsWith("/v1/incidents"))
      return this.json(response, 200, { incidents: minted.incidents.map(() => ({})) });
    if (path.startsWith("/v1/batches?")) return this.json(response, 200, { batches: [this.batch()] });
    if (path === "/v1/audits/latest" && this.mood.audit !== null) return this.json(response, 200, this.mood.audit);
    if (path === "/v1/steps") return this.step(JSON.parse(body), response);
    return this.problem(response, "not-found", 404);
  }

  private checkpoint(number: number): object {
    const view =
      number === 1
        ? this.minted.checkpointView()
        : { ...this.minted.checkpointView(), number: 0, size: 0, vouchers: 0 };
    const time = number === 1 ? this.minted.anchoredAt : this.minted.anchoredAt - 86_400_000;
    return {
      ...view,
      hash: this.minted.hash(),
      anchored: {
        tx: hash(),
        block_number: 6 + number,
        block_hash: hash(textBytes(`block ${6 + number}`)),
        block_time: time,
      },
      finality: this.mood.finality,
      superseded_at: this.mood.supersededAt,
    };
  }

  private batch(): object {
    const { minted } = this;
    const statuses = minted.cards.map((card) => minted.entries[minted.latest(card.number)]!.entry.status);
    const of = (...known: readonly number[]): number => statuses.filter((status) => known.includes(status)).length;
    return {
      first: 0,
      count: minted.cards.length,
      index: 0,
      at: Number(minted.entries[0]!.entry.at),
      issuer: minted.entries[0]!.entry.party,
      issuer_name: "甲游戏",
      product_title: "50 元点卡",
      vouchers: {
        in_trade: of(1),
        sold: of(2),
        claimed: of(3),
        redeemed: of(4),
        voided: of(5),
        on_hold: of(9, 10, 11),
      },
    };
  }

  private step(step: any, response: ServerResponse): void {
    const entry = decodeEntry(fromHex(step.entry) ?? new Uint8Array());
    if (entry === null) return this.problem(response, "malformed", 400);
    const latest = this.minted.latest(entry.first);
    if (BigInt(latest) !== entry.prev)
      return this.problem(response, "already-moved", 409, { winner: this.minted.view(latest), incident: false });
    const index = this.minted.accept({ ...entry, at: BigInt(this.minted.now) }, step.memo, step.signatures);
    const { entry: taken, receipt } = this.minted.view(index);
    this.json(response, 201, { entry: taken, receipt });
  }

  private chain({ id, method, params }: any): object {
    const { minted } = this;
    const word = (value: bigint): string => toHex(unsigned(value, 32)).slice(2);
    const result = (value: unknown): object => ({ jsonrpc: "2.0", id, result: value });
    const { number, size, vouchers, logRoot, headRoot, operatorKey, previous } = minted.checkpoint;
    const seconds = BigInt(Math.floor(minted.anchoredAt / 1000));
    if (method === "eth_chainId") return result(`0x${this.mood.chainId.toString(16)}`);
    if (method === "eth_call") {
      if (params[0].data === callOf("latest(bytes32)", minted.id))
        return result(`0x${word(number)}${word(seconds)}${minted.hash().slice(2)}`);
      return { jsonrpc: "2.0", id, error: { code: -32000, message: "reverted" } };
    }
    if (method === "eth_getLogs") {
      const [filter] = params;
      const isThere =
        BigInt(filter.fromBlock) <= 7n &&
        7n <= BigInt(filter.toBlock) &&
        filter.topics[0] === ANCHORED &&
        filter.topics[1] === minted.id &&
        BigInt(filter.topics[2]) === number;
      const data = `0x${[number, size, vouchers].map(word).join("")}${[logRoot, headRoot, operatorKey, previous].map((each) => toHex(bytesOf(each)).slice(2)).join("")}`;
      return result(
        isThere ? [{ data, blockNumber: "0x7", blockHash: hash(textBytes("block 7")), removed: false }] : [],
      );
    }
    if (method === "eth_getBlockByNumber") {
      const block = { number: "0x7", hash: hash(textBytes("block 7")), timestamp: `0x${seconds.toString(16)}` };
      if (params[0] === "finalized")
        return result(this.mood.finality === "final" ? block : { ...block, number: "0x5" });
      return result(block);
    }
    return { jsonrpc: "2.0", id, error: { code: -32601, message: method } };
  }
}
