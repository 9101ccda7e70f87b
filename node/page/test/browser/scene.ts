// A visitor of a site whose ledger has a voucher that was sold, number 17, and others that were not.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import type { Browser, Download } from "playwright-core";
import { launch, type Opened, skip, visitor } from "./harness.ts";
import { type Card, KEYS, Minted, NOBODY, saleMemo } from "./minted.ts";
import { Site } from "./server.ts";

const { issuer, shop } = KEYS;
let browser: Browser;
before(async () => {
  if (skip === false) browser = await launch();
});
after(async () => browser?.close());

export interface Scene extends Opened {
  readonly site: Site;
  readonly ledger: Minted;
  readonly card: Card;
}

export async function scene(
  act: (scene: Scene) => Promise<void>,
  withBrowser: Browser = browser,
  kept: (ledger: Minted, site: Site) => Record<string, string> = (ledger) => ({ policy: ledger.policy() }),
): Promise<void> {
  const ledger = new Minted(Date.now());
  const card = ledger.cards[17]!;
  ledger.step(card, "Transfer", "InTrade", shop.key, [issuer]).step(card, "Sell", "Sold", NOBODY, [shop], saleMemo());
  ledger.cut();
  const site = await Site.open(ledger);
  const opened = await visitor(withBrowser, { viewport: { width: 360, height: 740 } }, kept(ledger, site));
  try {
    await act({ ...opened, site, ledger, card });
    assert.deepEqual(opened.errors, []);
  } finally {
    await opened.context.close();
    site.close();
  }
}

/** What a visitor was given as a file. */
export async function textOf(download: Promise<Download>): Promise<string> {
  return readFileSync(await (await download).path(), "utf8");
}
