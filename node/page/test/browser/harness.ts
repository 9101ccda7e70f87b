// A real Chromium for the tests: `CHROMIUM` names it where it is not Debian's. Pictures go to the folder that `PICTURES`
// names, for somebody to look at.

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import assert from "node:assert/strict";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

declare const PAGE: string;

const required = createRequire(join(PAGE, "package.json"));
const { chromium } = required("playwright-core") as typeof import("playwright-core");
const AXE = readFileSync(required.resolve("axe-core/axe.min.js"), "utf8");

export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Why browser tests are left out here, or false. */
export const skip = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch(...flags: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...flags] });
}

export interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page's scripts and of its content policy. */
  readonly errors: string[];
}

/** A new visitor with these settings kept in his browser. */
export async function visitor(
  browser: Browser,
  options: BrowserContextOptions = {},
  kept: Readonly<Record<string, string>> = {},
): Promise<Opened> {
  const context = await browser.newContext({
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    reducedMotion: "reduce",
    viewport: { width: 390, height: 844 },
    ...options,
  });
  await context.addInitScript((values) => {
    try {
      if (sessionStorage.getItem("begun") !== null) return;
      sessionStorage.setItem("begun", "yes");
      for (const [name, value] of Object.entries(values)) localStorage.setItem(`vouchsafe.${name}`, value);
    } catch {
      // A blank page keeps nothing.
    }
  }, kept);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource|ERR_/.test(message.text())) errors.push(message.text());
  });
  return { context, page, errors };
}

/** Waits for a result and gives its verdict. */
export async function verdict(page: Page): Promise<string | null> {
  const header = page.locator("[data-verdict]");
  await header.waitFor({ timeout: 60_000 });
  return header.getAttribute("data-verdict");
}

export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["PICTURES"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** No violation of the rules of WCAG 2.2 A and AA, and the page fits. */
export async function isAccessible(page: Page): Promise<void> {
  // The page's own policy keeps injected scripts out, so the checker runs from the debugger's side.
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = window as any;
    const result = await axe.run(document, {
      preload: false,
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return result.violations.map(
      (each: any) => `${each.id}: ${each.nodes.map((node: any) => node.target.join(" ")).join(", ")}`,
    );
  });
  assert.deepEqual(violations, []);
  await fits(page);
}

/** No place of a text left open, nothing wider than the window. */
export async function fits(page: Page): Promise<void> {
  const places = (await page.locator("body").innerText()).match(/\{\w+\}/g);
  assert.equal(places, null, "a text's place was not filled");
  const wide = await page.evaluate(() => {
    const room = window.innerWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const parts = [...document.body.querySelectorAll("*")].filter((part) => part.getBoundingClientRect().right > room);
    const told = parts.map((part) => `${part.tagName} ${part.className} to ${part.getBoundingClientRect().right}`);
    return [`${document.documentElement.scrollWidth} of ${room}`, ...told];
  });
  assert.deepEqual(wide, [], "wider than the window");
}
