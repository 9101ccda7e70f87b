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

/** What stands before `/v/` in links to this page's node: in its address, or where the node wrote it when the page was
 * saved; null in a page from a folder. */
export const SITE: string | null = (() => {
  const saved = document.querySelector<HTMLMetaElement>('meta[name="vouchsafe-node"]')?.content ?? "";
  if (/^https?:\/\/[^/?#]+/.test(saved)) return saved;
  if (!/^https?:$/.test(location.protocol)) return null;
  const path = location.pathname.replace(/\/v\/[^/]*$/, "").replace(/\/(?:ledger)?$/, "");
  return location.origin + path;
})();

/** Whether the page came from a server, rather than from a file that somebody saved. */
export const IS_SERVED = /^https?:$/.test(location.protocol);

let linked: string | null = null;

/** A page that has no node of its own asks that of the link which it was given. */
export function askNodeOf(site: string | null): void {
  linked = site;
}

/** The node that is asked; null where none is known. */
export function siteAsked(): string | null {
  return SITE ?? linked;
}

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

/** How often a node is asked that was asked too often, and the longest wait for it, in seconds. */
const [TRIES, LONGEST_S] = [4, 30];

let tellWaiting: (seconds: number | null) => void = () => undefined;

/** `tell` hears how long the page waits before it asks again, and null when it goes on. */
export function whenWaiting(tell: (seconds: number | null) => void): void {
  tellWaiting = tell;
}

/** Asks the node, again after the time that it names where it was asked too often. Throws `Unreached` or `Refusal`. */
async function answerTo(path: string, body: string | null = null): Promise<string> {
  const site = siteAsked();
  if (site === null) throw new Refusal("", "no node", 0, null, null, "");
  for (let n = 1; ; n += 1) {
    const answer = body === null ? await ask(site + path) : await post(site + path, body);
    const isGiven = answer.status === 200 || answer.status === 201;
    // A host that gives its start page for every address is no node, and its page no word about a voucher.
    if (isGiven && answer.isJson) return answer.text;
    const why = isGiven ? new Refusal("", `HTTP ${answer.status}`, 404, null, null, "") : refusal(answer);
    const wait = why.problem === "rate-limited" ? why.retryAfter : null;
    if (wait === null || wait > LONGEST_S || n === TRIES) throw why;
    tellWaiting(wait);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    tellWaiting(null);
  }
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

/** Batches, the newest first. */
export function batches(from: bigint | null, limit: number): Promise<At> {
  return read(`/v1/batches?order=newest&limit=${limit}${from === null ? "" : `&from=${from}`}`);
}

/** The audit that the operator shows; null where he shows none. */
export async function audit(): Promise<At | null> {
  try {
    return await read("/v1/audits/latest");
  } catch (error) {
    if (error instanceof Refusal && error.problem === "not-found") return null;
    throw error;
  }
}

export function incidents(limit: number): Promise<At> {
  return read(`/v1/incidents?limit=${limit}`);
}

/** A file that a party adds to a case: this is all that the node learns of it. */
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
