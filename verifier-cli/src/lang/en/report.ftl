# What stands around a verdict, and the table of hands.

label = { $name }:
prompt-line = Delivered line or link (not shown):{" "}

heading-facts = What is proven
heading-claims = What the dossier says, not held against the chain
heading-steps = Steps
heading-advice = What to do

fact-product = Product
fact-issuer = Issuer
fact-domain = Domain
fact-voucher = Voucher
fact-number = Number
fact-ledger = Ledger
fact-status = State
fact-holder = Held by
fact-redemption = Redemption
fact-redeem-by = Honoured until
fact-redeem-at = Redeem at
fact-incidents = Refused sales
fact-checkpoint = Checkpoint
fact-asked = Dossier from

value-product-priced = { $title }, { $amount } { $currency } (the issuer's words)
value-product = { $title } (the issuer's words)
value-issuer-known = { $name } (by your policy) { $key }
value-issuer-claims = calls himself { $name } { $key }
value-issuer = { $key }
value-ledger = { $ledger } on chain { $chain }
value-domain-vouches = { $domain } vouches for the key as “{ $said }”, and for the ledger
value-domain-vouches-key = { $domain } vouches for the key as “{ $said }”, not for this ledger
value-domain-does-not = { $domain } does not vouch for this key
value-domain-silent = { $domain } gave no answer that counts either way: { $said }
value-status = { $status } since { $at }
value-status-promised = { $status } since { $at } (promised by receipt, not anchored yet)
value-nobody = nobody named
value-you = you { $key }
value-no-redemption = no redemption recorded as of { $asof }
value-no-redemption-checkpoint = no redemption recorded as of checkpoint { $number }, whose time is not given
value-redeemed = redeemed on { $at }, reported by { $by }
value-presented = ; the code was presented
value-owner-signed = ; the owner signed too
value-checkpoint-chain = { $number }, read from the chain
value-checkpoint-pending = { $number }, read from the chain: not final yet, { $confirmations ->
    [one] 1 confirmation
   *[other] { $confirmations } confirmations
}
value-checkpoint-block = { $number }, held by block { $block }, whose hash you gave: { $hash }
value-checkpoint-file = { $number }, held against your file
value-checkpoint-none = { $number }, held against nothing
value-node = { $node }

who-you = you
who-issuer = the issuer
who-issuer-named = { $name }
who-voucher = the voucher's key
who-key = key { $key }

status-InTrade = in trade
status-Sold = sold
status-Claimed = claimed
status-Redeemed = redeemed
status-Voided = voided
status-InTradeOnHold = in trade, on hold
status-SoldOnHold = sold, on hold
status-ClaimedOnHold = claimed, on hold

kind-Issue = Issue
kind-Transfer = Transfer
kind-Sell = Sell
kind-Claim = Claim
kind-Use = Use
kind-Redeem = Redeem
kind-Void = Void
kind-Hold = Hold
kind-Release = Release
kind-Return = Return

role-issuer = issuer
role-holder = holder
role-owner = owner
role-voucher = voucher
role-claimant = claimant
role-seller = seller
role-redeemer = redeemer
role-arbiter = arbiter
role-issuer-or-arbiter = issuer or arbiter

note-development = This is a development chain (id 31337): whoever runs it can rewrite it. The verdict proves nothing to outsiders.
note-clock = The clock was set by VOUCHSAFE_NOW_MS to { $now }: the verdict is not about today.
note-as-of = You asked for the state as of the checkpoint, however old it is.
note-final = You take nothing but a final checkpoint: wait until it is.

advice-no_trusted_checkpoint = Say what the dossier is to be held against: --rpc URL of a chain node that you trust, or --trusted-checkpoint FILE from somebody whom you trust.
advice-other_number = Give the trusted checkpoint of the dossier's number, or fetch the dossier under yours: vouchsafe dossier KEY --checkpoint N.
advice-stale = Fetch a fresh dossier (vouchsafe dossier KEY), or ask for the state as of that time: --as-of.
advice-unknown_critical = Use a newer version of vouchsafe.
advice-promise_broken = Keep this file: it shows that the operator broke a promise that he signed. Ask again later.

absence-nothing-to-hold-against = the node says that there is no such voucher, and nothing was given to hold its word against
    .advice = Give --rpc URL of a chain node that you trust, or --trusted-checkpoint FILE.
absence-not-signed = the node says that there is no such voucher, but does not sign it
    .advice = Ask another node of the same ledger, and do not pay before you have an answer.
absence-ledger-name = the node names a ledger that does not exist where it says
    .advice = Do not rely on this node.
absence-unproven = the node says that there is no such voucher, but its word does not hold: { $reason }
    .advice = Keep its answer, and ask again under the newest checkpoint (--rpc URL), or a node of a ledger that your policy names (--node URL).

not-anchored = the node accepted this voucher, but no checkpoint on the chain covers it yet
    .advice = { $seconds ->
        [0] Ask again in a few minutes.
       *[other] Ask again in { $seconds } seconds.
    }

chain-out-of-reach = the chain is out of reach through { $endpoint }: { $cause }
    .advice = Check the address and the network, or give another --rpc. A chain out of reach never makes a voucher forged.
chain-wrong = { $endpoint } serves chain { $actual }, the dossier's ledger is on chain { $expected }
    .advice = Give the --rpc of a node of chain { $expected }.
chain-no-contract = there is no Anchors contract at { $contract } on chain { $chain }
    .advice = Check --rpc. If it is right, the dossier names a contract that does not exist: do not rely on it.
chain-no-judge = at { $judge } on chain { $chain } lies no judge of the ledgers of { $contract }
    .advice = Check --judge and --rpc: the ledger's judges are named by its operator, and by the events of the contract.
chain-no-ledger = ledger { $ledger } was never opened on chain { $chain }
    .advice = Check --rpc. If it is right, the dossier names a ledger that does not exist: do not rely on it.
chain-no-checkpoint = the chain has no checkpoint { $number } of this ledger yet, the latest is { $latest }
    .advice = Wait until your chain node has caught up, or give another --rpc.
checkpoint-other-ledger = the trusted checkpoint is of ledger { $given }, the dossier of ledger { $meant }
    .advice = Give a checkpoint of that ledger, or --rpc.
chain-declines = the chain node declines: { $cause }
    .advice = Give another --rpc.
chain-no-funds = account { $account } has { $balance } wei, { $due } are due for the next transaction
    .advice = Send it more and run the same command again: it goes on where it stopped. With another account, move the .commitment file beside the challenge away first.
block-no-proof = the dossier carries no proof for a block hash
    .advice = Fetch it with one: vouchsafe dossier KEY --with-proof. Or give --rpc URL of a chain node that you trust.
block-other = the proof in the dossier is under block { $shown }, not under the one that you gave
    .advice = Look that block up on the ledger's chain at a source that you trust: if it is there, give its hash; if not, do not rely on this file.
block-unproven = the proof in the dossier does not show the checkpoint: { $cause }
    .advice = Fetch the dossier again: vouchsafe dossier KEY --with-proof. Or give --rpc URL of a chain node that you trust.
dossier-without-proof = the node's chain gave no proof: the dossier is saved without one
    .advice = Ask again later, or another node: --node URL. The dossier can be judged with --rpc all the same.
chain-disagreement = { $first } and { $second } contradict each other, so neither is believed: { $cause }
    .advice = Give a third --rpc, and leave out the one that the other two contradict.
chain-inconsistent = the chain node contradicts itself: { $cause }
    .advice = Try again, then give another --rpc.

history-title = Voucher { $key }, number { $number }
history-utc = UTC
history-local = Local time
history-kind = Step
history-signed = Signed by
history-party = Party after
history-range = Numbers
history-memo = Memo
history-anchored = Anchored
history-yes = anchored
history-promised = promised
history-no-memo = –
history-refuted = This history is refuted ({ $step }): { $detail }
history-unheld = Held against no checkpoint: it is the node's or the file's word that nothing is missing. Give --rpc URL or --trusted-checkpoint FILE.
history-held = Complete as of { $asof }.
history-held-checkpoint = Complete as of checkpoint { $number }.
history-incidents = { $incidents ->
    [one] One refused sale stands against it.
   *[other] { $incidents } refused sales stand against it.
}

past-title = At { $at }: { $state }
past-not-issued = not issued yet
past-not-known = not known
past-by-chain = The chain vouches for it: what it held by then and what it held afterwards agree.
past-by-clock = The operator's clock alone says so: the chain bounds the time, and no more.
past-by-nobody = Nobody vouches for it.
past-refuted = A proof does not hold: { $detail }. The files say nothing about that time.
past-contradiction = Both files hold by themselves, and contradict each other at entry { $index }. Keep both: they are evidence against the operator.
past-bound = { $number }, anchored { $at }
past-bound-unheld = { $number }, anchored { $at } by the file's own word
past-no-bound = none
past-under = Under checkpoint { $number }
heading-past = What is known of that time
heading-past-certain = Anchored by then: certain
heading-past-accepted = Anchored only afterwards, accepted by then by the operator's clock
heading-past-later = Anchored afterwards, accepted after that time by the operator's clock
heading-past-limits = What can not be known, and what limits this answer
fact-past-verdict = Verdict then
fact-past-before = Checkpoint before
fact-past-after = Checkpoint after
fact-past-certain = Certain state
fact-past-holder = Held by
past-limit-between = Whether these steps were taken before or after that time: between two blocks only the operator's clock says when.
past-limit-newest = What the operator accepted after the newest checkpoint and showed nobody.
past-limit-first = What stood before the first checkpoint that was given: give a dossier under an earlier one too.
past-limit-future = That time is still to come.

standing-proven = PROVEN
    .meaning = It opens, and everything beside it holds.
standing-untrusted_issuer = OPENS, ISSUER NOT KNOWN
    .meaning = It opens and the proofs hold, but nobody whom you trust vouches for the issuer's key or for the ledger: give a policy that names them (--policy FILE).
standing-unknown = UNKNOWN
    .meaning = Something could not be checked, so nothing is said about it.
standing-mismatch = DOES NOT OPEN
    .meaning = What is disclosed is not so, by the voucher's own dossier.
standing-refuted = REFUTED
    .meaning = The dossier does not hold: it says nothing about what is disclosed.
unopened-other_ledger = The disclosure and the dossier are about different ledgers.
unopened-other_voucher = The disclosure and the dossier are about different vouchers.
unopened-other_serial = The issuer sealed another serial for this voucher, or the file was altered.
unopened-memo_other_order = The memo that is disclosed names another order.
unopened-no_such_memo = No step of the voucher has the memo that is disclosed.
unopened-no_such_order = No step of the voucher names this order.
unopened-memo_withheld = The dossier withholds a memo that may name the order: take one that shows it (vouchsafe dossier KEY), or a disclosure that brings it (--with-memo).
heading-disclosed = What is disclosed, and opens
heading-disclosed-claim = What is claimed
heading-disclosure-limits = What it does not prove
fact-serial = Serial
fact-order = Order
fact-step = Step
value-step = { $kind } of { $count ->
        [one] this voucher
       *[other] { $count } vouchers, this one among them
    }, { $at }, signed by { $signers }
value-step-promised = { $kind } of { $count ->
        [one] this voucher
       *[other] { $count } vouchers, this one among them
    }, { $at }, signed by { $signers } (promised by receipt, not anchored yet)
disclosure-limit-card = That a card with this serial carries this voucher's code: only the code with its stamp shows that (vouchsafe verify).
disclosure-limit-delivery = That the order was paid or delivered, and to whom.
disclosure-limit-who = Who made the file: whoever was told what is in it can pass it on.
disclosure-saved = Saved { $path }: it holds neither code nor stamp. Give it with the voucher's dossier; vouchsafe disclosure judges it.
disclosure-unchecked = Not checked: the dossier withholds a memo. Whoever judges it needs a dossier that shows it, or the memo with it (--with-memo).

man-written = The manual pages are in { $path }: man -l { $path }/vouchsafe.1
dossier-saved = Saved { $path } ({ $bytes } bytes, under checkpoint { $number }).
dossier-proof = It proves its checkpoint by block { $block } alone: { $hash }. Look that hash up where you trust it, then: vouchsafe verify FILE --block-hash HASH.
checkpoint-saved = The checkpoint is kept in { $path }: with it and the dossier anybody can judge without network.
checkpoint-not-saved = Nothing is kept in { $path }: no chain gave a checkpoint.
