// The node that serves this page: what is asked of it, and what it says when it does not answer as asked. A voucher's
// name is all that it ever learns.

import type { Key } from "../protocol/bytes.ts";
import { At, parseJson } from "../protocol/json.ts";
import { linkName } from "../protocol/voucher.ts";
import { type Answer, ask, askRaw, post, posting, textOf } from "./fetching.ts";

/** A problem document (RFC 9457), or an answer of no known form. */
export class Refusal extends Error {
  constructor(
    readonly problem: string,
    readonly detail: string,
    readonly status: number,
    readonly retryAfter: number | null,
    readonly body: At | null,
    readonly text: string,
  ) {
    super(problem);
  }
}

const URN = "urn:vouchsafe:problem:";

/** What stands before `/v/` in the address; null where the page is a file. */
export const SITE: string | null = (() => {
  if (!/^https?:$/.test(location.protocol)) return null;
  const path = location.pathname.replace(/\/v\/[^/]*$/, "").replace(/\/(?:ledger)?$/, "");
  return location.origin + path;
})();

function refusal(answer: Answer): Refusal {
  try {
    const body = new At(parseJson(answer.text), "answer");
    const type = body.member("type").text();
    if (type.startsWith(URN)) {
      const detail = body.optional("detail")?.text() ?? body.member("title").text();
      return new Refusal(type.slice(URN.length), detail, answer.status, answer.retryAfter, body, answer.text);
    }
  } catch {
    // Told below.
  }
  return new Refusal("", `HTTP ${answer.status}`, answer.status, answer.retryAfter, null, answer.text);
}

/** Asks the node. Throws `Unreached` or `Refusal`. */
async function answerTo(path: string, body: string | null = null): Promise<string> {
  if (SITE === null) throw new Refusal("", "no node", 0, null, null, "");
  const answer = body === null ? await ask(SITE + path) : await post(SITE + path, body);
  if (answer.status !== 200 && answer.status !== 201) throw refusal(answer);
  return answer.text;
}

async function read(path: string): Promise<At> {
  return new At(parseJson(await answerTo(path)), "answer");
}

/** The dossier's exact text. */
export function dossier(voucher: Key): Promise<string> {
  return answerTo(`/v1/vouchers/${linkName(voucher)}/dossier`);
}

export function ledger(): Promise<At> {
  return read("/v1/ledger");
}

export function checkpoint(number: bigint): Promise<At> {
  return read(`/v1/checkpoints/${number}`);
}

export function checkpoints(from: bigint, limit: number): Promise<At> {
  return read(`/v1/checkpoints?from=${from}&limit=${limit}`);
}

export function runs(first: bigint, count: bigint): Promise<At> {
  return read(`/v1/runs?first=${first}&count=${count}`);
}

export function entry(index: bigint): Promise<At> {
  return read(`/v1/entries/${index}`);
}

export function batch(root: string): Promise<At> {
  return read(`/v1/batches/${root}`);
}

export function incidents(limit: number): Promise<At> {
  return read(`/v1/incidents?limit=${limit}`);
}

/** A file that a party adds to a case: its name and hash are all that the node learns. */
export interface CaseFile {
  readonly name: string;
  readonly by: string;
  readonly size: number;
  readonly sha256: string;
}

/** A case file on a voucher, still without the bytes of the files. */
export async function caseFile(voucher: Key, files: readonly CaseFile[]): Promise<Uint8Array<ArrayBuffer>> {
  if (SITE === null) throw new Refusal("", "no node", 0, null, null, "");
  const body = JSON.stringify({ vouchers: [voucher], files });
  const answer = await askRaw(`${SITE}/v1/cases`, posting(body));
  if (answer.status !== 200) throw refusal(textOf(answer));
  return answer.bytes;
}

/** Submits a step. */
export async function submit(step: string): Promise<At> {
  return new At(parseJson(await answerTo("/v1/steps", step)), "answer");
}
