// The words in the visitor's language, times in his own zone, and names of keys.

import type { Key } from "../protocol/bytes.ts";
import type { Detail } from "../protocol/reasons.ts";
import type { Role, Status, Kind } from "../protocol/lifecycle.ts";
import type { HistoryLine, VoucherFacts } from "../protocol/verify.ts";
import { fill, type Language, LANGUAGES, languageFor, type PageText, type Tag } from "../lang/index.ts";
import type { Unreached } from "./fetching.ts";
import { keep, kept } from "./settings.ts";

let language: Language = LANGUAGES[chosen()];

function chosen(): Tag {
  const tag = kept("language");
  return tag !== null && tag in LANGUAGES ? (tag as Tag) : languageFor(navigator.languages);
}

export function speak(tag: Tag): void {
  language = LANGUAGES[tag];
  keep("language", tag);
}

export function spoken(): Language {
  return language;
}

/** A text of the page. */
export function t(text: PageText, values: Readonly<Record<string, string>> = {}): string {
  return fill(language.page[text], values);
}

/** Something to say later, in whatever language is spoken then. */
export interface Said {
  readonly text: PageText;
  readonly values?: Readonly<Record<string, Value>>;
}

/** What is said within it: foreign words, or something that is said in that language, too. */
export type Value = string | Said | Detail;

export function say(said: Said): string {
  const values = Object.entries(said.values ?? {}).map(([name, value]) => [name, worded(value)]);
  return t(said.text, Object.fromEntries(values));
}

function worded(value: Value): string {
  if (typeof value === "string") return value;
  return "text" in value ? say(value) : reason(value);
}

/** A time by the visitor's clock, with its distance from UTC. */
export function when(millis: bigint): string {
  const date = new Date(Number(millis));
  if (Number.isNaN(date.getTime())) return String(millis);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const minutes = -date.getTimezoneOffset();
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  // One form in every language: days and months are never taken for each other.
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} (UTC${offset})`;
}

/** A count with the language's separators. */
export function count(value: bigint | number): string {
  return new Intl.NumberFormat(language.tag).format(value);
}

/** A length of time in the largest unit of which it is a whole number. */
export function span(seconds: bigint | number): string {
  const whole = Number(seconds);
  const [unit, length] = whole % 3600 === 0 ? ["hour", 3600] : whole % 60 === 0 ? ["minute", 60] : ["second", 1];
  return new Intl.NumberFormat(language.tag, { style: "unit", unit, unitDisplay: "long" }).format(whole / length);
}

/** The beginning and the end of a key: enough to compare by eye, never enough to trust. */
export function short(key: string): string {
  return `${key.slice(0, 10)}…${key.slice(-4)}`;
}

/** The texts of a reason; roles, statuses and kinds among its arguments are translated. */
export function reason(detail: Detail): string {
  const { roles, statuses, kinds } = language;
  const args = detail.args.map((arg) => roles[arg as Role] ?? statuses[arg as Status] ?? kinds[arg as Kind] ?? arg);
  return fill(language.details[detail.reason], args);
}

/** Names a key: the visitor's own, the issuer's, the voucher's, or the key itself. */
export function who(key: Key | null, voucher: VoucherFacts, myKey: Key | null): string {
  if (key === null) return t("nobody");
  if (key === myKey) return t("you");
  if (key === voucher.issuer) return voucher.issuerName ?? t("issuer");
  return key === voucher.key ? t("voucher_key") : t("key", { key: short(key) });
}

/** Who reported a step: of its signers the one who acted, not the voucher's key or the owner, who may sign beside him. */
export function reporter(line: HistoryLine, voucher: VoucherFacts): Key | null {
  const isBeside = (key: Key): boolean => key === voucher.key || key === line.party;
  const found = line.signedBy.find((key) => key === voucher.issuer) ?? line.signedBy.find((key) => !isBeside(key));
  return found ?? line.signedBy[0] ?? null;
}

/** Why no answer came. */
export function unreached(error: Unreached): Said {
  return error.isLate ? { text: "out_of_time", values: { seconds: String(error.seconds) } } : { text: "no_answer" };
}
