# The lines of a check of a case, in English.

case-check-index = The index fits the members: { $member }
case-check-hashes = The list of hashes: { $member }
case-check-hash = Hash of { $member }
case-check-file = Added file { $member }
case-check-dossier = Proofs and signatures of { $member }
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
case-problem-receipt-unsigned = no operator key of the case signed it
case-problem-receipt-other = the operator signed it for another entry than the log has there
case-problem-receipt-stray = no dossier of the case has an entry at its place
case-problem-other-tool = { $tool } made it; this is another version, which does not make it again
case-problem-differs = the evidence does not give these bytes: the report says something else
case-problem-incomplete = evidence is missing or unreadable, so it cannot be made again
