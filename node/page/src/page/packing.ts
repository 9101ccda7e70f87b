// Loaded on demand: hashing a visitor's files and putting them into a case file. They stay in the browser.

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { type Unzipped, strFromU8, unzipSync, zipSync } from "fflate";

export interface Packing {
  /** SHA-256 in hex. */
  hash(bytes: Uint8Array): string;
  /** The case with these files in the places that its index names for them, by their hashes. */
  add(zip: Uint8Array, files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Uint8Array<ArrayBuffer>;
}

declare global {
  interface Window {
    vouchsafePacking?: Packing;
  }
}

/** Any one day: the archive says nothing of when it was packed. */
const NO_TIME = new Date(1980, 0, 1);

window.vouchsafePacking = {
  hash: (bytes) => bytesToHex(sha256(bytes)),
  add(zip, files) {
    const members: Unzipped = unzipSync(zip);
    const index = JSON.parse(strFromU8(members["case.json"] ?? new Uint8Array())) as {
      readonly files: readonly { readonly file: string; readonly sha256: string }[];
    };
    for (const { file, sha256 } of index.files) {
      const bytes = files.get(sha256);
      if (bytes === undefined) throw new Error(`no file has the hash ${sha256}`);
      members[file] = bytes;
    }
    const packed = zipSync(members, { level: 6, mtime: NO_TIME });
    const whole = new Uint8Array(packed.length);
    whole.set(packed);
    return whole;
  },
};
