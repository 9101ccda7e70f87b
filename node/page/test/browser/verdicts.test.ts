// Every verdict of docs/protocol.md section 11 in a real browser: word, icon, colour and advice are there, in each
// language, within 320 px; no code and no stamp ever leaves the page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { toHex } from "../../src/protocol/bytes.ts";
import { LANGUAGES, type Tag } from "../../src/lang/index.ts";
import type { Verdict } from "../../src/protocol/verdict.ts";
import { toBase64 } from "../../src/protocol/voucher.ts";
import { fits, isAccessible, launch, picture, skip, verdict, visitor } from "./harness.ts";
import { type Card, KEYS, line, link, Minted, NOBODY, ORDER, saleMemo } from "./minted.ts";
import { Site } from "./server.ts";

const NOW = Date.now();
const TAGS = Object.keys(LANGUAGES) as Tag[];
/** What the issuer of these stories calls himself and his product. */
const FOREIGN = ["甲游戏", "50 元点卡"];
const { issuer, shop, buyer, stranger, arbiter } = KEYS;

interface Story {
  readonly verdict: Verdict;
  readonly language: Tag;
  readonly tell?: (ledger: Minted, card: Card) => void;
  /** What happens after the anchoring. */
  readonly later?: (ledger: Minted, card: Card) => void;
  readonly options?: { readonly redeemBy?: string };
  readonly mood?: Partial<Site["mood"]>;
  /** Pastes the delivered line. */
  readonly withCode?: boolean;
  readonly wrongCode?: boolean;
  readonly myKey?: string;
  readonly order?: string;
  readonly noPolicy?: boolean;
  readonly absent?: boolean;
  /** Asks the chain node instead of taking the node's word. */
  readonly byRpc?: boolean;
}

const sold = (ledger: Minted, card: Card): Minted =>
  ledger.step(card, "Transfer", "InTrade", shop.key, [issuer]).step(card, "Sell", "Sold", NOBODY, [shop], saleMemo());

const STORIES: Readonly<Record<string, Story>> = {
  refuted: {
    verdict: "refuted",
    language: "zh-CN",
    mood: {
      spoil: (dossier) => ({ ...dossier, head: { ...dossier.head, chunk: dossier.head.chunk.replace(/^0x1/, "0x2") } }),
    },
  },
  "unknown-no-dossier": { verdict: "unknown", language: "zh-CN", mood: { spoil: () => ({}) } },
  "unknown-dossier-of-another": {
    verdict: "unknown",
    language: "en",
    mood: { spoil: (dossier) => ({ ...dossier, voucher: { ...dossier.voucher, key: KEYS.stranger.key } }) },
  },
  mismatch: { verdict: "mismatch", language: "zh-CN", withCode: true, wrongCode: true },
  "not-found": { verdict: "not_found", language: "zh-CN", absent: true },
  "unknown-old-absence": { verdict: "unknown", language: "zh-CN", absent: true, mood: { supersededAt: NOW - 700_000 } },
  "unknown-absence-not-final": { verdict: "unknown", language: "en", absent: true, mood: { finality: "pending" } },
  voided: {
    verdict: "voided",
    language: "zh-TW",
    tell: (ledger, card) => ledger.step(card, "Void", "Voided", issuer.key, [issuer]),
  },
  "on-hold": {
    verdict: "on_hold",
    language: "zh-CN",
    tell: (ledger, card) => ledger.step(card, "Hold", "InTradeOnHold", issuer.key, [arbiter]),
  },
  spent: {
    verdict: "spent",
    language: "zh-CN",
    tell: (ledger, card) => sold(ledger, card).step(card, "Redeem", "Redeemed", NOBODY, [issuer, card.pair]),
  },
  "resale-suspected-order": { verdict: "resale_suspected", language: "zh-CN", tell: sold, order: "ANOTHER-ORDER" },
  "resale-suspected-incident": {
    verdict: "resale_suspected",
    language: "en",
    tell: (ledger, card) => {
      sold(ledger, card);
      ledger.refuse(card, shop);
    },
  },
  "sold-before": {
    verdict: "sold_before",
    language: "zh-CN",
    tell: (ledger, card) => sold(ledger, card).step(card, "Return", "InTrade", shop.key, [shop]),
  },
  sold: { verdict: "sold", language: "zh-CN", tell: sold },
  "unknown-rpc-down": { verdict: "unknown", language: "zh-CN", byRpc: true, mood: { isRpcDown: true } },
  "unknown-node-down": { verdict: "unknown", language: "zh-CN", mood: { isNodeDown: true } },
  "untrusted-issuer": { verdict: "untrusted_issuer", language: "zh-CN", noPolicy: true },
  expired: { verdict: "expired", language: "en", options: { redeemBy: "2026-02-01T00:00:00Z" } },
  "genuine-pending": { verdict: "genuine_pending", language: "zh-TW", mood: { finality: "pending" } },
  "genuine-unclaimed": { verdict: "genuine_unclaimed", language: "zh-CN", withCode: true, byRpc: true },
  "genuine-unclaimed-before-paying": { verdict: "genuine_unclaimed", language: "en", byRpc: true },
  "genuine-by-order": { verdict: "genuine_unclaimed", language: "zh-CN", tell: sold, order: ORDER.reference },
  genuine: {
    verdict: "genuine",
    language: "zh-CN",
    myKey: buyer.key,
    byRpc: true,
    tell: (ledger, card) => sold(ledger, card).step(card, "Claim", "Claimed", buyer.key, [card.pair, buyer]),
  },
  "genuine-pending-entry": {
    verdict: "genuine",
    language: "en",
    myKey: buyer.key,
    tell: sold,
    later: (ledger, card) => ledger.step(card, "Claim", "Claimed", buyer.key, [card.pair, buyer]),
  },
};

let browser: Browser;
before(async () => {
  if (skip === false) browser = await launch();
});
after(async () => browser?.close());

for (const [name, story] of Object.entries(STORIES)) {
  test(`${name} is told as ${story.verdict}`, { skip, timeout: 300_000 }, async () => {
    const ledger = new Minted(NOW, story.options);
    const card = ledger.cards[17]!;
    story.tell?.(ledger, card);
    ledger.cut();
    story.later?.(ledger, card);
    const site = await Site.open(ledger);
    Object.assign(site.mood, story.mood);
    const kept = {
      language: story.language,
      ...(story.noPolicy === true ? {} : { policy: ledger.policy() }),
      ...(story.byRpc === true ? { rpc: site.rpc } : {}),
    };
    const { context, page, errors } = await visitor(browser, { viewport: { width: 320, height: 640 } }, kept);
    try {
      const absent = { ...card, key: stranger.key };
      await page.goto(link(site.address, story.absent === true ? absent : card, story.withCode === true));
      let found = await verdict(page);
      if (story.withCode === true) {
        await page
          .locator("textarea")
          .fill(line(site.address, story.wrongCode === true ? { ...card, code: "00000000000000" } : card));
        await page.locator("form.entry button[type=submit]").click();
        await page
          .locator("[data-verdict]")
          .waitFor({ state: "detached" })
          .catch(() => undefined);
        found = await verdict(page);
      }
      if (story.myKey !== undefined || story.order !== undefined) found = await own(page, story);
      assert.equal(found, story.verdict, await page.locator("main").innerText());
      assert.ok(await page.locator("#verdict").evaluate((heading) => heading === document.activeElement));
      const isByNode = story.byRpc !== true && (story.verdict !== "unknown" || story.absent === true);
      const others = TAGS.filter((tag) => tag !== story.language);
      for (const tag of [...others, story.language]) {
        await page.locator("#language").selectOption(tag);
        await isTold(page, story.verdict, tag, isByNode);
        await fits(page);
        await picture(page, `${name}.${tag}`);
      }
      await isAccessible(page);
      await page.emulateMedia({ colorScheme: "dark" });
      await isAccessible(page);
      await picture(page, `${name}-dark`);
      assert.equal(new URL(page.url()).hash, "");
      const secrets = [card.code, card.serial, toHex(card.stamp).slice(2), toBase64(card.stamp)];
      for (const request of site.seen)
        for (const secret of secrets) assert.ok(!request.includes(secret), "a secret was sent");
      assert.deepEqual(errors, []);
    } finally {
      await context.close();
      site.close();
    }
  });
}

/** Word, icon and source in this language, and but for what issuers and parties wrote nothing in another's script. */
async function isTold(
  page: import("playwright-core").Page,
  verdict: Verdict,
  tag: Tag,
  isByNode: boolean,
): Promise<void> {
  const texts = LANGUAGES[tag];
  const heading = page.locator("#verdict", { hasText: texts.verdicts[verdict].word });
  await heading.waitFor({ timeout: 60_000 });
  assert.equal(await heading.innerText(), texts.verdicts[verdict].word);
  assert.equal(await page.locator("html").getAttribute("lang"), tag);
  assert.equal(await page.locator(".verdict > svg").count(), 1);
  const said = await page.locator("main").innerText();
  assert.equal(said.includes(texts.page.by_node_alone), isByNode);
  const own = FOREIGN.reduce((text, words) => text.replaceAll(words, ""), said);
  if (tag === "en") assert.equal(own.match(/.*\p{Script=Han}.*/u)?.[0], undefined, "not translated");
}

/** Shows a key or an order where the page asks for it. */
async function own(page: import("playwright-core").Page, story: Story): Promise<string | null> {
  const fields = page.locator(".owner input");
  if (story.order !== undefined) {
    await fields.nth(0).fill(story.order);
    await fields.nth(1).fill(toHex(ORDER.salt).slice(2));
  }
  if (story.myKey !== undefined) await fields.nth(2).fill(story.myKey);
  await page.locator(".owner button[type=submit]").click();
  await page
    .locator(".owner")
    .waitFor({ state: "detached", timeout: 3000 })
    .catch(() => undefined);
  return verdict(page);
}
