// Claiming, as the visitor meets it.

import type { At } from "../protocol/json.ts";
import { JsonError } from "../protocol/json.ts";
import { kindOf, type State } from "../protocol/lifecycle.ts";
import type { KeyPair } from "../protocol/ed25519.ts";
import type { Opening } from "../protocol/question.ts";
import type { Case } from "../protocol/steps.ts";
import {
  accepted,
  canBeClaimed,
  type Claim,
  claimantDue,
  evidenceFile,
  freshKey,
  receiptFile,
  signClaim,
  winner,
} from "./claiming.ts";
import type { Found } from "./check.ts";
import { goToCase } from "./casing.ts";
import { button, h } from "./dom.ts";
import { Unreached } from "./fetching.ts";
import { fileButton } from "./files.ts";
import { Refusal, siteAsked, submit } from "./node.ts";
import { keepKey, keepReceipt, keptKeys, keyFile } from "./settings.ts";
import { partyOf } from "../protocol/entry.ts";
import { say, spoken, t, unreached, when, who } from "./words.ts";

/** What a claim needs, all of it known. */
interface Claiming {
  readonly judged: Case;
  readonly state: State;
  readonly opening: Opening;
  readonly found: Found;
  readonly dossier: string;
}

/** The claim's part of a result; null where the code was not shown, does not fit, or nothing can be claimed. */
export function claimView(found: Found): HTMLElement | null {
  const { judged, steps } = found.report;
  const { opening } = found.asked;
  const opens = steps.some((step) => step.code === "code.opens" && step.result === "passed");
  const isRefuted = found.report.verdict === "refuted";
  if (judged === null || opening === null || !opens || isRefuted || siteAsked() === null || found.dossier === null)
    return null;
  const state = judged.latestState();
  if (state === null || !canBeClaimed(judged, state)) return null;
  const claiming = { judged, state, opening, found, dossier: found.dossier };
  const outcome = h("div", { role: "status" });
  const begin = button(
    t("claim_button"),
    () => {
      begin.disabled = true;
      outcome.replaceChildren(h("p", {}, t("claim_working")));
      void claim(claiming).then((shown) => {
        outcome.replaceChildren(...shown);
        begin.disabled = outcome.querySelector("[data-done]") !== null;
      });
    },
    { class: "primary" },
  );
  return h(
    "section",
    { class: "claim" },
    h("h2", {}, t("claim_heading")),
    h("p", {}, t("claim_intro")),
    begin,
    outcome,
  );
}

async function claim(claiming: Claiming): Promise<readonly HTMLElement[]> {
  const { judged, state, opening } = claiming;
  const due = claimantDue(state);
  const claimant = due === null ? freshKey() : (await keptKeys()).find((pair) => pair.key === due);
  if (claimant === undefined) return [h("p", { class: "error" }, t("claim_named"))];
  const signed = signClaim(judged, state, opening, claimant);
  if (signed === null) return [h("p", { class: "error" }, t("claim_wrong"))];
  // Kept before it is used: a claim under a key that is lost is a voucher lost.
  const isKept = await keepKey(claimant);
  const key = keyPart(claimant, isKept);
  try {
    return [...received(claiming, signed, await submit(signed.body)), key];
  } catch (error) {
    if (error instanceof Refusal) return refused(claiming, signed, error);
    if (error instanceof Unreached)
      return [h("p", { class: "error" }, t("node_down", { cause: say(unreached(error)) })), key];
    if (error instanceof JsonError) return [h("p", { class: "error" }, t("claim_wrong")), key];
    throw error;
  }
}

function keyPart(claimant: KeyPair, isKept: boolean): HTMLElement {
  const save = fileButton(t("claim_key"), `vouchsafe-key-${claimant.key.slice(2, 10)}.json`, keyFile(claimant));
  return h("div", {}, h("p", {}, t(isKept ? "claim_key_help" : "claim_key_lost")), save);
}

function received(claiming: Claiming, signed: Claim, answer: At): readonly HTMLElement[] {
  const { judged } = claiming;
  const { ledger, checkpoint } = judged.dossier;
  const done = accepted(signed, answer, checkpoint.operatorKey, ledger.id);
  if (done === null) return [h("p", { class: "error" }, t("claim_wrong"))];
  const { entry, receipt } = done;
  const file = receiptFile(judged, signed, entry, receipt);
  const name = `vouchsafe-receipt-${ledger.id.slice(2, 10)}-${receipt.index}.json`;
  // Kept without being asked: it is what holds the operator to his word.
  keepReceipt({ name, text: file });
  const values = { index: String(receipt.index), by: when(receipt.anchorBy) };
  const rows: readonly (readonly [string, string])[] = [
    [t("receipt_index"), String(receipt.index)],
    [t("receipt_leaf"), receipt.leaf],
    [t("receipt_by"), when(receipt.anchorBy)],
    [t("fact_operator"), checkpoint.operatorKey],
    [t("receipt_signature"), receipt.signature],
  ];
  const shown = rows.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, h("code", {}, value))));
  return [
    h("p", { class: "done", "data-done": true }, t("claim_done", values)),
    h("details", { class: "receipt", open: true }, h("summary", {}, t("receipt_heading")), h("dl", {}, ...shown)),
    h("p", {}, t("receipt_kept")),
    fileButton(t("claim_receipt"), name, file),
  ];
}

function refused(claiming: Claiming, signed: Claim, refusal: Refusal): readonly HTMLElement[] {
  const { judged, state, found, dossier } = claiming;
  const { voucher } = found.report;
  if (refusal.problem !== "already-moved" || refusal.body === null || voucher === null) {
    return [h("p", { class: "error" }, t("claim_refused", { problem: refusal.problem, detail: refusal.detail }))];
  }
  const { step, isProven } = winner(judged, state, refusal.body);
  const kind = kindOf(step.entry.kind);
  const values = {
    kind: kind === null ? "" : spoken().kinds[kind],
    at: when(step.entry.at),
    name: who(partyOf(step.entry), voucher, null),
  };
  const evidence = evidenceFile(dossier, signed, refusal.text);
  return [
    h("p", { class: "error", "data-done": true }, t("claim_lost", values)),
    h("p", {}, t(isProven ? "claim_lost_proof" : "claim_lost_unproven")),
    h(
      "p",
      { class: "actions" },
      fileButton(t("claim_evidence"), `vouchsafe-evidence-${voucher.number}.json`, evidence),
      button(t("case_go"), goToCase),
    ),
  ];
}
