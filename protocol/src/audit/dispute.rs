//! An anchored chunk of heads that is not the one that follows from the entries: which of its words say what is not so.

use super::{Contradiction, Replay};
use crate::checkpoint::Checkpoint;
use crate::entry::Entry;
use crate::fraud::head_lead;
use crate::heads::{CHUNK_WORDS, Chunk, Head};
use crate::verify::{Detail, Reason};

impl Replay {
    /// What a chunk of the anchored head array contradicts, each run of vouchers with one lie named once. `entry` gives any
    /// entry below the checkpoint's size.
    pub fn dispute<E>(
        &self,
        checkpoint: &Checkpoint,
        place: u64,
        anchored: &Chunk,
        entry: impl Fn(u64) -> Result<Entry, E>,
    ) -> Result<Vec<Contradiction>, E> {
        let first = place.saturating_mul(CHUNK_WORDS);
        let mut found = Vec::new();
        let mut last = None;
        for (number, word) in (first..=u64::MAX).zip(anchored.words()) {
            if number >= checkpoint.vouchers {
                found.extend(padding(checkpoint, word));
                continue;
            }
            let due = self.heads.word(number).filter(|_| self.gap.is_none_or(|gap| number < gap));
            let seen = Some((word, due));
            if due == Some(word) || last == seen {
                continue;
            }
            let lead = head_lead(number, word, due.map(Head::index), checkpoint.size, &entry)?;
            // A word that is no lie about one voucher may be one about the next, where nobody can say what is due.
            last = seen.filter(|_| lead.is_some());
            found.extend(lead.map(|lead| Contradiction::of_head(checkpoint.number, number, lead)));
        }
        Ok(found)
    }
}

/// A word past the last voucher. No rule has a proof of it, but nobody can answer a challenge for its chunk.
fn padding(checkpoint: &Checkpoint, word: Head) -> Option<Contradiction> {
    let detail = Detail::plain(Reason::PaddingNotZero);
    let number = Some(checkpoint.number);
    (word != Head::PADDING).then_some(Contradiction {
        index: None,
        voucher: None,
        checkpoint: number,
        detail,
        lead: None,
    })
}
