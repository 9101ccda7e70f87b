# `challenge`: an operator who lied before the contract.

challenge-charge =
    The charge: { $rule }
    ledger { $ledger }, checkpoint { $number }
    judge { $judge }
challenge-stake = At stake: { $bond }. If it is proven, { $reward } is the reporter's and { $burned } is burned.
challenge-deposit = The challenge takes a deposit of { $deposit }. It comes back if nobody answers within three days; if the leaf is shown, it is the operator's.
challenge-costs = Transactions: up to about { $gas } gas, { $cost } at the price of now.
challenge-long-walk = The checkpoint lies far back: { $steps ->
        [one] one transaction walks
       *[other] { $steps } transactions walk
    } to it first. Their cost is not all in the figure below.
challenge-nothing-sent = Nothing was sent. With --key-file FILE and --yes it is.
challenge-ask = Send it? [y/N]
challenge-foreign-judge = { $judge } is not the judge of this version: its code is another. What it is shown it may use for somebody else. Read it first.
challenge-commits = Committing: from two blocks later on, nobody can copy the report and be paid for it …
challenge-waits = Waiting for two blocks …
challenge-walks = Walking to checkpoint { $number }, { $left } to go …
challenge-reports = Reporting …
challenge-taken = Proven: { $rule }. The bond of { $bond } is taken, and this ledger never anchors again.
challenge-collected = { $amount } were paid to { $account }.
challenge-pending = The operator has until { $until } to show the leaf. Run this command again afterwards: it settles the challenge, or says what was shown.
challenge-over = The time is over and nobody answered: the bond can be taken.
challenge-unanswered = Nobody answered, and the challenge was settled.
challenge-answered =
    The leaf was shown ({ $bytes } bytes), so the operator keeps his bond, and everybody has the leaf:
    { $leaf }
challenge-bond-taken = The bond of this ledger was taken before, and nothing of it is owed to this account. The ledger never anchors again.
challenge-bond-withdrawn = The ledger was closed and its bond withdrawn: there is nothing left to take.
challenge-bond-none = There is no bond behind this ledger.

challenge-file = { $path } is no challenge file: { $cause }
    .advice = Take the file as `vouchsafe audit` wrote it; its format is docs/protocol.md section 15.
challenge-does-not-hold = the charge does not hold: { $cause }
    .advice = Nothing was sent and nothing is lost. Audit the ledger anew, and bring what that finds.
challenge-needs-rpc = no chain to bring it before
    .advice = Give --rpc URL, or set VOUCHSAFE_RPC.
challenge-judge = --judge is no address
    .advice = Write 0x and 40 hex digits.
challenge-other-judge = { $judge } is no judge of this ledger, so it cannot take its bond
    .advice = Leave --judge away: the ledger's own judge is found by the contract's events.
challenge-no-judge = ledger { $ledger } has no judge that this version knows: its bond backs nothing that can be proven here
    .advice = Keep the file: it proves the lie to whoever reads it. A judge can be added by the ledger's opener alone. On a chain node that keeps no old events, name it by --judge.
challenge-key = { $file }: { $cause }
    .advice = Put the private key of an account with some ether there, 64 hex digits and nothing else.
challenge-commitment-damaged = { $file } is damaged: it held the salt of a commitment
    .advice = Move it away and run this again: a new commitment is made, and only the gas of the old one is lost.
challenge-commitment-other = { $file } is of another report, or of account { $account }
    .advice = Use that account's key, or move the file away.
challenge-needs-yes = nobody can be asked whether to send it
    .advice = Add --yes to send it without asking, or --dry-run to see only what would be sent.
challenge-not-mined = the transaction is in no block after ten minutes
    .advice = Run the same command again later: it looks where things stand and goes on.
challenge-refused = the contract refuses: { $cause }
    .advice = Run the same command again: it looks where things stand now.

help-challenge-after = Exit codes: 0 the bond is taken, or the challenge is raised and waits, or nothing was to be sent; 1 it does not hold, was answered, or somebody else was first; 3 the chain cannot be asked; 2 wrong usage.
