//! A voucher's secrets and its names: code form, stamp, key, label, record, link (docs/protocol.md section 3).

use crate::digest::{Digest, LedgerId, PublicKey};
use crate::keccak::{Keccak, TooLong, bytes16, keccak, text_length};
use crate::merkle::TreeHash;
use crate::signing::KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// How serials and codes are written before they are hashed: the manifest's `code_form`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CodeForm {
    /// As given.
    Exact,
    /// Unicode NFKC, then without blanks, hyphens and dashes.
    #[default]
    Strip,
    /// As `Strip`, then ASCII letters in upper case.
    StripUpper,
}

impl CodeForm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Strip, Self::StripUpper];

    /// The manifest's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Strip => "strip",
            Self::StripUpper => "strip-upper",
        }
    }

    /// The form of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// The formed text, wiped when dropped.
    pub fn apply(self, text: &str) -> Zeroizing<String> {
        // Room for the whole text, so that no half-grown copy of a secret is left behind unwiped. NFKC can make a text
        // longer than that, but not one of ASCII, which it leaves as it is.
        let mut formed = Zeroizing::new(String::with_capacity(text.len()));
        match self {
            Self::Exact => formed.push_str(text),
            Self::Strip | Self::StripUpper if text.is_ascii() => {
                formed.extend(text.chars().filter(|character| !is_stripped(*character)));
            }
            Self::Strip | Self::StripUpper => {
                formed.extend(text.nfkc().filter(|character| !is_stripped(*character)));
            }
        }
        if self == Self::StripUpper {
            formed.make_ascii_uppercase();
        }
        formed
    }
}

/// The characters that `strip` removes.
const fn is_stripped(character: char) -> bool {
    matches!(
        character,
        '\u{9}'..='\u{d}'
            | ' '
            | '\u{85}'
            | '\u{a0}'
            | '\u{ad}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{2060}'
            | '\u{3000}'
            | '\u{feff}'
            | '-'
            | '\u{2010}'..='\u{2015}'
            | '\u{2212}'
    )
}

/// The issuer's 32-byte secret from which the stamps of all his vouchers follow. Wiped when dropped, never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct StampSecret([u8; 32]);

impl StampSecret {
    /// From its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The stamp of a formed serial and code; generation 0 at first, one more at each issue after a Void.
    pub fn stamp(
        &self,
        ledger: LedgerId,
        generation: u16,
        serial: &str,
        code: &str,
    ) -> Result<Stamp, TooLong> {
        let digest = keccak(&[
            b"vouchsafe/v1/stamp",
            &self.0,
            ledger.as_bytes(),
            &generation.to_be_bytes(),
            &text_length(serial)?,
            serial.as_bytes(),
            &text_length(code)?,
            code.as_bytes(),
        ]);
        Ok(Stamp(bytes16(digest)))
    }

    /// The manifest's `source_digest` of an imported file, by the SHA-256 of its bytes (docs/protocol.md section 4).
    pub fn source_digest(&self, sha256_of_file: &[u8; 32]) -> Digest {
        keccak(&[b"vouchsafe/v1/source", &self.0, sha256_of_file])
    }
}

impl fmt::Debug for StampSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StampSecret(hidden)")
    }
}

/// 16 bytes that travel with a code and are as secret as it: who has them can try codes offline.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Stamp([u8; 16]);

impl Stamp {
    /// The stamp of a code that was printed without one.
    pub const NONE: Self = Self([0; 16]);

    /// From its bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes, for the card or the fragment of a link and nowhere else.
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// Whether this is [`Stamp::NONE`].
    pub fn is_none(&self) -> bool {
        self.0 == [0; 16]
    }

    /// What opens "serial S is voucher V" without giving the stamp away.
    pub fn label_key(&self) -> LabelKey {
        LabelKey(bytes16(keccak(&[b"vouchsafe/v1/opening-key", &self.0])))
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stamp(hidden)")
    }
}

/// 16 bytes that follow from a stamp and lead nowhere back: they tie a serial to a label, and open nothing else. Shown to
/// whom the serial is disclosed, and to nobody before: who has them can try serials.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct LabelKey([u8; 16]);

impl LabelKey {
    /// From its bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes, for a disclosure and nothing else.
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// The label of a formed serial.
    pub fn label(&self, serial: &str) -> Result<Digest, TooLong> {
        Ok(keccak(&[b"vouchsafe/v1/label", &self.0, &text_length(serial)?, serial.as_bytes()]))
    }
}

impl fmt::Debug for LabelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LabelKey(hidden)")
    }
}

/// The voucher's key pair: who can derive it holds the code and its stamp. Serial and code are formed ones.
pub fn voucher_key(issuer: &PublicKey, stamp: &Stamp, serial: &str, code: &str) -> Result<KeyPair, TooLong> {
    let seed = keccak(&[
        b"vouchsafe/v1/voucher",
        issuer.as_bytes(),
        &stamp.0,
        &text_length(serial)?,
        serial.as_bytes(),
        &text_length(code)?,
        code.as_bytes(),
    ]);
    let seed = Zeroizing::new(*seed.as_bytes());
    Ok(KeyPair::from_seed(&seed))
}

/// The label of a formed serial.
pub fn label(stamp: &Stamp, serial: &str) -> Result<Digest, TooLong> {
    stamp.label_key().label(serial)
}

/// The reference to an order that a memo carries (docs/protocol.md section 5).
pub fn order_reference(salt: &[u8; 16], reference: &str) -> Result<Digest, TooLong> {
    Ok(keccak(&[b"vouchsafe/v1/order", salt, &text_length(reference)?, reference.as_bytes()]))
}

/// What the batch tree holds of a voucher: `V || label`, 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The voucher's name.
    pub key: PublicKey,
    /// What opens its serial.
    pub label: Digest,
}

impl Record {
    /// Bytes of a record.
    pub const WIDTH: usize = 64;

    /// The record of a formed serial and code.
    pub fn of(issuer: &PublicKey, stamp: &Stamp, serial: &str, code: &str) -> Result<Self, TooLong> {
        let key = voucher_key(issuer, stamp, serial, code)?.public();
        Ok(Self { key, label: label(stamp, serial)? })
    }

    /// `V || label`.
    pub fn encode(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let (key, label) = bytes.split_at_mut(32);
        key.copy_from_slice(self.key.as_bytes());
        label.copy_from_slice(self.label.as_bytes());
        bytes
    }

    /// From its 64 bytes; `None` at another width.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 64] = bytes.try_into().ok()?;
        let (key, label) = bytes.split_at(32);
        Some(Self { key: PublicKey::from_slice(key).ok()?, label: Digest::from_slice(label).ok()? })
    }

    /// Its hash in the batch tree.
    pub fn leaf(&self) -> Digest {
        Keccak::leaf(&self.encode())
    }
}

/// The name of a voucher in links: base64url of V without padding, 43 characters.
pub fn link_name(voucher: &PublicKey) -> String {
    URL_SAFE_NO_PAD.encode(voucher.as_bytes())
}

/// `https://HOST/v/B64(V)#B64(stamp)`: secret, as the stamp is. `site` is everything before `/v/`.
pub fn secret_link(site: &str, voucher: &PublicKey, stamp: &Stamp) -> Zeroizing<String> {
    let fragment = Zeroizing::new(URL_SAFE_NO_PAD.encode(stamp.0));
    Zeroizing::new(format!("{site}/v/{}#{}", link_name(voucher), fragment.as_str()))
}

/// What a link says: the voucher, and the stamp if its fragment was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Everything before `/v/`.
    pub site: String,
    /// The voucher.
    pub voucher: PublicKey,
    /// The stamp; `None` in a link that was made for sharing.
    pub stamp: Option<Stamp>,
}

impl Link {
    /// Reads a link; `None` unless it is one of the protocol's form.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, fragment) = match text.split_once('#') {
            Some((address, fragment)) => (address, Some(fragment)),
            None => (text, None),
        };
        let (site, name) = address.rsplit_once("/v/")?;
        if !(site.starts_with("https://") || site.starts_with("http://")) {
            return None;
        }
        let voucher = PublicKey::from_slice(&URL_SAFE_NO_PAD.decode(name).ok()?).ok()?;
        let stamp = match fragment {
            None | Some("") => None,
            Some(fragment) => {
                let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(fragment).ok()?);
                Some(Stamp(bytes.as_slice().try_into().ok()?))
            }
        };
        Some(Self { site: site.to_owned(), voucher, stamp })
    }
}
