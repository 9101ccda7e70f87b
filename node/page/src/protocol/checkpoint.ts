// The ledger's name, its checkpoints, and the words of the head array (docs/protocol.md sections 2 and 8).

import { type Address, bytesOf, type Digest, integerOf, type Key, type LedgerId, unsigned } from "./bytes.ts";
import type { At } from "./json.ts";
import { hash } from "./keccak.ts";

/** Where a ledger was opened: what its name is computed from. */
export interface Ledger {
  readonly id: LedgerId;
  readonly chainId: bigint;
  readonly contract: Address;
  readonly opener: Address;
  readonly salt: Digest;
}

/** A value right-aligned in a 32-byte word, as `abi.encode` lays out integers and addresses. */
function word(value: bigint): Uint8Array {
  return unsigned(value, 32);
}

/** `keccak256(abi.encode(uint256 chainid, address contract, address opener, bytes32 salt))`. */
export function ledgerName(chainId: bigint, contract: Address, opener: Address, salt: Digest): LedgerId {
  const name = hash(word(chainId), word(BigInt(contract)), word(BigInt(opener)), bytesOf(salt));
  return name as string as LedgerId;
}

/** Reads a ledger and recomputes its name. */
export function readLedger(at: At): Ledger {
  const ledger = {
    chainId: at.member("chain_id").integer(),
    contract: at.member("contract").hex<Address>(20),
    opener: at.member("opener").hex<Address>(20),
    salt: at.member("salt").hex(32),
  };
  const id = at.member("id");
  const name = ledgerName(ledger.chainId, ledger.contract, ledger.opener, ledger.salt);
  if (id.hex<LedgerId>(32) !== name) {
    throw id.error("not the name of a ledger opened by this opener, contract, chain and salt");
  }
  return { id: name, ...ledger };
}

/** One anchored state of a ledger: everything that was true of its first `size` entries. */
export interface Checkpoint {
  readonly number: bigint;
  readonly size: bigint;
  readonly vouchers: bigint;
  readonly logRoot: Digest;
  readonly headRoot: Digest;
  readonly operatorKey: Key;
  readonly previous: Digest;
}

/** Reads the seven members of a checkpoint. */
export function readCheckpoint(at: At): Checkpoint {
  return {
    number: at.member("number").integer(),
    size: at.member("size").integer(),
    vouchers: at.member("vouchers").integer(),
    logRoot: at.member("log_root").hex(32),
    headRoot: at.member("head_root").hex(32),
    operatorKey: at.member("operator_key").hex<Key>(32),
    previous: at.member("previous").hex(32),
  };
}

/** `keccak256(abi.encode(ledger, number, size, vouchers, logRoot, headRoot, operatorKey, previous))`. */
export function checkpointHash(ledger: LedgerId, checkpoint: Checkpoint): Digest {
  const numbers = [checkpoint.number, checkpoint.size, checkpoint.vouchers].map(word);
  const { logRoot, headRoot, operatorKey, previous } = checkpoint;
  return hash(bytesOf(ledger), ...numbers, ...[logRoot, headRoot, operatorKey, previous].map(bytesOf));
}

/** Words in a chunk of the head array, and their bytes. */
export const CHUNK_WORDS = 16n;
export const CHUNK_BYTES = 128;
/** Log indices fit the low 60 bits of a word. */
const INDEX_LIMIT = 1n << 60n;

/** The word of a status byte and a log index; null where either does not fit its bits. */
export function headWord(status: number, index: bigint): bigint | null {
  return status < 16 && index < INDEX_LIMIT ? (BigInt(status) << 60n) | index : null;
}

/** Status byte and log index of a word. */
export function headParts(word: bigint): readonly [status: number, index: bigint] {
  return [Number(word >> 60n), word & (INDEX_LIMIT - 1n)];
}

/** The words of a chunk, in the order of the vouchers. */
export function wordsOf(chunk: Uint8Array): readonly bigint[] {
  return Array.from({ length: Number(CHUNK_WORDS) }, (_, at) => integerOf(chunk.subarray(at * 8, at * 8 + 8)));
}

/** The size of the head tree over so many vouchers. */
export function chunksFor(vouchers: bigint): bigint {
  return (vouchers + CHUNK_WORDS - 1n) / CHUNK_WORDS;
}
