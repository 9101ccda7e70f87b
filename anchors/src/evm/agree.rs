//! [`AnchorReader`] over JSON-RPC: of several endpoints all are asked, and those that answer must agree.
//!
//! One that gives no answer is passed over, and so is one that fell behind by its own word. Where two contradict each
//! other, neither is believed: nobody can tell which one lies. All of it is told to [`Watch`](super::Watch).

use super::EvmChain;
use super::each::together;
use super::watch::Trouble;
use crate::error::AnchorError;
use crate::reader::{
    AnchorReader, AnchoredCheckpoint, Block, Chain, Finality, Head, LedgerFacts, Tip, TxState,
};
use async_trait::async_trait;
use protocol::chain_proof::ChainProof;
use protocol::checkpoint::LedgerOrigin;
use protocol::{Address, Digest, LedgerId};
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Endpoints are heard again after these pauses before a contradiction counts: a block takes so long to get around.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(500), Duration::from_millis(1500)];

/// An endpoint whose newest block is older than another's by more has fallen behind.
const LAG_MS: u64 = 60_000;

/// How far a block may be ahead of this machine's clock, which keeps a liar from making all others look late.
const AHEAD_MS: u64 = 15_000;

/// A fact that endpoints are asked for.
trait Fact: Sized {
    /// Whether a late one says something else without contradicting the others.
    const GETS_OLD: bool = false;
    /// Whether both say the same, as far as it does not change with each block.
    fn agrees(&self, other: &Self) -> bool;
    /// Of two that agree, what both vouch for.
    fn less_settled(self, other: Self) -> Self;
    /// In a few words.
    fn told(&self) -> String;
}

/// What an endpoint says: a fact, or by the contract's own word that there is none.
type Said<T> = Result<T, AnchorError>;

/// An endpoint by its place among the witnesses, and what it said.
type Heard<T> = (usize, Said<T>);

fn told<T: Fact>(said: &Said<T>) -> String {
    match said {
        Ok(fact) => fact.told(),
        Err(error) => error.to_string(),
    }
}

fn agree<T: Fact>(one: &Said<T>, other: &Said<T>) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => one.agrees(other),
        (Err(AnchorError::NotFound(one)), Err(AnchorError::NotFound(other))) => one == other,
        (Err(AnchorError::NoContract { .. }), Err(AnchorError::NoContract { .. })) => true,
        _ => false,
    }
}

impl<K> EvmChain<K> {
    /// Asks each endpoint, and gives what those that answer agree on.
    async fn agreed<T, A>(&self, what: &str, ask: impl Fn(EvmChain) -> A) -> Result<T, AnchorError>
    where
        T: Fact + Send + 'static,
        A: Future<Output = Said<T>> + Send + 'static,
    {
        let mut apart = None;
        for pause in PAUSES {
            tokio::time::sleep(pause).await;
            let (heard, silent) = self.hear(&ask).await;
            if heard.is_empty() {
                return Err(together(silent));
            }
            let may_be_late = T::GETS_OLD || first_apart(&heard).is_some();
            let heard = if may_be_late { self.without_late(heard).await } else { heard };
            match first_apart(&heard) {
                None => return common(heard),
                Some(pair) => apart = Some(self.contradiction(what, pair, &heard)),
            }
        }
        let Some((error, pair)) = apart else { return Err(together(Vec::new())) };
        for at in pair {
            self.shared.watch.tell(self.witness(at), Trouble::Disagrees);
        }
        Err(error)
    }

    /// What each endpoint says, and why the others say nothing.
    async fn hear<T, A>(&self, ask: &impl Fn(EvmChain) -> A) -> (Vec<Heard<T>>, Vec<AnchorError>)
    where
        T: Send + 'static,
        A: Future<Output = Said<T>> + Send + 'static,
    {
        let (mut heard, mut silent) = (Vec::new(), Vec::new());
        for (at, said) in self.each(ask).await.into_iter().enumerate() {
            match said {
                Ok(_) | Err(AnchorError::NotFound(_) | AnchorError::NoContract { .. }) => {
                    heard.push((at, said));
                }
                Err(error) => silent.push(error),
            }
        }
        (heard, silent)
    }

    /// Without those whose newest block is long past another's.
    async fn without_late<T>(&self, heard: Vec<Heard<T>>) -> Vec<Heard<T>> {
        let ask = |one: EvmChain| async move { one.read_head().await };
        let (heads, _) = self.hear(&ask).await;
        let time =
            |at: usize| heads.iter().find(|(one, _)| *one == at).and_then(|(_, head)| head.as_ref().ok());
        let time = |at: usize| time(at).map(|head| head.latest.time);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let possible = |time: &u64| u128::from(*time) <= now.saturating_add(u128::from(AHEAD_MS));
        let newest = heard.iter().filter_map(|(at, _)| time(*at)).filter(possible).max().unwrap_or_default();
        let is_late = |at: usize| time(at).is_some_and(|time| time.saturating_add(LAG_MS) < newest);
        for (at, _) in heard.iter().filter(|(at, _)| is_late(*at)) {
            self.shared.watch.tell(self.witness(*at), Trouble::Lags);
        }
        heard.into_iter().filter(|(at, _)| !is_late(*at)).collect()
    }

    fn contradiction<T: Fact>(
        &self,
        what: &str,
        pair: [usize; 2],
        heard: &[Heard<T>],
    ) -> (AnchorError, [usize; 2]) {
        let said = |at: usize| heard.iter().find(|(one, _)| *one == at).map(|(_, said)| told(said));
        let [first, second] = pair.map(|at| self.witness(at).to_owned());
        let [one, other] = pair.map(|at| said(at).unwrap_or_default());
        (AnchorError::Disagreement { first, second, what: format!("{what}: {one}, or {other}") }, pair)
    }

    fn witness(&self, at: usize) -> &str {
        self.shared.witnesses.get(at).map_or("", |one| &one.shared.endpoints)
    }
}

/// The first two that do not say the same.
fn first_apart<T: Fact>(heard: &[Heard<T>]) -> Option<[usize; 2]> {
    let (first, rest) = heard.split_first()?;
    rest.iter().find(|(_, said)| !agree(&first.1, said)).map(|(at, _)| [first.0, *at])
}

/// What all of them vouch for.
fn common<T: Fact>(heard: Vec<Heard<T>>) -> Said<T> {
    let merged = heard.into_iter().map(|(_, said)| said).reduce(|one, other| match (one, other) {
        (Ok(one), Ok(other)) => Ok(one.less_settled(other)),
        (one, _) => one,
    });
    merged.unwrap_or_else(|| Err(together(Vec::new())))
}

fn less_settled(one: Finality, other: Finality) -> Finality {
    match (one, other) {
        (Finality::Final, other) => other,
        (one, Finality::Final) => one,
        (Finality::Pending { confirmations: one }, Finality::Pending { confirmations: other }) => {
            Finality::Pending { confirmations: one.min(other) }
        }
    }
}

impl Fact for Tip {
    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
    fn less_settled(self, _: Self) -> Self {
        self
    }
    fn told(&self) -> String {
        format!("number {}, {}", self.number, self.hash)
    }
}

impl Fact for AnchoredCheckpoint {
    fn agrees(&self, other: &Self) -> bool {
        *self == Self { finality: self.finality, ..*other }
    }
    fn less_settled(self, other: Self) -> Self {
        Self { finality: less_settled(self.finality, other.finality), ..self }
    }
    fn told(&self) -> String {
        let superseded = if self.superseded_at.is_some() { ", superseded" } else { "" };
        format!("{} in block {}{superseded}", self.hash, self.place.block_number)
    }
}

impl Fact for LedgerFacts {
    fn agrees(&self, other: &Self) -> bool {
        *self == Self { finality: self.finality, ..*other }
    }
    fn less_settled(self, other: Self) -> Self {
        Self { finality: less_settled(self.finality, other.finality), ..self }
    }
    fn told(&self) -> String {
        let Self { origin, operator_key, anchorer, bond_wei, phase, opened, .. } = self;
        let (opener, block) = (origin.opener, opened.block_number);
        format!(
            "{phase}, opened by {opener} in block {block} for {operator_key}, anchored by {anchorer}, {bond_wei} wei at stake"
        )
    }
}

impl Fact for Head {
    const GETS_OLD: bool = true;

    /// Blocks of one number that are final are one block. Which is the newest differs from moment to moment.
    fn agrees(&self, other: &Self) -> bool {
        match (self.finalized, other.finalized) {
            (Some(one), Some(other)) => one.number != other.number || one == other,
            _ => true,
        }
    }
    fn less_settled(self, other: Self) -> Self {
        let earlier = |one: Block, other: Block| if other.number < one.number { other } else { one };
        let finalized = self.finalized.zip(other.finalized).map(|(one, other)| earlier(one, other));
        Self { latest: earlier(self.latest, other.latest), finalized }
    }
    fn told(&self) -> String {
        self.finalized.map_or_else(|| "none".to_owned(), |block| format!("{} {}", block.number, block.hash))
    }
}

impl Fact for Vec<Address> {
    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
    fn less_settled(self, _: Self) -> Self {
        self
    }
    fn told(&self) -> String {
        format!("{self:?}")
    }
}

/// Times by checkpoint number. One endpoint may know a checkpoint more than another.
impl Fact for BTreeMap<u64, u64> {
    fn agrees(&self, other: &Self) -> bool {
        self.iter().all(|(number, time)| other.get(number).is_none_or(|said| said == time))
    }
    fn less_settled(mut self, other: Self) -> Self {
        self.retain(|number, _| other.contains_key(number));
        self
    }
    fn told(&self) -> String {
        format!("{self:?}")
    }
}

impl<K: fmt::Debug + Send + Sync> EvmChain<K> {
    /// When the checkpoints from number `first` on were anchored, by number, Unix ms: in one go what
    /// [`AnchorReader::checkpoint`] says of each. One whose event nobody keeps is not among them.
    pub async fn anchor_times(
        &self,
        ledger: LedgerId,
        first: u64,
    ) -> Result<BTreeMap<u64, u64>, AnchorError> {
        if self.shared.witnesses.is_empty() {
            return self.read_anchor_times(ledger, first).await;
        }
        let what = format!("the times of the checkpoints of {ledger}");
        self.agreed(&what, move |one| async move { one.read_anchor_times(ledger, first).await }).await
    }
}

#[async_trait]
impl<K: fmt::Debug + Send + Sync> AnchorReader for EvmChain<K> {
    fn chain(&self) -> Chain {
        self.shared.chain
    }

    async fn head(&self) -> Result<Head, AnchorError> {
        if self.shared.witnesses.is_empty() {
            return self.read_head().await;
        }
        self.agreed("the newest final block", |one| async move { one.read_head().await }).await
    }

    async fn ledger(&self, ledger: LedgerId) -> Result<LedgerFacts, AnchorError> {
        if self.shared.witnesses.is_empty() {
            return self.read_ledger(ledger).await;
        }
        let what = format!("ledger {ledger}");
        self.agreed(&what, move |one| async move { one.read_ledger(ledger).await }).await
    }

    async fn latest(&self, ledger: LedgerId) -> Result<Tip, AnchorError> {
        if self.shared.witnesses.is_empty() {
            return self.read_latest(ledger).await;
        }
        let what = format!("the latest checkpoint of {ledger}");
        self.agreed(&what, move |one| async move { one.read_latest(ledger).await }).await
    }

    async fn checkpoint(&self, ledger: LedgerId, number: u64) -> Result<AnchoredCheckpoint, AnchorError> {
        if self.shared.witnesses.is_empty() {
            return self.read_checkpoint(ledger, number).await;
        }
        let what = format!("checkpoint {number} of {ledger}");
        self.agreed(&what, move |one| async move { one.read_checkpoint(ledger, number).await }).await
    }

    async fn judges(&self, ledger: LedgerId) -> Result<Vec<Address>, AnchorError> {
        if self.shared.witnesses.is_empty() {
            return self.read_judges(ledger).await;
        }
        let what = format!("the judges of {ledger}");
        self.agreed(&what, move |one| async move { one.read_judges(ledger).await }).await
    }

    /// From the first endpoint that answers: what matters is read from the contract.
    async fn transaction(&self, tx: Digest) -> Result<TxState, AnchorError> {
        self.read_transaction(tx).await
    }

    /// From the first endpoint whose proof holds: it needs nobody's word.
    async fn proof(&self, origin: &LedgerOrigin, number: u64) -> Result<ChainProof, AnchorError> {
        self.read_proof(origin, number).await
    }
}
