# The verdicts of docs/protocol.md section 11: the words, what they mean, what to do.
# $at when it happened, $by who reported it, $sold and $returned the two times of a sale that was taken back,
# $incidents how many refused sales stand, $asof until when the chain vouches, $step the step that failed, $detail why.

verdict-refuted = REFUTED
    .meaning = A proof does not hold: { $detail } ({ $step }). This dossier is wrong or was altered; it says nothing about the voucher itself.
    .advice = Do not rely on it. Keep the file as evidence, and take the dossier afresh from the node: vouchsafe dossier KEY.
verdict-mismatch = MISMATCH
    .meaning = This serial, code and stamp are not this voucher's.
    .advice = Compare what you entered with what was delivered. If it is exactly what was delivered, you were given a wrong code: do not pay, or ask for your money back.
verdict-not_found = NOT FOUND
    .meaning = There is no such voucher in this ledger as of { $asof }, by the operator's signed word.
    .advice = Do not pay for it. The signed word (--json shows it) can be held against the operator.
verdict-voided = VOIDED
    .meaning = The issuer called it back for good on { $at }.
    .advice = Do not pay for it. If you did, ask the seller for your money back; the history below is your evidence.
verdict-on_hold = ON HOLD
    .meaning = It has been frozen since { $at }, by { $by }.
    .advice = Do not pay for it until it is released. Ask who froze it.
verdict-spent = SPENT
    .meaning = It was redeemed on { $at }, reported by { $by }.
    .advice = If that was not you, it is worthless to you: ask the seller for your money back and show this verdict.
verdict-resale_suspected = RESALE SUSPECTED
    .meaning = { $incidents ->
        [0] It was recorded as sold on { $at }, under another key or order than the one you gave.
        [one] Somebody who held it signed a second sale, which was refused.
       *[other] Somebody who held it signed { $incidents } more sales, which were refused.
    }
    .advice = Do not pay for it. If you did, ask the seller for your money back and show this verdict.
verdict-sold_before = SOLD BEFORE
    .meaning = It was sold on { $sold } and taken back on { $returned }: whoever bought it then may have seen the code.
    .advice = Take it only from a seller who answers for it, and redeem it at once.
verdict-sold = SOLD
    .meaning = It was recorded as sold on { $at }; it is yours only if that was you.
    .advice = If you bought it, show your order (--order REF --salt HEX) or your key (--my-key KEY). If you are about to buy it, do not.
verdict-unknown = UNKNOWN
    .meaning = Something could not be checked, so nothing is said about it: it is neither refuted nor proven.
    .advice = See below what is missing, and ask again.
verdict-untrusted_issuer = ISSUER NOT KNOWN
    .meaning = The proofs hold, but nobody whom you trust vouches for the issuer's key or for the ledger.
    .advice = Compare the issuer's key and the ledger with what the issuer publishes, and give a policy that names them: --policy FILE.
verdict-expired = EXPIRED
    .meaning = It is genuine, but was honoured only until { $at }.
    .advice = Do not pay for it. Ask the issuer whether he still honours it.
verdict-genuine_pending = GENUINE, NOT FINAL YET
    .meaning = It is genuine, but the block that says so could still vanish from the chain.
    .advice = Ask again in about a quarter of an hour before you rely on it.
verdict-genuine_unclaimed = GENUINE, NOBODY'S YET
    .meaning = It is genuine, and nobody's yet.
    .advice = Claim it now if it was sold to you (vouchsafe claim), or redeem it: until then whoever knows the code can do so too.
verdict-genuine = GENUINE
    .meaning = It is genuine, and recorded as yours since { $at }.
    .advice = Redeem it where the issuer says.
