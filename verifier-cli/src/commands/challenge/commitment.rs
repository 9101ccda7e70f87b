//! What must be remembered between commitment and report: the salt. Without it a commitment is worth nothing.
//!
//! It lies beside the challenge file, readable by its owner alone, from before the commitment is sent until all is done.

use crate::failure::Failure;
use crate::keys::read_owned;
use crate::party::files::{Over, Readers, suffixed, write};
use protocol::{Address, Digest};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FORMAT: &str = "vouchsafe/commitment@1";

/// What the file says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    format: String,
    /// Whose commitment it is.
    account: Address,
    /// What it is about.
    proof_hash: Digest,
    salt: Digest,
}

/// A salt on the disk.
#[derive(Debug)]
pub(super) struct Commitment {
    /// What makes the commitment say nothing to others.
    pub salt: Digest,
    path: PathBuf,
}

impl Commitment {
    /// The salt of an earlier run, or a new one, written down.
    pub fn of(challenge: &Path, account: Address, proof_hash: Digest) -> Result<Self, Failure> {
        let path = place(challenge);
        let shown = || path.display().to_string();
        if path.exists() {
            let text = read_owned(&path)?;
            let kept: Option<Kept> = serde_json::from_str(&text).ok();
            let kept = kept.filter(|kept| kept.format == FORMAT);
            let kept =
                kept.ok_or_else(|| Failure::usage("challenge-commitment-damaged").with("file", shown()))?;
            if (kept.account, kept.proof_hash) != (account, proof_hash) {
                return Err(Failure::usage("challenge-commitment-other")
                    .with("file", shown())
                    .with("account", kept.account.to_string()));
            }
            return Ok(Self { salt: kept.salt, path });
        }
        let mut salt = [0; 32];
        getrandom::fill(&mut salt)
            .map_err(|error| Failure::refused("party-no-randomness").with("error", error.to_string()))?;
        let salt = Digest::new(salt);
        let kept = Kept { format: FORMAT.to_owned(), account, proof_hash, salt };
        // Digests and addresses can always be written.
        let text = serde_json::to_string_pretty(&kept).unwrap_or_default();
        write(&path, Readers::Owner, Over::Nothing, text.as_bytes())?;
        Ok(Self { salt, path })
    }

    /// All is done: nobody needs it any more.
    pub fn forget(self) {
        // One that stays is no harm: the next run finds the bond taken.
        let _ = std::fs::remove_file(self.path);
    }

    /// The same for what an earlier run left beside the challenge file, if it left anything.
    pub fn discard(challenge: &Path) {
        let _ = std::fs::remove_file(place(challenge));
    }
}

fn place(challenge: &Path) -> PathBuf {
    suffixed(challenge, ".commitment")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;

    const ACCOUNT: Address = Address::new([1; 20]);
    const HASH: Digest = Digest::new([2; 32]);

    #[test]
    fn a_salt_is_kept_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f1.json");
        let first = Commitment::of(&file, ACCOUNT, HASH).unwrap();
        let again = Commitment::of(&file, ACCOUNT, HASH).unwrap();
        assert_eq!(first.salt, again.salt);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(first.path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        again.forget();
        assert_ne!(Commitment::of(&file, ACCOUNT, HASH).unwrap().salt, first.salt);
    }

    #[test]
    fn what_was_kept_for_another_or_is_damaged_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f1.json");
        let kept = Commitment::of(&file, ACCOUNT, HASH).unwrap();
        let other = |account, hash| Commitment::of(&file, account, hash).unwrap_err().text.id().to_owned();
        assert_eq!(other(Address::new([3; 20]), HASH), "challenge-commitment-other");
        assert_eq!(other(ACCOUNT, Digest::ZERO), "challenge-commitment-other");
        std::fs::write(&kept.path, "{").unwrap();
        assert_eq!(other(ACCOUNT, HASH), "challenge-commitment-damaged");
        assert!(kept.path.exists(), "nothing is lost");
    }
}
