// The page: its frame, its three views, and one session. Everything that is shown is made anew when the language changes.

import { parseLink, voucherNamed, fromBase64 } from "../protocol/voucher.ts";
import { LANGUAGES, type Tag } from "../lang/index.ts";
import { type Asked, check, type Found, recognised, type Stage } from "./check.ts";
import { button, h, icon } from "./dom.ts";
import { entryView, takeFile } from "./entering.ts";
import { showLedger } from "./ledger.ts";
import { askNodeOf, IS_SERVED, SITE, whenWaiting } from "./node.ts";
import { resultView } from "./result.ts";
import { askedOf, freshSession } from "./session.ts";
import { sourceKind } from "./source.ts";
import { savedDossier } from "./saving.ts";
import { reportWithout } from "../protocol/verify.ts";
import { say, speak, spoken, t } from "./words.ts";
import { trustView } from "./trust.ts";
import { JsonError } from "../protocol/json.ts";

let session = freshSession();
/** Counts checks, so that an answer to an earlier one is dropped. */
let turn = 0;

const waiting = h("p", { class: "waiting note", role: "status", hidden: true });
whenWaiting((seconds) => {
  waiting.hidden = seconds === null;
  waiting.textContent = seconds === null ? "" : t("node_waits", { seconds: String(seconds) });
});
const main = h("main", { id: "main", tabindex: "-1" });
const isLedger = IS_SERVED && /\/ledger$/.test(location.pathname);

function restart(): void {
  session = freshSession();
  turn += 1;
  if (IS_SERVED && location.pathname.includes("/v/")) history.replaceState(null, "", `${SITE}/`);
  show();
  focusHeading();
}

function focusHeading(): void {
  main.querySelector<HTMLElement>("h1, h2")?.focus();
}

/** What stands in the main part now. */
function show(): void {
  if (isLedger) return void showLedger(main).catch(failed);
  const { found } = session;
  const parts: HTMLElement[] = [];
  if (found !== null) parts.push(resultView(session, found, () => void judge(), restart));
  const isOpened = found !== null && found.asked.opening !== null && found.report.verdict !== "mismatch";
  if (!isOpened)
    parts.push(entryView(session, () => void judge(), found !== null && found.report.voucher !== null, found === null));
  parts.push(trustView(() => (session.found === null ? show() : void judge())));
  main.replaceChildren(...parts);
}

const STAGES: readonly Stage[] = ["dossier", "checkpoint", "judge"];

function stageText(stage: Stage, asked: Asked): string {
  if (stage === "judge") return t("checks_heading");
  if (stage === "dossier") return t(asked.file === null ? "progress_dossier" : "progress_file");
  return t(
    ({ chain: "progress_chain", node: "progress_node", file: "progress_file", none: "progress_none" } as const)[
      sourceKind(asked.trustedFile)
    ],
  );
}

/** Shows how far the check is, one stage after the other. */
function progressView(asked: Asked): { view: HTMLElement; at: (stage: Stage) => void } {
  const items = STAGES.map((stage) =>
    h("li", { class: "skipped" }, h("span", { class: "mark" }, icon("wait")), stageText(stage, asked)),
  );
  const view = h(
    "section",
    { class: "progress", role: "status", "aria-live": "polite" },
    h("h1", { tabindex: "-1" }, t("progress")),
    h("ol", { class: "plain" }, ...items),
  );
  const at = (stage: Stage): void =>
    items.forEach((item, place) => {
      const now = STAGES.indexOf(stage);
      item.className = place < now ? "passed" : place === now ? "working" : "skipped";
      item.firstElementChild?.replaceChildren(icon(place < now ? "good" : "wait"));
    });
  return { view, at };
}

async function judge(): Promise<void> {
  turn += 1;
  const mine = turn;
  askNodeOf(session.site);
  const asked = askedOf(session);
  if (asked.voucher === null && asked.file === null) return show();
  const { view, at } = progressView(asked);
  main.replaceChildren(view);
  try {
    const found = await check(asked, at);
    if (mine !== turn) return;
    session.found = found;
    await tick(view, found);
    if (mine === turn) show();
  } catch (error) {
    if (mine !== turn) return;
    if (!(error instanceof JsonError)) return failed(error);
    const said = { text: "node_odd", values: { cause: error.message } } as const;
    session.found = {
      asked,
      report: reportWithout("unknown", null),
      dossier: null,
      source: null,
      myKey: null,
      problems: [{ said, advice: null }],
      word: null,
    };
    show();
  }
  focusHeading();
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Ticks the steps off one by one, faster than anybody would want to wait. */
async function tick(view: HTMLElement, found: Found): Promise<void> {
  const list = h("ul", { class: "plain ticks" });
  view.append(list);
  for (const step of found.report.steps) {
    const shape = ({ passed: "good", failed: "bad", unknown: "unsure", skipped: "none" } as const)[step.result];
    list.append(
      h(
        "li",
        { class: step.result },
        h("span", { class: `mark ${step.result}` }, icon(shape)),
        spoken().steps[step.code],
      ),
    );
    if (!calm.matches) await new Promise((resolve) => setTimeout(resolve, 45));
  }
}

function failed(error: unknown): void {
  const cause = error instanceof Error ? error.message : String(error);
  main.replaceChildren(
    h("p", { role: "alert", class: "error" }, t("unexpected", { cause })),
    button(t("another"), restart),
  );
}

function frame(): void {
  document.documentElement.lang = spoken().tag;
  document.title = t("title");
  const choice = h(
    "select",
    {
      id: "language",
      change: () => {
        speak(choice.value as Tag);
        frame();
        show();
      },
    },
    ...Object.values(LANGUAGES).map((each) =>
      h("option", { value: each.tag, lang: each.tag, selected: each.tag === spoken().tag }, each.name),
    ),
  );
  const link = (text: string, address: string, isHere: boolean): HTMLElement =>
    h("a", { href: address, ...(isHere ? { "aria-current": "page" } : {}) }, text);
  const toTrust = (event: Event): void => {
    event.preventDefault();
    const heading = document.getElementById("trust-heading");
    heading?.scrollIntoView();
    heading?.focus();
  };
  const navigation = h(
    "nav",
    {},
    SITE === null ? null : link(t("nav_check"), `${SITE}/`, !isLedger),
    SITE === null ? null : link(t("nav_ledger"), `${SITE}/ledger`, isLedger),
    isLedger ? null : h("a", { href: "#trust-heading", click: toTrust }, t("nav_trust")),
  );
  const skip = (event: Event): void => {
    event.preventDefault();
    main.focus();
  };
  const header = h(
    "header",
    { class: "frame" },
    h("a", { class: "skip", href: "#main", click: skip }, t("skip")),
    h("strong", {}, "Vouchsafe"),
    navigation,
    h("label", { for: "language", class: "unseen" }, t("language")),
    choice,
  );
  document.body.replaceChildren(header, waiting, main);
}

/** A file dropped anywhere on the page is opened. */
function acceptDrops(): void {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file === undefined || isLedger) return;
    void takeFile(session, file).then((result) => {
      if (result === "dossier") return judge();
      show();
      main.prepend(h("p", { role: "alert", class: "note" }, say(result)));
      return undefined;
    });
  });
}

/** Paper has nothing to unfold. */
function unfoldForPrint(): void {
  addEventListener("beforeprint", () => {
    for (const check of document.querySelectorAll("details.check")) check.setAttribute("open", "");
  });
}

/** The dossier that was saved with the page: it is judged first, the node only when the visitor asks for it. */
function takeSaved(text: string): void {
  session.file = text;
  try {
    const opened = recognised(text);
    if (opened.kind === "dossier") session.voucher = opened.voucher;
  } catch (error) {
    // Judging it says what is wrong with it.
    if (!(error instanceof JsonError)) throw error;
  }
}

function begin(): void {
  const name = !IS_SERVED ? null : (/\/v\/([^/]+)$/.exec(location.pathname)?.[1] ?? null);
  const fragment = window.vouchsafeFragment;
  delete window.vouchsafeFragment;
  session.voucher = name === null ? null : voucherNamed(name);
  session.stamp = fragment === undefined || parseLink(location.href) === null ? null : fromBase64(fragment, 16);
  const saved = IS_SERVED ? null : savedDossier();
  if (saved !== null) takeSaved(saved);
  frame();
  acceptDrops();
  unfoldForPrint();
  if ((session.voucher !== null || session.file !== null) && !isLedger) void judge();
  else show();
}

begin();
