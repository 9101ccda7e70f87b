# The lines of a check of a case, in English.

case-check-index = The index fits the members: { $member }
case-check-hashes = The list of hashes: { $member }
case-check-hash = Hash of { $member }
case-check-file = Added file { $member }
case-check-disclosure = Disclosure { $member }
case-check-dossier = Proofs and signatures of { $member }
case-check-chain-proof = Chain proof of { $member }
case-check-checkpoint = Checkpoint { $member }
case-check-receipt = Operator's receipt { $member }
case-check-derived = Made again from the evidence: { $member }

case-problem-missing = it is not in the archive
case-problem-surplus = it is no part of the case by its index
case-problem-unlisted = the list of hashes does not name it
case-problem-hash = its bytes are not those that were hashed
case-problem-damaged = the archive is damaged there: { $what }
case-problem-unreadable = it cannot be read: { $what }
case-problem-index = the index and the members say different things
case-problem-step = { $step }: { $detail }
case-problem-other-checkpoint = your source has another checkpoint of this number
case-problem-other-time = its block's time is another one
case-problem-not-linked = the next checkpoint of the case names another one before it
case-problem-not-held = it was not held against anything of yours
case-problem-linked-only = its content is confirmed; the time of its block is the word of whoever made the case
case-problem-no-chain-proof = it holds no chain proof: whether your block holds the checkpoint is not known
case-problem-unproven = it leads nowhere, and says nothing: { $what }
case-problem-other-block = it is under block { $shown }, which is none of those whose hashes you gave
case-problem-shown-other = the block that it names holds another checkpoint of this number
case-problem-receipt-unsigned = no operator key of the case signed it
case-problem-receipt-other = the operator signed it for another entry than the log has there
case-problem-receipt-stray = no dossier of the case has an entry at its place
case-problem-other-voucher = the case has no dossier of its voucher, { $voucher }
case-problem-dossier-open = it opens, but the dossier that it is about does not hold, or could not be checked
case-problem-other-tool = { $tool } made it; this is another version, which does not make it again
case-problem-differs = the evidence does not give these bytes: the report says something else
case-problem-incomplete = evidence is missing or unreadable, so it cannot be made again

case-disclosed-serial-proven = proves: the issuer sealed the serial { $serial } into voucher { $voucher } when he issued it
case-disclosed-serial-claimed = claims: voucher { $voucher } has the serial { $serial }
case-disclosed-order-proven = proves: whoever signed { $entries } of voucher { $voucher } named the order { $order } in it
case-disclosed-order-claimed = claims: a step of voucher { $voucher } names the order { $order }
