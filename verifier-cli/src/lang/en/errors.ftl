# What went wrong, and as .advice what to do.

error-label = error:{" "}

error-secret-argument = an argument holds a voucher's secret: a delivered line, or a link with the part after #
    .advice = Give it by prompt (vouchsafe verify), by standard input (-) or with --line-file FILE. Your shell may have kept the line in its history: delete it there, and treat the code as seen by every user of this machine.
error-no-command = no command was given
    .advice = Write vouchsafe --help to see the commands.
error-unknown-command = there is no command of that name
    .advice = Write vouchsafe --help to see the commands.
error-unknown-option = there is no option { $option } here
    .advice = Write --help behind the command to see its options.
error-too-many-arguments = there is an argument too many
    .advice = Write --help behind the command to see what it takes.
error-missing-argument = { $option } is missing
    .advice = Write --help behind the command to see what it takes.
error-conflict = { $option } does not go together with { $other }
    .advice = Leave one of them out.
error-option-value = { $option } has no value, or one that it does not know
    .advice = { $valid ->
        [""] Write --help behind the command to see what it takes.
       *[other] It knows: { $valid }.
    }
error-output = the result could not be written: { $cause }
    .advice = Make room, or write it elsewhere.

error-node-address = that is not the address of a node
    .advice = Write http://HOST:PORT or https://HOST, as it stands before /v/ in links.
error-node-out-of-reach = the node { $node } is out of reach: { $cause }
    .advice = Check the address and the network, or try later. A saved dossier is judged without the node.
error-node-unreadable = { $node } does not answer as a node does: { $cause }
    .advice = Check the address: it is what stands before /v/ in links.
error-node-busy = the node { $node } cannot answer now ({ $problem }): { $detail }
    .advice = Try again later.
error-node-refuses = the node { $node } refuses ({ $problem }): { $detail }
    .advice = Correct what it names.

error-no-such-file = there is no file { $path }
    .advice = Check the name. A voucher is also named by its key (0x… or as in links) or by its link.
error-directory = { $path } is a folder, not a file
    .advice = Name the dossier file in it.
error-unreadable-file = { $path } cannot be read: { $cause }
    .advice = Check that it may be read by you.
error-huge-file = { $path } has more than { $limit } MiB: no file of this kind is so large
    .advice = Check that it is the right file.
error-not-utf8 = { $path } is not UTF-8 text: byte { $at } is none
    .advice = Take the file afresh from where it came; do not open and save it in an editor.
error-what = that is no voucher key, no link, and no file of that name
    .advice = Write ./NAME for a file. If it is a code: never as an argument; write vouchsafe verify and enter the delivered line when asked.
error-no-link = that is not the link of a voucher
    .advice = A link has the form https://HOST/v/ and 43 letters, digits, - or _. Give it without the part after #.
error-no-line = no line could be read: { $cause }
    .advice = Write it to a file of your own and give --line-file FILE.
error-line-empty = the line is empty
    .advice = Paste the whole delivered line, serial----code----link, or the voucher's link.
error-line-no-link = the line does not end with the voucher's link
    .advice = Paste the whole delivered line, serial----code----link, or the voucher's link.
error-line-no-code = the line has no code before the link
    .advice = Paste the whole delivered line, serial----code----link.
error-no-node = it is not known which node to ask
    .advice = Give --node URL, or the voucher's link, or set VOUCHSAFE_NODE; or give a saved dossier file.
error-rpc-address = --rpc is not the address of a chain node
    .advice = Write http://HOST:PORT or https://HOST/PATH.
error-no-trust = nothing was given to hold it against
    .advice = Give --rpc URL or --trusted-checkpoint FILE.
error-checkpoint-file = { $path } is not a trusted checkpoint: { $cause }
    .advice = It is a JSON file with ledger, number, size, vouchers, log_root, head_root, operator_key and previous.
error-opening-file = { $path } is not an opening: { $cause }
    .advice = It is a JSON file with serial, code and stamp (0x and 32 hex digits).
error-policy-file = { $path } is not a policy: { $cause }
    .advice = It is a JSON file with chains (chain_id, contract, ledgers) and issuers (key, name).
error-salt = --salt is not 16 bytes in hex
    .advice = Copy the 32 hex digits that the shop gave you with the order.
error-my-key = --my-key is not a public key
    .advice = Give it as 0x and 64 hex digits.
error-out-exists = { $path } is already there
    .advice = Name another file with --out, or write --force to replace it.
error-out-unwritable = { $path } cannot be written: { $cause }
    .advice = Name another file with --out.
error-no-such-voucher = the node { $node } has no such voucher
    .advice = Check the key. To have its signed word checked, write vouchsafe verify.
error-not-a-dossier = what { $node } gave is not the dossier of this voucher: { $cause }
    .advice = Nothing was saved. Check the address, or ask another node.
error-needs-voucher = that is a dossier already
    .advice = Name a voucher by its key or link.
error-not-json-dossier = it is not a dossier: { $cause }
    .advice = Take the dossier afresh from the node: vouchsafe dossier KEY.
