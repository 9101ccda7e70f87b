// The day the node is gone: a saved page, a page on a host without its node, an app's browser that saves no files; and a
// node that asks for patience.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { LANGUAGES } from "../../src/lang/index.ts";
import { isAccessible, launch, picture, skip, verdict, visitor } from "./harness.ts";
import { line, link, Minted } from "./minted.ts";
import { Site } from "./server.ts";

const words = LANGUAGES["zh-CN"].page;
let browser: Browser;
const folder = mkdtempSync(join(tmpdir(), "vouchsafe-gone-"));
before(async () => {
  if (skip === false) browser = await launch();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

interface Scene {
  readonly page: Page;
  readonly site: Site;
  readonly ledger: Minted;
  readonly errors: string[];
}

async function scene(act: (scene: Scene) => Promise<void>): Promise<void> {
  const ledger = new Minted(Date.now());
  ledger.cut();
  const site = await Site.open(ledger);
  const { context, page, errors } = await visitor(
    browser,
    { viewport: { width: 320, height: 640 } },
    { policy: ledger.policy() },
  );
  try {
    await act({ page, site, ledger, errors });
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
    site.close();
  }
}

async function open(page: Page, value: object): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: words.open_file }).click();
  const buffer = Buffer.from(JSON.stringify(value));
  await (await chooser).setFiles({ name: "file.json", mimeType: "application/json", buffer });
}

/** Saves the page of a voucher and gives the address of the file. */
async function saved(page: Page, site: Site, ledger: Minted): Promise<string> {
  await page.goto(link(site.address, ledger.cards[2]!, true));
  await verdict(page);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: words.page_save }).click();
  const file = join(folder, "saved.html");
  writeFileSync(file, readFileSync(await (await download).path()));
  return pathToFileURL(file).href;
}

test("a saved page judges its own dossier, then others, without any node", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger }) => {
    const card = ledger.cards[2]!;
    const address = await saved(page, site, ledger);
    await page.getByText(words.page_saved).waitFor();
    const text = readFileSync(join(folder, "saved.html"), "utf8");
    assert.ok(!text.includes(card.code) && text.includes(card.key), "the dossier is within, no secret is");
    site.mood.isNodeDown = true;
    site.seen.length = 0;
    await page.goto(address);
    assert.equal(await verdict(page), "unknown");
    assert.ok((await page.locator(".facts").innerText()).includes(card.key));
    await isAccessible(page);
    await picture(page, "saved-page");
    await open(page, { ledger: ledger.id, ...ledger.checkpointView(), block_time: ledger.anchoredAt });
    await page.locator(".enter .error").first().filter({ hasText: ledger.id }).waitFor();
    await page.getByRole("button", { name: words.again, exact: true }).click();
    await page.locator('[data-verdict="genuine_unclaimed"]').waitFor();
    // The code fits too, and another card's does not: nothing of this needs a server.
    const enter = async (text: string): Promise<void> => {
      await page.locator("textarea").first().fill(text);
      await page.locator("form.entry button[type=submit]").click();
    };
    await enter(line(site.address, { ...card, code: ledger.cards[3]!.code }));
    await page.locator('[data-verdict="mismatch"]').waitFor();
    await enter(line(site.address, card));
    await page.locator(".check.passed").filter({ hasText: words.check_code }).waitFor();
    assert.equal(await verdict(page), "genuine_unclaimed");
  }),
);

test("a saved page asks its node while there is one", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger }) => {
    const address = await saved(page, site, ledger);
    site.seen.length = 0;
    await page.goto(address);
    await verdict(page);
    assert.ok(site.seen.some((request) => request.startsWith("GET /v1/checkpoints/")));
    await page.getByRole("button", { name: words.ask_node }).click();
    await page.locator('[data-verdict="genuine_unclaimed"]').waitFor();
    assert.ok(site.seen.some((request) => request.includes("/dossier")));
  }),
);

test("a saved page draws codes as well", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger }) => {
    await page.goto(await saved(page, site, ledger));
    await verdict(page);
    await page.getByRole("button", { name: words.qr_show, exact: true }).click();
    await page.locator("svg.qr").waitFor();
  }),
);

test("a host without a node asks for the dossier file and says why", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger }) => {
    site.mood.isStatic = true;
    await page.goto(link(site.address, ledger.cards[2]!, false));
    assert.equal(await verdict(page), "unknown");
    const said = words.node_gone.replace("{host}", new URL(site.address).host);
    assert.ok((await page.locator(".problems").innerText()).includes(said));
    assert.ok((await page.locator(".advice").innerText()).includes(words.node_down_advice));
    await picture(page, "node-gone");
    await open(page, ledger.dossier(ledger.cards[2]!));
    await page.locator(".facts").waitFor();
    assert.equal(await verdict(page), "unknown", "no source for the checkpoint is there");
  }),
);

test("a node that was asked too often is asked again, and the page says so", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger }) => {
    site.mood.limited = 2;
    await page.goto(link(site.address, ledger.cards[2]!, false));
    await page
      .locator(".waiting")
      .filter({ hasText: words.node_waits.replace("{seconds}", "1") })
      .waitFor();
    await picture(page, "waiting");
    assert.equal(await verdict(page), "genuine_unclaimed");
    assert.ok(await page.locator(".waiting").isHidden());
    site.mood.limited = 100;
    await page.getByRole("button", { name: words.again }).click();
    await page.locator('[data-verdict="unknown"]').waitFor();
    assert.ok((await page.locator(".problems").innerText()).includes("rate-limited"));
  }),
);

test("where an app saves no files, the text can be taken", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger }) => {
    await page.goto(link(site.address, ledger.cards[2]!, false));
    await verdict(page);
    await page.getByRole("button", { name: words.dossier_save }).click();
    await page.locator(".take .as-text summary").click();
    const text = await page.locator(".take .as-text textarea").inputValue();
    assert.equal(JSON.parse(text).voucher.key, ledger.cards[2]!.key);
    await page.getByRole("button", { name: words.text_copy }).click();
    await page.locator(".take .as-text [role=status]").filter({ hasText: /./ }).waitFor();
    await isAccessible(page);
    await picture(page, "as-text");
  }),
);

test("the audit that the operator shows is told with how to make another", { skip, timeout: 300_000 }, () =>
  scene(async ({ page, site, ledger }) => {
    await page.goto(`${site.address}/ledger`);
    await page.getByText(words.ledger_audit_none).waitFor();
    for (const [result, said] of [
      ["clean", words.audit_clean],
      ["contradicted", words.audit_contradicted],
    ] as const) {
      site.mood.audit = {
        format: "vouchsafe/audit@1",
        tool: "vouchsafe 0.1.0",
        ledger: ledger.id,
        checkpoint: 1,
        finished_at: ledger.now,
        result,
        entries: ledger.entries.length,
        vouchers: ledger.cards.length,
        contradictions: result === "clean" ? [] : [{ code: "f1" }],
      };
      await page.reload();
      await page.locator(".audit").getByText(said).waitFor();
      assert.ok((await page.locator(".audit").innerText()).includes(`vouchsafe audit --from ${site.address}`));
      await isAccessible(page);
      await picture(page, `ledger-audit-${result}`);
    }
  }),
);
