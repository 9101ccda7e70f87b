// What a set of step results means for the asker, and the exit code of it (docs/protocol.md section 11).

import { partyOf } from "./entry.ts";
import { kindOf, type State } from "./lifecycle.ts";
import type { Question } from "./question.ts";
import { type Case, memoOrder } from "./steps.ts";
import type { StepCode, StepReport } from "./verify.ts";
import { orderDigest } from "./voucher.ts";

/** The verdicts in the order of section 11, with the exit codes that a command gives them. */
export const EXITS = {
  refuted: 30,
  mismatch: 20,
  not_found: 21,
  voided: 13,
  on_hold: 13,
  spent: 10,
  resale_suspected: 12,
  sold_before: 12,
  sold: 11,
  unknown: 3,
  untrusted_issuer: 22,
  expired: 13,
  genuine_pending: 0,
  genuine_unclaimed: 0,
  genuine: 0,
} as const;
export type Verdict = keyof typeof EXITS;

/** The steps whose failure has a verdict of its own. */
const NAMED_BELOW: readonly StepCode[] = ["ledger.trusted", "code.opens", "issuer.trusted", "terms.current"];
const TRUST: readonly StepCode[] = ["ledger.trusted", "issuer.trusted"];

/** The verdict of these steps. `judged` is null where the dossier could not even be read. */
export function decide(question: Question, judged: Case | null, steps: readonly StepReport[]): Verdict {
  const result = (code: StepCode): string | undefined => steps.find((step) => step.code === code)?.result;
  if (steps.some((step) => step.result === "failed" && !NAMED_BELOW.includes(step.code))) return "refuted";
  if (result("code.opens") === "failed") return "mismatch";
  const state = judged?.latestState() ?? null;
  if (judged === null || state === null) return "refuted";
  const byState = verdictOfState(judged, state);
  if (byState !== null) return byState;
  if (steps.some((step) => step.result === "unknown" && !TRUST.includes(step.code))) return "unknown";
  if (TRUST.some((code) => result(code) !== "passed")) return "untrusted_issuer";
  if (result("terms.current") === "failed") return "expired";
  if (!question.isFinal) return "genuine_pending";
  return partyOf(state.entry) !== null && state.status !== "InTrade" ? "genuine" : "genuine_unclaimed";
}

/** The verdicts that the state alone decides, before anything is unknown or untrusted. */
function verdictOfState(judged: Case, state: State): Verdict | null {
  switch (state.status) {
    case "Voided":
      return "voided";
    case "InTradeOnHold":
    case "SoldOnHold":
    case "ClaimedOnHold":
      return "on_hold";
    case "Redeemed":
      return "spent";
    case "InTrade":
    case "Sold":
    case "Claimed":
      break;
  }
  const mine = whose(judged, state);
  if (mine === "other" || judged.dossier.incidents.some((incident) => judged.incidentStands(incident))) {
    return "resale_suspected";
  }
  if (state.wasReturned) return "sold_before";
  return mine === "not shown" ? "sold" : null;
}

/** Whether what was shown decides that the voucher is the asker's. */
type Whose = "nobody" | "mine" | "other" | "not shown";

/** The key decides where the latest entry names one; where it names none, the order, against the latest Sell's memo. */
function whose(judged: Case, state: State): Whose {
  if (state.status === "InTrade") return "nobody";
  const { question } = judged;
  const owner = partyOf(state.entry);
  if (owner !== null) return question.myKey === null ? "not shown" : question.myKey === owner ? "mine" : "other";
  const order = question.order ?? question.opening?.order ?? null;
  const shown = order === null ? null : orderDigest(order.salt, order.reference);
  const soldUnder = latestSaleOrder(judged);
  if (shown === null || soldUnder === null) return "not shown";
  return shown === soldUnder ? "mine" : "other";
}

/** The order in the memo of the latest Sell, if the memo is shown and has one. */
function latestSaleOrder(judged: Case): string | null {
  const { history, pending } = judged.dossier;
  const sales = [...history, ...pending].filter((item) => kindOf(item.entry.kind) === "Sell");
  const memo = sales[sales.length - 1]?.memo;
  return typeof memo === "string" ? memoOrder(memo) : null;
}
