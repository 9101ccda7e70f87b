// The page of the ledger: totals, checkpoints with their blocks, batches. All of it is the node's own account, and says so.

import type { Key } from "../protocol/bytes.ts";
import { decodeEntry, type Entry } from "../protocol/entry.ts";
import { type At, JsonError } from "../protocol/json.ts";
import { kindOf } from "../protocol/lifecycle.ts";
import { readManifest } from "../protocol/manifest.ts";
import { button, h } from "./dom.ts";
import { Unreached } from "./fetching.ts";
import { batch, checkpoints, entry, incidents, ledger, Refusal, runs } from "./node.ts";
import { entriesPlot, type Point, type Shares, sharesBar, sharesLegend } from "./plots.ts";
import { count, short, t, unreached, when } from "./words.ts";

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
    const newest = view.nullable("checkpoint")?.member("number").integer() ?? null;
    place.append(await totalsView(view));
    if (newest !== null) place.append(await checkpointsView(newest));
    if (vouchers > 0n) place.append(await batchesView(vouchers));
    status?.remove();
  } catch (error) {
    if (status !== null) status.textContent = trouble(error);
  }
}

function trouble(error: unknown): string {
  if (error instanceof Unreached) return t("node_down", { cause: unreached(error) });
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
    [t("ledger_audit"), t("ledger_audit_none")],
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

async function batchesView(vouchers: bigint): Promise<HTMLElement> {
  const list = h("ol", { class: "batches plain" });
  let next = vouchers;
  const more = button(t("show_older"), () => void show());
  const show = async (): Promise<void> => {
    more.disabled = true;
    for (let n = 0; n < BATCHES && next > 0n; n += 1) {
      const issue = await issueOf(next - 1n);
      list.append(await batchView(issue));
      next = issue.first;
    }
    more.disabled = false;
    more.hidden = next === 0n;
  };
  await show();
  return h("section", {}, h("h2", {}, t("batches_plot")), sharesLegend(), list, more);
}

/** The Issue entry of a voucher: its latest entry, and from there each entry's `prev`. */
async function issueOf(number: bigint): Promise<Entry> {
  const [run] = (await runs(number, 1n)).member("runs").items();
  if (run === undefined) throw new JsonError("runs", `no voucher ${number}`);
  let index = run.member("index").integer();
  for (;;) {
    const found = decodeEntry((await entry(index)).member("entry").bytes());
    // Indices fall along the way, so it ends.
    if (found === null || (kindOf(found.kind) !== "Issue" && found.prev >= index))
      throw new JsonError("entry", `index ${index}`);
    if (kindOf(found.kind) === "Issue") return found;
    index = found.prev;
  }
}

async function batchView(issue: Entry): Promise<HTMLElement> {
  const [view, shares] = await Promise.all([batch(issue.content), sharesOf(issue)]);
  const manifest = readManifest(view.member("manifest").text());
  const issuer = view.member("issuer").text() as Key;
  const name = `${manifest.productTitle ?? "–"} · ${t("calls_himself", { name: manifest.issuerName ?? "–" })} · ${short(issuer)}`;
  return h(
    "li",
    {},
    h("h3", {}, name),
    h("p", { class: "help" }, `${t("batch_first", { first: count(issue.first) })} · ${when(issue.at)}`),
    sharesBar(shares),
  );
}

/** Runs are asked for a thousand at a time, so far that a batch sold one by one is still counted. */
const PAGES = 200;

async function sharesOf(issue: Entry): Promise<Shares> {
  const shares = { trade: 0n, sold: 0n, redeemed: 0n, voided: 0n, hold: 0n };
  const of: Readonly<Record<number, keyof Shares>> = {
    1: "trade",
    2: "sold",
    3: "sold",
    4: "redeemed",
    5: "voided",
    9: "hold",
    10: "hold",
    11: "hold",
  };
  const end = issue.first + issue.count;
  let first = issue.first;
  for (let page = 0; page < PAGES && first < end; page += 1) {
    const answer = await runs(first, end - first);
    for (const run of answer.member("runs").items()) {
      const name = of[Number(run.member("status").integer())];
      if (name !== undefined) shares[name] += run.member("count").integer();
    }
    const next = answer.nullable("next")?.integer() ?? end;
    if (next <= first) break;
    first = next;
  }
  return shares;
}
