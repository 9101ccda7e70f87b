# What an audit says.

audit-progress = Entries
audit-goes-on = Going on after { $entries } entries of an earlier audit.
audit-state-unusable = The earlier audit in this folder can not be gone on with, so it begins anew: { $why }

audit-clean = Clean: everything up to checkpoint { $checkpoint } of ledger { $ledger } is what was anchored, legal and signed.
audit-contradicted = Ledger { $ledger } contradicts itself or its parties: { $contradictions } contradictions, checked up to checkpoint { $checkpoint }.
audit-unchecked = Not all of ledger { $ledger } could be checked. Nothing contradicts up to checkpoint { $checkpoint }.

audit-figure-source = Data from
audit-figure-anchored = Newest anchored checkpoint
audit-figure-checkpoints = Checkpoints checked
audit-figure-entries = Entries
audit-figure-vouchers = Vouchers
audit-figure-signatures = Signatures checked
audit-figure-receipts = Receipts and absences

audit-passed-over = Given with --receipts, without a receipt or absence in them: { $count } ({ $names })

audit-heading-contradictions = Contradictions: { $count }
audit-heading-unchecked = Could not be checked: { $count }
audit-more =   and { $count } more
audit-kept = Report and evidence are in { $folder }.
audit-challenge = To bring the first of it before the contract: vouchsafe challenge { $path } --rpc URL
audit-challenge-withheld = Before you pay a deposit: is { $source } the operator's own node, and not somebody's mirror? A deposit is lost when the operator shows what is asked for. If it is his: vouchsafe challenge { $path } --rpc URL
audit-copy = { $source } is a copy: what it lacks says nothing about the operator. Mend it with vouchsafe mirror { $source } --from URL, or audit the operator's node with --from URL.
audit-evidence = What has no rule rests on what the source showed: signatures and memos are under no root. Audit another source before you accuse.

audit-looked-clean = Checkpoint { $checkpoint }: { $entries } entries, nothing contradicts.
audit-looked-unchecked = Checkpoint { $checkpoint }: { $entries } entries, nothing contradicts so far; not all could be checked:
audit-metrics = Metrics at http://{ $address }/metrics
audit-stopped-clean = Stopped. Nothing contradicts up to checkpoint { $checkpoint }; the audit goes on from here the next time.
audit-stopped-unchecked = Stopped. Nothing was seen to contradict, but not all could be checked whenever it was looked at; the audit goes on from checkpoint { $checkpoint } the next time.
audit-webhook-sent = The report was taken by { $host }.
audit-webhook-failed = The report was not taken by { $host }: { $cause }

error-audit-needs-chain = it is not known what to hold the ledger against
    .advice = Give --rpc URL of a chain node that you trust, or --trusted-checkpoint FILE; or set VOUCHSAFE_RPC.
error-follow-needs-chain = a checkpoint in a file does not change, so there is nothing to follow
    .advice = Give --rpc URL.
error-follow-no-chain = it is not known on which chain to follow the ledger
    .advice = Give --rpc URL of a chain node that you trust, or set VOUCHSAFE_RPC.
error-other-ledger = ledger { $asked } is meant, and the data is of ledger { $given }
    .advice = Check --ledger, --trusted-checkpoint and --from.
error-audit-locked = another audit is at work in { $path }
    .advice = Wait for it, or name another folder with --out.
error-receipts-folder = the receipts in { $path } can not be read: { $cause }
    .advice = Name the folder that holds them.
error-receipts-none = of the files in { $path } none holds a receipt or an absence: { $count }
    .advice = Name the folder with the receipts that your commands kept (vouchsafe-receipts.ndjson), dossiers with pending steps or reports of vouchers not found; or leave --receipts out.
error-webhook-address = the webhook's address is no URL
    .advice = It begins with http:// or https://.
error-metrics-address = metrics can not be served at { $address }: { $cause }
    .advice = Name an address of this machine with a free port, like 127.0.0.1:9187.
error-checkpoint-chain = checkpoint { $number } is missing between the anchored one and those before it
    .advice = Ask a source that has it, or give --rpc so that the chain can be asked.
