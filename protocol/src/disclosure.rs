//! Selective disclosure: one serial or one order of a voucher shown to somebody, and nothing else with it
//! (docs/protocol.md section 14).
//!
//! In scope: the file, and what it is worth beside a dossier. Out of scope: stamp and code, which no disclosure holds and
//! none can be made to give away.

use crate::digest::{LedgerId, PublicKey, bytes_to_hex};
use crate::dossier::{Dossier, Memo, Step};
use crate::entry::memo_content;
use crate::json::{At, JsonError, parse};
use crate::manifest::Manifest;
use crate::verify::{Order, Outcome, Question, Report, StepCode, Verdict, memo_order, sixteen, verify};
use crate::voucher::{LabelKey, Stamp};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// The `format` of a disclosure.
pub const FORMAT: &str = "vouchsafe/disclosure@1";

/// One fact about one voucher. Serialises to the file of section 14.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The ledger.
    pub ledger: LedgerId,
    /// The voucher.
    pub voucher: PublicKey,
    /// What is disclosed of it.
    pub fact: Fact,
}

/// What is disclosed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The voucher's serial.
    Serial {
        /// As it was printed or given; the manifest's code form is applied to it.
        serial: String,
        /// Ties it to the label that the issuer sealed.
        label_key: LabelKey,
    },
    /// The order of a step.
    Order {
        /// Reference and salt.
        order: Order,
        /// The step's memo, where the dossier at hand may withhold it.
        memo: Option<String>,
    },
}

/// What a disclosure opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// The label is the one of this serial.
    Serial,
    /// The steps whose memo names this order, by their place in the log.
    Order {
        /// At least one; in the order of the log.
        indices: Vec<u64>,
    },
}

/// Why a disclosure does not open what it says, beside this dossier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// It is about another ledger.
    #[error("the disclosure is about ledger {disclosed}, the dossier about {dossier}")]
    OtherLedger {
        /// The disclosure's.
        disclosed: LedgerId,
        /// The dossier's.
        dossier: LedgerId,
    },
    /// It is about another voucher.
    #[error("the disclosure is about voucher {disclosed}, the dossier about {dossier}")]
    OtherVoucher {
        /// The disclosure's.
        disclosed: PublicKey,
        /// The dossier's.
        dossier: PublicKey,
    },
    /// The label is another serial's.
    #[error("the voucher's label is not the one of this serial and label key")]
    OtherSerial,
    /// The memo that is disclosed names another order, or none.
    #[error("the memo that is disclosed names another order")]
    MemoOtherOrder,
    /// No step has the memo that is disclosed.
    #[error("no step of the voucher has the memo that is disclosed")]
    NoSuchMemo,
    /// Every memo is shown, and none names this order.
    #[error("no step of the voucher names this order")]
    NoSuchOrder,
    /// It can not be known: a memo that might name the order is withheld.
    #[error("the memo of the entry at index {index} is withheld, and no other names this order")]
    MemoWithheld {
        /// Place of the first such entry in the log.
        index: u64,
    },
}

impl Unopened {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherLedger { .. } => "other_ledger",
            Self::OtherVoucher { .. } => "other_voucher",
            Self::OtherSerial => "other_serial",
            Self::MemoOtherOrder => "memo_other_order",
            Self::NoSuchMemo => "no_such_memo",
            Self::NoSuchOrder => "no_such_order",
            Self::MemoWithheld { .. } => "memo_withheld",
        }
    }
}

impl Disclosure {
    /// That this voucher's serial is `serial`, as given. The stamp stays with the caller: what goes into the file follows
    /// from it and does not lead back.
    pub fn of_serial(ledger: LedgerId, voucher: PublicKey, serial: &str, stamp: &Stamp) -> Self {
        let fact = Fact::Serial { serial: serial.to_owned(), label_key: stamp.label_key() };
        Self { ledger, voucher, fact }
    }

    /// That a step of this voucher belongs to `order`; `memo` is the step's, for whom the dossier withholds it.
    pub const fn of_order(ledger: LedgerId, voucher: PublicKey, order: Order, memo: Option<String>) -> Self {
        Self { ledger, voucher, fact: Fact::Order { order, memo } }
    }

    /// Reads the file. The error says where in it what is wrong.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let value = parse(text)?;
        let root = At::root(&value, "disclosure");
        let format = root.member("format")?;
        if format.text()? != FORMAT {
            return Err(format.error(format!("{FORMAT:?} is due")));
        }
        let fact = match (root.optional("serial")?, root.optional("order")?) {
            (Some(serial), None) => Fact::Serial {
                serial: serial.member("serial")?.text()?.to_owned(),
                label_key: LabelKey::new(sixteen(&serial.member("label_key")?)?),
            },
            (None, Some(order)) => Fact::Order {
                order: Order {
                    reference: order.member("reference")?.text()?.to_owned(),
                    salt: sixteen(&order.member("salt")?)?,
                },
                memo: order.nullable("memo")?.map(|memo| memo.text().map(str::to_owned)).transpose()?,
            },
            _ => return Err(root.error("one of the members \"serial\" and \"order\" is due")),
        };
        Ok(Self {
            ledger: root.member("ledger")?.parsed()?,
            voucher: root.member("voucher")?.parsed()?,
            fact,
        })
    }

    /// Holds it against a dossier, of which nothing else is checked here: what it opens is worth what the dossier is
    /// worth, and [`judge`] says both.
    pub fn open(&self, dossier: &Dossier, manifest: &Manifest) -> Result<Opened, Unopened> {
        if self.ledger != dossier.ledger.id {
            return Err(Unopened::OtherLedger { disclosed: self.ledger, dossier: dossier.ledger.id });
        }
        if self.voucher != dossier.voucher.key {
            return Err(Unopened::OtherVoucher { disclosed: self.voucher, dossier: dossier.voucher.key });
        }
        match &self.fact {
            Fact::Serial { serial, label_key } => {
                let label = label_key.label(&manifest.code_form.apply(serial));
                let fits = label == Ok(dossier.voucher.label);
                if fits { Ok(Opened::Serial) } else { Err(Unopened::OtherSerial) }
            }
            Fact::Order { order, memo } => open_order(order, memo.as_deref(), dossier),
        }
    }
}

/// The steps that name the order. A memo that the dossier withholds counts as shown where the disclosure brings it.
fn open_order(order: &Order, brought: Option<&str>, dossier: &Dossier) -> Result<Opened, Unopened> {
    let wanted = order.digest().map(|digest| digest.to_string());
    let names_it = |memo: &str| wanted.is_some() && memo_order(memo) == wanted;
    if brought.is_some_and(|memo| !names_it(memo)) {
        return Err(Unopened::MemoOtherOrder);
    }
    let history = dossier.history.iter().map(|item| (item.index, &item.step));
    let steps = || history.clone().chain(dossier.pending.iter().map(|item| (item.index, &item.step)));
    let has_brought =
        |step: &Step| brought.is_some_and(|memo| memo_content(Some(memo)) == step.entry.content);
    if brought.is_some() && !steps().any(|(_, step)| has_brought(step)) {
        return Err(Unopened::NoSuchMemo);
    }
    let names = |step: &Step| step.memo.text().is_some_and(names_it) || has_brought(step);
    let indices: Vec<u64> = steps().filter(|(_, step)| names(step)).map(|(index, _)| index).collect();
    if !indices.is_empty() {
        return Ok(Opened::Order { indices });
    }
    match steps().find(|(_, step)| step.memo == Memo::Withheld) {
        Some((index, _)) => Err(Unopened::MemoWithheld { index }),
        None => Err(Unopened::NoSuchOrder),
    }
}

impl Serialize for Disclosure {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Serial<'a> {
            serial: &'a str,
            label_key: String,
        }
        #[derive(Serialize)]
        struct OfOrder<'a> {
            reference: &'a str,
            salt: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            memo: Option<&'a str>,
        }
        let mut members = to.serialize_map(Some(4))?;
        members.serialize_entry("format", FORMAT)?;
        members.serialize_entry("ledger", &self.ledger)?;
        members.serialize_entry("voucher", &self.voucher)?;
        match &self.fact {
            Fact::Serial { serial, label_key } => {
                let label_key = bytes_to_hex(label_key.expose());
                members.serialize_entry("serial", &Serial { serial, label_key })?;
            }
            Fact::Order { order, memo } => {
                let (reference, salt) = (order.reference.as_str(), bytes_to_hex(&order.salt));
                members.serialize_entry("order", &OfOrder { reference, salt, memo: memo.as_deref() })?;
            }
        }
        members.end()
    }
}

macro_rules! standings {
    ($($(#[$doc:meta])* $item:ident $name:literal $verdict:ident),* $(,)?) => {
        /// What a disclosure is worth, the first that applies from the top.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Standing { $($(#[$doc])* $item),* }

        impl Standing {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$item),*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$item => $name),* }
            }

            /// The exit code of a command: that of the verdict which says the like of a voucher.
            pub const fn exit(self) -> u8 {
                match self { $(Self::$item => Verdict::$verdict.exit()),* }
            }
        }
    };
}

standings! {
    /// The dossier does not hold.
    Refuted "refuted" Refuted,
    /// The dossier says something else.
    Mismatch "mismatch" Mismatch,
    /// Something could not be checked.
    Unknown "unknown" Unknown,
    /// It opens, but nobody vouches for the issuer's key or the ledger.
    UntrustedIssuer "untrusted_issuer" UntrustedIssuer,
    /// It opens what an issuer whom the asker trusts sealed, or what a party signed under him.
    Proven "proven" Genuine,
}

/// A disclosure, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What it is worth.
    pub standing: Standing,
    /// What it opens; none where the dossier could not be read.
    pub opened: Option<Result<Opened, Unopened>>,
    /// The judgement of the dossier beside it.
    pub report: Report,
}

/// Judges a disclosure beside a dossier and everything that the dossier is judged with.
pub fn judge(disclosure: &Disclosure, question: &Question<'_>) -> Judged {
    let report = verify(question);
    let read = Dossier::parse(question.dossier)
        .and_then(|dossier| Ok((Manifest::read(&dossier.manifest.text)?, dossier)));
    let opened = read.ok().map(|(manifest, dossier)| disclosure.open(&dossier, &manifest));
    Judged { standing: standing(&report, opened.as_ref()), opened, report }
}

fn standing(report: &Report, opened: Option<&Result<Opened, Unopened>>) -> Standing {
    let result =
        |code: StepCode| report.steps.iter().find(|step| step.code == code).map(|step| &step.outcome);
    let is_unknown = |code| matches!(result(code), Some(Outcome::Unknown(_)));
    match opened {
        _ if report.verdict == Verdict::Refuted => return Standing::Refuted,
        None => return Standing::Refuted,
        Some(Err(Unopened::MemoWithheld { .. })) => return Standing::Unknown,
        Some(Err(_)) => return Standing::Mismatch,
        Some(Ok(_)) => {}
    }
    if is_unknown(StepCode::CheckpointAnchored) || is_unknown(StepCode::ManifestIncluded) {
        return Standing::Unknown;
    }
    let trusted = [StepCode::LedgerTrusted, StepCode::IssuerTrusted];
    if trusted.iter().any(|code| result(*code) != Some(&Outcome::Passed)) {
        return Standing::UntrustedIssuer;
    }
    Standing::Proven
}
