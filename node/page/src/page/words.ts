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
  readonly values?: Readonly<Record<string, string>>;
}

export function say(said: Said): string {
  return t(said.text, said.values);
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
export function unreached(error: Unreached): string {
  return error.isLate ? t("out_of_time", { seconds: String(error.seconds) }) : t("no_answer");
}
