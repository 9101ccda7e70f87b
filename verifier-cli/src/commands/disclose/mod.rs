//! `vouchsafe disclose`: show somebody one serial or one order of a voucher, and nothing else with it.
//!
//! What is written was held against the voucher's dossier first: nobody gives away by mistake what proves nothing, or what
//! belongs to another voucher.

mod order;
mod serial;

use super::history::fetched;
use crate::console::{Console, plain};
use crate::failure::Failure;
use crate::lang::Text;
use crate::node_client::NodeClient;
use crate::party::files::{self, Over, Readers};
use crate::source::{Asked, NodeArgs};
use clap::Subcommand;
use protocol::PublicKey;
use protocol::disclosure::{Disclosure, Opened, Unopened};
use protocol::dossier::Dossier;
use protocol::manifest::Manifest;
use protocol::verify::Verdict;
use protocol::voucher::link_name;
use std::path::{Path, PathBuf};

/// The options of `disclose`.
#[derive(Debug, clap::Args)]
#[command(disable_help_subcommand = true)]
pub struct Args {
    /// What to disclose.
    #[command(subcommand)]
    pub fact: Fact,
}

/// What can be disclosed.
#[derive(Debug, Subcommand)]
pub enum Fact {
    /// That a voucher has this serial; for who issued it, or holds its delivered line.
    Serial(serial::Args),
    /// That a step of a voucher belongs to this order; for who sold it, or knows the order's salt.
    Order(order::Args),
}

/// About which voucher, and where the file goes.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// The voucher's dossier file, its key, or its link without the part after #.
    pub voucher: String,
    /// The node to ask for the dossier.
    #[command(flatten)]
    pub node: NodeArgs,
    /// The file to write, - for standard output; without it KEY.serial.json or KEY.order.json in this folder.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
}

/// The dossier that a disclosure is made beside.
struct Beside {
    dossier: Dossier,
    manifest: Manifest,
}

/// Makes the file.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    match &args.fact {
        Fact::Serial(args) => serial::run(args, console),
        Fact::Order(args) => order::run(args, console),
    }
}

impl Beside {
    /// Of the voucher that is named, from a file or a node.
    fn of(common: &Common, console: &Console) -> Result<Self, Failure> {
        let (key, site) = match Asked::read(Some(&common.voucher), &console.texts)? {
            Asked::Dossier(in_hand) => return Self::parse(&in_hand.into_text()?),
            Asked::Voucher { key, site } => (key, site),
            Asked::Line(line) => (line.link.voucher, Some(line.link.site)),
        };
        let client = NodeClient::new(common.node.address(site.as_deref())?)?;
        Self::parse(&fetched(&client, &key, None, false)?)
    }

    fn parse(text: &str) -> Result<Self, Failure> {
        let read = Dossier::parse(text)
            .and_then(|dossier| Ok(Self { manifest: Manifest::read(&dossier.manifest.text)?, dossier }));
        read.map_err(|error| Failure::usage("error-not-json-dossier").with_foreign("cause", error))
    }

    const fn voucher(&self) -> PublicKey {
        self.dossier.voucher.key
    }

    /// What the disclosure opens beside this dossier.
    fn open(&self, disclosure: &Disclosure) -> Result<Opened, Unopened> {
        disclosure.open(&self.dossier, &self.manifest)
    }
}

/// A disclosure that does not open: it is not written.
fn mismatch(why: &Unopened, console: &Console) -> Failure {
    let reason = console.texts.say(&Text::new(format!("unopened-{}", why.code())));
    Failure::new(Verdict::Mismatch.exit(), "error-disclose-mismatch").with("reason", reason)
}

/// Writes it where it shall go.
fn write(
    disclosure: &Disclosure,
    kind: &'static str,
    common: &Common,
    console: &mut Console,
) -> Result<u8, Failure> {
    if common.out.as_deref() == Some(Path::new("-")) {
        console.json(disclosure);
        return Ok(0);
    }
    let name = || format!("{}.{kind}.json", link_name(&disclosure.voucher)).into();
    let path: PathBuf = common.out.clone().unwrap_or_else(name);
    let text = serde_json::to_string_pretty(disclosure).unwrap_or_default();
    files::write(&path, Readers::Any, Over::forced(common.force), text.as_bytes())?;
    let saved = Text::new("disclosure-saved").with("path", plain(&path.display().to_string(), 200));
    console.say(&saved);
    Ok(0)
}
