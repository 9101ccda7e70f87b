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
}

/** Fetches without cookies or referrer. Throws `Unreached`. */
export async function ask(address: string, request: RequestInit = {}): Promise<Answer> {
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
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await response.arrayBuffer());
    return { status: response.status, text, retryAfter: after > 0 ? after : null };
  } catch {
    throw new Unreached(limit.signal.aborted);
  } finally {
    clearTimeout(timer);
  }
}

/** Posts a JSON body. Throws `Unreached`. */
export function post(address: string, body: string): Promise<Answer> {
  return ask(address, { method: "POST", body, headers: { "content-type": "application/json" } });
}
