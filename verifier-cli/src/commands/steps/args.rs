//! The options of the steps. What they share stands once, in [`Common`].

use crate::party::selection::Range;
use crate::source::{NodeArgs, key_from_text};
use protocol::PublicKey;
use protocol::digest::bytes_from_hex;
use std::path::PathBuf;

/// What every step takes.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// Vouchers by their keys, or by their links without the part after #.
    #[arg(value_name = "VOUCHER")]
    pub vouchers: Vec<String>,
    /// Voucher numbers: FIRST:COUNT or FIRST-LAST.
    #[arg(long, value_name = "RANGE")]
    pub range: Vec<Range>,
    /// A file of keys, links or delivered lines, one a line; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub lines: Option<PathBuf>,
    /// Your key file, readable by you alone; - is standard input. Without it the file that `VOUCHSAFE_KEY` names.
    #[arg(long, value_name = "FILE", env = "VOUCHSAFE_KEY", hide_env_values = true)]
    pub key: PathBuf,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
    /// A JSON object to be written beside the step; everybody can read it, so no code and no personal data.
    #[arg(long, value_name = "FILE")]
    pub memo: Option<PathBuf>,
    /// After this time the step may not be accepted any more: RFC 3339, or Unix milliseconds.
    #[arg(long, value_name = "TIME")]
    pub not_after: Option<String>,
    /// Written into the memo.
    #[arg(long, value_name = "TEXT")]
    pub price: Option<String>,
    /// Written into the memo.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Where receipts are added, one JSON object a line.
    #[arg(long, value_name = "FILE", default_value = "vouchsafe-receipts.ndjson")]
    pub receipts: PathBuf,
    /// Send nothing: write the signed instructions to a file, for another party to sign or for later.
    #[arg(long, value_name = "FILE")]
    pub sign_only: Option<PathBuf>,
    /// Sign the instructions of such a file too, and send them.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["vouchers", "range", "lines", "memo", "not_after", "price", "reason"])]
    pub from: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// The order by which one sale, use or redemption is told from the next.
#[derive(Debug, clap::Args)]
pub struct OrderArgs {
    /// The order's reference; only its salted hash is written down, so it opens nothing by itself.
    #[arg(long, value_name = "REF", conflicts_with = "from")]
    pub order: Option<String>,
    /// 16 bytes as hex, for the order's hash; without it they follow from your key. The buyer gets them.
    #[arg(long, value_name = "HEX", requires = "order", value_parser = salt)]
    pub salt: Option<[u8; 16]>,
}

/// Options of `transfer`.
#[derive(Debug, clap::Args)]
pub struct TransferArgs {
    /// The receiver's key.
    #[arg(long, value_name = "KEY", value_parser = key, required_unless_present = "from")]
    pub to: Option<PublicKey>,
    /// The rest.
    #[command(flatten)]
    pub common: Common,
}

/// Options of `sell`.
#[derive(Debug, clap::Args)]
pub struct SellArgs {
    /// The buyer's key, if he has one.
    #[arg(long, value_name = "KEY", value_parser = key, conflicts_with = "from")]
    pub to: Option<PublicKey>,
    /// The order.
    #[command(flatten)]
    pub order: OrderArgs,
    /// The rest.
    #[command(flatten)]
    pub common: Common,
}

/// Options of `use` and `redeem`.
#[derive(Debug, clap::Args)]
pub struct SpendArgs {
    /// The order.
    #[command(flatten)]
    pub order: OrderArgs,
    /// The lines hold the codes: sign with them too, which shows that they were presented.
    #[arg(long, requires = "lines", conflicts_with = "from")]
    pub presented: bool,
    /// The rest.
    #[command(flatten)]
    pub common: Common,
}

/// Options of `claim`, `void`, `hold`, `release` and `return`.
#[derive(Debug, clap::Args)]
pub struct PlainArgs {
    /// All of them.
    #[command(flatten)]
    pub common: Common,
}

/// A key as hex or as it stands in links; the one that names nobody is none.
pub fn key(text: &str) -> Result<PublicKey, String> {
    let named = key_from_text(text).filter(|key| *key != PublicKey::NOBODY);
    named.ok_or_else(|| "not a key".to_owned())
}

fn salt(text: &str) -> Result<[u8; 16], String> {
    let with_prefix = if text.starts_with("0x") { text.to_owned() } else { format!("0x{text}") };
    let bytes = bytes_from_hex(&with_prefix.to_ascii_lowercase()).map_err(|error| error.to_string())?;
    bytes.try_into().map_err(|_| "16 bytes are due".to_owned())
}
