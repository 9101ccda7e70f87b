//! The options of `issue`.

use crate::commands::steps::key;
use crate::import::{Encoding, Layout, Lengths, Options, Separator};
use crate::source::NodeArgs;
use protocol::PublicKey;
use protocol::voucher::CodeForm;
use std::path::PathBuf;

/// Options of `issue`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file of codes: text lines, CSV or NDJSON in any usual encoding.
    #[arg(value_name = "SUPPLIER-FILE")]
    pub file: PathBuf,
    /// The issuer's key file, readable by you alone; - is standard input. Without it the file that `VOUCHSAFE_KEY` names.
    #[arg(
        long,
        value_name = "FILE",
        env = "VOUCHSAFE_KEY",
        hide_env_values = true,
        required_unless_present = "dry_run"
    )]
    pub key: Option<PathBuf>,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
    /// The shop-ready file to write; FILE.receipt.json is written beside it and holds no secret.
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    pub out: Option<PathBuf>,
    /// Only say what the file gives: needs no key and no node, and seals nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// How the file is read.
    #[command(flatten)]
    pub reading: Reading,
    /// What is issued.
    #[command(flatten)]
    pub batch: BatchArgs,
    /// A chain's JSON-RPC address: the manifest names its newest final block, so that nobody can call the batch older.
    #[arg(long, value_name = "URL")]
    pub rpc: Vec<String>,
    /// What stands before /v/ in links; without it what the node says.
    #[arg(long, value_name = "URL")]
    pub site: Option<String>,
}

/// How a supplier file is read.
#[derive(Debug, clap::Args)]
pub struct Reading {
    /// How codes are written before they are hashed: strip (without blanks and dashes), strip-upper or exact.
    #[arg(long, value_name = "FORM", default_value = "strip", value_parser = code_form)]
    pub code_form: CodeForm,
    /// How it is arranged.
    #[command(flatten)]
    pub arranged: Arranged,
    /// Leave bad lines in a file of their own, OUT.bad with the ending of the supplier's file, and issue the others; not
    /// where half of all lines are bad.
    #[arg(long)]
    pub skip_bad: bool,
}

/// How a supplier file is arranged, where it does not show that by itself.
#[derive(Debug, clap::Args)]
pub struct Arranged {
    /// The kind of card (cmcc, unicom, junnet …), the lengths of serial and secret as 16-18, or any.
    #[arg(long, value_name = "LAYOUT", value_parser = lengths)]
    pub layout: Option<Lengths>,
    /// What stands between the fields: the text itself, tab, blank or none.
    #[arg(long, value_name = "TEXT", value_parser = separator)]
    pub separator: Option<Separator>,
    /// The encoding, where the guess fails: big5, gb18030, utf-16le …
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    pub encoding: Option<&'static Encoding>,
}

/// What is issued, and its terms.
#[derive(Debug, clap::Args)]
pub struct BatchArgs {
    /// The product's number.
    #[arg(long, value_name = "SKU", required_unless_present = "dry_run")]
    pub product: Option<String>,
    /// The product's name; without it its number.
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// What you call yourself.
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run")]
    pub issuer_name: Option<String>,
    /// A domain of yours.
    #[arg(long, value_name = "DOMAIN")]
    pub issuer_domain: Option<String>,
    /// The face value, such as 50.00; without it what every line of the file says.
    #[arg(long, value_name = "AMOUNT")]
    pub face: Option<String>,
    /// The face value's currency.
    #[arg(long, value_name = "CODE", default_value = "CNY")]
    pub currency: String,
    /// Until when the vouchers are honoured: 2027-12-31T23:59:59+08:00.
    #[arg(long, value_name = "TIME")]
    pub redeem_by: Option<String>,
    /// Where the code is typed in.
    #[arg(long, value_name = "URL")]
    pub redeem_url: Option<String>,
    /// How often a voucher can be used; the last time is its redemption.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub uses: u16,
    /// Let an owner who claimed a voucher pass it on.
    #[arg(long)]
    pub transferable: bool,
    /// Let a voucher be claimed only after a recorded sale.
    #[arg(long)]
    pub claims_after_sale: bool,
    /// Another key that may use and redeem.
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub redeemer: Vec<PublicKey>,
    /// A key that decides about frozen vouchers.
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub arbiter: Vec<PublicKey>,
    /// One more at each issue of the same codes after a Void.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub generation: u16,
    /// The codes are printed already, without stamps: only for codes that nobody can guess.
    #[arg(long, conflicts_with = "generation")]
    pub unstamped: bool,
}

impl Reading {
    /// As the import takes them.
    pub fn options(&self) -> Options {
        self.arranged.options(self.code_form)
    }
}

impl Arranged {
    /// As the import takes them.
    pub fn options(&self, code_form: CodeForm) -> Options {
        Options {
            lengths: self.layout.unwrap_or_default(),
            separator: self.separator.clone(),
            encoding: self.encoding,
            code_form,
        }
    }

    /// Whether anything is said of it.
    pub const fn is_given(&self) -> bool {
        self.layout.is_some() || self.separator.is_some() || self.encoding.is_some()
    }
}

fn code_form(name: &str) -> Result<CodeForm, String> {
    CodeForm::from_name(name).ok_or_else(|| "not a code form".to_owned())
}

fn lengths(word: &str) -> Result<Lengths, String> {
    match word {
        "any" => Ok(Lengths::Any),
        word => word.parse::<Layout>().map(Lengths::Of).map_err(|error| error.to_string()),
    }
}

fn separator(word: &str) -> Result<Separator, String> {
    word.parse().map_err(|error: crate::import::ImportError| error.to_string())
}

fn encoding(label: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| "not an encoding".to_owned())
}
