//! What a batch is: the issuer's manifest, the terms that rules depend on, the batch tree
//! (docs/protocol.md section 4).

use crate::digest::{Digest, PublicKey};
use crate::json::{At, Json, JsonError, parse};
use crate::keccak::{Keccak, keccak};
use crate::merkle::TreeHash;
use crate::time::parse_rfc3339;
use crate::voucher::CodeForm;

/// The `format` of a manifest.
pub const FORMAT: &str = "vouchsafe/manifest@1";

/// The members of a manifest that this version knows.
const KNOWN: [&str; 13] = [
    "format",
    "issuer",
    "product",
    "face_value",
    "redeem_by",
    "redeem_url",
    "code_form",
    "layout",
    "source_digest",
    "created_at",
    "chain_time",
    "tool",
    "critical",
];

/// What a verifier reads of a manifest. The text itself is what is hashed; nobody re-serialises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// How serials and codes are written before they are hashed.
    pub code_form: CodeForm,
    /// Unix milliseconds until which the voucher is honoured.
    pub redeem_by: Option<u64>,
    /// What the issuer calls himself: shown as his own word, never as a fact.
    pub issuer_name: Option<String>,
    /// The domain that the issuer says vouches for him.
    pub issuer_domain: Option<String>,
    /// The product's name.
    pub product_title: Option<String>,
    /// The product's number.
    pub product_sku: Option<String>,
    /// Amount and currency.
    pub face_value: Option<(String, String)>,
    /// Where the code is typed in.
    pub redeem_url: Option<String>,
    /// A member that the issuer calls critical and this version does not know.
    pub unknown_critical: Option<String>,
}

impl Manifest {
    /// Reads the text as a verifier must: an object with a known `code_form` and, if there, a well-formed `redeem_by`.
    /// Everything else is shown where it is a text and passed over where it is not.
    pub fn read(text: &str) -> Result<Self, JsonError> {
        let value = parse(text).map_err(|error| JsonError::new("manifest", error.to_string()))?;
        let root = At::root(&value, "manifest");
        let form = root.member("code_form")?;
        let code_form =
            CodeForm::from_name(form.text()?).ok_or_else(|| form.error("not a code form of this version"))?;
        let redeem_by = match root.optional("redeem_by")? {
            Some(time) => Some(
                parse_rfc3339(time.text()?)
                    .ok_or_else(|| time.error("not a time of the form YYYY-MM-DDTHH:MM:SSZ"))?,
            ),
            None => None,
        };
        let text_at = |path: &[&str]| text_member(&value, path);
        let face_value = text_at(&["face_value", "amount"]).zip(text_at(&["face_value", "currency"]));
        Ok(Self {
            code_form,
            redeem_by,
            issuer_name: text_at(&["issuer", "name"]),
            issuer_domain: text_at(&["issuer", "domain"]),
            product_title: text_at(&["product", "title"]),
            product_sku: text_at(&["product", "sku"]),
            face_value,
            redeem_url: text_at(&["redeem_url"]),
            unknown_critical: unknown_critical(&root)?,
        })
    }

    /// What an operator asks beyond [`Manifest::read`] before he accepts a batch: the members of section 4, each of its
    /// kind, nothing critical that this version does not know.
    pub fn check_for_issue(text: &str) -> Result<Self, JsonError> {
        let manifest = Self::read(text)?;
        let value = parse(text)?;
        let root = At::root(&value, "manifest");
        let format = root.member("format")?;
        if format.text()? != FORMAT {
            return Err(format.error(format!("{FORMAT:?} is due")));
        }
        root.member("issuer")?.member("name")?.text()?;
        let product = root.member("product")?;
        product.member("sku")?.text()?;
        product.member("title")?.text()?;
        root.member("source_digest")?.parsed::<Digest>()?;
        root.member("tool")?.text()?;
        let created = root.member("created_at")?;
        parse_rfc3339(created.text()?)
            .ok_or_else(|| created.error("not a time of the form YYYY-MM-DDTHH:MM:SSZ"))?;
        if let Some(face) = root.optional("face_value")? {
            check_face_value(&face)?;
        }
        if let Some(time) = root.optional("chain_time")? {
            time.member("chain_id")?.integer()?;
            time.member("block_number")?.integer()?;
            time.member("block_hash")?.parsed::<Digest>()?;
        }
        match &manifest.unknown_critical {
            Some(name) => Err(root.error(format!("the critical member {name:?} is not known here"))),
            None => Ok(manifest),
        }
    }
}

fn check_face_value(face: &At<'_>) -> Result<(), JsonError> {
    let amount = face.member("amount")?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let decimal = match amount.text()?.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(amount.text()?),
    };
    if !decimal {
        return Err(amount.error("a decimal such as \"50.00\" is due"));
    }
    let currency = face.member("currency")?;
    let code = currency.text()?;
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(currency.error("an ISO 4217 code of three capital letters is due"))
    }
}

fn text_member(value: &Json, path: &[&str]) -> Option<String> {
    let found = path.iter().try_fold(value, |value, name| match value {
        Json::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    });
    match found {
        Some(Json::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The first name in `critical` that is not known; a `critical` that is no list of names is itself not understood.
fn unknown_critical(root: &At<'_>) -> Result<Option<String>, JsonError> {
    let Some(critical) = root.optional("critical")? else { return Ok(None) };
    let names = critical.items().and_then(|items| items.iter().map(At::text).collect::<Result<Vec<_>, _>>());
    Ok(match names {
        Ok(names) => names.into_iter().find(|name| !KNOWN.contains(name)).map(str::to_owned),
        Err(_) => Some("critical".to_owned()),
    })
}

/// `H(text)` over a manifest's exact bytes.
pub fn manifest_digest(text: &str) -> Digest {
    keccak(&[text.as_bytes()])
}

/// Why bytes are not terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// 13 bytes and 32 for each key.
    #[error("{actual} bytes where the terms' own counts ask for {expected}")]
    Width {
        /// By the counts of keys.
        expected: usize,
        /// As given.
        actual: usize,
    },
    /// From 1 to 100.
    #[error("{0} uses: from 1 to 100 are possible")]
    Uses(u16),
    /// Bits that this version does not know.
    #[error("flags {0:#04x}: only the lowest three bits are in use")]
    Flags(u8),
    /// A batch holds at least one voucher.
    #[error("terms of no voucher")]
    Empty,
    /// At most 255 of a kind.
    #[error("{0} keys of a kind: at most 255 fit")]
    Keys(usize),
}

/// Options of terms, from which their flags are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags {
    /// 1: an owner who claimed may pass the voucher on.
    pub transferable: bool,
    /// 2: codes carry a stamp.
    pub stamped: bool,
    /// 4: a claim is possible only after a Sell.
    pub claims_after_sale: bool,
}

/// What rules depend on, in bytes that a contract can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    count: u64,
    uses: u16,
    flags: Flags,
    redeemers: Vec<PublicKey>,
    arbiters: Vec<PublicKey>,
}

impl Terms {
    /// Terms of `count` vouchers, each good for `uses` uses.
    pub fn new(
        count: u64,
        uses: u16,
        flags: Flags,
        redeemers: Vec<PublicKey>,
        arbiters: Vec<PublicKey>,
    ) -> Result<Self, TermsError> {
        if count == 0 {
            return Err(TermsError::Empty);
        }
        if !(1..=100).contains(&uses) {
            return Err(TermsError::Uses(uses));
        }
        match [redeemers.len(), arbiters.len()].into_iter().find(|keys| *keys > 255) {
            Some(keys) => Err(TermsError::Keys(keys)),
            None => Ok(Self { count, uses, flags, redeemers, arbiters }),
        }
    }

    /// Vouchers in the batch.
    pub const fn count(&self) -> u64 {
        self.count
    }
    /// Uses of a voucher, the last of which is a Redeem: 1 to 100.
    pub const fn uses(&self) -> u16 {
        self.uses
    }
    /// Flag 1: an owner who claimed may pass the voucher on.
    pub const fn is_transferable(&self) -> bool {
        self.flags.transferable
    }
    /// Flag 2: codes carry a stamp.
    pub const fn is_stamped(&self) -> bool {
        self.flags.stamped
    }
    /// Flag 4: a claim is possible only after a Sell.
    pub const fn claims_only_after_sale(&self) -> bool {
        self.flags.claims_after_sale
    }
    /// Who besides the issuer may use and redeem.
    pub fn redeemers(&self) -> &[PublicKey] {
        &self.redeemers
    }
    /// Who decides about frozen vouchers.
    pub fn arbiters(&self) -> &[PublicKey] {
        &self.arbiters
    }

    /// `count u64 || uses u16 || flags u8 || r u8 || a u8 || r x 32 || a x 32`.
    pub fn encode(&self) -> Vec<u8> {
        let flags = u8::from(self.flags.transferable)
            | u8::from(self.flags.stamped) << 1
            | u8::from(self.flags.claims_after_sale) << 2;
        let length = |keys: &[PublicKey]| u8::try_from(keys.len()).unwrap_or(u8::MAX);
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&self.count.to_be_bytes());
        bytes.extend_from_slice(&self.uses.to_be_bytes());
        bytes.extend_from_slice(&[flags, length(&self.redeemers), length(&self.arbiters)]);
        for key in self.redeemers.iter().chain(&self.arbiters) {
            bytes.extend_from_slice(key.as_bytes());
        }
        bytes
    }

    /// From their bytes, every one of them.
    pub fn decode(bytes: &[u8]) -> Result<Self, TermsError> {
        let short = TermsError::Width { expected: 13, actual: bytes.len() };
        let (count, rest) = bytes.split_first_chunk::<8>().ok_or(short)?;
        let (uses, rest) = rest.split_first_chunk::<2>().ok_or(short)?;
        let ([flags, redeemers, arbiters], keys) = rest.split_first_chunk::<3>().ok_or(short)?;
        let (redeemer_count, arbiter_count) = (usize::from(*redeemers), usize::from(*arbiters));
        let expected = redeemer_count.saturating_add(arbiter_count).saturating_mul(32).saturating_add(13);
        if bytes.len() != expected {
            return Err(TermsError::Width { expected, actual: bytes.len() });
        }
        if *flags > 7 {
            return Err(TermsError::Flags(*flags));
        }
        let (keys, _) = keys.as_chunks::<32>();
        let keys: Vec<PublicKey> = keys.iter().copied().map(PublicKey::new).collect();
        let (redeemers, arbiters) = keys.split_at(redeemer_count.min(keys.len()));
        let flags = Flags {
            transferable: flags & 1 != 0,
            stamped: flags & 2 != 0,
            claims_after_sale: flags & 4 != 0,
        };
        Self::new(
            u64::from_be_bytes(*count),
            u16::from_be_bytes(*uses),
            flags,
            redeemers.to_vec(),
            arbiters.to_vec(),
        )
    }

    /// The hash of leaf 0 of the batch tree: of `manifest_digest || terms`.
    pub fn leaf(&self, manifest_digest: Digest) -> Digest {
        Keccak::leaf(&[manifest_digest.as_bytes().as_slice(), &self.encode()].concat())
    }

    /// The number of leaves of the batch tree; `None` if it leaves 64 bits.
    pub fn tree_size(&self) -> Option<u64> {
        self.count.checked_add(1)
    }
}
