// Bundles the tests of one kind and runs them with Node.js's own runner: `node test/run.mjs protocol|browser [part of a name]`.

import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, process.argv[2] ?? "protocol");
const out = mkdtempSync(join(tmpdir(), "vouchsafe-page-"));
try {
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts") && name.includes(process.argv[3] ?? ""));
  await build({
    entryPoints: files.map((name) => join(folder, name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["playwright-core", "axe-core"],
    define: { PAGE: JSON.stringify(dirname(here)) },
    logLevel: "warning",
  });
  const run = spawnSync(
    process.execPath,
    ["--test", ...files.map((name) => join(out, name.replace(/\.ts$/, ".mjs")))],
    {
      stdio: "inherit",
      env: { ...process.env, NODE_PATH: join(dirname(here), "node_modules") },
    },
  );
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(out, { recursive: true });
}
