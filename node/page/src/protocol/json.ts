// Reading the project's JSON texts: I-JSON without duplicate names, with a place in every error
// (docs/protocol.md sections 0 and 4).
//
// JSON.parse is no reader for proofs: it keeps the last of two equal names, rounds integers and takes lone surrogates.

import { type Digest, fromHex } from "./bytes.ts";

/** A value as it was written: digits alone are a bigint, any other number is a number. */
export type Json = null | boolean | bigint | number | string | readonly Json[] | JsonObject;
/** Members in their order. */
export type JsonObject = ReadonlyMap<string, Json>;

/** Integers are plain digits below this. */
export const INTEGER_LIMIT = 1n << 53n;

/** What is wrong with a text, and where. */
export class JsonError extends Error {
  constructor(place: string, problem: string) {
    super(`${place}: ${problem}`);
    this.name = "JsonError";
  }
}

/** Deeper values are refused, so that no text can exhaust the stack. */
const DEEPEST = 127;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN = /^(?:0|[1-9][0-9]*)$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Reads a text as I-JSON: one value, no duplicate names, no lone surrogates. */
export function parseJson(text: string): Json {
  return new Reader(text).whole();
}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  whole(): Json {
    const value = this.value(0);
    this.blanks();
    if (this.at < this.text.length) this.fail("something stands after the value");
    return value;
  }

  private fail(problem: string): never {
    throw new JsonError(`character ${this.at}`, problem);
  }

  private blanks(): void {
    while (" \t\n\r".includes(this.text.charAt(this.at)) && this.at < this.text.length) this.at += 1;
  }

  private take(expected: string): boolean {
    this.blanks();
    if (!this.text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  private value(depth: number): Json {
    if (depth > DEEPEST) this.fail("too deep");
    if (this.take("{")) return this.object(depth);
    if (this.take("[")) return this.list(depth);
    if (this.take('"')) return this.string();
    if (this.take("true")) return true;
    if (this.take("false")) return false;
    if (this.take("null")) return null;
    return this.number();
  }

  private object(depth: number): JsonObject {
    const members = new Map<string, Json>();
    if (this.take("}")) return members;
    do {
      if (!this.take('"')) this.fail("a name is due");
      const name = this.string();
      if (members.has(name)) this.fail(`the name ${JSON.stringify(name)} stands twice`);
      if (!this.take(":")) this.fail("a colon is due");
      members.set(name, this.value(depth + 1));
    } while (this.take(","));
    if (!this.take("}")) this.fail("a comma or the end of the object is due");
    return members;
  }

  private list(depth: number): readonly Json[] {
    const items: Json[] = [];
    if (this.take("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.take(","));
    if (!this.take("]")) this.fail("a comma or the end of the list is due");
    return items;
  }

  private number(): bigint | number {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text)?.[0];
    if (found === undefined) this.fail("a value is due");
    this.at += found.length;
    if (PLAIN.test(found)) return BigInt(found);
    const value = Number(found);
    if (!Number.isFinite(value)) this.fail("the number is too large");
    return value;
  }

  private string(): string {
    let read = "";
    for (;;) {
      const from = this.at;
      while (this.at < this.text.length && !'"\\'.includes(this.text.charAt(this.at))) {
        if (this.text.charCodeAt(this.at) < 0x20) this.fail("a control character stands in a text");
        this.at += 1;
      }
      read += this.text.slice(from, this.at);
      const end = this.text.charAt(this.at);
      if (end === "") this.fail("the text does not end");
      this.at += 1;
      if (end === '"') break;
      read += this.escape();
    }
    if (!isWellFormed(read)) this.fail("a lone surrogate stands in a text");
    return read;
  }

  private escape(): string {
    const letter = this.text.charAt(this.at);
    this.at += 1;
    if (letter !== "u") return ESCAPES[letter] ?? this.fail("an escape that does not exist");
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("four hex digits are due");
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
}

/** Whether every surrogate of a text has its other half. */
export function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:^|[^\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

/** Whether a value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

/** A value and the place where it stands, for readers that say where something is wrong. */
export class At {
  constructor(
    readonly value: Json,
    readonly place: string,
  ) {}

  error(problem: string): JsonError {
    return new JsonError(this.place, problem);
  }

  private members(): JsonObject {
    if (isObject(this.value)) return this.value;
    throw this.error("an object is due");
  }

  /** A member that may be absent. */
  optional(name: string): At | null {
    const value = this.members().get(name);
    return value === undefined ? null : new At(value, `${this.place}.${name}`);
  }

  /** A member that may be absent or null. */
  nullable(name: string): At | null {
    const member = this.optional(name);
    return member === null || member.value === null ? null : member;
  }

  /** A member that is required. */
  member(name: string): At {
    const member = this.optional(name);
    if (member === null) throw this.error(`the member "${name}" is missing`);
    return member;
  }

  /** The items of a list. */
  items(): readonly At[] {
    if (!Array.isArray(this.value)) throw this.error("a list is due");
    return (this.value as readonly Json[]).map((item, index) => new At(item, `${this.place}[${index}]`));
  }

  text(): string {
    if (typeof this.value === "string") return this.value;
    throw this.error("a text is due");
  }

  /** Plain digits below 2^53. */
  integer(): bigint {
    if (typeof this.value === "bigint" && this.value < INTEGER_LIMIT) return this.value;
    throw this.error("plain digits below 2^53 are due");
  }

  /** Bytes of any width. */
  bytes(): Uint8Array {
    const bytes = fromHex(this.text());
    if (bytes === null) throw this.error("lower-case hex after 0x is due");
    return bytes;
  }

  /** Bytes of this width, as their text. */
  hex<T extends string = Digest>(width: number): T {
    if (this.bytes().length !== width) throw this.error(`${width} bytes are due`);
    return this.text() as T;
  }

  /** A list of 32-byte hashes. */
  digests(): readonly Digest[] {
    return this.items().map((item) => item.hex(32));
  }
}
