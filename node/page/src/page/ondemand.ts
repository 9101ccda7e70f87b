// Parts of the page that are fetched when they are first wanted: what few visitors need is not in the first view.

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): unknown };
}

/** The files beside this script that may be fetched. */
type Part = "codes.js" | "packing.js";

const HERE = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";
const PARTS: readonly Part[] = ["codes.js", "packing.js"];
const types = (window as { trustedTypes?: TrustedTypes }).trustedTypes;
// Browsers that hold scripts to a policy let these scripts through and no other.
const policy = types?.createPolicy("vouchsafe", {
  createScriptURL(address) {
    if (!PARTS.some((name) => address === new URL(name, HERE).href)) throw new TypeError("not a script of this page");
    return address;
  },
});

const loading = new Map<Part, Promise<unknown>>();

/** A part; `taken` gives what it left on the window. */
export function part<T>(name: Part, taken: () => T | undefined): Promise<T> {
  // A saved page holds it already.
  const held = taken();
  if (held !== undefined) return Promise.resolve(held);
  const known = loading.get(name) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const begun = new Promise<T>((resolve, reject) => {
    const address = new URL(name, HERE).href;
    const script = document.createElement("script");
    script.onload = () => {
      const found = taken();
      if (found === undefined) reject(new Error(name));
      else resolve(found);
    };
    script.onerror = () => {
      loading.delete(name);
      reject(new Error(name));
    };
    script.src = (policy === undefined ? address : policy.createScriptURL(address)) as string;
    document.head.append(script);
  });
  loading.set(name, begun);
  return begun;
}
