//! `vouchsafe vouch`: what an issuer's domain publishes, so that strangers find out whose key it is.

use crate::console::Console;
use crate::failure::Failure;
use crate::lang::Text;
use crate::node_client::NodeClient;
use crate::source::{DOMAIN_PATH, NodeArgs, key_from_text};
use serde_json::json;

/// The options of `vouch`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The issuer's public key, as `vouchsafe keygen` printed it; several times for several keys.
    #[arg(long, value_name = "KEY", required = true)]
    pub key: Vec<String>,
    /// The issuer's name.
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// The node whose ledger the issuer uses.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// Prints the policy that the domain is to publish.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let key = |text: &String| key_from_text(text).ok_or_else(|| Failure::usage("error-my-key"));
    let keys = args.key.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    let client = NodeClient::new(args.node.address(None)?)?.telling(console.waiting());
    let ledger = client.ledger()?.ledger;
    let issuers: Vec<_> = keys.iter().map(|key| json!({ "key": key, "name": args.name })).collect();
    console.json(&json!({
        "chains": [{ "chain_id": ledger.chain_id, "contract": ledger.contract, "ledgers": [ledger.id] }],
        "issuers": issuers,
    }));
    console.remark(&Text::new("vouch-publish").with("path", format!("https://DOMAIN/{DOMAIN_PATH}")));
    Ok(0)
}
