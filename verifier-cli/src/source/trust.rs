//! The trusted checkpoint: from a file, or from the chain through any endpoint of the asker's choice. Never from the node
//! whose dossier is judged.

use super::{read_text, runtime};
use crate::failure::Failure;
use anchors::{AnchorError, Chain, Endpoint, EvmChain, EvmOptions, Missing, TrustedFacts};
use protocol::checkpoint::LedgerOrigin;
use protocol::verify::{Finality, TrustedCheckpoint};
use std::path::PathBuf;

/// What the asker holds a dossier against.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TrustArgs {
    /// A file with the checkpoint, from somebody whom you trust.
    #[arg(long, value_name = "FILE", conflicts_with = "rpc")]
    pub trusted_checkpoint: Option<PathBuf>,
    /// The JSON-RPC address of a chain node that you trust; several are asked in turn until one answers. One that holds an
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
    /// Why the chain gave none.
    pub problem: Option<Failure>,
}

impl Trusted {
    const fn of(source: TrustSource, checkpoint: Option<TrustedCheckpoint>) -> Self {
        Self { source, checkpoint, finality: Finality::Final, problem: None }
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
        let Some(path) = &self.trusted_checkpoint else { return Ok(None) };
        let parsed = TrustedCheckpoint::parse(&read_text(path)?);
        parsed.map(Some).map_err(|error| {
            Failure::usage("error-checkpoint-file")
                .with_foreign("path", path.display())
                .with_foreign("cause", error)
        })
    }

    /// The checkpoint of this number of the ledger that was opened there. A chain that cannot be asked is no failure: it
    /// is told as [`Trusted::problem`], and makes the verdict `unknown`.
    pub fn checkpoint(&self, origin: &LedgerOrigin, number: u64) -> Result<Trusted, Failure> {
        if let Some(checkpoint) = self.of_file()? {
            return Ok(Trusted::of(TrustSource::File, Some(checkpoint)));
        }
        let endpoints = self.endpoints()?;
        if endpoints.is_empty() {
            return Ok(Trusted::of(TrustSource::None, None));
        }
        Ok(match ask(endpoints, origin, number) {
            Ok(facts) => Trusted {
                finality: finality(&facts),
                ..Trusted::of(TrustSource::Chain, Some(trusted(&facts)))
            },
            Err(error) => Trusted { problem: Some(told(&error)), ..Trusted::of(TrustSource::Chain, None) },
        })
    }

    /// The endpoints, each a URL.
    pub fn endpoints(&self) -> Result<Vec<Endpoint>, Failure> {
        let endpoint = |text: &String| text.parse().map_err(|_| Failure::usage("error-rpc-address"));
        self.addresses().iter().map(endpoint).collect()
    }
}

fn ask(endpoints: Vec<Endpoint>, origin: &LedgerOrigin, number: u64) -> Result<TrustedFacts, AnchorError> {
    let options = EvmOptions::new(Chain::new(origin.chain_id, origin.contract), endpoints);
    let chain = EvmChain::new(&options)?;
    let runtime = runtime().map_err(|cause| AnchorError::OutOfReach {
        endpoint: "this machine".to_owned(),
        cause: cause.into(),
    })?;
    runtime.block_on(anchors::trusted_checkpoint(&chain, origin, number))
}

const fn trusted(facts: &TrustedFacts) -> TrustedCheckpoint {
    TrustedCheckpoint {
        ledger: facts.ledger,
        checkpoint: facts.checkpoint,
        block_time: Some(facts.block_time),
        superseded_at: facts.superseded_at,
    }
}

const fn finality(facts: &TrustedFacts) -> Finality {
    match facts.finality {
        anchors::Finality::Final => Finality::Final,
        anchors::Finality::Pending { .. } => Finality::NotFinal,
    }
}

/// Why the chain says nothing, in the asker's language.
fn told(error: &AnchorError) -> Failure {
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
        AnchorError::Inconsistent { what } => {
            Failure::unknown("chain-inconsistent").with_foreign("cause", what)
        }
    }
}
