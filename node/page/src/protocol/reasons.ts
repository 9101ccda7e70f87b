// Why a step has its result: stable codes with their arguments. The languages hold the texts under the same codes.

export const REASONS = [
  "malformed",
  "no_policy",
  "ledger_not_in_policy",
  "no_trusted_checkpoint",
  "other_number",
  "other_checkpoint",
  "stale",
  "stale_age",
  "not_in_batch",
  "other_count",
  "unknown_critical",
  "number_not_issued",
  "record_not_in_batch",
  "entry_not_in_log",
  "not_begun_by_issue",
  "not_linked",
  "memo_differs",
  "past_not_after",
  "from_the_future",
  "unknown_kind",
  "not_an_issue",
  "illegal_transition",
  "wrong_status",
  "wrong_range",
  "wrong_party",
  "no_seller",
  "no_use_left",
  "not_transferable",
  "claim_before_sale",
  "clock_back",
  "not_signed",
  "chunk_not_in_tree",
  "padding_not_zero",
  "other_head",
  "pending_index",
  "receipt_leaf",
  "receipt_signature",
  "receipt_past",
  "promise_broken",
  "other_key",
  "other_label",
  "stamp_unfit",
  "issuer_not_in_policy",
  "past_redeem_by",
  "absence_unsigned",
  "absence_not_in_policy",
  "not_final",
  "absence_other",
] as const;
export type Reason = (typeof REASONS)[number];

/** A reason with what its text speaks of: numbers, names, keys; never a secret. */
export interface Detail {
  readonly reason: Reason;
  readonly args: readonly string[];
}

export function detail(reason: Reason, ...args: readonly (string | number | bigint)[]): Detail {
  return { reason, args: args.map(String) };
}
