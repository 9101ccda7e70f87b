// What the dossier says of the voucher. Shown only where no proof failed: what a refuted file says is worth nothing.

import type { Found } from "./check.ts";
import { h } from "./dom.ts";
import { isHeld, isRefuted, latest } from "./sayings.ts";
import { reporter, spoken, t, when, who } from "./words.ts";
import type { VoucherFacts } from "../protocol/verify.ts";
import type { PageText } from "../lang/index.ts";

type Row = readonly [PageText, string | Node];

export function factsView(found: Found): HTMLElement | null {
  const { report } = found;
  const { voucher } = report;
  if (voucher === null || isRefuted(report)) return null;
  const held = isHeld(report);
  const rows = factRows(found, voucher, held).map(([name, value]) =>
    h("div", {}, h("dt", {}, t(name)), h("dd", {}, value)),
  );
  return h(
    "section",
    { class: "facts" },
    h("h2", {}, t(held ? "facts_heading" : "claims_heading")),
    h("dl", {}, ...rows),
  );
}

function factRows(found: Found, voucher: VoucherFacts, held: boolean): readonly Row[] {
  const rows: Row[] = [];
  const add = (name: PageText, value: string | Node | null): void => {
    if (value !== null) rows.push([name, value]);
  };
  const own = (text: string): string => t("own_words", { text });
  add("fact_product", voucher.product === null ? null : own(voucher.product));
  add("fact_face", voucher.faceValue === null ? null : own(voucher.faceValue.join(" ")));
  add("fact_issuer", issuer(voucher));
  add("fact_status", state(voucher));
  add("fact_holder", holder(found, voucher));
  add("fact_sales", sales(voucher));
  add("fact_redemption", redemption(found, voucher, held));
  add("fact_until", voucher.redeemBy === null ? null : when(voucher.redeemBy));
  add("fact_redeem_at", voucher.redeemUrl === null ? null : own(voucher.redeemUrl));
  add("fact_incidents", voucher.incidents === 0 ? null : String(voucher.incidents));
  add("fact_checkpoint", checkpoint(found, voucher));
  add("fact_number", String(voucher.number));
  add("fact_voucher", code(voucher.key));
  add("fact_ledger", code(t("on_chain", { ledger: voucher.ledger, chain: String(voucher.chainId) })));
  return rows;
}

function code(text: string): HTMLElement {
  return h("code", {}, text);
}

function issuer(voucher: VoucherFacts): HTMLElement {
  const { issuerName, issuerSays } = voucher;
  const name =
    issuerName !== null
      ? t("known_as", { name: issuerName })
      : issuerSays !== null
        ? t("calls_himself", { name: issuerSays })
        : "";
  return h("span", {}, name, " ", code(voucher.issuer));
}

function state(voucher: VoucherFacts): string | null {
  const line = voucher.history[voucher.history.length - 1];
  if (voucher.status === null || line === undefined) return null;
  const values = { status: spoken().statuses[voucher.status], at: when(line.at) };
  return t(line.isAnchored ? "since" : "since_promised", values);
}

/** Who has it; of no interest once it is used up or called back. */
function holder(found: Found, voucher: VoucherFacts): string | null {
  if (voucher.status === "Redeemed" || voucher.status === "Voided") return null;
  return who(voucher.holder, voucher, found.myKey);
}

/** How often it changed hands against money before now. */
function sales(voucher: VoucherFacts): string {
  const of = (kind: string): string => String(voucher.history.filter((line) => line.kind === kind).length);
  return t("sales", { sold: of("Sell"), returned: of("Return") });
}

/** "Unspent" is never said without a time, and not at all where nothing vouches for it. */
function redemption(found: Found, voucher: VoucherFacts, held: boolean): string | null {
  const line = latest(voucher, "Redeem");
  if (line !== null) {
    const by = who(reporter(line, voucher), voucher, found.myKey);
    const owner = line.party !== null && line.party !== voucher.issuer && line.signedBy.includes(line.party);
    const more = [line.signedBy.includes(voucher.key) ? t("presented") : "", owner ? t("owner_signed") : ""];
    return [t("redeemed", { at: when(line.at), by }), ...more].join(" ").trim();
  }
  return held ? noRedemption(found, voucher) : null;
}

export function noRedemption(found: Found, voucher: VoucherFacts): string {
  const { asOf } = found.report;
  return asOf === null
    ? t("no_redemption_number", { number: String(voucher.checkpoint) })
    : t("no_redemption", { asof: when(asOf) });
}

function checkpoint(found: Found, voucher: VoucherFacts): string {
  const { source } = found;
  const number = String(voucher.checkpoint);
  if (source === null || source.trusted === null) return t("checkpoint_none", { number });
  const text = (
    { chain: "checkpoint_chain", node: "checkpoint_node", file: "checkpoint_file", none: "checkpoint_none" } as const
  )[source.kind];
  return t(text, { number, source: source.name });
}
