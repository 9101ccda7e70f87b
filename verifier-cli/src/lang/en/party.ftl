# Texts of the parties' commands.

party-exit-codes = Exit codes: 0 done; 1 refused, wholly or in part; 2 wrong usage, or a file that cannot be read or written; 3 node or chain out of reach: repeat the same command later, what is done stays done.
party-help-keygen-after = { party-exit-codes }
party-help-issue-after = { party-exit-codes }
    With --dry-run 1 says that the file would not be issued as it is.
party-help-transfer-after = { party-exit-codes }
party-help-sell-after = { party-exit-codes }
    Of many vouchers those that can be sold are sold; each that is refused is told with what stands against it, and the exit code is 1.
    Without --order a repetition can not be told from another sale, and is refused; with it, what is done is found done.
party-help-claim-after = { party-exit-codes }
party-help-use-after = { party-exit-codes }
    Without --order a repetition can not be told from another use, and takes one more as long as any is left; with it, what is done is found done.
party-help-redeem-after = { party-exit-codes }
    Without --order a repetition can not be told from another redemption, and is refused; with it, what is done is found done.
party-help-void-after = { party-exit-codes }
party-help-hold-after = { party-exit-codes }
party-help-release-after = { party-exit-codes }
party-help-return-after = { party-exit-codes }

party-kind-unknown = unknown step

party-nobody = nobody named
party-key-name = { $key }

party-bar-asking = asking for the vouchers
party-bar-steps = taking the steps
party-bar-sealing = deriving the keys
party-bar-sending = sending the batch

# keys
party-key-made = The key is in { $file }, readable by you alone. Keep a copy in a safe place: nobody can replace it.
party-key-made-issuer = The key and the stamp secret are in { $file }, readable by you alone. Keep a copy in a safe place: without it the same codes cannot be stamped again, and nobody can replace it.
party-key-exists = { $file } is there already
    .advice = A key is never overwritten. Choose another name.
party-key-unreadable = the key file { $file } cannot be read: { $error }
    .advice = Check the name; vouchsafe keygen makes a key.
party-key-exposed = others on this machine can read the key file { $file }
    .advice = Take the right away (chmod 600) and ask yourself who has read it; if in doubt make a new key.
party-key-malformed = { $file } is no key file
    .advice = Give a file that vouchsafe keygen made, unchanged.
party-key-no-file = a key is not written to standard output
    .advice = Name a file: --out FILE. It is readable by you alone; keep a copy of it where nobody else gets at it.
party-key-without-stamps = this key has no stamp secret
    .advice = Issue with a key that vouchsafe keygen --issuer made.
party-no-randomness = the system gives no randomness: { $error }
    .advice = Repair the system; no key is made without it.
party-two-from-stdin = both the key and the lines are to come from standard input
    .advice = Give one of them as a file.

# files
party-file-unwritable = { $file } cannot be written: { $error }
    .advice = Make room, or choose another place.
party-file-unreadable = { $file } cannot be read: { $error }
    .advice = Check the name and the rights.
party-out-exists = { $file } is there already, and not from an issue
    .advice = Choose another --out, or move that file away.
party-out-of-other-batch = the receipt beside { $file } is of another batch
    .advice = Choose another --out: a shop-ready file and its receipt stay together.
party-sidecar-malformed = { $file } is no receipt of a batch: { $problem }
    .advice = Move it away, or choose another --out.
party-site-malformed = { $site } cannot stand before /v/ in links
    .advice = Give --site https://HOST, without anything behind it.
party-card-unwritable = line { $line }: its serial and code cannot be told apart in a delivered line
    .advice = Issue with --code-form strip, or take the four hyphens out of the code.
party-card-too-long = a serial or code of { $bytes } bytes: at most 65,535 fit
    .advice = Check the file: that is no code.

# reading a supplier file
party-file-read = { $count } cards read; encoding { $encoding }, separator { $separator }, layout { $layout }
party-dry-run = { $accepted } cards could be issued, { $refused } lines are refused. Nothing was sealed or sent.
party-repeated-serials = { $count } cards repeat a serial with another code: check that this is meant
party-lines-more = … and { $count } more (all of them with --json)
party-line = line { $line } { $reason }
party-line-undecodable = holds bytes that the file's encoding does not know
party-line-too-long = is too long for a card
party-line-quotes = has an unmatched quotation mark (a quoted field cannot hold a line break)
party-line-json = is not one JSON object with each name once and plain values
party-line-columns = has { $found } fields where the file has { $expected } columns
party-line-missing-secret = has no secret
party-line-missing-serial = has no serial, though the file's cards have serials
party-line-damaged-number = has a number that a spreadsheet damaged: export it again with these columns as text
party-line-control-character = has a control character inside a field
party-line-unassigned-character = has a character that Unicode 15 does not assign
party-line-length = has a { $field } of { $found } characters where { $expected } are expected
party-line-not-digits = has a letter or sign where the layout has digits alone
party-line-duplicate = repeats the card of line { $first }
party-field-serial = serial
party-field-code = secret
party-import-empty = there is no card in { $file }: it is empty
    .advice = Check that it is the right file.
party-import-not-text = { $file } is { $kind }, not text
    .advice = Export it as CSV or text with the codes as text columns; unpack or decrypt it first.
party-import-too-large = { $file } has more than { $limit } MiB
    .advice = Split it.
party-import-encoding = files in { $encoding } are not read
    .advice = Save { $file } as UTF-8.
party-import-not-ndjson = { $file } is one JSON text
    .advice = Give one object a line (NDJSON).
party-import-no-secret = line { $line } of { $file } names columns, but none for the secret
    .advice = Call it secret, pin, 卡密 or 密码.
party-import-two-secrets = line { $line } of { $file } names two columns for the secret
    .advice = Leave one of them out.
party-import-header = line { $line } of { $file } seems to name the columns in words that are not known
    .advice = Call them serial, secret and face (卡号, 卡密, 面额), or give --encoding if the words are not plain to read.
party-import-unclear = it is not clear how the lines of { $file } divide into serial and secret
    .advice = Give --separator (none for whole-line codes), or a first line that names every column; without one, a column may be neither serial, secret nor face value only where it is empty.

# issue
party-issue-no-card = no line of the file can be used; { $count } are refused
    .advice = Write --dry-run to see why.
party-issue-bad-lines = { $count ->
        [one] one line is
       *[other] { $count } lines are
    } bad: nothing was sealed or sent
    .advice = Correct them, or write --skip-bad to leave them in a file of their own.
party-issue-mostly-bad = { $count } of { $lines } lines are bad: the file is not what it was taken for, and nothing was sealed or sent
    .advice = Write --dry-run to see why. Check that it is the right file, and name --separator, --layout or --encoding if it was read wrongly; --skip-bad is for single bad lines.
party-issue-guessable = codes that can be guessed must not go without a stamp: by length and alphabet there are at most 2^{ $bits } of them, 2^80 are needed
    .advice = Counted: { $length } characters in the shortest code, { $free } of them free, { $alphabet } different characters. Issue with stamps, and deliver the line with its link.
party-bad-lines-kept = { $count } bad lines are in { $file }, to be corrected and issued by themselves
party-face-contrary = --face says { $option }, every line of the file says { $file }
    .advice = Check which is right.
party-terms-wrong = these terms are not possible: { $problem }
    .advice = Check --uses, --redeemer and --arbiter.
party-manifest-malformed = an operator would refuse this manifest: { $problem }
    .advice = Correct the option that it names; times are written 2027-12-31T23:59:59+08:00, amounts 50.00.
party-redeem-by-over = --redeem-by is over already
    .advice = Check the year and the zone: 2027-12-31T23:59:59+08:00.
party-receipts-foreign = { $path } is there already, and holds no receipts
    .advice = Choose another --receipts, or move that file away.
party-issuer-domain-wrong = --issuer-domain is no domain: nothing was sealed
    .advice = Write the bare name in small letters, studio.example, without https:// and path; one in other letters in its xn-- form.
party-text-unfit = { $option } is empty, or holds a line break or another control character: nothing was sealed
    .advice = Write in one line what whoever gets a voucher shall read.
party-redeem-url-wrong = --redeem-url is not the address of a page
    .advice = Write https://HOST/PATH, where the code is typed in.
party-manifest-unreadable = the batch's manifest cannot be read: { $problem }
    .advice = Ask the issuer of the voucher.
party-chain-silent = the chain says nothing: { $cause }
    .advice = Check --rpc, or leave it out: then the manifest names no block.
party-chain-not-final = The chain has no final block yet: the manifest names none.
party-ledger-misnamed = the node { $node } gives its ledger a name that is not the one computed from where it was opened
    .advice = Trust it in nothing; check the address.
party-first-moved = Another batch came first; signing again for numbers from { $first }
party-first-moves-on = other batches took the numbers { $tries } times
    .advice = Repeat the same command.
party-issue-done = Sealed: { $count } vouchers, numbers { $first } to { $last }, as entry { $index } of { $time }. Batch { $root }. The operator promises to anchor it by { $anchor_by }.
party-issue-already = This very batch stands in the ledger already: { $count } vouchers, numbers { $first } to { $last }, as entry { $index } of { $time }. Batch { $root }. Nothing was issued twice; the files are written again.
party-issue-files = Shop-ready file (secret): { $out }. Receipt and manifest (public): { $sidecar }.
party-issue-duplicate = card { $place } of the file is a voucher already: number { $number }, in batch { $root }
    .advice = Each code is issued once. Take the cards of that batch out of the file; codes of a batch that you voided are issued again with --generation, one more than before.
party-issue-other-options = these codes are issued already, with other words in: { $members }
    .advice = What is sealed stays as it is. Repeat with the options of then to get the file again; the manifest of then is { $manifest }
party-issue-denied = the node { $node } says that there is no such batch, but gave a receipt for it at entry { $index }
    .advice = Keep { $file }: it is evidence against the operator. Issue nothing there before this is cleared up.
party-receipt-earlier-key = The receipt is not signed by the operator's present key; an earlier key of his may have signed it. The entry itself carries your signature.

# answers
party-answer-unreadable = the node { $node } answers something else than was asked
    .advice = Believe it nothing; check the address, and ask the operator.
party-receipt-wrong = the operator's answer does not hold: { $problem }
    .advice = Keep { $file }: it is evidence against the operator. Do not rely on the step.
party-receipts-unkept = the steps that the node took stand in the ledger; only their receipts could not be written to { $file }: { $error }
    .advice = Make room and repeat the same command: it finds them done and fetches the receipts.
party-receipts-unkept-once = the steps that the node took stand in the ledger; only their receipts could not be written to { $file }: { $error }
    .advice = Make room, and do not repeat the command: without --order it asks for another step. The receipt of each is at { $node }/v1/entries/ and the number of its entry.
party-receipt-wrong-entry = the entry is not the one that was signed
party-receipt-wrong-leaf = the receipt is for another entry
party-receipt-wrong-signature = the receipt is not signed by the operator's key

# naming vouchers
party-voucher-unknown = an argument is no voucher: neither a key nor a link
    .advice = Give a key (0x…), a link without the part after #, --range or --lines FILE.
party-line-unknown = line { $line } names no voucher
    .advice = Each line is a key, a link, or serial----code----link.
party-nothing-named = no voucher is named
    .advice = Give a key, a link without the part after #, --range FIRST:COUNT, or --lines FILE.
party-code-needed = this step needs the code
    .advice = Give the delivered line (serial----code----link) by prompt or with --lines FILE.
party-code-does-not-open = code and stamp are not those of voucher { $voucher }
    .advice = Check that the line is complete and as it was delivered. If it is, the code is not genuine, or the node names an issuer who is not the voucher's: keep it as evidence.
party-no-such-voucher = { $node } knows no voucher { $voucher }
    .advice = Check the link, and that it is the right node.
party-voucher-unproven = { $node } does not prove which number voucher { $voucher } has: nothing was signed for it
    .advice = See what vouchsafe verify says of it; sign nothing for a node that refutes itself.
party-number-not-anchored = voucher { $voucher } is not anchored yet, so nothing proves its number: nothing was signed for it
    .advice = Repeat the command when vouchsafe verify says that it is anchored.
party-numbers-unproven = { $count ->
        [one] One voucher is
       *[other] { $count } vouchers are
    } not anchored yet: the numbers signed for are the node's word
party-no-such-number = { $node } has no voucher of number { $number }
    .advice = Check the range; the receipt of the issue names the numbers.

# memos
party-memo-malformed = the memo is not a JSON object: { $problem }
    .advice = Write an object such as {"{"}"note": "…"{"}"}, each name once.
party-memo-secret-member = the memo has a member { $member }, as secrets are named: everybody can read a memo, for ever
    .advice = Leave it out, or name it otherwise if it is no secret. Nothing was signed.
party-memo-holds-code = the code or stamp of voucher { $voucher } stands in the memo, in --price or in --reason: everybody could read it, for ever
    .advice = Take it out; a voucher is named by its number or its key. Nothing was signed.
party-memo-twice = the memo has { $member } already
    .advice = Give it in the file or as an option, not both.
party-memo-too-long = a memo of { $bytes } bytes: at most { $limit } are sent
    .advice = Keep documents elsewhere, and their hash in the memo.
party-order-unfit = the order's reference is empty, or holds a line break or another control character
    .advice = Give the reference as your buyer knows it, in one line: --order REF.
party-order-too-long = the order's reference is too long
    .advice = At most 65,535 bytes fit.
party-not-a-time = { $option } is no time
    .advice = Write 2027-12-31T23:59:59+08:00, or Unix milliseconds.

# steps
party-vouchers-one = voucher { $first }
party-vouchers-many = vouchers { $first } to { $last }
party-done = { $count ->
        [one] One voucher: { $kind } recorded
       *[other] { $count } vouchers: { $kind } recorded
    }; receipts checked and kept in { $receipts }
party-already = { $count ->
        [one] One voucher: { $kind } was recorded before
       *[other] { $count } vouchers: { $kind } was recorded before
    } by this very command; nothing new was done
party-unkept = { $vouchers }: { $kind } recorded as entry { $index }; the receipt is not kept
party-refused-total = { $count ->
        [one] One voucher: { $kind } refused
       *[other] { $count } vouchers: { $kind } refused
    }
party-signed-only = { $count ->
        [one] One voucher: signed and not sent
       *[other] { $count } vouchers: signed and not sent
    }; the instructions are in { $file }
party-order-sold = Order { $order }: give its salt { $salt } to the buyer; with it he shows that the sale is his
party-order-spent = Order { $order }: its salt is { $salt }; with it anybody can be shown that this step belongs to the order
party-joins = { $signers ->
        [0] Signing:
        [one] Signing with another party:
       *[other] Signing with { $signers } other parties:
    } { $kind } of { $vouchers }, afterwards with { $party }; memo: { $memo }
party-instructions-malformed = { $file } is no file of instructions: { $problem }
    .advice = Give the file that --sign-only wrote, unchanged.
party-instructions-other-ledger = { $file } is for ledger { $named }, the node keeps { $node }
    .advice = Give the node of that ledger.
party-instructions-other-kind = { $file } holds a { $found }, no { $kind }: nothing was signed
    .advice = Look at what the other party wants you to sign, and use the command of that step.

party-refused-transition = { $vouchers }: no { $kind } is possible: { $status }
    .advice = Below is the step that stands.
party-refused-status = { $vouchers }: the node tells a status { $status } that does not exist
    .advice = Believe it nothing; ask the operator.
party-refused-not-yours = { $vouchers }: a { $kind } is for their holder, who is { $party }
    .advice = Use the key that holds them.
party-refused-sold-to-another = { $vouchers }: sold to { $party }, and only that key can claim them
    .advice = If you bought this code, it was sold twice: keep the line, and save the dossier (vouchsafe dossier).
party-refused-no-seller = { $vouchers }: nobody sold them on the ledger, so there is nobody to return them to
    .advice = Only a recorded sale can be returned.
party-refused-by-another = { $vouchers }: the same { $kind } stands already, by another key's step; yours signed nothing of it
    .advice = Below is the step that stands, with the party that has them since. There is nothing left to do here.
party-refused-moved = { $vouchers }: somebody else was first
    .advice = Below is the step that stands, with its receipt.
party-refused-moved-incident = { $vouchers }: somebody else was first; this attempt is signed, and is kept as an incident
    .advice = Below is the step that stands, with its receipt. Whoever asks for these vouchers now sees the attempt.
party-refused-unauthorised = { $vouchers }: the signature of the { $role } is missing
    .advice = Use that party's key; where two must sign, write --sign-only FILE and let the other one write --from FILE.
party-refused-expired = { $vouchers }: the time of --not-after is over
    .advice = Sign again with a later one.
party-refused-node = { $vouchers }: the node refuses ({ $problem }): { $detail }
    .advice = Correct what it names.

party-winner-stands = Entry { $index }: { $kind } of { $time }; in control since then: { $party }
party-winner-receipt = Its receipt is signed by the operator.
party-winner-receipt-wrong = Its receipt does not hold under the operator's present key: { $problem }
party-winner-signed-by = Signed by { $key }
party-winner-memo = Memo: { $memo }
party-winner-unreadable = The node's evidence cannot be read: believe it nothing.

vouch-publish = Publish this at { $path }, without a redirect and with the header Access-Control-Allow-Origin: *
