// The page as one file: all its parts within, the dossier beside them, and where its node was. Such a file judges
// dossiers with no node at all; while the node is there, it asks it.

import { saveFile } from "./dom.ts";
import { ask } from "./fetching.ts";
import { SITE } from "./node.ts";

const NODE = '<meta name="vouchsafe-node" content="" />';
const DOSSIER = '<script type="application/json" id="vouchsafe-dossier"></script>';
/** What the build leaves in the file's policy for the address of its node. */
const ORIGIN = "https://node.invalid";

/** Saves it. Throws `Unreached`, or where what came is not the file. */
export async function savePage(name: string, dossier: string | null): Promise<void> {
  const { status, text } = await ask(new URL("page/saved.html", document.baseURI).href);
  if (status !== 200 || !text.includes(NODE) || !text.includes(DOSSIER)) throw new Error(`HTTP ${status}`);
  const site = SITE ?? "";
  // Only texts of JSON can hold a "<": written like this they say the same and end no element.
  const within = (dossier ?? "").replace(/</g, "\\u003c");
  const filled = text
    .replace(ORIGIN, () => (site === "" ? "" : new URL(site).origin))
    .replace(NODE, () => NODE.replace('""', `"${site.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}"`))
    .replace(DOSSIER, () => DOSSIER.replace("><", () => `>${within}<`));
  saveFile(name, filled, "text/html");
}

/** The dossier that was saved with this page. */
export function savedDossier(): string | null {
  const text = document.getElementById("vouchsafe-dossier")?.textContent ?? "";
  return text === "" ? null : text;
}
