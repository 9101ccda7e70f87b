// The verdict in words: what stands in the places of its texts, and its icon and colour, which say the same.

import type { HistoryLine, Report, VoucherFacts } from "../protocol/verify.ts";
import { failedStep } from "../protocol/verify.ts";
import type { Verdict } from "../protocol/verdict.ts";
import { fill } from "../lang/index.ts";
import type { Found } from "./check.ts";
import { reason, reporter, spoken, when, who } from "./words.ts";

/** Colour and icon of a verdict: `good`, `bad`, `care`, `unsure`, `wait`. */
export const TONES: Readonly<Record<Verdict, "good" | "bad" | "care" | "unsure" | "wait">> = {
  refuted: "bad",
  mismatch: "bad",
  not_found: "bad",
  voided: "bad",
  spent: "bad",
  resale_suspected: "bad",
  on_hold: "care",
  sold_before: "care",
  sold: "care",
  expired: "care",
  unknown: "unsure",
  untrusted_issuer: "unsure",
  genuine_pending: "wait",
  genuine_unclaimed: "good",
  genuine: "good",
};

function lastOf(lines: readonly HistoryLine[], kind: string): HistoryLine | null {
  const found = lines.filter((line) => line.kind === kind);
  return found[found.length - 1] ?? null;
}

/** The latest entry of this kind. */
export function latest(voucher: VoucherFacts, kind: HistoryLine["kind"]): HistoryLine | null {
  return lastOf(voucher.history, kind);
}

function decisive(verdict: Verdict, voucher: VoucherFacts): HistoryLine | null {
  // A voucher that was claimed straight out of trade has no Sell.
  const sale = latest(voucher, "Sell") ?? latest(voucher, "Claim");
  const isAboutSale = verdict === "sold" || verdict === "resale_suspected";
  return isAboutSale ? sale : (voucher.history[voucher.history.length - 1] ?? null);
}

function values(found: Found): Record<string, string> {
  const { report } = found;
  const failed = failedStep(report);
  const said: Record<string, string> = {
    asof: report.asOf === null ? "–" : when(report.asOf),
    step: failed === null ? "" : spoken().steps[failed.code],
    detail: failed === null ? "" : reason(failed.detail),
  };
  const { voucher } = report;
  if (voucher === null) return said;
  const line = decisive(report.verdict, voucher);
  const at = report.verdict === "expired" ? voucher.redeemBy : (line?.at ?? null);
  const returned = latest(voucher, "Return");
  const before = returned === null ? [] : voucher.history.slice(0, voucher.history.indexOf(returned));
  const sold = lastOf(before, "Sell");
  return {
    ...said,
    at: at === null ? "–" : when(at),
    by: who(line === null ? null : reporter(line, voucher), voucher, found.myKey),
    incidents: String(voucher.incidents),
    sold: sold === null ? "–" : when(sold.at),
    returned: returned === null ? "–" : when(returned.at),
  };
}

/** The word, what it means, what to do. */
export function verdictWords(found: Found): { word: string; meaning: string; advice: string } {
  const { verdict, voucher } = found.report;
  const texts = spoken().verdicts[verdict];
  const places = values(found);
  const isSecondSale = verdict === "resale_suspected" && voucher !== null && voucher.incidents > 0;
  return {
    word: texts.word,
    meaning: fill(isSecondSale ? spoken().secondSales : texts.meaning, places),
    advice: fill(texts.advice, places),
  };
}

/** Whether a proof failed: then nothing that the dossier says is shown. */
export function isRefuted(report: Report): boolean {
  return report.verdict === "refuted";
}

/** Whether the dossier's very checkpoint was held against a source, however old it is. */
export function isHeld(report: Report): boolean {
  const step = report.steps.find((each) => each.code === "checkpoint.anchored");
  return step?.result === "passed" || step?.detail?.reason === "stale" || step?.detail?.reason === "stale_age";
}
