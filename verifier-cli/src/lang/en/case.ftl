# Making and checking case files. What stands in a case, and the lines of a check, are the case file's own texts.

case-gathering = evidence
case-saved = Saved { $path } ({ $bytes } bytes): vouchers: { $vouchers }, added files: { $files }.
case-fingerprint = Its fingerprint (SHA-256 of its list of hashes) is { $fingerprint }. Write it down, and give it on another way: who has it knows that no file was changed.
case-of-node = The checkpoints in this case are the node's word. Give --rpc URL, and they are read from the chain.
case-holds-codes = Take care: { $path } holds { $lines ->
        [one] a delivered line
       *[other] { $lines } delivered lines
    }, and goes into the case as it is. Whoever gets the case can use { $lines ->
        [one] this code
       *[other] these codes
    }: leave the file out if that is not meant.
case-has-file = { $path } is in the case already, byte for byte: it is not added again.
case-made-refuted = Take care: { $failed } of { $lines } lines of this case do not hold. It is made all the same, and says so: see which with vouchsafe case open FILE.
case-unheld = Nobody gave a checkpoint: the report says that it was held against nothing. Give --rpc URL or --node URL.
case-extracted = Unpacked into { $path }.
case-holds = Everything holds: { $lines } lines, and the report is what the evidence says.
    .advice = What it proves, and what not, stands in the report.
case-unknown = Nothing contradicts itself, but not everything could be checked: { $unknown } of { $lines } lines.
    .advice = Give --rpc URL of a chain node that you trust, or --trusted-checkpoint FILE, or --block-hash HASH.
case-refuted = It does not hold: { $failed } of { $lines } lines.
    .advice = Do not rely on this file. Keep it, and ask whoever gave it for another; or make one yourself: vouchsafe case VOUCHER.

help-case-after = Exit codes: 0 made; 3 no answer, or not there by the node's word; 2 wrong usage, unusable evidence, or the file is there.
help-case-open-after = Exit codes: 0 everything holds; 30 something does not; 3 something could not be checked; 2 wrong usage, or no case file.
help-case-add-after = Exit codes: 0 made; 2 wrong usage, unusable files, or the file is there.

error-case-no-voucher = no voucher is named
    .advice = Name the vouchers of the case by their keys or links, or by dossier files.
error-case = no case can be made: { $cause }
    .advice = Correct what it names.
error-case-key = { $path } holds a private key: it must never be in a case
    .advice = Leave it out: a case is given to others, and whoever has the key signs as its owner. If it is the bare hash of something, write beside it of what.
error-case-damaged = evidence of that case is missing or unreadable
    .advice = Write vouchsafe case open FILE to see what; ask for the case again, or make one yourself.
error-case-file = { $path } is not a case file that can be checked: { $cause }
    .advice = Take it afresh from where it came.
error-case-other-ledger = the node has another entry at the same place than the dossier: it is of another ledger, or one of the two is false
    .advice = Name the node of the dossier's ledger, or leave --node out.
