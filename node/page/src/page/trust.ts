// Sources and trust: the chain node of the visitor's choice, whom he trusts, the keys of this browser.

import type { Key } from "../protocol/bytes.ts";
import { JsonError } from "../protocol/json.ts";
import { DEFAULT_MAX_AGE_S, parsePolicy, type Policy } from "../protocol/question.ts";
import type { Dossier } from "../protocol/dossier.ts";
import { button, field, h } from "./dom.ts";
import { ask, Unreached } from "./fetching.ts";
import { fileButton } from "./files.ts";
import { forgetKey, keep, keepPolicy, kept, keptKeys, keptPolicy, keptReceipts, keyFile } from "./settings.ts";
import { say, short, span, t, unreached } from "./words.ts";

const EMPTY: Policy = { chains: [], issuers: [], maxAgeS: DEFAULT_MAX_AGE_S };

/** Adds an issuer and a ledger to the kept policy. */
export function trust(dossier: Dossier, issuer: Key, name: string, withLedger: boolean): void {
  const policy = keptPolicy() ?? EMPTY;
  const issuers = [...policy.issuers.filter((known) => known.key !== issuer), { key: issuer, name }];
  const { chainId, contract, id } = dossier.ledger;
  const isKnown = policy.chains.some(
    (chain) => chain.chainId === chainId && chain.contract === contract && chain.ledgers.includes(id),
  );
  const chains = withLedger && !isKnown ? [...policy.chains, { chainId, contract, ledgers: [id] }] : policy.chains;
  keepPolicy({ ...policy, issuers, chains });
}

/** Whether a text may be a domain name: nothing else is ever asked. */
export function isDomain(text: string): boolean {
  return text.length <= 253 && /^(?=.*[a-z])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(text);
}

/** What a domain says of an issuer's key and a ledger. */
export type DomainWord =
  | { readonly vouches: true; readonly name: string; readonly ledger: boolean }
  | { readonly vouches: false; readonly silent: string | null };

/** Asks a domain for the policy that it publishes at `/.well-known/vouchsafe.json`. */
export async function askDomain(domain: string, dossier: Dossier, issuer: Key): Promise<DomainWord> {
  try {
    const answer = await ask(`https://${domain}/.well-known/vouchsafe.json`);
    if (answer.status !== 200) return { vouches: false, silent: `HTTP ${answer.status}` };
    const policy = parsePolicy(answer.text);
    const found = policy.issuers.find((each) => each.key === issuer);
    if (found === undefined) return { vouches: false, silent: null };
    const { chainId, contract, id } = dossier.ledger;
    const ledger = policy.chains.some(
      (chain) => chain.chainId === chainId && chain.contract === contract && chain.ledgers.includes(id),
    );
    return { vouches: true, name: found.name, ledger };
  } catch (error) {
    if (error instanceof Unreached) return { vouches: false, silent: say(unreached(error)) };
    if (error instanceof JsonError) return { vouches: false, silent: error.message };
    throw error;
  }
}

/** Whether the issuer's domain vouches for its key; and, where nobody known does, the visitor's own decision. */
export function issuerView(dossier: Dossier, issuer: Key, isTrusted: boolean, changed: () => void): HTMLElement | null {
  const status = h("div", { role: "status" });
  const domain = dossier.manifest.issuerDomain;
  const known = domain !== null && isDomain(domain) ? domain : null;
  if (known === null && isTrusted) return null;
  const asking = (name: string): void => {
    void askDomain(name, dossier, issuer).then((word) =>
      status.replaceChildren(domainView(name, word, dossier, issuer, isTrusted ? null : changed)),
    );
  };
  const compare = button(
    t("issuer_trust"),
    () => {
      trust(dossier, issuer, dossier.manifest.issuerName ?? short(issuer), true);
      changed();
    },
    { class: "quiet" },
  );
  // The page's own host learns nothing by it that it does not know; any other is asked only by the visitor.
  const isOwn = known !== null && location.protocol === "https:" && known === location.hostname;
  if (isOwn) asking(known);
  return h(
    "section",
    { class: "issuer" },
    h("h2", {}, t("domain_heading")),
    known === null || isOwn ? null : h("p", {}, t("domain_help", { domain: known })),
    known === null || isOwn ? null : button(t("domain_ask", { domain: known }), () => asking(known)),
    status,
    isTrusted ? null : compare,
  );
}

function domainView(
  domain: string,
  word: DomainWord,
  dossier: Dossier,
  issuer: Key,
  changed: (() => void) | null,
): HTMLElement {
  if (!word.vouches) {
    const text = word.silent === null ? t("domain_no", { domain }) : t("domain_silent", { domain, cause: word.silent });
    return h("p", { class: "note" }, text);
  }
  const said = h("p", {}, t("domain_yes", { domain, ledger: word.ledger ? t("domain_ledger") : "" }));
  if (changed === null) return said;
  const accept = button(t("domain_trust", { domain }), () => {
    trust(dossier, issuer, `${word.name} (${domain})`, word.ledger);
    changed();
  });
  return h("div", {}, said, accept);
}

/** Whether a text is the address of a chain node that this page may ask. */
export function isRpcAddress(text: string): boolean {
  try {
    const { protocol, hostname } = new URL(text);
    return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1"].includes(hostname));
  } catch {
    return false;
  }
}

/** The settings, all of them. `changed` is called when a verdict may be another now. */
export function trustView(changed: () => void): HTMLElement {
  const address = h("input", {
    type: "url",
    inputmode: "url",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "https://",
  });
  address.value = kept("rpc") ?? "";
  const status = h("p", { role: "status" });
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = address.value.trim();
    if (text !== "" && !isRpcAddress(text)) {
      status.textContent = t("rpc_bad");
      return;
    }
    keep("rpc", text === "" ? null : text);
    status.textContent = t("saved");
    changed();
  };
  const keys = h("ul", { class: "plain" }, h("li", {}, "…"));
  const showKeys = (): void => {
    void keptKeys().then((pairs) => {
      const items = pairs.map((pair) =>
        h(
          "li",
          {},
          h("code", {}, short(pair.key)),
          " ",
          fileButton(t("claim_key"), `vouchsafe-key-${pair.key.slice(2, 10)}.json`, keyFile(pair), { class: "quiet" }),
          " ",
          button(t("forget"), () => void forgetKey(pair.key).then(showKeys), { class: "quiet" }),
        ),
      );
      keys.replaceChildren(...(items.length === 0 ? [h("li", {}, t("keys_none"))] : items));
    });
  };
  showKeys();
  return h(
    "section",
    { class: "trust", "aria-labelledby": "trust-heading" },
    h("h2", { id: "trust-heading", tabindex: "-1" }, t("trust_heading")),
    h("p", {}, t("trust_intro")),
    h(
      "form",
      { submit, novalidate: true },
      field(t("rpc_label"), address, t("rpc_help")),
      h("button", { type: "submit" }, t("save")),
      status,
    ),
    h("h3", {}, t("policy_heading")),
    policyView(changed),
    h("h3", {}, t("keys_heading")),
    keys,
    ...receiptsView(),
  );
}

/** The receipts of this browser; nothing where there is none. */
function receiptsView(): readonly HTMLElement[] {
  const receipts = keptReceipts();
  if (receipts.length === 0) return [];
  const items = receipts.map(({ name, text }) =>
    h("li", {}, h("code", {}, name), " ", fileButton(t("claim_receipt"), name, text, { class: "quiet" })),
  );
  return [h("h3", {}, t("receipts_heading")), h("ul", { class: "plain" }, ...items)];
}

function policyView(changed: () => void): HTMLElement {
  const policy = keptPolicy();
  if (policy === null) return h("p", {}, t("policy_none"));
  const drop = (next: Policy) => () => {
    keepPolicy(next);
    changed();
  };
  const issuers = policy.issuers.map((issuer) =>
    h(
      "li",
      {},
      t("policy_issuer", { name: issuer.name }),
      " ",
      h("code", {}, short(issuer.key)),
      " ",
      button(t("forget"), drop({ ...policy, issuers: policy.issuers.filter((each) => each !== issuer) }), {
        class: "quiet",
      }),
    ),
  );
  const ledgers = policy.chains.flatMap((chain) =>
    chain.ledgers.map((ledger) =>
      h(
        "li",
        {},
        t("policy_ledger", { chain: String(chain.chainId) }),
        " ",
        h("code", {}, short(ledger)),
        " ",
        button(
          t("forget"),
          drop({
            ...policy,
            chains: policy.chains
              .map((each) =>
                each === chain ? { ...chain, ledgers: chain.ledgers.filter((id) => id !== ledger) } : each,
              )
              .filter((each) => each.ledgers.length > 0),
          }),
          { class: "quiet" },
        ),
      ),
    ),
  );
  return h(
    "ul",
    { class: "plain trusts" },
    ...issuers,
    ...ledgers,
    h("li", {}, t("policy_age", { time: span(policy.maxAgeS) })),
  );
}
