// The Merkle tree of RFC 9162 over Keccak-256, judged from proofs alone (docs/protocol.md section 1).

import { bytesOf, type Digest } from "./bytes.ts";
import { hash } from "./keccak.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The root of the tree without leaves. */
export const EMPTY_ROOT: Digest = hash();

/** A root and the number of leaves under it: one never travels without the other. */
export interface Tree {
  readonly size: bigint;
  readonly root: Digest;
}

/** The hash of a leaf. */
export function leafHash(data: Uint8Array): Digest {
  return hash(LEAF, data);
}

function nodeHash(left: Digest, right: Digest): Digest {
  return hash(NODE, bytesOf(left), bytesOf(right));
}

/** Whether the leaf stands at `index` (RFC 9162 section 2.1.3.2). `path` runs from its sibling to the root's child. */
export function isIncluded(leaf: Digest, index: bigint, tree: Tree, path: readonly Digest[]): boolean {
  if (index >= tree.size) return false;
  let place = index;
  let last = tree.size - 1n;
  let found = leaf;
  for (const node of path) {
    if (last === 0n) return false;
    if ((place & 1n) === 1n || place === last) {
      found = nodeHash(node, found);
      // On the right edge a level without sibling takes no node of the proof.
      while ((place & 1n) === 0n && place !== 0n) {
        place >>= 1n;
        last >>= 1n;
      }
    } else {
      found = nodeHash(found, node);
    }
    place >>= 1n;
    last >>= 1n;
  }
  return last === 0n && found === tree.root;
}

/** Whether the tree `to` extends `from` without changing a leaf (RFC 9162 section 2.1.4.2). */
export function isConsistent(from: Tree, to: Tree, path: readonly Digest[]): boolean {
  if (from.size > to.size) return false;
  if (from.size === 0n)
    return path.length === 0 && from.root === EMPTY_ROOT && (to.size > 0n || to.root === EMPTY_ROOT);
  if (from.size === to.size) return path.length === 0 && from.root === to.root;
  let place = from.size - 1n;
  let last = to.size - 1n;
  while ((place & 1n) === 1n) {
    place >>= 1n;
    last >>= 1n;
  }
  const isPower = (from.size & (from.size - 1n)) === 0n;
  const seed = isPower ? from.root : path[0];
  if (seed === undefined) return false;
  let [old, young] = [seed, seed];
  for (const node of isPower ? path : path.slice(1)) {
    if (last === 0n) return false;
    if ((place & 1n) === 1n || place === last) {
      old = nodeHash(node, old);
      young = nodeHash(node, young);
      while ((place & 1n) === 0n && place !== 0n) {
        place >>= 1n;
        last >>= 1n;
      }
    } else {
      young = nodeHash(young, node);
    }
    place >>= 1n;
    last >>= 1n;
  }
  return last === 0n && old === from.root && young === to.root;
}
