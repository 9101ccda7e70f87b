// Two small drawings for the ledger's page, each with its numbers in words for those who do not see it.

import { h, s } from "./dom.ts";
import { count, t, when } from "./words.ts";

/** Entries that a checkpoint covered at a time, Unix milliseconds. */
export interface Point {
  readonly at: bigint;
  readonly entries: bigint;
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [400, 220, 52, 30, 14];

/** A step line: between two checkpoints nothing is known. */
export function entriesPlot(points: readonly Point[]): HTMLElement | null {
  const [first, last] = [points[0], points[points.length - 1]];
  if (first === undefined || last === undefined || points.length < 2 || last.at <= first.at) return null;
  const most = Number(last.entries === 0n ? 1n : last.entries);
  const span = Number(last.at - first.at);
  const x = (at: bigint): number => LEFT + (Number(at - first.at) / span) * (WIDTH - LEFT - 10);
  const y = (entries: bigint): number => HEIGHT - BOTTOM - (Number(entries) / most) * (HEIGHT - BOTTOM - TOP);
  let path = `M${x(first.at).toFixed(1)} ${y(first.entries).toFixed(1)}`;
  for (const point of points.slice(1)) path += `H${x(point.at).toFixed(1)}V${y(point.entries).toFixed(1)}`;
  const label = (text: string, at: Readonly<Record<string, string>>): SVGElement =>
    s("text", { class: "tick", ...at }, text);
  const values = { first: count(first.entries), from: when(first.at), last: count(last.entries), to: when(last.at) };
  const middle = BigInt(Math.round(most / 2));
  const lines = [0n, middle, last.entries].map((entries) =>
    s(
      "g",
      {},
      s("path", { class: "grid", d: `M${LEFT} ${y(entries).toFixed(1)}H${WIDTH - 10}` }),
      label(count(entries), { x: String(LEFT - 6), y: (y(entries) + 5).toFixed(1), "text-anchor": "end" }),
    ),
  );
  const drawing = s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": t("entries_plot_alt", values) },
    ...lines,
    s("path", { class: "line", d: path }),
    label(day(first.at), { x: String(LEFT), y: String(HEIGHT - 8) }),
    label(day(last.at), { x: String(WIDTH - 10), y: String(HEIGHT - 8), "text-anchor": "end" }),
  );
  return h("figure", {}, h("figcaption", {}, t("entries_plot")), drawing);
}

function day(millis: bigint): string {
  return when(millis).slice(0, "2026-01-01 00:00".length);
}

/** How many vouchers of a batch are in which state. */
export interface Shares {
  readonly trade: bigint;
  readonly sold: bigint;
  readonly redeemed: bigint;
  readonly voided: bigint;
  readonly hold: bigint;
}

/** One bar for a batch; below it the numbers in words, for the colours alone say nothing. */
export function sharesBar(shares: Shares): HTMLElement {
  const total = shares.trade + shares.sold + shares.redeemed + shares.voided + shares.hold;
  let at = 0;
  const parts = (["redeemed", "sold", "trade", "hold", "voided"] as const).map((name) => {
    const width = total === 0n ? 0 : (Number(shares[name]) / Number(total)) * 100;
    const part = s("rect", { class: `share ${name}`, x: at.toFixed(3), y: "0", width: width.toFixed(3), height: "6" });
    at += width;
    return part;
  });
  const values = Object.fromEntries(Object.entries(shares).map(([name, value]) => [name, count(value as bigint)]));
  const text = t("batch_row", { count: count(total), ...values });
  return h(
    "div",
    {},
    s("svg", { viewBox: "0 0 100 6", class: "bar", preserveAspectRatio: "none", "aria-hidden": "true" }, ...parts),
    h("p", {}, text),
  );
}

/** What the parts of the bars mean. */
export function sharesLegend(): HTMLElement {
  const names = {
    redeemed: "redeemed_short",
    sold: "sold_or_claimed",
    trade: "in_trade",
    hold: "on_hold_short",
    voided: "voided_short",
  } as const;
  const items = Object.entries(names).map(([name, text]) =>
    h(
      "li",
      {},
      s(
        "svg",
        { viewBox: "0 0 10 10", class: "swatch", "aria-hidden": "true" },
        s("rect", { class: `share ${name}`, width: "10", height: "10" }),
      ),
      " ",
      t(text),
    ),
  );
  return h("ul", { class: "legend" }, ...items);
}
