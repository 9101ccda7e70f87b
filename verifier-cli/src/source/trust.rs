//! The trusted checkpoint: from a file, or from the chain through any endpoint of the asker's choice. Never from the node
//! whose dossier is judged.

use super::{read_text, runtime};
use crate::failure::Failure;
use anchors::{AnchorError, AnchorReader as _, Chain, Endpoint, EvmChain, EvmOptions, Missing, TrustedFacts};
use protocol::Digest;
use protocol::chain_proof::{ChainProofError, Proven};
use protocol::checkpoint::LedgerOrigin;
use protocol::dossier::{Dossier, DossierCheckpoint};
use protocol::verify::{Finality, TrustedCheckpoint};
use std::path::{Path, PathBuf};

/// What the asker holds a dossier against.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TrustArgs {
    /// A file with the checkpoint, from somebody whom you trust.
    #[arg(long, value_name = "FILE", conflicts_with = "rpc")]
    pub trusted_checkpoint: Option<PathBuf>,
    /// The JSON-RPC address of a chain node that you trust. Of several, those that answer must agree. One that holds an
    /// access key is better kept off the command line: the environment's `VOUCHSAFE_RPC` counts where none is given.
    #[arg(long, value_name = "URL")]
    pub rpc: Vec<String>,
}

/// Where a trusted checkpoint came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustSource {
    /// None was given.
    None,
    /// A file.
    File,
    /// The chain.
    Chain,
    /// What a block holds whose hash the asker trusts.
    Block,
}

/// A trusted checkpoint, or why there is none.
#[derive(Debug, Clone)]
pub struct Trusted {
    /// Where it was looked for.
    pub source: TrustSource,
    /// What was found.
    pub checkpoint: Option<TrustedCheckpoint>,
    /// How settled it is; who brings a file vouches for it himself.
    pub finality: Finality,
    /// What a block holds whose hash was given.
    pub proven: Option<Proven>,
    /// Blocks upon it and its own, while the chain can still take it back.
    pub confirmations: Option<u64>,
    /// Why the chain, or the block, gave none.
    pub problem: Option<Failure>,
}

impl Trusted {
    const fn of(source: TrustSource, checkpoint: Option<TrustedCheckpoint>) -> Self {
        let (proven, confirmations, problem) = (None, None, None);
        Self { source, checkpoint, finality: Finality::Final, proven, confirmations, problem }
    }

    /// None at all.
    pub const fn nothing() -> Self {
        Self::of(TrustSource::None, None)
    }

    /// From somebody whom the asker trusts.
    pub const fn of_file(checkpoint: TrustedCheckpoint) -> Self {
        Self::of(TrustSource::File, Some(checkpoint))
    }

    /// The same, where it is of the ledger that was opened there: one of another says nothing about this one.
    pub fn of_file_on(checkpoint: TrustedCheckpoint, origin: &LedgerOrigin) -> Self {
        let meant = origin.ledger();
        if checkpoint.ledger == meant {
            return Self::of_file(checkpoint);
        }
        let problem = Failure::unknown("checkpoint-other-ledger")
            .with("given", checkpoint.ledger.to_string())
            .with("meant", meant.to_string());
        Self { problem: Some(problem), ..Self::of(TrustSource::File, None) }
    }

    fn of_chain(facts: &TrustedFacts) -> Self {
        let checkpoint = Some(TrustedCheckpoint::from(facts));
        let confirmations = match facts.finality {
            anchors::Finality::Final => None,
            anchors::Finality::Pending { confirmations } => Some(confirmations),
        };
        let finality = facts.finality.into();
        Self { finality, confirmations, ..Self::of(TrustSource::Chain, checkpoint) }
    }

    /// What a block of this hash holds of the dossier's checkpoint, by the proof in the dossier. One that does not hold is
    /// no failure: it says nothing, and makes the verdict `unknown`.
    pub fn of_block(hash: Digest, dossier: &Dossier) -> Self {
        let DossierCheckpoint { checkpoint, proof, .. } = &dossier.checkpoint;
        let proven = match proof {
            Some(proof) => {
                proof.check(hash, &dossier.ledger.origin, checkpoint.number).map_err(|e| unproven(&e))
            }
            None => Err(Failure::unknown("block-no-proof")),
        };
        match proven {
            Ok(proven) => Self { proven: Some(proven), ..Self::of(TrustSource::Block, None) },
            Err(problem) => Self { problem: Some(problem), ..Self::of(TrustSource::Block, None) },
        }
    }

    /// Whether the source gave anything.
    pub const fn is_found(&self) -> bool {
        self.checkpoint.is_some() || self.proven.is_some()
    }
}

/// The checkpoints on both sides of a time.
#[derive(Debug, Clone)]
pub struct Sides {
    /// The last at or before it.
    pub before: Option<Trusted>,
    /// The first after it.
    pub after: Option<Trusted>,
}

impl Sides {
    /// Of files: the nearest whose time is given.
    pub fn of_files(files: &[TrustedCheckpoint], at: u64) -> Self {
        let timed = || files.iter().filter_map(|file| Some((file, file.block_time?)));
        let before = timed().filter(|(_, time)| *time <= at).max_by_key(|(file, _)| file.checkpoint.number);
        let after = timed().filter(|(_, time)| *time > at).min_by_key(|(file, _)| file.checkpoint.number);
        let side = |found: Option<(&TrustedCheckpoint, u64)>| found.map(|(file, _)| Trusted::of_file(*file));
        Self { before: side(before), after: side(after) }
    }

    /// Both, where there are.
    pub fn checkpoints(&self) -> impl Iterator<Item = TrustedCheckpoint> {
        [&self.before, &self.after].into_iter().flatten().filter_map(|trusted| trusted.checkpoint)
    }
}

impl TrustArgs {
    /// Whether a source was given.
    pub fn is_given(&self) -> bool {
        self.trusted_checkpoint.is_some() || !self.addresses().is_empty()
    }

    /// The addresses given, else those of the environment, with blanks between them.
    fn addresses(&self) -> Vec<String> {
        if !self.rpc.is_empty() {
            return self.rpc.clone();
        }
        let kept = std::env::var("VOUCHSAFE_RPC").unwrap_or_default();
        kept.split_whitespace().map(str::to_owned).collect()
    }

    /// The checkpoint of the file, if one was given.
    pub fn of_file(&self) -> Result<Option<TrustedCheckpoint>, Failure> {
        self.trusted_checkpoint.as_deref().map(read_checkpoint).transpose()
    }

    /// The checkpoint of this number of the ledger that was opened there. A chain that cannot be asked is no failure, nor
    /// is a file on another ledger: that is told as [`Trusted::problem`], and makes the verdict `unknown`.
    pub fn checkpoint(&self, origin: &LedgerOrigin, number: u64) -> Result<Trusted, Failure> {
        if let Some(checkpoint) = self.of_file()? {
            return Ok(Trusted::of_file_on(checkpoint, origin));
        }
        let endpoints = self.endpoints()?;
        if endpoints.is_empty() {
            return Ok(Trusted::nothing());
        }
        let asked =
            ask(endpoints, origin, async |chain| anchors::trusted_checkpoint(chain, origin, number).await);
        Ok(match asked {
            Ok(facts) => Trusted::of_chain(&facts),
            Err(error) => {
                Trusted { problem: Some(chain_failure(&error)), ..Trusted::of(TrustSource::Chain, None) }
            }
        })
    }

    /// What the chain has on both sides of a time (Unix milliseconds); none where no chain was named.
    ///
    /// # Errors
    /// Where the chain can not say: without it nobody knows which checkpoints these are.
    pub fn around(&self, origin: &LedgerOrigin, at: u64) -> Result<Option<Sides>, Failure> {
        let endpoints = self.endpoints()?;
        if endpoints.is_empty() {
            return Ok(None);
        }
        let asked =
            ask(endpoints, origin, async |chain| anchors::checkpoints_around(chain, origin, at).await);
        let around = asked.map_err(|error| chain_failure(&error))?;
        let side = |facts: Option<TrustedFacts>| facts.as_ref().map(Trusted::of_chain);
        Ok(Some(Sides { before: side(around.before), after: side(around.after) }))
    }

    /// What the chain says of the checkpoint of this number, with where it stands; none where no chain was named.
    pub fn facts(&self, origin: &LedgerOrigin, number: u64) -> Result<Option<TrustedFacts>, Failure> {
        let endpoints = self.endpoints()?;
        if endpoints.is_empty() {
            return Ok(None);
        }
        let asked =
            ask(endpoints, origin, async |chain| anchors::trusted_checkpoint(chain, origin, number).await);
        asked.map(Some).map_err(|error| chain_failure(&error))
    }

    /// The newest checkpoint of the ledger that was opened there: the file's, or the chain's.
    pub fn newest(&self, origin: &LedgerOrigin) -> Result<TrustedCheckpoint, Failure> {
        if let Some(checkpoint) = self.of_file()? {
            return Ok(checkpoint);
        }
        let endpoints = self.endpoints()?;
        if endpoints.is_empty() {
            return Err(Failure::usage("error-no-trust"));
        }
        let asked = ask(endpoints, origin, async |chain| {
            let number = chain.latest(origin.ledger()).await?.number;
            anchors::trusted_checkpoint(chain, origin, number).await
        });
        asked.map(|facts| TrustedCheckpoint::from(&facts)).map_err(|error| chain_failure(&error))
    }

    /// The endpoints, each a URL.
    pub fn endpoints(&self) -> Result<Vec<Endpoint>, Failure> {
        let endpoint = |text: &String| text.parse().map_err(|_| Failure::usage("error-rpc-address"));
        self.addresses().iter().map(endpoint).collect()
    }
}

/// A file with a checkpoint from somebody whom the asker trusts.
pub fn read_checkpoint(path: &Path) -> Result<TrustedCheckpoint, Failure> {
    TrustedCheckpoint::parse(&read_text(path)?).map_err(|error| {
        Failure::usage("error-checkpoint-file")
            .with_foreign("path", path.display())
            .with_foreign("cause", error)
    })
}

fn ask<T>(
    endpoints: Vec<Endpoint>,
    origin: &LedgerOrigin,
    question: impl AsyncFnOnce(&EvmChain) -> Result<T, AnchorError>,
) -> Result<T, AnchorError> {
    let options = EvmOptions::new(Chain::new(origin.chain_id, origin.contract), endpoints);
    let chain = EvmChain::new(&options)?;
    let runtime = runtime().map_err(|cause| AnchorError::OutOfReach {
        endpoint: "this machine".to_owned(),
        cause: cause.into(),
    })?;
    runtime.block_on(question(&chain))
}

/// Why the chain says nothing, in the asker's language.
pub(crate) fn chain_failure(error: &AnchorError) -> Failure {
    match error {
        AnchorError::OutOfReach { endpoint, cause } => Failure::unknown("chain-out-of-reach")
            .with("endpoint", endpoint.as_str())
            .with_foreign("cause", cause),
        AnchorError::WrongChain { endpoint, expected, actual } => Failure::unknown("chain-wrong")
            .with("endpoint", endpoint.as_str())
            .with("expected", expected.to_string())
            .with("actual", actual.to_string()),
        AnchorError::NoContract { contract, chain_id } => Failure::unknown("chain-no-contract")
            .with("contract", contract.to_string())
            .with("chain", chain_id.to_string()),
        AnchorError::NoJudge { judge, contract, chain_id } => Failure::unknown("chain-no-judge")
            .with("judge", judge.to_string())
            .with("contract", contract.to_string())
            .with("chain", chain_id.to_string()),
        AnchorError::NotFound(Missing::Ledger { ledger, chain_id }) => Failure::unknown("chain-no-ledger")
            .with("ledger", ledger.to_string())
            .with("chain", chain_id.to_string()),
        AnchorError::NotFound(Missing::Checkpoint { number, latest, .. }) => {
            Failure::unknown("chain-no-checkpoint")
                .with("number", number.to_string())
                .with("latest", latest.to_string())
        }
        AnchorError::Reverted(refusal) => Failure::unknown("chain-declines").with_foreign("cause", refusal),
        AnchorError::Declined { message, .. } => {
            Failure::unknown("chain-declines").with_foreign("cause", message)
        }
        AnchorError::Disagreement { first, second, what } => Failure::unknown("chain-disagreement")
            .with("first", first.as_str())
            .with("second", second.as_str())
            .with_foreign("cause", what),
        AnchorError::NoFunds { account, balance_wei, due_wei } => Failure::refused("chain-no-funds")
            .with("account", account.to_string())
            .with("balance", balance_wei.to_string())
            .with("due", due_wei.to_string()),
        error @ (AnchorError::TooDear { .. } | AnchorError::Unproven { .. }) => {
            Failure::unknown("chain-declines").with_foreign("cause", error)
        }
        AnchorError::Inconsistent { what } => {
            Failure::unknown("chain-inconsistent").with_foreign("cause", what)
        }
    }
}

/// Why a block hash leads to nothing.
fn unproven(error: &ChainProofError) -> Failure {
    match error {
        ChainProofError::OtherBlock { shown, .. } => {
            Failure::unknown("block-other").with("shown", shown.to_string())
        }
        other => Failure::unknown("block-unproven").with_foreign("cause", other),
    }
}
