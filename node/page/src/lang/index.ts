// The page's languages: one table of texts each, all with the same keys. What is missing does not compile.

import type { Kind, Role, Status } from "../protocol/lifecycle.ts";
import type { Reason } from "../protocol/reasons.ts";
import type { Verdict } from "../protocol/verdict.ts";
import type { StepCode, StepReport } from "../protocol/verify.ts";
import { page as enPage } from "./en/page.ts";
import { protocol as enProtocol } from "./en/protocol.ts";
import { secondSales as enSales, verdicts as enVerdicts } from "./en/verdicts.ts";
import { page as cnPage } from "./zh-CN/page.ts";
import { protocol as cnProtocol } from "./zh-CN/protocol.ts";
import { secondSales as cnSales, verdicts as cnVerdicts } from "./zh-CN/verdicts.ts";
import { page as twPage } from "./zh-TW/page.ts";
import { protocol as twProtocol } from "./zh-TW/protocol.ts";
import { secondSales as twSales, verdicts as twVerdicts } from "./zh-TW/verdicts.ts";

/** What the protocol speaks of. */
export interface ProtocolTexts {
  readonly steps: Readonly<Record<StepCode, string>>;
  readonly results: Readonly<Record<StepReport["result"], string>>;
  readonly details: Readonly<Record<Reason, string>>;
  readonly statuses: Readonly<Record<Status, string>>;
  readonly kinds: Readonly<Record<Kind, string>>;
  readonly roles: Readonly<Record<Role, string>>;
}

/** A verdict: the word, what it means, what to do. */
export type VerdictTexts = Readonly<
  Record<Verdict, { readonly word: string; readonly meaning: string; readonly advice: string }>
>;

/** Everything else. */
export type PageTexts = Readonly<Record<keyof typeof enPage, string>>;
export type PageText = keyof PageTexts;

export interface Language extends ProtocolTexts {
  readonly tag: Tag;
  /** In itself. */
  readonly name: string;
  readonly verdicts: VerdictTexts;
  readonly secondSales: string;
  readonly page: PageTexts;
}

export type Tag = "zh-CN" | "zh-TW" | "en";

/** All of them, the first choice first. */
export const LANGUAGES: Readonly<Record<Tag, Language>> = {
  "zh-CN": { tag: "zh-CN", name: "简体中文", ...cnProtocol, verdicts: cnVerdicts, secondSales: cnSales, page: cnPage },
  "zh-TW": { tag: "zh-TW", name: "繁體中文", ...twProtocol, verdicts: twVerdicts, secondSales: twSales, page: twPage },
  en: { tag: "en", name: "English", ...enProtocol, verdicts: enVerdicts, secondSales: enSales, page: enPage },
};

/** The language for a visitor who prefers these, as browsers list them; simplified Chinese where none is known. */
export function languageFor(preferred: readonly string[]): Tag {
  for (const tag of preferred.map((each) => each.toLowerCase())) {
    if (/^zh-(?:hant|tw|hk|mo)/.test(tag)) return "zh-TW";
    if (tag.startsWith("zh")) return "zh-CN";
    if (tag.startsWith("en")) return "en";
  }
  return "zh-CN";
}

/** A template with what its places stand for: `{name}`, or `{0}` by order. */
export function fill(template: string, values: Readonly<Record<string, string>> | readonly string[]): string {
  const named = values as Readonly<Record<string, string | undefined>>;
  return template.replace(/\{(\w+)\}/g, (place: string, name: string) => named[name] ?? place);
}
