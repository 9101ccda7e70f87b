// The page of the ledger: totals, checkpoints with their blocks, batches. All of it is the node's own account, and says so.

import { type At, JsonError } from "../protocol/json.ts";
import { button, h, icon } from "./dom.ts";
import { Unreached } from "./fetching.ts";
import { audit, batches, checkpoints, incidents, ledger, Refusal, siteAsked } from "./node.ts";
import { entriesPlot, type Point, sharesBar, sharesLegend } from "./plots.ts";
import { count, say, short, t, unreached, when } from "./words.ts";

/** Checkpoints drawn, checkpoints in the table, batches shown at first. */
const [DRAWN, TABLED, BATCHES, INCIDENTS] = [1000, 10, 6, 100];

/** Fills `place` as the answers come. */
export async function showLedger(place: HTMLElement): Promise<void> {
  const heading = h("h1", { tabindex: "-1" }, t("ledger_heading"));
  place.replaceChildren(heading, h("p", {}, t("ledger_intro")), h("p", { role: "status" }, "…"));
  heading.focus();
  const status = place.lastElementChild;
  try {
    const view = await ledger();
    const vouchers = view.member("vouchers").integer();
    const name = view.member("ledger").member("id").text();
    const newest = view.nullable("checkpoint")?.member("number").integer() ?? null;
    place.append(await totalsView(view));
    if (newest !== null) place.append(await checkpointsView(newest));
    if (vouchers > 0n) place.append(await batchesView());
    place.append(await auditView(name));
    status?.remove();
  } catch (error) {
    if (status !== null) status.textContent = trouble(error);
  }
}

function trouble(error: unknown): string {
  if (error instanceof Unreached) return t("node_down", { cause: say(unreached(error)) });
  if (error instanceof Refusal) return t("node_busy", { problem: error.problem, detail: error.detail });
  if (error instanceof JsonError) return t("node_odd", { cause: error.message });
  throw error;
}

async function totalsView(view: At): Promise<HTMLElement> {
  const name = view.member("ledger");
  const refused = (await incidents(INCIDENTS)).member("incidents").items().length;
  const isMore = refused === INCIDENTS;
  const rows: readonly (readonly [string, string])[] = [
    [t("ledger_entries"), count(view.member("size").integer())],
    [t("ledger_vouchers"), count(view.member("vouchers").integer())],
    [t("ledger_incidents"), isMore ? t("more_than", { number: count(refused - 1) }) : count(refused)],
    [
      t("ledger_name"),
      t("on_chain", { ledger: name.member("id").text(), chain: String(name.member("chain_id").integer()) }),
    ],
    [t("ledger_contract"), name.member("contract").text()],
    [t("fact_operator"), view.member("operator_key").text()],
  ];
  return h(
    "section",
    {},
    h("dl", {}, ...rows.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value)))),
    h("p", { class: "help" }, t("ledger_interval", { seconds: count(view.member("anchor_interval_s").integer()) })),
    view.member("development_chain").value === true ? h("p", { class: "note" }, t("note_development")) : null,
  );
}

/** What the operator shows, and how anybody makes an audit of his own. */
async function auditView(ledger: string): Promise<HTMLElement> {
  const own = h(
    "p",
    {},
    t("audit_own"),
    " ",
    h("code", {}, `vouchsafe audit --from ${siteAsked() ?? "NODE"} --rpc URL`),
  );
  const heading = h("h2", {}, t("ledger_audit"));
  const report = await audit();
  if (report === null) return h("section", { class: "audit" }, heading, h("p", {}, t("ledger_audit_none")), own);
  if (report.member("ledger").text() !== ledger) throw new JsonError("audit", "another ledger");
  const result = report.member("result").text();
  const words = { clean: "audit_clean", contradicted: "audit_contradicted", unchecked: "audit_unchecked" } as const;
  const known = Object.entries(words).find(([name]) => name === result)?.[1] ?? "audit_unchecked";
  // The list is of the first thousand; a total says how many there are.
  const found = report.optional("contradictions_total")?.integer() ?? report.member("contradictions").items().length;
  const rows: readonly (readonly [string, string])[] = [
    [t("audit_finished"), when(report.member("finished_at").integer())],
    [t("fact_checkpoint"), count(report.member("checkpoint").integer())],
    [t("ledger_entries"), count(report.member("entries").integer())],
    [t("ledger_vouchers"), count(report.member("vouchers").integer())],
    [t("audit_contradictions"), count(found)],
    [t("audit_tool"), report.member("tool").text()],
  ];
  const tone = { audit_clean: "good", audit_contradicted: "bad", audit_unchecked: "unsure" }[known];
  return h(
    "section",
    { class: "audit" },
    heading,
    h(
      "p",
      {},
      h("span", { class: `mark ${tone === "good" ? "passed" : tone === "bad" ? "failed" : "unknown"}` }, icon(tone)),
      t(known),
    ),
    h("dl", {}, ...rows.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value)))),
    h("p", { class: "help" }, t("audit_shown")),
    own,
  );
}

interface Row {
  readonly number: bigint;
  readonly size: bigint;
  readonly vouchers: bigint;
  readonly block: bigint | null;
  readonly time: bigint | null;
  readonly finality: string;
  readonly confirmations: bigint | null;
}

function row(view: At): Row {
  const anchored = view.nullable("anchored");
  return {
    number: view.member("number").integer(),
    size: view.member("size").integer(),
    vouchers: view.member("vouchers").integer(),
    block: anchored?.member("block_number").integer() ?? null,
    time: anchored?.member("block_time").integer() ?? null,
    finality: view.member("finality").text(),
    confirmations: view.nullable("confirmations")?.integer() ?? null,
  };
}

async function checkpointsView(newest: bigint): Promise<HTMLElement> {
  const from = newest + 1n > BigInt(DRAWN) ? newest + 1n - BigInt(DRAWN) : 0n;
  const rows = (await checkpoints(from, DRAWN)).member("checkpoints").items().map(row);
  const points = rows.flatMap((each): Point[] => (each.time === null ? [] : [{ at: each.time, entries: each.size }]));
  const body = h("tbody");
  const rest = [...rows].reverse();
  const more = button(t("show_older"), () => show());
  const show = (): void => {
    for (const each of rest.splice(0, TABLED)) body.append(rowView(each));
    more.hidden = rest.length === 0;
  };
  show();
  const columns = (
    ["column_number", "column_entries", "column_vouchers", "column_block", "column_time", "column_finality"] as const
  ).map((text) => h("th", { scope: "col" }, t(text)));
  return h(
    "section",
    {},
    entriesPlot(points),
    h("h2", {}, t("checkpoints_heading")),
    h(
      "div",
      { class: "wide", tabindex: "0", role: "region", "aria-label": t("checkpoints_heading") },
      h("table", {}, h("thead", {}, h("tr", {}, ...columns)), body),
    ),
    more,
  );
}

function rowView(each: Row): HTMLElement {
  const pending =
    each.confirmations === null ? t("pending") : t("pending_confirmed", { count: count(each.confirmations) });
  const finality =
    each.finality === "final" ? t("final") : each.finality === "pending" ? pending : t("finality_unknown");
  const cells = [
    count(each.number),
    count(each.size),
    count(each.vouchers),
    each.block === null ? t("not_in_block") : count(each.block),
    each.time === null ? "–" : when(each.time),
    finality,
  ];
  return h("tr", {}, ...cells.map((cell) => h("td", {}, cell)));
}

async function batchesView(): Promise<HTMLElement> {
  const list = h("ol", { class: "batches plain" });
  let next: bigint | null = null;
  const more = button(t("show_older"), () => void show().catch(stopped));
  const failure = h("p", { role: "alert", class: "error" });
  const show = async (): Promise<void> => {
    more.disabled = true;
    failure.textContent = "";
    const answer = await batches(next, BATCHES);
    list.append(...answer.member("batches").items().map(batchView));
    next = answer.nullable("next")?.integer() ?? null;
    more.disabled = false;
    more.hidden = next === null;
  };
  const stopped = (error: unknown): void => {
    more.disabled = false;
    failure.textContent = trouble(error);
  };
  await show();
  return h("section", {}, h("h2", {}, t("batches_plot")), sharesLegend(), list, failure, more);
}

function batchView(view: At): HTMLElement {
  const of = (name: string): bigint => view.member("vouchers").member(name).integer();
  const shares = {
    trade: of("in_trade"),
    sold: of("sold") + of("claimed"),
    redeemed: of("redeemed"),
    voided: of("voided"),
    hold: of("on_hold"),
  };
  const said = (name: string): string => view.nullable(name)?.text() ?? "–";
  const issuer = t("calls_himself", { name: said("issuer_name") });
  const name = `${said("product_title")} · ${issuer} · ${short(view.member("issuer").text())}`;
  const first = t("batch_first", { first: count(view.member("first").integer()) });
  return h(
    "li",
    {},
    h("h3", {}, name),
    h("p", { class: "help" }, `${first} · ${when(view.member("at").integer())}`),
    sharesBar(shares),
  );
}
