//! A ledger of one voucher, made for the verdicts that no golden dossier leads to. Its keys follow from small seeds, so
//! that every run makes the same bytes.

use crate::run::{Folder, NOW};
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::dossier::{
    Dossier, DossierCheckpoint, HeadPart, HistoryItem, Ledger, ManifestPart, Memo, Step, VoucherPart,
};
use protocol::entry::{Entry, Signed, memo_content};
use protocol::heads::{CHUNK_BYTES, Chunk, Head};
use protocol::lifecycle::{Kind, Status};
use protocol::manifest::{Flags, Terms, manifest_digest};
use protocol::merkle::Tree;
use protocol::signing::KeyPair;
use protocol::verify::TrustedCheckpoint;
use protocol::voucher::{Record, Stamp, link_name, order_reference, voucher_key};
use protocol::{Address, Digest, Keccak, PublicKey};
use serde_json::json;

pub const SERIAL: &str = "2849279424136244";
pub const CODE: &str = "3962520037848969";
pub const STAMP: [u8; 16] = [0x83; 16];
pub const SALT: [u8; 16] = [0x5a; 16];
pub const BEGAN: u64 = NOW - 3_600_000;

/// A key pair by a number.
pub fn pair(seed: u8) -> KeyPair {
    KeyPair::from_seed(&[seed; 32])
}

pub const ISSUER: u8 = 1;
pub const SHOP: u8 = 2;
pub const BUYER: u8 = 3;
pub const OPERATOR: u8 = 9;

/// A ledger with one batch of one voucher, and what happened to it.
pub struct Made {
    pub origin: LedgerOrigin,
    manifest: String,
    terms: Terms,
    steps: Vec<Step>,
    incidents: Vec<Step>,
    previous: Digest,
}

impl Made {
    /// Issued; `more` are further members of the manifest.
    pub fn issued(origin: LedgerOrigin, more: &str) -> Self {
        Self::issued_by(origin, r#"{"name":"Studio"}"#, more)
    }

    /// The same, by an issuer who says this of himself.
    pub fn issued_by(origin: LedgerOrigin, issuer: &str, more: &str) -> Self {
        let manifest = format!(
            r#"{{"format":"vouchsafe/manifest@1","issuer":{issuer},"product":{{"sku":"S-50","title":"Studio 50"}},"code_form":"strip"{more}}}"#
        );
        let flags = Flags { stamped: true, ..Flags::default() };
        let terms = Terms::new(1, 1, flags, Vec::new(), Vec::new()).unwrap();
        let made = Self {
            origin,
            manifest,
            terms,
            steps: Vec::new(),
            incidents: Vec::new(),
            previous: Digest::ZERO,
        };
        let root = made.batch().root();
        let issuer = pair(ISSUER).public();
        made.then(Kind::Issue, Status::InTrade, issuer, root, Memo::None, ISSUER)
    }

    /// On no chain at all.
    pub fn on_paper(more: &str) -> Self {
        let (contract, opener) = (Address::new([0xc0; 20]), Address::new([0x0e; 20]));
        Self::issued(LedgerOrigin { chain_id: 1, contract, opener, salt: Digest::new([7; 32]) }, more)
    }

    pub fn record() -> Record {
        Record::of(&pair(ISSUER).public(), &Stamp::new(STAMP), SERIAL, CODE).unwrap()
    }

    pub fn key() -> PublicKey {
        voucher_key(&pair(ISSUER).public(), &Stamp::new(STAMP), SERIAL, CODE).unwrap().public()
    }

    /// The delivered line; `site` is what stands before `/v/`.
    pub fn line(site: &str) -> String {
        let link = protocol::voucher::secret_link(site, &Self::key(), &Stamp::new(STAMP));
        format!("{SERIAL}----{CODE}----{}", link.as_str())
    }

    pub fn name() -> String {
        link_name(&Self::key())
    }

    fn batch(&self) -> Tree<Keccak> {
        [self.terms.leaf(manifest_digest(&self.manifest)), Self::record().leaf()].into_iter().collect()
    }

    fn step(
        &self,
        kind: Kind,
        status: Status,
        party: PublicKey,
        content: Digest,
        memo: Memo,
        by: u8,
    ) -> Step {
        let before = self.steps.last();
        let place = u64::try_from(self.steps.len()).unwrap();
        let entry = Entry {
            kind: kind.byte(),
            status: status.byte(),
            first: 0,
            count: 1,
            prev: place.checked_sub(1).unwrap_or(Entry::NO_PREV),
            at: BEGAN + place * 600_000,
            party,
            content,
        };
        let prev_leaf = before.map_or(Digest::ZERO, |step| step.entry.leaf());
        let instruction = entry.instruction(self.origin.ledger(), prev_leaf);
        Step { entry, memo, signatures: vec![Signed::new("signer", &pair(by), &instruction)] }
    }

    fn then(
        mut self,
        kind: Kind,
        status: Status,
        party: PublicKey,
        content: Digest,
        memo: Memo,
        by: u8,
    ) -> Self {
        let step = self.step(kind, status, party, content, memo, by);
        self.steps.push(step);
        self
    }

    /// Handed on to the shop.
    pub fn transferred(self) -> Self {
        let shop = pair(SHOP).public();
        self.then(Kind::Transfer, Status::InTrade, shop, Digest::ZERO, Memo::None, ISSUER)
    }

    /// Sold by the shop, to a key or to nobody named under an order.
    pub fn sold(self, buyer: Option<PublicKey>, order: &str) -> Self {
        let memo = order_memo(order);
        let content = memo_content(memo.text());
        self.then(Kind::Sell, Status::Sold, buyer.unwrap_or(PublicKey::NOBODY), content, memo, SHOP)
    }

    /// Frozen by the issuer.
    pub fn held(self) -> Self {
        let shop = pair(SHOP).public();
        self.then(Kind::Hold, Status::InTradeOnHold, shop, Digest::ZERO, Memo::None, ISSUER)
    }

    /// A second sale from before the latest step, signed by the shop and refused.
    pub fn with_incident(mut self, order: &str) -> Self {
        let latest = self.steps.pop().unwrap();
        let memo = order_memo(order);
        let content = memo_content(memo.text());
        let incident = self.step(Kind::Sell, Status::Sold, PublicKey::NOBODY, content, memo, SHOP);
        self.steps.push(latest);
        self.incidents.push(incident);
        self
    }

    /// After a checkpoint of this hash.
    pub fn after(mut self, previous: Digest) -> Self {
        self.previous = previous;
        self
    }

    fn log(&self) -> Tree<Keccak> {
        self.steps.iter().map(|step| step.entry.leaf()).collect()
    }

    fn chunk(&self) -> Chunk {
        let mut chunk = Chunk::decode(&[0; CHUNK_BYTES]).unwrap();
        let index = u64::try_from(self.steps.len()).unwrap() - 1;
        chunk.set(0, Head::new(self.steps.last().unwrap().entry.status, index).unwrap());
        chunk
    }

    /// Checkpoint 1, over everything.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            number: 1,
            size: self.log().size(),
            vouchers: 1,
            log_root: self.log().root(),
            head_root: self.chunk().leaf(),
            operator_key: pair(OPERATOR).public(),
            previous: self.previous,
        }
    }

    pub fn trusted(&self) -> TrustedCheckpoint {
        TrustedCheckpoint {
            ledger: self.origin.ledger(),
            checkpoint: self.checkpoint(),
            block_time: Some(NOW - 60_000),
            superseded_at: None,
        }
    }

    pub fn dossier(&self) -> Dossier {
        let (log, batch, record) = (self.log(), self.batch(), Self::record());
        let history = self.steps.iter().zip(0_u64..).map(|(step, index)| HistoryItem {
            index,
            step: step.clone(),
            path: log.inclusion_path(index, log.size()),
        });
        Dossier::new(
            Ledger::opened_at(self.origin),
            DossierCheckpoint { checkpoint: self.checkpoint(), anchored: None, proof: None },
            ManifestPart {
                text: self.manifest.clone(),
                terms: self.terms.clone(),
                path: batch.inclusion_path(0, 2),
            },
            VoucherPart { number: 0, key: record.key, label: record.label, path: batch.inclusion_path(1, 2) },
            HeadPart { chunk: self.chunk(), path: Vec::new() },
            history.collect(),
            Vec::new(),
            self.incidents.clone(),
        )
    }

    /// A folder with `dossier.json`, `trusted.json` and `policy.json`.
    pub fn folder(&self) -> Folder {
        let dossier = self.dossier();
        Folder::new()
            .with_json("dossier.json", &dossier)
            .with_json("trusted.json", &self.trusted())
            .with_json("policy.json", &crate::vectors::policy(&dossier))
    }
}

fn order_memo(order: &str) -> Memo {
    let order = order_reference(&SALT, order).unwrap();
    Memo::Text(json!({ "order": order }).to_string())
}
