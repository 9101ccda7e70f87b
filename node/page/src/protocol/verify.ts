// The judge: a pure function from a dossier and what the asker knows to a report (docs/protocol.md sections 10 and 11).

import { type Digest, type Key, type LedgerId, ZERO } from "./bytes.ts";
import { checkpointHash } from "./checkpoint.ts";
import { parseDossier, type Placed } from "./dossier.ts";
import { entryLeaf, instruction, partyOf, signers } from "./entry.ts";
import { JsonError } from "./json.ts";
import { type Kind, kindOf, type Status } from "./lifecycle.ts";
import type { Opening, Question, TrustedCheckpoint } from "./question.ts";
import { issuerName } from "./question.ts";
import { type Detail, detail } from "./reasons.ts";
import { type Absence, isAbsenceOf } from "./receipt.ts";
import { Case, type Outcome, staleness } from "./steps.ts";
import { decide, type Verdict } from "./verdict.ts";
import { isNoStamp } from "./voucher.ts";

/** The steps of section 10 in their order, each with its judgement. */
const JUDGEMENTS = {
  "format.valid": (): Outcome => ({ result: "passed" }),
  "ledger.trusted": (judged: Case) => judged.ledgerTrusted(),
  "checkpoint.anchored": (judged: Case) => judged.checkpointAnchored(),
  "manifest.included": (judged: Case) => judged.manifestIncluded(),
  "voucher.included": (judged: Case) => judged.voucherIncluded(),
  "history.included": (judged: Case) => judged.historyIncluded(),
  "history.linked": (judged: Case) => judged.historyLinked(),
  "history.legal": (judged: Case) => judged.historyLegal(),
  "history.authorised": (judged: Case) => judged.historyAuthorised(),
  "head.current": (judged: Case) => judged.headCurrent(),
  "pending.promised": (judged: Case) => judged.pendingPromised(),
  "code.opens": (judged: Case) => judged.codeOpens(),
  "issuer.trusted": (judged: Case) => judged.issuerTrusted(),
  "terms.current": (judged: Case) => judged.termsCurrent(),
} as const;
export type StepCode = keyof typeof JUDGEMENTS;

export const STEP_CODES = Object.keys(JUDGEMENTS) as readonly StepCode[];

/** The steps whose failure lets the later ones run. */
const STOPS_NOTHING: readonly StepCode[] = ["ledger.trusted", "issuer.trusted", "terms.current"];

/** One step and its result. */
export type StepReport = { readonly code: StepCode } & Outcome;

/** One entry of the chain of hands. */
export interface HistoryLine {
  readonly index: bigint;
  readonly kind: Kind;
  readonly status: number;
  /** Operator's clock, Unix milliseconds. */
  readonly at: bigint;
  readonly party: Key | null;
  readonly first: bigint;
  readonly count: bigint;
  readonly memo: string | null;
  /** Who truly signed. */
  readonly signedBy: readonly Key[];
  /** Whether the dossier's checkpoint covers it. */
  readonly isAnchored: boolean;
}

/** What is known of the voucher, all of it from the dossier. */
export interface VoucherFacts {
  readonly key: Key;
  readonly number: bigint;
  readonly ledger: LedgerId;
  readonly chainId: bigint;
  readonly checkpoint: bigint;
  readonly checkpointHash: Digest;
  readonly issuer: Key;
  /** The name that the policy gives the issuer. */
  readonly issuerName: string | null;
  /** What the issuer calls himself, and the domain that he says is his. */
  readonly issuerSays: string | null;
  readonly issuerDomain: string | null;
  readonly product: string | null;
  readonly faceValue: readonly [amount: string, currency: string] | null;
  readonly redeemBy: bigint | null;
  readonly redeemUrl: string | null;
  readonly status: Status | null;
  readonly holder: Key | null;
  readonly uses: number;
  /** Refused second sales that stand. */
  readonly incidents: number;
  readonly history: readonly HistoryLine[];
}

/** The whole report. */
export interface Report {
  readonly verdict: Verdict;
  /** Until when the chain vouches for it: the trusted checkpoint's block time, Unix milliseconds. */
  readonly asOf: bigint | null;
  readonly steps: readonly StepReport[];
  /** Null where the dossier could not be read. */
  readonly voucher: VoucherFacts | null;
  /** Kept for what comes after a verdict: signing the next step. */
  readonly judged: Case | null;
}

/** Judges one voucher. */
export function verify(question: Question): Report {
  let judged: Case;
  try {
    judged = new Case(question, parseDossier(question.dossier));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const malformed: Outcome = { result: "failed", detail: detail("malformed", error.message) };
    const steps = STEP_CODES.map((code): StepReport => ({
      code,
      ...(code === "format.valid" ? malformed : { result: "skipped" }),
    }));
    return { verdict: "refuted", asOf: null, steps, voucher: null, judged: null };
  }
  let stopped = false;
  const steps = STEP_CODES.map((code): StepReport => {
    const outcome: Outcome = stopped ? { result: "skipped" } : JUDGEMENTS[code](judged);
    stopped ||= outcome.result === "failed" && !STOPS_NOTHING.includes(code);
    return { code, ...outcome };
  });
  return {
    verdict: decide(question, judged, steps),
    asOf: judged.vouchedUntil(),
    steps,
    voucher: facts(judged),
    judged,
  };
}

/** The operator's signed word that there is no such voucher, and what it is held against. */
export interface AbsenceQuestion extends Pick<Question, "isFinal" | "policy" | "asOf" | "now"> {
  readonly absence: Absence;
  readonly voucher: Key;
  readonly ledger: LedgerId;
  readonly trusted: TrustedCheckpoint;
}

/** Judges that word. The detail says why it can not be held against him, or says nothing of now: an old one is true of
 * every voucher that was issued later. */
export function judgeAbsence(question: AbsenceQuestion): Detail | null {
  const { absence, voucher, ledger, trusted, isFinal, policy, asOf, now } = question;
  const speaksOfIt =
    absence.voucher === voucher &&
    trusted.ledger === ledger &&
    absence.checkpointHash === checkpointHash(ledger, trusted.checkpoint);
  if (!speaksOfIt) return detail("absence_other");
  if (!isAbsenceOf(absence, trusted.checkpoint.operatorKey, ledger)) return detail("absence_unsigned");
  if (policy !== null && !policy.chains.some((chain) => chain.ledgers.includes(ledger)))
    return detail("absence_not_in_policy", ledger);
  if (!isFinal) return detail("not_final");
  return asOf ? null : staleness(trusted, policy, now);
}

/** A report without a dossier: nobody could give one, or the operator's signed word says that there is none. */
export function reportWithout(verdict: "unknown" | "not_found", asOf: bigint | null): Report {
  return { verdict, asOf, steps: [], voucher: null, judged: null };
}

/**
 * Whether everything holds until the code, and that was shown without the stamp that its batch has. Then the link was cut
 * off before the `#`, as chat programs do, which is no sign against voucher or seller.
 */
export function isStampMissing(report: Report, opening: Opening | null): boolean {
  const step = report.steps.find((each) => each.code === "code.opens");
  const isUnfit = step?.result === "failed" && step.detail.reason === "stamp_unfit";
  return isUnfit && opening !== null && isNoStamp(opening.stamp);
}

/** The first step that failed. */
export function failedStep(report: Report): { readonly code: StepCode; readonly detail: Detail } | null {
  for (const step of report.steps) if (step.result === "failed") return { code: step.code, detail: step.detail };
  return null;
}

function facts(judged: Case): VoucherFacts {
  const { dossier, question } = judged;
  const { manifest } = dossier;
  const issuer = dossier.history[0]?.entry.party as Key;
  const latest = judged.latestState();
  return {
    key: dossier.voucher.key,
    number: dossier.voucher.number,
    ledger: dossier.ledger.id,
    chainId: dossier.ledger.chainId,
    checkpoint: dossier.checkpoint.number,
    checkpointHash: checkpointHash(dossier.ledger.id, dossier.checkpoint),
    issuer,
    issuerName: issuerName(question.policy, issuer),
    issuerSays: manifest.issuerName,
    issuerDomain: manifest.issuerDomain,
    product: manifest.productTitle,
    faceValue: manifest.faceValue,
    redeemBy: manifest.redeemBy,
    redeemUrl: manifest.redeemUrl,
    status: latest?.status ?? null,
    holder: latest === null ? null : partyOf(latest.entry),
    uses: dossier.terms.uses,
    incidents: dossier.incidents.filter((incident) => judged.incidentStands(incident)).length,
    history: historyLines(judged),
  };
}

function historyLines(judged: Case): readonly HistoryLine[] {
  const { history, pending, ledger } = judged.dossier;
  let prevLeaf = ZERO;
  const line = (item: Placed, isAnchored: boolean): HistoryLine => {
    const { entry, index, memo } = item;
    const message = instruction(entry, ledger.id, prevLeaf);
    prevLeaf = entryLeaf(entry);
    return {
      index,
      kind: kindOf(entry.kind) ?? "Issue",
      status: entry.status,
      at: entry.at,
      party: partyOf(entry),
      first: entry.first,
      count: entry.count,
      memo: typeof memo === "string" ? memo : null,
      signedBy: signers(item.signatures, message),
      isAnchored,
    };
  };
  return [...history.map((item) => line(item, true)), ...pending.map((item) => line(item, false))];
}
