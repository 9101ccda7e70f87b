// What a visitor does: scan, choose a photo, type, drop a file, claim, share, look at the ledger; with the network slow,
// the node gone, by keyboard alone, and from a folder on the disk.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { toHex } from "../../src/protocol/bytes.ts";
import { linkName, parseLink } from "../../src/protocol/voucher.ts";
import { LANGUAGES } from "../../src/lang/index.ts";
import { isAccessible, launch, picture, skip, verdict, visitor } from "./harness.ts";
import { KEYS, line, link, Minted, NOBODY } from "./minted.ts";
import { film, photo } from "./pictures.ts";
import { scene, textOf } from "./scene.ts";
import { Site } from "./server.ts";

declare const PAGE: string;

const words = LANGUAGES["zh-CN"].page;
const { issuer, shop, stranger } = KEYS;

async function paste(page: Page, text: string): Promise<void> {
  await page.locator("textarea").fill(text);
  await page.locator("form.entry button[type=submit]").click();
}

test("the start page is accessible and says what is wrong with a line", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card }) => {
    await page.goto(site.address);
    await page.locator("textarea").waitFor();
    await isAccessible(page);
    await picture(page, "start");
    await paste(page, `${card.serial}----${card.code}`);
    assert.equal(await page.locator(".enter .error").first().innerText(), words.line_no_link);
    assert.equal(await page.locator("textarea").inputValue(), "");
  }),
);

test(
  "a pasted line is claimed, the receipt checked, and the voucher the visitor's own",
  { skip, timeout: 300_000 },
  () =>
    scene(async ({ page, site, card, ledger }) => {
      await page.goto(site.address);
      await paste(page, line(site.address, card));
      assert.equal(await verdict(page), "sold");
      await picture(page, "claim-offered");
      await page.getByRole("button", { name: words.claim_button }).click();
      await page.locator("[data-done]").waitFor();
      await isAccessible(page);
      await picture(page, "claim-done");
      const receipt = page.waitForEvent("download");
      await page.getByRole("button", { name: words.claim_receipt }).click();
      const file = JSON.parse(await textOf(receipt));
      assert.equal(file.receipt.index, ledger.entries.length - 1);
      const key = page.waitForEvent("download");
      await page.getByRole("button", { name: words.claim_key }).first().click();
      const own = JSON.parse(await textOf(key));
      assert.equal(own.format, "vouchsafe/key@1");
      assert.equal(own.public_key, ledger.entries[ledger.entries.length - 1]?.entry.party);
      await page.getByRole("button", { name: words.again }).click();
      await page.locator('[data-verdict="genuine"]').waitFor();
      for (const request of site.seen)
        for (const secret of [card.code, card.serial, own.seed.slice(2)]) assert.ok(!request.includes(secret));
      // At the next visit the key is still there.
      await page.goto(link(site.address, card, false));
      assert.equal(await verdict(page), "genuine");
    }),
);

test("a code that somebody claimed first shows the evidence", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card, ledger }) => {
    await page.goto(site.address);
    await paste(page, line(site.address, card));
    await verdict(page);
    ledger.step(card, "Claim", "Claimed", stranger.key, [card.pair, stranger]);
    await page.getByRole("button", { name: words.claim_button }).click();
    await page.locator("[data-done]").waitFor();
    assert.ok((await page.locator(".claim").innerText()).includes(words.claim_lost_proof));
    await picture(page, "claim-lost");
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: words.claim_evidence }).click();
    const evidence = JSON.parse(await textOf(saved));
    assert.equal(JSON.parse(evidence.answer).winner.index, ledger.entries.length - 1);
    assert.equal(JSON.parse(evidence.dossier).voucher.key, card.key);
    assert.equal(evidence.attempt.signatures.length, 2);
    await page.getByRole("button", { name: words.case_go, exact: true }).click();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "case");
  }),
);

test("a photo of the line's code is read", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card }) => {
    await page.goto(site.address);
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: words.photo }).click();
    await (
      await chooser
    ).setFiles({ name: "photo.bmp", mimeType: "image/bmp", buffer: photo(line(site.address, card)) });
    assert.equal(await verdict(page), "sold");
    assert.equal((await page.locator(".check.passed").count()) >= 3, true);
  }),
);

test("the camera reads the line's code, and is let go", { skip, timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "vouchsafe-film-"));
  const ledger = new Minted(Date.now());
  const card = ledger.cards[3]!;
  const site = await Site.open(ledger);
  const path = join(folder, "film.y4m");
  writeFileSync(path, film(line(site.address, card)));
  const filming = await launch(
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${path}`,
  );
  const { context, page, errors } = await visitor(filming, {}, { policy: ledger.policy() });
  try {
    await context.grantPermissions(["camera"], { origin: site.address });
    await page.goto(site.address);
    await page.getByRole("button", { name: words.scan }).click();
    assert.equal(await verdict(page), "genuine_unclaimed");
    assert.equal(await page.locator("video").count(), 0);
    assert.deepEqual(errors, []);
  } finally {
    await filming.close();
    site.close();
    rmSync(folder, { recursive: true });
  }
});

test("without a camera the page says what else can be done", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site }) => {
    await page.goto(site.address);
    await page.getByRole("button", { name: words.scan }).click();
    const error = page.locator(".enter .error").first();
    await error.filter({ hasText: words.camera_denied.split("（")[0]! }).waitFor();
    await picture(page, "camera-denied");
  }),
);

test("before paying, the link alone shows what can be known, and says what cannot", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card }) => {
    await page.goto(link(site.address, card, false));
    await verdict(page);
    const said = (await page.locator("main").innerText()).replace(/\s+/g, " ");
    const known = ["甲游戏 50 元点卡", "50.00 CNY", words.fact_issuer, words.fact_holder, "售出 1 次，退回 0 次"];
    const redemption = /截至 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC\+08:00\) 没有核销记录/;
    for (const part of [...known, words.unknowable_heading, "studio.example"]) assert.ok(said.includes(part), part);
    assert.match(said, redemption);
    assert.equal(await page.locator(".claim").count(), 0);
  }),
);

test("the stamp leaves the address at once, before the page's scripts are there", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card }) => {
    const hashes: string[] = [];
    await page.route("**/page/app.js", async (route) => {
      hashes.push(await page.evaluate(() => location.hash));
      await route.continue();
    });
    await page.goto(link(site.address, card, true));
    assert.equal(await verdict(page), "sold");
    assert.deepEqual(hashes, [""], "the address while its script was on the way");
    const shared = parseLink(page.url());
    assert.ok(shared !== null && shared.stamp === null && shared.voucher === card.key);
    assert.ok((await page.locator(".enter").innerText()).includes(words.stamp_kept));
  }),
);

test("typed serial and code with the link's stamp open the voucher", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card }) => {
    await page.goto(link(site.address, card, true));
    await verdict(page);
    await page.locator(".typing summary").click();
    const fields = page.locator(".typing input");
    await fields.nth(0).fill(` ${card.serial.slice(0, 4)} ${card.serial.slice(4)}`);
    await fields.nth(1).fill([...card.code].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join(""));
    await page.locator(".typing button").click();
    await page.getByRole("button", { name: words.claim_button }).waitFor();
    assert.equal(await verdict(page), "sold");
  }),
);

test("a saved page in a folder judges a dossier with no node at all", { skip, timeout: 300_000 }, () =>
  scene(
    async ({ page, ledger, card }) => {
      await page.goto(pathToFileURL(join(PAGE, "dist/index.html")).href);
      const open = async (value: object): Promise<void> => {
        const chooser = page.waitForEvent("filechooser");
        await page.getByRole("button", { name: words.open_file }).click();
        await (
          await chooser
        ).setFiles({ name: "file.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(value)) });
      };
      const untouched = ledger.cards[2]!;
      await open(ledger.dossier(untouched));
      assert.equal(await verdict(page), "unknown");
      await picture(page, "offline-file");
      await open({ ledger: ledger.id, ...ledger.checkpointView(), block_time: ledger.anchoredAt });
      await page.locator(".enter .error").first().filter({ hasText: ledger.id }).waitFor();
      await page.getByRole("button", { name: words.again }).click();
      await page.locator('[data-verdict="genuine_unclaimed"]').waitFor();
      await open(ledger.dossier(card));
      await page.locator('[data-verdict="sold"]').waitFor();
      await isAccessible(page);
    },
    undefined,
    (ledger) => ({ policy: ledger.policy() }),
  ),
);

test("a dropped dossier is judged, a dropped riddle refused", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger, card }) => {
    site.mood.isNodeDown = true;
    await page.goto(link(site.address, card, false));
    assert.equal(await verdict(page), "unknown");
    const drop = (text: string): Promise<void> =>
      page.evaluate((content) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([content], "dropped.json"));
        dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      }, text);
    await drop('{"a": 1, "a": 2}');
    await page.locator(".note[role=alert]").waitFor();
    await drop(JSON.stringify(ledger.dossier(card)));
    await page.locator('[data-verdict="sold"]').waitFor();
  }),
);

test("sharing names the voucher alone", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: site.address });
    await page.goto(site.address);
    await paste(page, line(site.address, card));
    await verdict(page);
    await page.getByRole("button", { name: words.share_copy }).click();
    await page.getByText(words.share_done).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${site.address}/v/${linkName(card.key)}`);
    await page.getByRole("button", { name: words.qr_show, exact: true }).click();
    await page.locator("svg.qr").waitFor();
    await picture(page, "share");
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: words.dossier_save }).click();
    const dossier = await textOf(saved);
    assert.ok(!dossier.includes(card.code) && !dossier.includes(toHex(card.stamp)));
    await page.emulateMedia({ media: "print" });
    const steps = page.locator(".check li");
    assert.ok((await steps.count()) > 8 && (await steps.first().isVisible()), "paper unfolds no check");
    assert.equal(await page.locator(".case").isVisible(), false);
    await picture(page, "print");
  }),
);

test("a slow node shows how far it is; a language changes everything at once", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card }) => {
    site.mood.delay = 700;
    await page.goto(link(site.address, card, false), { waitUntil: "commit" });
    await page.locator(".progress li.working").first().waitFor();
    await picture(page, "slow");
    assert.equal(await verdict(page), "sold");
    for (const tag of ["en", "zh-TW"] as const) {
      await page.locator("#language").selectOption(tag);
      assert.equal(await page.locator("#verdict").innerText(), LANGUAGES[tag].verdicts.sold.word);
      assert.equal(await page.evaluate(() => document.documentElement.lang), tag);
    }
  }),
);

test("without network what was found stays, and asking again says what is missing", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card, context }) => {
    await page.goto(link(site.address, card, false));
    assert.equal(await verdict(page), "sold");
    await context.setOffline(true);
    await page.locator("#language").selectOption("en");
    assert.equal(await page.locator("#verdict").innerText(), LANGUAGES.en.verdicts.sold.word);
    await page.getByRole("button", { name: LANGUAGES.en.page.again }).click();
    await page.locator('[data-verdict="unknown"]').waitFor();
    assert.ok((await page.locator(".advice").innerText()).includes(LANGUAGES.en.page.node_down_advice));
    await context.setOffline(false);
    await page.getByRole("button", { name: LANGUAGES.en.page.again }).click();
    await page.locator('[data-verdict="sold"]').waitFor();
  }),
);

test("a stale checkpoint is unknown until the visitor asks for the state as of then", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger }) => {
    site.mood.supersededAt = Date.now() - 20 * 60_000;
    await page.goto(link(site.address, ledger.cards[6]!, false));
    assert.equal(await verdict(page), "unknown");
    assert.ok((await page.locator(".checks").textContent())?.includes("已过时：20 分钟前就有了更新的检查点"));
    await picture(page, "stale");
    await page.getByRole("button", { name: words.as_of_ask }).click();
    await page.locator('[data-verdict="genuine_unclaimed"]').waitFor();
  }),
);

test("a chain node of another chain is told apart from a forgery", { skip, timeout: 300_000 }, () =>
  scene(
    async ({ page, site, ledger }) => {
      site.mood.chainId = 1n;
      await page.goto(link(site.address, ledger.cards[7]!, false));
      assert.equal(await verdict(page), "unknown");
      assert.ok((await page.locator(".problems").innerText()).includes("服务的是链 1，而账本在链 31337 上"));
    },
    undefined,
    (ledger, site) => ({ policy: ledger.policy(), rpc: site.rpc }),
  ),
);

test("everything is reached by keyboard", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, card }) => {
    await page.goto(site.address);
    await page.locator("textarea").waitFor();
    for (let n = 0; n < 30 && !(await page.evaluate(() => document.activeElement?.tagName === "TEXTAREA")); n += 1)
      await page.keyboard.press("Tab");
    await page.keyboard.insertText(line(site.address, card));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await verdict(page), "sold");
    const reached = new Set<string>();
    for (let n = 0; n < 40; n += 1) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.textContent ?? ""));
    }
    for (const name of [words.claim_button, words.dossier_save, words.share_copy, words.again, words.save])
      assert.ok(reached.has(name), name);
  }),
);

test("the ledger's page has its totals, plots and checkpoints", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger, card }) => {
    ledger.step(card, "Redeem", "Redeemed", NOBODY, [issuer]);
    ledger.step(ledger.cards[1]!, "Void", "Voided", issuer.key, [issuer]);
    ledger.refuse(card, shop);
    await page.setViewportSize({ width: 320, height: 700 });
    await page.goto(`${site.address}/ledger`);
    await page.locator(".batches li").waitFor();
    assert.equal(await page.locator("figure svg[role=img]").count(), 1);
    assert.equal(await page.locator("tbody tr").count(), 2);
    const isCut = await page.locator(".wide").evaluate((wide) => wide.scrollWidth > wide.clientWidth);
    assert.equal(isCut, false, "the table of checkpoints is cut");
    assert.ok((await page.locator(".batches").innerText()).includes("已核销 1，已作废 1"));
    await isAccessible(page);
    await picture(page, "ledger");
    site.mood.isNodeDown = true;
    await page.reload();
    await page.getByText(words.node_down.split("（")[0]!).waitFor();
  }),
);

test("an issuer is trusted by what his domain says, and only when asked", { skip, timeout: 300_000 }, () =>
  scene(
    async ({ page, site, ledger, context }) => {
      const asked: string[] = [];
      const anybody = { "access-control-allow-origin": "*" };
      let isMoved = true;
      await context.route("https://studio.example/**", (route) => {
        asked.push(route.request().url());
        const location = "https://studio.example/elsewhere.json";
        if (isMoved) return route.fulfill({ status: 302, headers: { ...anybody, location } });
        return route.fulfill({ body: ledger.policy(), headers: anybody });
      });
      const untouched = ledger.cards[4]!;
      await page.goto(link(site.address, untouched, false));
      assert.equal(await verdict(page), "untrusted_issuer");
      assert.deepEqual(asked, []);
      const ask = page.getByRole("button", { name: "询问 studio.example" });
      await ask.click();
      await page.getByText("studio.example 没有回答").waitFor();
      isMoved = false;
      await ask.click();
      await page.getByRole("button", { name: words.domain_trust.replace("{domain}", "studio.example") }).click();
      await page.locator('[data-verdict="genuine_unclaimed"]').waitFor();
      const policy = "https://studio.example/.well-known/vouchsafe.json";
      assert.deepEqual(asked, [policy, policy], "an answer that leads elsewhere is none");
      assert.ok((await page.locator(".facts").innerText()).includes("甲游戏 (studio.example)"));
    },
    undefined,
    () => ({}),
  ),
);

test("a chain node of the visitor's choice is asked, and a wrong address refused", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger }) => {
    await page.goto(link(site.address, ledger.cards[5]!, false));
    await verdict(page);
    const rpc = page.locator(".trust input[type=url]");
    await rpc.fill("http://chain.example");
    await page.locator(".trust button[type=submit]").click();
    await page.getByText(words.rpc_bad).waitFor();
    await rpc.fill(site.rpc);
    await page.locator(".trust button[type=submit]").click();
    await page.getByText(`通过 ${new URL(site.address).host} 从链上读取`).waitFor();
    assert.equal(await verdict(page), "genuine_unclaimed");
  }),
);
