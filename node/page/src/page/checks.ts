// The fourteen steps of a verification, unfolded from four checks; and the history as a line of hands.

import type { Found } from "./check.ts";
import { h, icon } from "./dom.ts";
import { isRefuted } from "./sayings.ts";
import { reason, spoken, t, when, who } from "./words.ts";
import type { HistoryLine, StepCode, StepReport, VoucherFacts } from "../protocol/verify.ts";
import type { PageText } from "../lang/index.ts";

const CHECKS: readonly (readonly [PageText, readonly StepCode[]])[] = [
  ["check_issued", ["format.valid", "checkpoint.anchored", "manifest.included", "voucher.included"]],
  [
    "check_history",
    ["history.included", "history.linked", "history.legal", "history.authorised", "head.current", "pending.promised"],
  ],
  ["check_code", ["code.opens"]],
  ["check_trust", ["ledger.trusted", "issuer.trusted", "terms.current"]],
];

type Result = StepReport["result"];
const SHAPE: Readonly<Record<Result, string>> = { passed: "good", failed: "bad", unknown: "unsure", skipped: "none" };

/** A check is as good as its worst step. */
function worst(results: readonly Result[]): Result {
  const order: readonly Result[] = ["failed", "unknown", "passed"];
  return order.find((result) => results.includes(result)) ?? "skipped";
}

export function checksView(found: Found): HTMLElement | null {
  const { steps } = found.report;
  if (steps.length === 0) return null;
  const checks = CHECKS.map(([name, codes]) => {
    const own = steps.filter((step) => codes.includes(step.code));
    const result = worst(own.map((step) => step.result));
    const summary = h(
      "summary",
      {},
      mark(result),
      h("span", {}, t("label", { name: t(name), value: spoken().results[result] })),
    );
    return h(
      "details",
      { class: `check ${result}`, open: result === "failed" },
      summary,
      h("ul", {}, ...own.map(stepView)),
    );
  });
  return h("section", { class: "checks" }, h("h2", {}, t("checks_heading")), ...checks);
}

function mark(result: Result): HTMLElement {
  return h("span", { class: `mark ${result}` }, icon(SHAPE[result]));
}

/** One step: its mark, what it holds, and why it did not pass. */
export function stepView(step: StepReport): HTMLElement {
  const text = t("label", { name: spoken().steps[step.code], value: spoken().results[step.result] });
  const why = step.detail === undefined ? null : h("span", { class: "why" }, reason(step.detail));
  return h("li", { class: step.result }, mark(step.result), h("span", {}, text, why));
}

export function historyView(found: Found): HTMLElement | null {
  const { voucher } = found.report;
  if (voucher === null || isRefuted(found.report)) return null;
  const items = voucher.history.map((line) => lineView(line, voucher, found));
  return h("section", { class: "history" }, h("h2", {}, t("history_heading")), h("ol", {}, ...items));
}

function lineView(line: HistoryLine, voucher: VoucherFacts, found: Found): HTMLElement {
  const name = (key: HistoryLine["party"]): string => who(key, voucher, found.myKey);
  const names = line.signedBy.map(name).join(t("comma"));
  const last = line.first + line.count - 1n;
  const notes = [
    t("goes_to", { name: name(line.party) }),
    t("signed_by", { names: names === "" ? "–" : names }),
    t(line.isAnchored ? "anchored" : "promised"),
    ...(line.count > 1n ? [t("covers", { first: String(line.first), last: String(last) })] : []),
    ...(line.memo === null ? [] : [t("memo", { text: line.memo })]),
  ];
  return h(
    "li",
    { class: line.isAnchored ? "" : "pending" },
    h("strong", {}, spoken().kinds[line.kind]),
    " ",
    h("time", { datetime: new Date(Number(line.at)).toISOString() }, when(line.at)),
    h("ul", { class: "notes" }, ...notes.map((note) => h("li", {}, note))),
  );
}
