# vouchsafe mirror: a copy of a ledger's public data.

help-mirror-after = Exit codes: 0 all of it is there and holds; 30 the operator's anchored word contradicts his log, and the evidence is kept; 3 something could not be had, or the source is behind the chain; 2 wrong usage. Killed or stopped, it goes on with the same command. With --follow it waits while chain or source are down, goes on after a contradiction too, and ends when it is stopped: with 30 if it saw one, else with 0 or 3 by what the folder holds then.

mirror-progress = copying
mirror-whole = { $path } holds ledger { $ledger } up to checkpoint { $number }: { $entries } entries, { $vouchers } vouchers
mirror-not-whole = { $path } holds a part of ledger { $ledger } up to checkpoint { $number }, which has { $entries } entries and { $vouchers } vouchers
mirror-files = { $fetched ->
    [one] one file
   *[other] { $fetched } files
} fetched, { $bytes } bytes; { $kept ->
    [one] one was
   *[other] { $kept } were
} there
mirror-damaged = was damaged here, and is fetched again: { $path }
mirror-unavailable = could not be had: { $problem }
mirror-more = and { $count } more
mirror-contradicted-log = checkpoint { $number } contradicts the log: its log root is not that of its entries
mirror-contradicted-heads = checkpoint { $number } contradicts its own log: its heads are not those of its entries, from the chunk of voucher { $voucher } on. The evidence is kept below head/{ $number }.
mirror-contradicted-heads-hidden = checkpoint { $number } contradicts its own log: its heads are not those of its entries. The source does not show them.
mirror-behind = the source is behind the chain: it has checkpoint { $source }, the chain { $newest }
mirror-stopped = Stopped. It goes on with the same command.
mirror-again = Write the same command again to go on, with another source if this one withholds it.

error-mirror-busy = another run is at work on { $path }
    .advice = Wait for its end, or take another folder.
error-mirror-ledger = { $path } is a mirror of ledger { $kept }, not of { $ledger }
    .advice = Take another folder.
error-mirror-foreign = { $path } holds files, and no mirror of a ledger
    .advice = Take an empty folder.
error-mirror-itself = { $path } cannot be copied from itself
    .advice = Name a node, or another mirror, with --from.
error-mirror-checkpoint = the trusted checkpoint is of ledger { $trusted }, the source of { $ledger }
    .advice = Bring the checkpoint of the same ledger.
error-mirror-behind = the source has no more than checkpoint { $number }, for which the file does not vouch
    .advice = Bring the file of that checkpoint, or give --rpc URL.
error-threads = no threads could be started: { $cause }
    .advice = Give a smaller --jobs, or end other programs.
