// The result of a check: one verdict in icon, word, colour and a sentence; then what it rests on and what to do.

import { fromHex } from "../protocol/bytes.ts";
import type { Reason } from "../protocol/reasons.ts";
import { caseView } from "./casing.ts";
import { checksView, historyView } from "./checks.ts";
import type { Found } from "./check.ts";
import { isKey } from "./claiming.ts";
import { claimView } from "./claimview.ts";
import { button, field, h, icon } from "./dom.ts";
import { factsView, noRedemption } from "./facts.ts";
import { isHeld, isRefuted, latest, TONES, verdictWords } from "./sayings.ts";
import { SITE, siteAsked } from "./node.ts";
import type { Session } from "./session.ts";
import { takeView } from "./taking.ts";
import { issuerView } from "./trust.ts";
import { say, t } from "./words.ts";
import type { PageText } from "../lang/index.ts";

/** The whole result. `again` judges the session anew, `restart` begins with another voucher. */
export function resultView(session: Session, found: Found, again: () => void, restart: () => void): HTMLElement {
  const { report, problems } = found;
  const { voucher, judged } = report;
  const isTold = judged !== null && voucher !== null && !isRefuted(report);
  const isTrusted = report.verdict !== "untrusted_issuer";
  const issuer = isTold ? issuerView(judged.dossier, voucher.issuer, isTrusted, again) : null;
  const canAsk = found.asked.file !== null && session.voucher !== null && siteAsked() !== null;
  const askNode = (): void => {
    session.file = null;
    again();
  };
  return h(
    "article",
    { class: "result" },
    verdictView(found),
    session.site === null || SITE === null || session.site === SITE
      ? null
      : h("p", { class: "note" }, t("other_site", { site: session.site })),
    problems.length === 0
      ? null
      : h("div", { class: "problems" }, ...problems.map(({ said }) => h("p", {}, say(said)))),
    adviceView(session, found, again),
    claimView(found),
    // What decides the verdict stands first; what only adds to it, after the facts.
    isTrusted ? null : issuer,
    ownerView(session, found, again),
    unknowableView(found),
    factsView(found),
    isTrusted ? issuer : null,
    checksView(found),
    historyView(found),
    caseView(found),
    takeView(found),
    h(
      "p",
      { class: "actions" },
      button(t("again"), again),
      canAsk ? button(t("ask_node"), askNode) : null,
      button(t("another"), restart),
    ),
  );
}

function verdictView(found: Found): HTMLElement {
  const { report } = found;
  const { word, meaning } = verdictWords(found);
  const tone = TONES[report.verdict];
  const { voucher } = report;
  const isUnredeemed = voucher !== null && latest(voucher, "Redeem") === null && isHeld(report);
  const isShown = isUnredeemed && report.verdict !== "refuted" && report.verdict !== "voided";
  return h(
    "header",
    { class: `verdict ${tone}`, "data-verdict": report.verdict },
    icon(tone),
    h("h1", { tabindex: "-1", id: "verdict" }, word),
    h("p", { class: "meaning" }, meaning),
    isShown && voucher !== null ? h("p", {}, noRedemption(found, voucher)) : null,
    found.source?.kind === "node" && found.source.trusted !== null ? h("p", {}, t("by_node_alone")) : null,
    voucher?.chainId === 31337n ? h("p", { class: "development" }, t("note_development")) : null,
  );
}

const ADVICE: Partial<Readonly<Record<Reason, PageText>>> = {
  no_trusted_checkpoint: "advice_no_trusted_checkpoint",
  other_number: "advice_other_number",
  stale: "advice_stale",
  stale_age: "advice_stale",
  unknown_critical: "advice_critical",
  promise_broken: "advice_promise_broken",
};

function adviceView(session: Session, found: Found, again: () => void): HTMLElement {
  const lines = [verdictWords(found).advice];
  for (const { advice } of found.problems) if (advice !== null) lines.push(say(advice));
  let isStale = false;
  for (const step of found.report.steps) {
    const text = step.result === "unknown" ? ADVICE[step.detail.reason] : undefined;
    if (text !== undefined) lines.push(t(text));
    isStale ||= text === "advice_stale";
  }
  const asOf = button(t("as_of_ask"), () => {
    session.asOf = true;
    again();
  });
  return h(
    "section",
    { class: "advice" },
    h("h2", {}, t("advice_heading")),
    h("ul", {}, ...lines.map((line) => h("li", {}, line))),
    isStale ? asOf : null,
  );
}

/** What nobody can know before the code is delivered. */
function unknowableView(found: Found): HTMLElement | null {
  const { voucher, verdict } = found.report;
  const isOver = (["refuted", "spent", "voided", "expired", "genuine"] as const).some((each) => each === verdict);
  if (voucher === null || found.asked.opening !== null || isOver) return null;
  const lines = (["unknowable_code", "unknowable_seen", "unknowable_spent"] as const).map((text) =>
    h("li", {}, t(text)),
  );
  return h("section", { class: "unknowable" }, h("h2", {}, t("unknowable_heading")), h("ul", {}, ...lines));
}

/** Showing an order or a key, where that would decide. */
function ownerView(session: Session, found: Found, again: () => void): HTMLElement | null {
  const { verdict } = found.report;
  if (verdict !== "sold" && verdict !== "resale_suspected") return null;
  const plain = { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
  const [reference, salt, key] = [h("input", plain), h("input", plain), h("input", plain)];
  const message = h("p", { class: "error", role: "alert" });
  const submit = (event: Event): void => {
    event.preventDefault();
    const named = key.value.trim().toLowerCase();
    const bytes = fromHex(`0x${salt.value.trim().toLowerCase().replace(/^0x/, "")}`);
    if (named !== "" && !isKey(named)) {
      message.textContent = t("order_bad_key");
    } else if (named === "" && bytes?.length !== 16) {
      message.textContent = t("order_bad_salt");
    } else {
      session.myKey = named !== "" && isKey(named) ? named : null;
      session.order = bytes?.length === 16 ? { reference: reference.value, salt: bytes } : null;
      again();
    }
  };
  return h(
    "section",
    { class: "owner" },
    h("h2", {}, t("order_heading")),
    h("p", {}, t("order_intro")),
    h(
      "form",
      { submit },
      field(t("order_reference"), reference),
      field(t("order_salt"), salt),
      field(t("my_key"), key),
      message,
      h("button", { type: "submit" }, t("check")),
    ),
  );
}
