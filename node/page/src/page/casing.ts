// A case file for an arbitrator: the node puts its evidence together, the visitor's own files join it in the browser. The
// node learns their names, sizes and hashes and who adds them, never what is in them.

import type { Key } from "../protocol/bytes.ts";
import { linkName } from "../protocol/voucher.ts";
import type { Found } from "./check.ts";
import { button, field, fileChooser, h, saveFile } from "./dom.ts";
import { Unreached } from "./fetching.ts";
import { caseFile, Refusal, SITE } from "./node.ts";
import { part } from "./ondemand.ts";
import type { Packing } from "./packing.ts";
import { say, t, unreached } from "./words.ts";

/** Bytes of one file that a case takes, and of all together: docs/protocol.md section 18. */
const FILE_BYTES = 64 * 1024 * 1024;
const ALL_BYTES = 200 * 1024 * 1024;
/** Characters of a name. */
const NAME_CHARS = 120;

/** Where on the page the case is made. */
const PLACE = "case";

/** Leads there: for a claim that came too late. */
export function goToCase(): void {
  const place = document.getElementById(PLACE);
  place?.scrollIntoView();
  place?.focus();
}

export function caseView(found: Found): HTMLElement | null {
  const voucher = found.report.voucher?.key ?? found.asked.voucher;
  if (voucher === null || found.dossier === null || SITE === null) return null;
  const by = h("input", { type: "text", autocomplete: "off", maxlength: String(NAME_CHARS) });
  const names = h("p", { class: "help", role: "status" });
  const chosen = h("input", {
    type: "file",
    multiple: true,
    change: () => (names.textContent = [...(chosen.files ?? [])].map((file) => file.name).join(t("comma"))),
  });
  const status = h("p", { role: "status" });
  const make = button(t("case_make"), () => {
    make.disabled = true;
    status.className = "";
    status.textContent = t("case_making");
    void made(voucher, by.value.trim(), [...(chosen.files ?? [])])
      .then((said) => (status.textContent = said))
      .catch((error: unknown) => {
        status.className = "error";
        status.textContent = failure(error);
      })
      .finally(() => (make.disabled = false));
  });
  return h(
    "section",
    { class: "case", id: PLACE, tabindex: "-1" },
    h("h2", {}, t("case_heading")),
    h("p", {}, t("case_intro")),
    h(
      "div",
      { class: "field" },
      h("p", { class: "label" }, t("case_files")),
      fileChooser(t("case_choose"), chosen),
      names,
      h("p", { class: "help" }, t("case_files_help")),
    ),
    field(t("case_by"), by, t("case_by_help")),
    h("p", { class: "actions" }, make),
    status,
  );
}

/** What keeps a case from being made, in the visitor's language. */
class Unfit extends Error {}

async function made(voucher: Key, by: string, chosen: readonly File[]): Promise<string> {
  if (chosen.length > 0 && by === "") throw new Unfit(t("case_by_missing"));
  const all = chosen.reduce((sum, file) => sum + file.size, 0);
  if (all > ALL_BYTES || chosen.some((file) => file.size > FILE_BYTES)) throw new Unfit(t("case_too_large"));
  const packing = await part<Packing>("packing.js", () => window.vouchsafePacking);
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  const named: { name: string; by: string; size: number; sha256: string }[] = [];
  for (const file of chosen) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const sha256 = packing.hash(bytes);
    if (contents.has(sha256)) continue;
    contents.set(sha256, bytes);
    named.push({ name: [...file.name].slice(-NAME_CHARS).join(""), by, size: bytes.length, sha256 });
  }
  const zip = await caseFile(voucher, named);
  const whole = contents.size === 0 ? zip : packing.add(zip, contents);
  saveFile(`vouchsafe-case-${linkName(voucher).slice(0, 8)}.zip`, whole, "application/zip");
  return t("case_done");
}

function failure(error: unknown): string {
  if (error instanceof Unfit) return error.message;
  if (error instanceof Unreached) return t("node_down", { cause: say(unreached(error)) });
  if (error instanceof Refusal) return t("node_busy", { problem: error.problem, detail: error.detail });
  return t("unexpected", { cause: error instanceof Error ? error.message : String(error) });
}
