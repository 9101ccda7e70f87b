//! Private keys in files: made, written and read here, and nowhere else.
//!
//! A key comes from a file that its owner alone can read, or from standard input; never from a command line, where
//! every process of the machine sees it. What is read is wiped from memory when it is dropped.

use crate::failure::Failure;
use protocol::digest::{Digest, bytes_from_hex};
use protocol::keccak::bytes16;
use protocol::signing::KeyPair;
use protocol::voucher::StampSecret;
use protocol::{PublicKey, keccak};
use serde::Deserialize;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Write as _};
use std::path::Path;
use zeroize::{Zeroize as _, Zeroizing};

/// The `format` of a key file.
pub const FORMAT: &str = "vouchsafe/key@1";

/// Bytes of the longest file that is looked at: a key file has under 400.
const MAX_BYTES: u64 = 4096;
/// Room for it in one allocation, so that growing leaves no copies behind.
const CAPACITY: usize = 4097;

/// What a key file holds: a party's key pair, and for issuers the secret from which stamps follow.
pub struct PartyKey {
    pair: KeyPair,
    stamp_secret: Option<StampSecret>,
    /// From which whatever must be unguessable and yet the same on repetition is derived.
    derivation: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for PartyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PartyKey({})", self.public())
    }
}

/// The members of a key file. Hex has no escapes, so the secrets stay in the text that is wiped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile<'t> {
    format: &'t str,
    public_key: PublicKey,
    seed: &'t str,
    stamp_secret: Option<&'t str>,
}

impl PartyKey {
    /// From its secrets.
    pub fn new(seed: &[u8; 32], stamp_secret: Option<StampSecret>) -> Self {
        let derivation = keccak(&[b"vouchsafe/command/derivation", seed]);
        Self {
            pair: KeyPair::from_seed(seed),
            stamp_secret,
            derivation: Zeroizing::new(*derivation.as_bytes()),
        }
    }

    /// Makes a key with the system's randomness and writes its file, readable by its owner alone; `issuer` adds a stamp
    /// secret. A file that is there is never overwritten.
    pub fn create(path: &Path, issuer: bool) -> Result<Self, Failure> {
        let seed = random()?;
        let stamp_secret = if issuer { Some(random()?) } else { None };
        let key = Self::new(&seed, stamp_secret.as_deref().copied().map(StampSecret::new));
        let text = key_text(&key.public(), &seed, stamp_secret.as_deref());
        write_new(path, text.as_bytes())?;
        Ok(key)
    }

    /// Reads a key file; `-` reads it from standard input.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = read_owned(path)?;
        let place = path.display().to_string();
        Self::parse(&text).ok_or_else(|| Failure::usage("party-key-malformed").with("file", place))
    }

    /// What a key file says; no error tells more than that it is none, for fear of telling a part of it.
    fn parse(text: &str) -> Option<Self> {
        let file: KeyFile<'_> = serde_json::from_str(text).ok()?;
        let stamp_secret = match file.stamp_secret {
            Some(text) => Some(StampSecret::new(*secret_bytes(text)?)),
            None => None,
        };
        let key = Self::new(&*secret_bytes(file.seed)?, stamp_secret);
        (file.format == FORMAT && key.public() == file.public_key).then_some(key)
    }

    /// The name of its owner.
    pub fn public(&self) -> PublicKey {
        self.pair.public()
    }

    /// What signs.
    pub const fn pair(&self) -> &KeyPair {
        &self.pair
    }

    /// What stamps; only issuers have it.
    pub const fn stamp_secret(&self) -> Option<&StampSecret> {
        self.stamp_secret.as_ref()
    }

    /// 16 bytes that nobody without the key can guess and that a repetition gives again: for nonces and salts.
    pub fn derive(&self, purpose: &str, of: &[&[u8]]) -> [u8; 16] {
        let of: Vec<Digest> = of.iter().map(|part| keccak(&[part])).collect();
        let mut parts: Vec<&[u8]> = vec![self.derivation.as_slice(), purpose.as_bytes()];
        parts.extend(of.iter().map(|digest| digest.as_bytes().as_slice()));
        bytes16(keccak(&parts))
    }
}

/// The text of a small file that its owner alone can read; `-` reads standard input.
pub(crate) fn read_owned(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let place = path.display().to_string();
    let mut bytes = Zeroizing::new(Vec::with_capacity(CAPACITY));
    let unreadable = |error: std::io::Error| {
        Failure::usage("party-key-unreadable").with("file", place.clone()).with("error", error.to_string())
    };
    if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        let file = File::open(path).map_err(unreadable)?;
        refuse_exposed(&file, &place)?;
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
        error.into_bytes().zeroize();
        Failure::usage("party-key-malformed").with("file", place)
    })
}

/// Whether a file that begins so holds a private key: a party's, or bare hex as accounts and nodes have it.
pub(crate) fn is_key(head: &[u8]) -> bool {
    const MARK: &[u8] = b"vouchsafe/key@";
    let bare = head.trim_ascii();
    let hex = bare.strip_prefix(b"0x").unwrap_or(bare);
    let is_hex = hex.len() == 64 && hex.iter().all(u8::is_ascii_hexdigit);
    is_hex || head.windows(MARK.len()).any(|part| part == MARK)
}

fn random() -> Result<Zeroizing<[u8; 32]>, Failure> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice())
        .map_err(|error| Failure::refused("party-no-randomness").with("error", error.to_string()))?;
    Ok(bytes)
}

fn secret_bytes(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = bytes_from_hex(text).ok()?;
    let fixed = <[u8; 32]>::try_from(bytes.as_slice()).ok().map(Zeroizing::new);
    bytes.zeroize();
    fixed
}

/// Written into one allocation, so that growing leaves no copies behind.
fn key_text(public: &PublicKey, seed: &[u8; 32], stamp_secret: Option<&[u8; 32]>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(512));
    let hex = |text: &mut String, name: &str, bytes: &[u8; 32]| {
        let _ = write!(text, ",\n  \"{name}\": \"0x");
        for byte in bytes {
            let _ = write!(text, "{byte:02x}");
        }
        text.push('"');
    };
    let _ = write!(text, "{{\n  \"format\": \"{FORMAT}\",\n  \"public_key\": \"{public}\"");
    hex(&mut text, "seed", seed);
    if let Some(secret) = stamp_secret {
        hex(&mut text, "stamp_secret", secret);
    }
    text.push_str("\n}\n");
    text
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if written.is_err() {
            // It is ours, and no key: left there, it would stand in the way of the next try.
            drop(file);
            let _ = std::fs::remove_file(path);
        }
        written
    });
    written.map_err(|error| {
        let id = match error.kind() {
            std::io::ErrorKind::AlreadyExists => "party-key-exists",
            _ => "party-file-unwritable",
        };
        Failure::usage(id).with("file", path.display().to_string()).with("error", error.to_string())
    })
}

/// A key that others on the machine can read is not a key of one party.
#[cfg(unix)]
fn refuse_exposed(file: &File, place: &str) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let exposed =
        file.metadata().is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o077 != 0);
    if exposed { Err(Failure::usage("party-key-exposed").with("file", place)) } else { Ok(()) }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other side of a condition")]
fn refuse_exposed(_: &File, _: &str) -> Result<(), Failure> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;

    #[test]
    fn a_key_file_is_its_owners_alone_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("issuer.key");
        let made = PartyKey::create(&path, true).unwrap();
        let read = PartyKey::read(&path).unwrap();
        assert_eq!(made.public(), read.public());
        let digest = |key: &PartyKey| key.stamp_secret().map(|secret| secret.source_digest(&[7; 32]));
        assert!(digest(&made).is_some());
        assert_eq!(digest(&made), digest(&read));
        assert_eq!(made.derive("nonce", &[b"a"]), read.derive("nonce", &[b"a"]));
        assert_ne!(made.derive("nonce", &[b"a"]), made.derive("nonce", &[b"b"]));
        assert_ne!(made.derive("nonce", &[b"a"]), made.derive("salt", &[b"a"]));
    }

    #[test]
    fn a_file_that_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.key");
        let first = PartyKey::create(&path, false).unwrap();
        assert!(first.stamp_secret().is_none());
        assert_eq!(PartyKey::create(&path, false).unwrap_err().text.id(), "party-key-exists");
        assert_eq!(PartyKey::read(&path).unwrap().public(), first.public());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.key");
        PartyKey::create(&path, false).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        for mode in [0o640, 0o604, 0o610] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(PartyKey::read(&path).unwrap_err().text.id(), "party-key-exposed", "{mode:o}");
        }
    }

    #[test]
    fn what_is_no_key_file_is_refused() {
        let public = PartyKey::new(&[1; 32], None).public();
        let seed = key_text(&public, &[1; 32], None);
        assert!(PartyKey::parse(&seed).is_some());
        let other = PartyKey::new(&[2; 32], None).public().to_string();
        for bad in [
            seed.replace("key@1", "key@2"),
            seed.replace(&public.to_string(), &other),
            seed.replace("\"seed\"", "\"sead\""),
            seed.replace("0x01", "0x1"),
            seed.replace("\n}", ",\n\"more\": 1}"),
            String::new(),
        ] {
            assert!(PartyKey::parse(&bad).is_none(), "{bad}");
        }
    }
}
