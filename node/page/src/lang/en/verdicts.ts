// The verdicts of docs/protocol.md section 11 in English: the word, what it means, what to do.
// {at} when it happened, {by} who reported it, {sold} and {returned} the two times of a sale that was taken back,
// {incidents} how many refused sales stand, {asof} until when it is known, {step} the step that failed, {detail} why.

import type { VerdictTexts } from "../index.ts";

export const verdicts: VerdictTexts = {
  refuted: {
    word: "Refuted",
    meaning:
      "A proof does not hold: {detail} ({step}). This dossier is wrong or was altered; it says nothing about the voucher itself.",
    advice: "Do not rely on it. Keep the file as evidence, and take the dossier afresh from the voucher's link.",
  },
  mismatch: {
    word: "Mismatch",
    meaning: "This serial, code and stamp are not this voucher's.",
    advice:
      "Compare what you entered with what was delivered. If it is exactly what was delivered, you were given a wrong code: do not pay, or ask for your money back.",
  },
  not_found: {
    word: "Not found",
    meaning: "There is no such voucher in this ledger as of {asof}, by the operator's signed word.",
    advice:
      "Check the link. If it is right, do not pay. The signed word can be held against the operator: save it below.",
  },
  voided: {
    word: "Voided",
    meaning: "The issuer called it back for good on {at}.",
    advice: "Do not pay for it. If you did, ask the seller for your money back; the history below is your evidence.",
  },
  on_hold: {
    word: "On hold",
    meaning: "It has been frozen since {at}, by {by}.",
    advice: "Do not pay for it until it is released. Ask who froze it.",
  },
  spent: {
    word: "Spent",
    meaning: "It was redeemed on {at}, reported by {by}.",
    advice: "If that was not you, it is worthless to you: ask the seller for your money back and show this verdict.",
  },
  resale_suspected: {
    word: "Sold to somebody else?",
    meaning: "It was recorded as sold on {at}, under another key or order than the one you gave.",
    advice: "Do not pay for it. If you did, ask the seller for your money back and show this verdict.",
  },
  sold_before: {
    word: "Sold before",
    meaning: "It was sold on {sold} and taken back on {returned}: whoever bought it then may have seen the code.",
    advice: "Take it only from a seller who answers for it, and redeem it at once.",
  },
  sold: {
    word: "Sold",
    meaning: "It was recorded as sold at {at}: it is yours only if that was you.",
    advice: "If you bought it, show your order or your key below. If you are about to buy it, do not.",
  },
  unknown: {
    word: "Unknown",
    meaning: "Something could not be checked, so nothing is said about it: it is neither refuted nor proven.",
    advice: "See what is missing, and ask again. A chain out of reach never makes a voucher forged.",
  },
  untrusted_issuer: {
    word: "Issuer not known",
    meaning: "The proofs hold, but nobody whom you trust vouches for the issuer's key or for the ledger.",
    advice: "Ask the issuer's domain below, or compare the issuer's key and the ledger with what the issuer publishes.",
  },
  expired: {
    word: "Expired",
    meaning: "It is genuine, but was honoured only until {at}.",
    advice: "Do not pay for it. Ask the issuer whether he still honours it.",
  },
  genuine_pending: {
    word: "Genuine, not final yet",
    meaning: "It is genuine, but the block that says so could still vanish from the chain.",
    advice: "Ask again in about a quarter of an hour before you rely on it.",
  },
  genuine_unclaimed: {
    word: "Genuine, nobody's yet",
    meaning: "It is genuine, and nobody's yet.",
    advice: "Claim it now if it was sold to you, or redeem it: until then whoever knows the code can do so too.",
  },
  genuine: {
    word: "Genuine",
    meaning: "It is genuine, and recorded as yours since {at}.",
    advice: "Redeem it where the issuer says.",
  },
};

/** In place of the meaning of `resale_suspected` where refused sales stand. */
export const secondSales = "Somebody who held it signed a second sale, which was refused (refused sales: {incidents}).";
