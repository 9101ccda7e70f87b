// What a visitor takes along: the dossier, a link for others, a print, a QR code. Links name V alone.

import type { Key } from "../protocol/bytes.ts";
import { linkName } from "../protocol/voucher.ts";
import type { Found } from "./check.ts";
import { button, h } from "./dom.ts";
import { Unreached } from "./fetching.ts";
import { fileButton } from "./files.ts";
import { IS_SERVED, siteAsked } from "./node.ts";
import { drawn } from "./qr.ts";
import { savePage } from "./saving.ts";
import { say, t, unreached } from "./words.ts";

/** The link that may be shown to anybody; null where no node is known. */
export function shareLink(voucher: Key): string | null {
  const site = siteAsked();
  return site === null ? null : `${site}/v/${linkName(voucher)}`;
}

export function takeView(found: Found): HTMLElement | null {
  const voucher = found.report.voucher?.key ?? found.asked.voucher;
  const status = h("div", { role: "status" });
  const link = voucher === null ? null : shareLink(voucher);
  const name = voucher === null ? "file" : linkName(voucher).slice(0, 8);
  const { dossier, word } = found;
  const buttons = [
    dossier === null ? null : fileButton(t("dossier_save"), `vouchsafe-dossier-${name}.json`, dossier),
    word === null ? null : fileButton(t("word_save"), `vouchsafe-absence-${name}.json`, word),
    IS_SERVED ? button(t("page_save"), () => void save(`vouchsafe-${name}.html`, dossier, status)) : null,
    link === null ? null : button(t("share_copy"), () => void copy(link, status)),
    link === null ? null : button(t("qr_show"), () => void show(link, status)),
    button(t("print"), () => window.print()),
  ];
  return h(
    "section",
    { class: "take" },
    h("h2", {}, t("take_heading")),
    h("div", { class: "actions" }, ...buttons),
    status,
  );
}

async function copy(link: string, status: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
    status.replaceChildren(h("p", {}, t("share_done")));
  } catch {
    // In-app browsers often keep the clipboard to themselves.
    const shown = h("input", { type: "text", readonly: true, "aria-label": t("share_manual") });
    shown.value = link;
    status.replaceChildren(h("p", {}, t("share_manual")), shown);
    shown.select();
  }
}

async function save(name: string, dossier: string | null, status: HTMLElement): Promise<void> {
  try {
    await savePage(name, dossier);
    status.replaceChildren(h("p", {}, t("page_saved")));
  } catch (error) {
    const cause = error instanceof Unreached ? say(unreached(error)) : error instanceof Error ? error.message : "";
    status.replaceChildren(h("p", { class: "error" }, t("node_down", { cause })));
  }
}

async function show(link: string, status: HTMLElement): Promise<void> {
  try {
    status.replaceChildren(
      await drawn(link, t("qr_caption")),
      h("p", {}, t("qr_caption")),
      h("p", {}, h("code", {}, link)),
    );
  } catch {
    status.replaceChildren(h("p", {}, t("decoder_missing")));
  }
}
