# The steps of a verification, and why one did not pass. The reasons stand in English where they are defined.

step-format-valid = the file has the shape of a dossier
step-ledger-trusted = your policy names the ledger
step-checkpoint-anchored = the trusted source has the checkpoint
step-manifest-included = manifest and terms are the batch's
step-voucher-included = the voucher is in the batch
step-history-included = each entry is in the log
step-history-linked = each entry continues the one before
step-history-legal = each entry is allowed
step-history-authorised = each entry is signed by who had the right
step-head-current = nothing later was hidden
step-pending-promised = what is not anchored yet is promised by receipt
step-code-opens = the code is this voucher's
step-issuer-trusted = your policy names the issuer
step-terms-current = it is still honoured

result-passed = passed
result-failed = failed
result-skipped = skipped
result-unknown = unknown
