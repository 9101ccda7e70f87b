//! `vouchsafe dossier`: save the file with which anybody can judge a voucher, without the node.

use super::history::fetched;
use crate::console::{Console, plain};
use crate::failure::Failure;
use crate::lang::Text;
use crate::node_client::NodeClient;
use crate::party::files::{Over, Readers, write};
use crate::source::{Asked, NodeArgs};
use protocol::dossier::Dossier;
use protocol::voucher::link_name;
use std::path::{Path, PathBuf};

/// The options of `dossier`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The voucher's key, or its link without the part after #.
    pub voucher: String,
    /// The node to ask.
    #[command(flatten)]
    pub node: NodeArgs,
    /// The file to write, - for standard output; without it KEY.dossier.json in this folder.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Judge it under this checkpoint instead of the newest.
    #[arg(long, value_name = "N")]
    pub checkpoint: Option<u64>,
    /// Put in what proves the checkpoint by the hash of a block alone, for --block-hash of verify.
    #[arg(long)]
    pub with_proof: bool,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
}

/// Fetches and saves.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let (key, site) = match Asked::read(Some(&args.voucher), &console.texts)? {
        Asked::Voucher { key, site } => (key, site),
        Asked::Line(line) => (line.link.voucher, Some(line.link.site)),
        Asked::Dossier(_) => return Err(Failure::usage("error-needs-voucher")),
    };
    let to_standard_output = args.out.as_deref() == Some(Path::new("-"));
    let path = args.out.clone().unwrap_or_else(|| format!("{}.dossier.json", link_name(&key)).into());
    if !to_standard_output {
        Over::forced(args.force).check(&path)?;
    }
    let client = NodeClient::new(args.node.address(site.as_deref())?)?.telling(console.waiting());
    let text = fetched(&client, &key, args.checkpoint, args.with_proof)?;
    if to_standard_output {
        console.raw(text.as_bytes());
        return Ok(0);
    }
    write(&path, Readers::Any, Over::forced(args.force), text.as_bytes())?;
    let checkpoint = Dossier::parse(&text).map(|dossier| dossier.checkpoint).ok();
    let number = checkpoint.as_ref().map(|checkpoint| checkpoint.checkpoint.number).unwrap_or_default();
    console.say(
        &Text::new("dossier-saved")
            .with("path", plain(&path.display().to_string(), 200))
            .with("bytes", text.len().to_string())
            .with("number", number.to_string()),
    );
    if args.with_proof {
        let proof = checkpoint.and_then(|checkpoint| checkpoint.proof);
        let block = proof.and_then(|proof| proof.header().ok());
        let block = block.ok_or_else(|| Failure::unknown("dossier-without-proof"))?;
        console.say(
            &Text::new("dossier-proof")
                .with("block", block.number.to_string())
                .with("hash", block.hash.to_string()),
        );
    }
    Ok(0)
}
