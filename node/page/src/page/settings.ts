// What this browser keeps between visits: language, chain node, trust policy; and the keys that were made in it.
// Nothing of it is ever sent. A browser that keeps nothing (a private window, an in-app browser) is no error.

import type { Key } from "../protocol/bytes.ts";
import { type KeyPair, keyPair } from "../protocol/ed25519.ts";
import { bytesOf, toHex } from "../protocol/bytes.ts";
import { At, parseJson } from "../protocol/json.ts";
import { parsePolicy, type Policy } from "../protocol/question.ts";

export type Setting = "language" | "rpc" | "policy" | "receipts";

const inMemory = new Map<string, string>();

/** What is kept under a name. */
export function kept(name: Setting): string | null {
  try {
    return localStorage.getItem(`vouchsafe.${name}`) ?? inMemory.get(name) ?? null;
  } catch {
    return inMemory.get(name) ?? null;
  }
}

/** Keeps a value; null forgets it. */
export function keep(name: Setting, value: string | null): void {
  if (value === null) inMemory.delete(name);
  else inMemory.set(name, value);
  try {
    if (value === null) localStorage.removeItem(`vouchsafe.${name}`);
    else localStorage.setItem(`vouchsafe.${name}`, value);
  } catch {
    // It stays in memory until the page is closed.
  }
}

/** The policy that is kept; null where there is none, or none that can be read. */
export function keptPolicy(): Policy | null {
  const text = kept("policy");
  try {
    return text === null ? null : parsePolicy(text);
  } catch {
    return null;
  }
}

export function keepPolicy(policy: Policy | null): void {
  if (policy === null || (policy.chains.length === 0 && policy.issuers.length === 0)) {
    keep("policy", null);
    return;
  }
  const chains = policy.chains.map(({ chainId, contract, ledgers }) => ({
    chain_id: Number(chainId),
    contract,
    ledgers,
  }));
  keep("policy", JSON.stringify({ chains, issuers: policy.issuers, max_age_s: Number(policy.maxAgeS) }));
}

/** A receipt that was given to a step of this browser, in its file form. */
export interface KeptReceipt {
  readonly name: string;
  readonly text: string;
}

/** Receipts kept at most: the oldest go first. */
const RECEIPTS = 100;

/** The receipts of this browser, the newest first. */
export function keptReceipts(): readonly KeptReceipt[] {
  try {
    const list: unknown = JSON.parse(kept("receipts") ?? "[]");
    if (!Array.isArray(list)) return [];
    return list.filter((each): each is KeptReceipt => typeof each?.name === "string" && typeof each.text === "string");
  } catch {
    return [];
  }
}

export function keepReceipt(receipt: KeptReceipt): void {
  const others = keptReceipts().filter((each) => each.name !== receipt.name);
  keep("receipts", JSON.stringify([receipt, ...others].slice(0, RECEIPTS)));
}

/** The file form of a key, the same as the command's. */
const KEY_FORMAT = "vouchsafe/key@1";

export function keyFile(pair: KeyPair): string {
  return `${JSON.stringify({ format: KEY_FORMAT, public_key: pair.key, seed: toHex(pair.seed) }, null, 2)}\n`;
}

/** Reads a key file; throws `JsonError`. */
export function parseKeyFile(text: string): KeyPair {
  const root = new At(parseJson(text), "key file");
  const format = root.member("format");
  if (format.text() !== KEY_FORMAT) throw format.error(`"${KEY_FORMAT}" is due`);
  const seed = root.member("seed");
  const pair = keyPair(bytesOf(seed.hex(32)));
  if (root.member("public_key").text() !== pair.key) throw seed.error("the seed is not that of the public key");
  return pair;
}

const sessionKeys = new Map<Key, KeyPair>();
const STORE = "keys";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("vouchsafe", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no storage"));
    request.onblocked = () => reject(new Error("storage is blocked"));
  });
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("not stored"));
    });
  } finally {
    database.close();
  }
}

/** Keeps a key pair; says whether it will still be there at the next visit. */
export async function keepKey(pair: KeyPair): Promise<boolean> {
  sessionKeys.set(pair.key, pair);
  try {
    await inStore("readwrite", (store) => store.put(pair.seed, pair.key));
    return true;
  } catch {
    return false;
  }
}

export async function forgetKey(key: Key): Promise<void> {
  sessionKeys.delete(key);
  await inStore("readwrite", (store) => store.delete(key)).catch(() => undefined);
}

/** The key pairs of this browser. */
export async function keptKeys(): Promise<readonly KeyPair[]> {
  try {
    const seeds = await inStore<unknown[]>("readonly", (store) => store.getAll());
    for (const seed of seeds) {
      if (!(seed instanceof Uint8Array) || seed.length !== 32) continue;
      const pair = keyPair(seed);
      sessionKeys.set(pair.key, pair);
    }
  } catch {
    // Those of this session are all there are.
  }
  return [...sessionKeys.values()];
}
