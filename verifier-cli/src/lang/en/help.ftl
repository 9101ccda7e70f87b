# Headings of the help. The help itself stands in English beside the options.

help-usage = Usage:{" "}
help-arguments = Arguments
help-options = Options
help-commands = Commands
help-help = Print this help
help-version = Print the version

help-verify-after = Exit codes: 0 genuine (also not final yet, without --final); 10 spent; 11 sold; 12 sold to somebody else or sold before; 13 voided, on hold or expired; 20 the code is not this voucher's; 21 not found; 22 issuer not known; 30 refuted; 3 unknown; 2 wrong usage.
help-history-after = Exit codes: 0 shown; 30 shown, and refuted; 3 no answer, or not there by the node's word; 2 wrong usage.
help-status-after = Exit codes: those of verify, for the state at that time; 21 not issued by then; 3 unknown, or that time is still to come; 2 wrong usage.
help-disclosure-after = Exit codes: 0 proven; 20 it does not open; 22 it opens, but the issuer is not known; 30 the dossier is refuted; 3 unknown; 2 wrong usage, or no disclosure.
help-disclose-serial-after = Exit codes: 0 written; 20 the line or card is not this voucher's; 3 no answer from the node; 2 wrong usage, or the file is there.
help-disclose-order-after = Exit codes: 0 written; 20 no step of the voucher names this order; 3 no answer from the node; 2 wrong usage, or the file is there.
help-dossier-after = Exit codes: 0 saved; 3 no answer, or not there by the node's word; 2 wrong usage, or the file is there.
help-audit-after = Exit codes: 0 clean; 30 something contradicts; 3 not all could be checked; 2 wrong usage.
