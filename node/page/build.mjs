// Builds the page into dist/: `node build.mjs`. With --check it builds beside it and compares, byte for byte: the same
// sources and lock file always give the same files, so that what the node carries is known to come from here.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src/page");
const isCheck = process.argv.includes("--check");
const out = isCheck ? mkdtempSync(join(tmpdir(), "vouchsafe-dist-")) : join(here, "dist");

/** The page asks its own node, the visitor's chain node, and a domain that he chose to ask; it runs its own scripts alone. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types vouchsafe",
].join("; ");

/** What is fetched before the first view is there. */
const FIRST_VIEW = ["index.html", "page/first.js", "page/app.js", "page/page.css", "page/icon.svg"];
const LIMIT_BYTES = 100_000;

if (!isCheck) rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "page"), { recursive: true });
await build({
  entryPoints: ["first", "app", "codes", "packing"].map((name) => join(source, `${name}.ts`)),
  outdir: join(out, "page"),
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: "es2020",
  legalComments: "inline",
  absWorkingDir: here,
  tsconfigRaw: "{}",
  logLevel: "warning",
});
await build({
  entryPoints: [join(source, "page.css")],
  outdir: join(out, "page"),
  bundle: true,
  minify: true,
  charset: "utf8",
  absWorkingDir: here,
  logLevel: "warning",
});
writeFileSync(join(out, "page/icon.svg"), readFileSync(join(source, "icon.svg")));
writeFileSync(join(out, "index.html"), readFileSync(join(source, "index.html"), "utf8").replace("@CSP@", POLICY));
writeFileSync(join(out, "page/saved.html"), asOneFile());
writeFileSync(join(out, "csp.txt"), `${POLICY}; frame-ancestors 'none'`);

/** The page as one file, to be saved: everything within, and a policy that names each script by its hash. */
function asOneFile() {
  const part = (name) => readFileSync(join(out, "page", name), "utf8");
  const scripts = ["first.js", "codes.js", "packing.js", "app.js"].map(part);
  const style = part("page.css");
  for (const text of [...scripts, style])
    if (/<\/(?:script|style)/i.test(text)) throw new Error("a part would end its element");
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = POLICY.replace("script-src 'self'", `script-src ${scripts.map(hash).join(" ")}`)
    .replace("style-src 'self'", `style-src ${hash(style)}`)
    // The address of its node takes this place when it is saved.
    .replace("connect-src 'self'", "connect-src https://node.invalid");
  const page = readFileSync(join(source, "index.html"), "utf8").replace("@CSP@", policy);
  const [first, ...rest] = scripts.map((text) => `<script>${text}</script>`);
  const dossier = '<script type="application/json" id="vouchsafe-dossier"></script>';
  const place = (text, what, by) => {
    if (!text.includes(what)) throw new Error(`index.html has no ${what}`);
    return text.replace(what, () => by);
  };
  let whole = place(page, '<script src="page/first.js"></script>', `<meta name="vouchsafe-node" content="" />${first}`);
  whole = place(whole, '<link rel="icon" href="page/icon.svg" type="image/svg+xml" />', "");
  whole = place(whole, '<link rel="stylesheet" href="page/page.css" />', `<style>${style}</style>`);
  whole = place(whole, '<script src="page/app.js" defer></script>', "");
  return place(whole, "</body>", `${dossier}${rest.join("")}</body>`);
}

const firstView = FIRST_VIEW.reduce(
  (sum, name) => sum + gzipSync(readFileSync(join(out, name)), { level: 9 }).length,
  0,
);
console.log(`first view: ${firstView} bytes compressed, of ${LIMIT_BYTES}`);
if (firstView > LIMIT_BYTES) process.exitCode = 1;

if (isCheck) {
  const files = (folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
      .sort();
  const [ours, theirs] = [files(out), files(join(here, "dist"))];
  const differing = [...new Set([...ours, ...theirs])].filter((name) => {
    if (!ours.includes(name) || !theirs.includes(name)) return true;
    return !readFileSync(join(out, name)).equals(readFileSync(join(here, "dist", name)));
  });
  rmSync(out, { recursive: true });
  if (differing.length > 0) {
    console.error(`dist/ is not what these sources build: ${differing.join(", ")}. Run npm run build and commit it.`);
    process.exitCode = 1;
  } else {
    console.log(`dist/ is what these sources build: ${ours.length} files`);
  }
}
