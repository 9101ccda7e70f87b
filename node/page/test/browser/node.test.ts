// The page as the real node gives it out, with a batch that the real command issued: checked through the chain's own
// endpoint, claimed, and claimed too late.

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { LANGUAGES } from "../../src/lang/index.ts";
import { isAccessible, launch, picture, skip as noBrowser, verdict, visitor } from "./harness.ts";

declare const PAGE: string;

const BUILT = process.env["VOUCHSAFE_BIN"] ?? join(PAGE, "../../target/debug");
const [NODE, COMMAND] = [join(BUILT, "vouchsafe-node"), join(BUILT, "vouchsafe")];
const skip =
  noBrowser !== false
    ? noBrowser
    : existsSync(NODE) && existsSync(COMMAND)
      ? false
      : `node and command are not built in ${BUILT}`;

const words = LANGUAGES["zh-CN"].page;
const [PORT, COUNT] = [18_731, 6];
const SITE = `http://127.0.0.1:${PORT}`;
let browser: Browser;
let node: ChildProcess;
let folder: string;
let lines: readonly string[];
let policy: string;

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 200; n += 1) {
    if (await what().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("it took too long");
}

before(async () => {
  if (skip !== false) return;
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), "vouchsafe-node-"));
  const at = (name: string): string => join(folder, name);
  run(NODE, "init", "--data", at("data"), "--listen", `127.0.0.1:${PORT}`, "--anchor-interval", "2");
  node = spawn(NODE, ["serve", "--data", at("data")], { stdio: "ignore" });
  await until(async () => (await fetch(`${SITE}/readyz`)).ok);
  run(COMMAND, "keygen", "--issuer", "--out", at("issuer.json"));
  const cards = Array.from({ length: COUNT }, (_, n) => `1008600000000${100 + n}----77889900112233${10 + n}`);
  writeFileSync(at("cards.txt"), `${cards.join("\n")}\n`);
  chmodSync(at("cards.txt"), 0o600);
  run(
    COMMAND,
    "issue",
    at("cards.txt"),
    "--key",
    at("issuer.json"),
    "--node",
    SITE,
    "--out",
    at("shop.txt"),
    "--product",
    "J-50",
    "--title",
    "甲游戏 50 元点卡",
    "--issuer-name",
    "甲游戏",
    "--face",
    "50.00",
    "--layout",
    "any",
  );
  lines = readFileSync(at("shop.txt"), "utf8").trim().split(/\r?\n/);
  const { ledger } = (await (await fetch(`${SITE}/v1/ledger`)).json()) as any;
  const issuer = JSON.parse(readFileSync(at("issuer.json"), "utf8")).public_key;
  policy = JSON.stringify({
    chains: [{ chain_id: ledger.chain_id, contract: ledger.contract, ledgers: [ledger.id] }],
    issuers: [{ key: issuer, name: "甲游戏" }],
  });
  await until(async () => (await fetch(`${linkOf(0).replace("/v/", "/v1/vouchers/")}/dossier`)).ok);
});
after(async () => {
  await browser?.close();
  node?.kill("SIGTERM");
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** The link of a line without its stamp. */
function linkOf(n: number): string {
  return (lines[n] ?? "").replace(/^.*(http:)/, "$1").split("#")[0] ?? "";
}

async function claim(page: Page, n: number): Promise<void> {
  await page.goto(SITE);
  await page.locator("textarea").fill(lines[n] ?? "");
  await page.locator("form.entry button[type=submit]").click();
  assert.equal(await verdict(page), "genuine_unclaimed", await page.locator("main").innerText());
  await page.getByRole("button", { name: words.claim_button }).click();
  await page.locator("[data-done]").waitFor();
}

test(
  "a voucher is checked through the chain and claimed; who comes second sees the evidence",
  { skip, timeout: 300_000 },
  async () => {
    const first = await visitor(browser, {}, { policy, rpc: `${SITE}/rpc` });
    const second = await visitor(browser, {}, { policy });
    try {
      await second.page.goto(SITE);
      await second.page.locator("textarea").fill(lines[0] ?? "");
      await second.page.locator("form.entry button[type=submit]").click();
      assert.equal(await verdict(second.page), "genuine_unclaimed");
      await claim(first.page, 0);
      assert.equal(await first.page.locator(".claim .done").count(), 1);
      await first.page.getByRole("button", { name: words.again }).click();
      await first.page.locator('[data-verdict="genuine"]').waitFor();
      assert.ok((await first.page.locator(".facts").innerText()).includes(`通过 127.0.0.1:${PORT} 从链上读取`));
      await isAccessible(first.page);
      await picture(first.page, "node-genuine");
      await second.page.getByRole("button", { name: words.claim_button }).click();
      await second.page.locator("[data-done]").waitFor();
      assert.ok((await second.page.locator(".claim").innerText()).includes(words.claim_lost_proof));
      assert.deepEqual([...first.errors, ...second.errors], []);
    } finally {
      await first.context.close();
      await second.context.close();
    }
  },
);

test("an unknown voucher is not found by the node's signed word", { skip, timeout: 300_000 }, async () => {
  const { page, context, errors } = await visitor(browser, {}, { policy, rpc: `${SITE}/rpc` });
  try {
    await page.goto(`${SITE}/v/${"A".repeat(43)}`);
    assert.equal(await verdict(page), "not_found", await page.locator("main").innerText());
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
  }
});

test("the ledger's page shows the real ledger", { skip, timeout: 300_000 }, async () => {
  const { page, context, errors } = await visitor(browser);
  try {
    await page.goto(`${SITE}/ledger`);
    await page.locator(".batches li").waitFor();
    assert.ok((await page.locator(".batches").innerText()).includes(`${COUNT} 张`));
    assert.equal(await page.locator("figure svg[role=img]").count(), 1);
    await isAccessible(page);
    await picture(page, "node-ledger");
    assert.deepEqual(errors, []);
  } finally {
    await context.close();
  }
});

test(
  "a case file is made with the visitor's own files, and the command finds that everything holds",
  { skip, timeout: 300_000 },
  async () => {
    const { context, page, errors } = await visitor(browser, { acceptDownloads: true }, { policy });
    const sent: string[] = [];
    page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
    try {
      await page.goto(linkOf(2));
      await page.locator("#case").waitFor();
      const files = page.locator("#case input[type=file]");
      await files.setInputFiles({
        name: "聊天 <1>.txt",
        mimeType: "text/plain",
        buffer: Buffer.from("SECRET-OF-MINE"),
      });
      const make = page.getByRole("button", { name: words.case_make });
      await make.click();
      await page.locator("#case > [role=status].error").waitFor();
      assert.equal(await page.locator("#case > [role=status]").innerText(), words.case_by_missing);
      await page.locator("#case input[type=text]").fill("买家 张三");
      const [download] = await Promise.all([page.waitForEvent("download"), make.click()]);
      await page.getByText(words.case_done).waitFor();
      assert.equal(
        sent.some((request) => request.includes("SECRET-OF-MINE")),
        false,
        "the file's content left the browser",
      );
      const saved = join(folder, "case.zip");
      await download.saveAs(saved);
      const told = run(COMMAND, "case", "open", saved, "--rpc", `${SITE}/rpc`, "--extract", join(folder, "case"));
      assert.match(told, /Everything holds|全部成立/);
      assert.equal(readFileSync(join(folder, "case/files/01-聊天__1_.txt"), "utf8"), "SECRET-OF-MINE");
      assert.match(readFileSync(join(folder, "case/report.zh-CN.html"), "utf8"), /聊天 &lt;1&gt;\.txt/);
      await isAccessible(page);
      await picture(page, "case");
      assert.deepEqual(errors, []);
    } finally {
      await context.close();
    }
  },
);
