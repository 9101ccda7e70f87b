// How a voucher comes in: pasted, typed, scanned, read from a photo, or as a file.

import { JsonError } from "../protocol/json.ts";
import { parseLine } from "../protocol/line.ts";
import { parseLink, voucherNamed } from "../protocol/voucher.ts";
import { recognised } from "./check.ts";
import { button, field, fileChooser, h } from "./dom.ts";
import { readCamera, readPhoto } from "./qr.ts";
import type { Session } from "./session.ts";
import { keep, keepKey, parseKeyFile } from "./settings.ts";
import { type Said, say, spoken, t } from "./words.ts";
import { parsePolicy } from "../protocol/question.ts";

/** Files of these kinds are far smaller. */
const LARGEST_FILE = 20_000_000;

/** Takes a delivered line, a link or a name into the session; what is wrong with the text otherwise. */
export function take(session: Session, text: string): Said | null {
  const link = parseLink(text.trim());
  const named = voucherNamed(text.trim());
  const line = parseLine(text);
  if (named !== null) {
    enter(session, { voucher: named, stamp: session.voucher === named ? session.stamp : null });
  } else if (link !== null) {
    enter(session, {
      voucher: link.voucher,
      site: link.site,
      stamp: link.stamp ?? (session.voucher === link.voucher ? session.stamp : null),
    });
  } else if (typeof line !== "string") {
    enter(session, {
      voucher: line.link.voucher,
      site: line.link.site,
      stamp: line.link.stamp,
      serial: line.serial,
      code: line.code,
    });
  } else {
    return { text: line };
  }
  return null;
}

/** Drops what was known of another voucher. A dossier that was opened stays with its own voucher: a saved page has no other. */
function enter(session: Session, given: Partial<Session>): void {
  const file = given.voucher === session.voucher ? session.file : null;
  Object.assign(
    session,
    { site: null, serial: "", code: "", file, found: null, order: null, myKey: null, asOf: false },
    given,
  );
}

/** What came of an opened file: `dossier` is to be judged now, anything else was taken and is told. */
export async function takeFile(session: Session, file: File): Promise<Said | "dossier"> {
  if (file.size > LARGEST_FILE) return { text: "file_large" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
    const opened = recognised(text);
    switch (opened.kind) {
      case "dossier":
        if (opened.voucher !== session.voucher) enter(session, { voucher: opened.voucher, stamp: null });
        session.file = opened.text;
        return "dossier";
      case "trusted": {
        session.trustedFile = opened.checkpoint;
        const { ledger, checkpoint } = opened.checkpoint;
        return { text: "checkpoint_file_loaded", values: { number: String(checkpoint.number), ledger } };
      }
      case "policy":
        parsePolicy(opened.text);
        keep("policy", opened.text);
        return { text: "policy_loaded" };
      case "key":
        await keepKey(parseKeyFile(opened.text));
        return { text: "key_loaded" };
    }
  } catch (error) {
    const cause = error instanceof JsonError ? error.message : "";
    return { text: "file_unknown", values: { cause } };
  }
}

/** The form, with whatever the session already knows. `go` judges what was taken. */
export function entryView(session: Session, go: () => void, isAfter: boolean, isFirst: boolean): HTMLElement {
  const message = h("p", { class: "error", role: "alert" });
  const tell = (said: Said): void => {
    message.textContent = say(said);
  };
  const panel = h("div", { class: "camera" });
  const line = h("textarea", {
    rows: "3",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    autocorrect: "off",
    placeholder: spoken().page.line_help.split(/[。.]/)[0] ?? "",
  });
  const taken = (text: string): void => {
    const problem = take(session, text);
    line.value = "";
    if (problem === null) go();
    else tell(problem);
  };
  const opened = async (file: File): Promise<void> => {
    const result = await takeFile(session, file);
    if (result === "dossier") go();
    else tell(result);
  };
  const form = h(
    "form",
    {
      class: "entry",
      submit: (event) => {
        event.preventDefault();
        taken(line.value);
      },
    },
    field(t("line_label"), line, t("line_help")),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "submit", class: "primary" }, t("check")),
      button(t("scan"), () => void scan(panel, taken, tell)),
      chooser(t("photo"), "image/*", (file) => void photo(file, taken, tell)),
      chooser(t("open_file"), "", (file) => void opened(file)),
    ),
    panel,
    message,
  );
  return h(
    "section",
    { class: "enter" },
    isFirst
      ? h("h1", { tabindex: "-1" }, t("start_heading"))
      : h("h2", {}, t(isAfter ? "link_heading" : "start_heading")),
    h("p", {}, t(isAfter ? "link_intro" : "start_intro")),
    session.stamp !== null ? h("p", { class: "note" }, t("stamp_kept")) : null,
    form,
    typingView(session, go),
    h("p", { class: "help" }, t("drop_hint")),
  );
}

/** A button that hands over one file. */
function chooser(text: string, accept: string, act: (file: File) => void): HTMLElement {
  const input = h("input", {
    type: "file",
    change: () => {
      const file = input.files?.[0];
      input.value = "";
      if (file !== undefined) act(file);
    },
  });
  if (accept !== "") input.accept = accept;
  return fileChooser(text, input);
}

async function scan(panel: HTMLElement, taken: (text: string) => void, tell: (said: Said) => void): Promise<void> {
  try {
    const text = await readCamera(panel);
    if (text !== null) taken(text);
  } catch (error) {
    panel.replaceChildren();
    tell(
      error instanceof DOMException
        ? { text: "camera_denied", values: { cause: error.name } }
        : { text: "decoder_missing" },
    );
  }
}

async function photo(file: File, taken: (text: string) => void, tell: (said: Said) => void): Promise<void> {
  try {
    const text = await readPhoto(file);
    if (text === null) tell({ text: "photo_none" });
    else taken(text);
  } catch (error) {
    tell({ text: error instanceof DOMException ? "photo_none" : "decoder_missing" });
  }
}

function typingView(session: Session, go: () => void): HTMLElement {
  const plain = { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
  const [serial, code, link] = [h("input", plain), h("input", plain), h("input", { ...plain, inputmode: "url" })];
  serial.value = session.serial;
  code.value = session.code;
  if (session.voucher !== null) link.value = session.voucher;
  const message = h("p", { class: "error", role: "alert" });
  const submit = (event: Event): void => {
    event.preventDefault();
    const problem = take(session, link.value);
    if (problem !== null) {
      message.textContent = t("code_no_voucher");
      return;
    }
    // A whole line in the last field has its own serial and code.
    if (code.value.trim() !== "") [session.serial, session.code] = [serial.value.trim(), code.value.trim()];
    go();
  };
  return h(
    "details",
    { class: "typing" },
    h("summary", {}, t("type_summary")),
    h(
      "form",
      { submit },
      field(t("serial"), serial),
      field(t("code"), code),
      field(t("voucher_link"), link),
      message,
      h("button", { type: "submit", class: "primary" }, t("check")),
    ),
  );
}
