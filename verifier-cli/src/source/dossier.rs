//! Fetching a voucher's dossier from a node.

use crate::failure::Failure;
use crate::node_client::{NodeAddress, NodeClient, NodeError, Problem};
use protocol::PublicKey;
use protocol::dossier::Dossier;
use protocol::json::JsonError;
use protocol::manifest::Manifest;

/// Names the node where `--node` and a link do not.
pub const NODE_VARIABLE: &str = "VOUCHSAFE_NODE";

/// Which node is asked.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct NodeArgs {
    /// The node to ask; without it the site of the link, else the environment's `VOUCHSAFE_NODE`.
    #[arg(long, value_name = "URL")]
    pub node: Option<String>,
}

impl NodeArgs {
    /// The address: of `--node`, else of the link that named the voucher, else of the environment.
    pub fn address(&self, site: Option<&str>) -> Result<NodeAddress, Failure> {
        let variable = || std::env::var(NODE_VARIABLE).ok().filter(|value| !value.is_empty());
        let given = self.node.clone().or_else(|| site.map(str::to_owned)).or_else(variable);
        let text = given.ok_or_else(|| Failure::usage("error-no-node"))?;
        text.parse().map_err(|error: NodeError| error.into())
    }
}

/// What a node had of a voucher.
#[derive(Debug)]
pub enum Fetched {
    /// Its dossier.
    Dossier(String),
    /// It says that there is no such voucher; its word may be signed.
    Absent(Box<Problem>),
    /// It was accepted, and no anchored checkpoint covers it yet.
    NotAnchored {
        /// When to ask again.
        retry_after_s: Option<u64>,
    },
    /// Something else than a dossier of this voucher: it says nothing of it.
    NoDossier(Failure),
    /// No answer.
    Failed(Failure),
}

/// Asks the node, under its newest checkpoint or the one of this number; with what proves that checkpoint by a block hash,
/// where the node can have that from its chain.
pub fn fetch(client: &NodeClient, voucher: &PublicKey, checkpoint: Option<u64>, with_proof: bool) -> Fetched {
    let error = match client.dossier(voucher, checkpoint, with_proof) {
        Ok(text) => {
            return match check(&text, voucher) {
                Ok(()) => Fetched::Dossier(text),
                Err(error) => {
                    let failure = Failure::unknown("error-not-a-dossier");
                    let failure = failure.with("node", client.address().to_string());
                    Fetched::NoDossier(failure.with_foreign("cause", error))
                }
            };
        }
        Err(error) => error,
    };
    if let Some(problem) = error.problem("no-such-voucher") {
        return Fetched::Absent(Box::new(problem.clone()));
    }
    match error.problem("not-anchored") {
        Some(problem) => Fetched::NotAnchored { retry_after_s: problem.retry_after_s },
        None => Fetched::Failed(error.into()),
    }
}

/// Whether it has the shape of a dossier, and is this voucher's.
fn check(text: &str, voucher: &PublicKey) -> Result<(), JsonError> {
    let dossier = Dossier::parse(text)?;
    Manifest::read(&dossier.manifest.text)?;
    if dossier.voucher.key == *voucher {
        Ok(())
    } else {
        Err(JsonError::new("dossier.voucher.key", "not the voucher that was asked for"))
    }
}
