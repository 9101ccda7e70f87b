// Asking over HTTP with a limit on the time, and why there was no answer.

/** Seconds that a server may take. */
const PATIENCE_S = 20;

/** No answer came: the server, the network or the browser's own rules stand in the way. */
export class Unreached extends Error {
  constructor(readonly isLate: boolean) {
    super(isLate ? "late" : "unreached");
  }

  readonly seconds = PATIENCE_S;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: number | null;
  readonly isJson: boolean;
}

/** An answer before it is read as text. */
export interface RawAnswer {
  readonly status: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly retryAfter: number | null;
  readonly isJson: boolean;
}

/** Fetches without cookies or referrer. Throws `Unreached`. */
export async function askRaw(address: string, request: RequestInit = {}): Promise<RawAnswer> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE_S * 1000);
  try {
    const response = await fetch(address, {
      ...request,
      signal: limit.signal,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      redirect: "error",
    });
    const after = Number(response.headers.get("retry-after") ?? "");
    const isJson = /^application\/(?:[a-z.-]+\+)?json\b/.test(response.headers.get("content-type") ?? "");
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, bytes, retryAfter: after > 0 ? after : null, isJson };
  } catch {
    throw new Unreached(limit.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}

/** An answer read as text. What is no text counts as no answer. */
export function textOf({ status, bytes, retryAfter, isJson }: RawAnswer): Answer {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { status, text, retryAfter, isJson };
  } catch {
    throw new Unreached(false);
  }
}

/** Fetches text without cookies or referrer. Throws `Unreached`. */
export async function ask(address: string, request: RequestInit = {}): Promise<Answer> {
  return textOf(await askRaw(address, request));
}

/** The request that posts a JSON body. */
export function posting(body: string): RequestInit {
  return { method: "POST", body, headers: { "content-type": "application/json" } };
}

/** Posts a JSON body. Throws `Unreached`. */
export function post(address: string, body: string): Promise<Answer> {
  return ask(address, posting(body));
}
