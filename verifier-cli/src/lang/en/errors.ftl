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
