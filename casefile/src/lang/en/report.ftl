# The report of a case, in English.

case-title = Case report
case-foot = Case report · { $tool } · { $at }
case-made = Made { $at } (UTC) by { $tool }. All times in this report are UTC.
case-what-this-is = This report says what the evidence in this archive shows: through whose hands each voucher went, when, who signed, and what contradicts what. It takes nobody's word where a proof can be had, and it names what is not proven. The same evidence always gives this same report; the last section says how to check that.
case-development = The ledger is on a development chain (id 31337): whoever runs it can rewrite it. Nothing here is proven to outsiders.
case-in-short = In short
case-short-refuted = A proof of this dossier does not hold: what it says of the voucher is worth nothing. See what contradicts what.
case-short-state = As recorded: { $state }, since { $at }.
case-short-second-sale = {" "}Key { $who } held it and signed more than one sale from the same state; refused: { $count }.
case-short-sold-before = {" "}It was sold and taken back before: an earlier buyer may have seen the code.
case-short-late = {" "}The operator broke a promise that he signed.
case-short-other-entry = {" "}The operator signed a receipt for an entry that the log does not have there.
case-short-clean = {" "}Nothing in the evidence contradicts anything else.
case-short-unheld = {" "}The case holds no checkpoint to hold it against: whether something was left out is one party's word.
case-files-count = Files added by the parties: { $count }, with their hashes in the annex.
case-unnamed-product = Product without a name
case-nobody = nobody named
case-and = ,{" "}

case-voucher = Voucher { $number }: { $title }
case-fact-voucher = Voucher
case-fact-number = Number
case-fact-product = Product
case-fact-issuer = Issuer
case-fact-ledger = Ledger
case-fact-contract = Contract
case-fact-checkpoint = Judged under
case-fact-status = State
case-fact-holder = In control now
case-fact-terms = Terms
case-fact-redeem-by = Honoured until
case-says-product = { $title } (in the issuer's words)
case-says-issuer = {" "}(calls himself { $name })
case-on-chain = {" "}on chain { $chain }
case-checkpoint-of = checkpoint { $number }, the first { $size } entries of the log
case-terms-uses = Uses: { $uses }
case-terms-transferable = ; an owner may pass it on
case-terms-sold-first = ; can be claimed only after a sale
case-terms-stamped = ; its code needs the stamp that travels with it

case-hands = Graph of hands
case-graph-described = Who had voucher { $voucher }, one below the other, with the steps between them and the refused sales beside
case-graph-signed = signed by { $signers }
case-graph-refused = Refused: sale to { $buyer }
case-graph-refused-by = signed by { $signer } against the same state

case-when = Who held it when, and who signed
case-when-how = The clock is the operator's own word. The blocks are the chain's: the entry was not in the state that the first named block holds, and is in the state that the second one holds, so it was recorded before the second block was made. Each signature was checked.
case-col-entry = Entry
case-col-clock = Operator's clock
case-col-blocks = Blocks of the chain
case-col-after = In control afterwards
case-col-signed = Signed by
case-range = one of { $count } at once
case-code-shown = {" "}(the voucher's own key: the code was there)
case-not-in = Not yet in block { $block } ({ $time }, checkpoint { $checkpoint })
case-first-in = In block { $block } ({ $time }, checkpoint { $checkpoint })
case-no-block = The case holds no checkpoint that covers it
case-not-tight = The case lacks the checkpoint between: it may have been anchored earlier
case-time-unknown = time not known
case-pending = Not anchored yet: promised by the operator's receipt
case-receipt = Operator's receipt: promised by { $by }
case-receipt-bad = A receipt that does not fit this entry (promised by { $by })

case-contradictions = What contradicts what
case-no-contradiction = Nothing in the evidence contradicts anything else.
case-second-held = {" "}held the voucher by entry #{ $prev } and signed two different steps from that one state.{" "}
case-second-accepted = Accepted: entry #{ $index } ({ $kind }), after which it is under the control of{" "}
case-second-refused = . Refused: a sale to{" "}
case-second-signed = , with the valid signature of{" "}
case-second-proof = . Both signatures are over the same state (the leaf hash of entry #{ $prev }), so one hand sold one thing twice. The bytes that were signed are in { $file }.
case-second-memo = {" "}What was written with the refused sale: { $memo }
case-other-entry = The operator's signed receipt for entry #{ $index } is for another entry than the log has there.
case-late = The operator signed that entry #{ $index } would be anchored by { $by }. It was in a block at { $in }.
case-sold-before = It was sold by entry #{ $sold } and taken back by entry #{ $returned }. That is allowed, and both signed; whoever bought it first may have seen the code.
case-refuted = A proof does not hold ({ $step }): { $detail }

case-written = What the parties wrote
case-written-how = The exact text beside each entry; its hash is part of the entry, so it was written when the entry was signed. That it is true, nobody proves.
case-col-memo = Text
case-memo-issue = (batch of vouchers; see the manifest in the dossier)
case-memo-none = (none)
case-memo-withheld = (withheld: the entry has a text whose hash is known, and the dossier does not show it)

case-proven = What is proven, and by what
case-proven-how = The steps of the protocol, section 10, each judged as of the checkpoint.
case-col-statement = Statement
case-col-result = Result
case-col-by = By what
case-step-format-valid = The evidence is whole and readable
case-step-checkpoint-anchored = The checkpoint stands on the chain
case-step-block-holds = The block that the dossier shows holds the checkpoint
case-step-manifest-included = Product and terms are those of the batch
case-step-voucher-included = The voucher belongs to the batch
case-step-history-included = Every entry is in the log
case-step-history-linked = The entries follow one another without a gap
case-step-history-legal = Every step was allowed when it was taken
case-step-history-authorised = Every step was signed by whoever had the right
case-step-head-current = Nothing later was hidden
case-step-pending-promised = What is not anchored yet is promised
case-step-terms-current = It was still honoured when the case was made
case-by-format-valid = The dossier itself; the ledger's name is computed from chain, contract and opener.
case-by-checkpoint-chain = Read from the chain by whoever made this case. Step 3 of the annex reads it again.
case-by-checkpoint-file = A file that whoever made this case brought. Step 3 of the annex holds it against the chain.
case-by-checkpoint-node = The word of the node that gave the evidence. Step 3 of the annex holds it against the chain.
case-by-checkpoint-anchored = Nothing: the case holds no checkpoint of this number.
case-by-block = The dossier's own chain proof (eth_getProof): Merkle proofs from the header of block { $block } to the storage of the contract. Whoever knows that { $hash } is the hash of that block needs no chain node and nobody's word.
case-by-block-none = Nothing: the dossier came without a chain proof.
case-by-block-other = The chain proof in the dossier leads to another checkpoint of this number in block { $block } with hash { $hash }. One of the two is no honest one.
case-by-block-broken = The chain proof in the dossier leads nowhere, and says nothing: { $why }
case-by-manifest-included = A Merkle proof to the batch root, which the issuer signed.
case-by-voucher-included = A Merkle proof to the batch root, which the issuer signed.
case-by-history-included = Merkle proofs to the log root of the checkpoint, which the contract lets nobody rewrite.
case-by-history-linked = Each entry names the one before it.
case-by-history-legal = The life cycle of the protocol, section 6, and the hash of each text.
case-by-history-authorised = Ed25519 signatures over each entry and the state before it. They prove the key, not the person.
case-by-head-current = The array of latest entries, whose root is in the checkpoint: it names the last entry shown here.
case-by-pending-promised = The operator's signed receipts.
case-by-no-pending = There is nothing that is not anchored.
case-by-terms-current = The manifest's date, held against the clock of whoever made the case.

case-unproven = What is not proven
case-unproven-people = Who the people behind the keys are. A signature proves that somebody with the key signed.
case-unproven-outside = What happened outside the ledger: that money was paid, that a code was delivered, or that somebody who saw a code passed it on.
case-unproven-clock = The exact time of a step. The operator's clock is his word; the blocks only bound it.
case-unproven-refused-when = When a refused sale was signed. It was after the entry that it names; nothing bounds it from above but the making of this case.
case-unproven-nobody = Who the buyer is where a sale names nobody: then whoever has the code can claim it.
case-unproven-withheld = What the withheld texts say.
case-unproven-pending = That the entries not anchored yet will be: the receipts can be held against the operator.
case-unproven-node = That the checkpoints are the chain's: here they are the node's word.
case-unproven-file = That the checkpoints are the chain's: here they come from a file.
case-unproven-unheld = That nothing was left out: the case holds no checkpoint for this voucher.
case-unproven-final = That the newest checkpoint stays: it was not final on its chain when it was read.
case-unproven-block = That the block of the chain proof is one of the chain: a proof names its block and cannot say whose it is. The annex names the step that settles it.
case-unproven-development = Anything to outsiders: a development chain can be rewritten.
case-unproven-files = What the added files say. Only their bytes are fixed, from the making of this case on.
case-unproven-issuer = That the issuer's name is his: it is his own word. Hold his key against what he publishes.
case-unproven-later = Anything after the newest checkpoint, but what is listed as promised.

case-annex = Annex
case-keys = Keys
case-keys-how = One letter is one key throughout this report.
case-col-letter = Letter
case-col-key = Public key (Ed25519)
case-col-did = What it did here
case-role-issuer = issuer
case-role-holder = holder
case-role-buyer = buyer
case-role-claimant = claimant
case-role-refused-buyer = buyer in a refused sale
case-role-voucher = a voucher's own key
case-role-redeemer = redeemer by the terms
case-role-arbiter = arbiter by the terms
case-role-operator = operator of the log
case-checkpoints = Checkpoints
case-checkpoints-how = Each names the one before it by its hash, and the contract takes none that does not extend the log.
case-col-number = No.
case-col-read = Size, time, how it was read
case-col-place = Where it is on the chain
case-entries = { $size } entries
case-source-chain = read from the chain
case-source-file = from a file
case-source-node = the node's word
case-final = final
case-not-final = not final yet
case-no-place = place on the chain not known
case-block-and-tx =
    block { $block }
    block hash { $hash }
    transaction { $tx }
case-hash-and-place =
    { $hash }
    { $place }
case-files = Files of the parties
case-files-how = Added beside the evidence. "Added by" is the word of whoever added them.
case-no-files = Nobody added any.
case-col-added-by = Added by
case-col-file = File
case-col-sha = SHA-256, and where it is in the archive
case-bytes = { $size } bytes
case-repeat = Steps that an expert can repeat
case-step-tool = Take { $tool }, from its source or from whoever you trust. Only the same version makes this very report again.
case-step-hashes = Unpack the archive and check every hash.
case-step-open = Have everything checked again, offline but for the chain: hashes, signatures, Merkle proofs, checkpoints against a chain node of your own choice; and this report made again and compared byte by byte.
case-step-verify = Judge one dossier by itself, against the checkpoint in this archive.
case-step-block = Without any chain node: have the hash of block { $block } of chain { $chain } from whoever you trust (an explorer, a library, a newspaper), hold it against the one below, and have everything checked again offline.
case-step-chain = With any chain tool: look up the transaction and its event Anchored of contract { $contract }; its checkpoint { $number } must have the numbers and roots of the file in checkpoints/.
case-step-signatures = With any program that checks Ed25519: the signatures in incidents/ are over the bytes in instruction, those of an entry over the bytes that section 7 of the protocol names.
case-step-protocol = The protocol, docs/protocol.md, fixes every byte; nothing but a Keccak-256 and an Ed25519 library is needed to check it anew.

case-read-me =
    CASE FILE
    Open report.en.html or report.en.pdf for the report.
    dossiers/     all evidence on each voucher, with proofs and signatures
    incidents/    refused second sales, with both signatures
    checkpoints/  the checkpoints of the ledger as they were read
    receipts/     the operator's signed receipts
    files/        what the parties added
    case.json     the index
    SHA256SUMS    hashes of everything; check with: sha256sum -c SHA256SUMS
    To have all of it checked again: vouchsafe case open CASE.zip --rpc URL
    Made by { $tool }.
