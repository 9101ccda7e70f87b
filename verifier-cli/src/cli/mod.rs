//! The command line: every command with its options, read by clap and told in the asker's language.
//!
//! English help stands here, in the doc comments; other languages in their `help.ftl` and `party.ftl`.

mod help;
mod secret;
mod usage;

use crate::commands::{
    audit, case, challenge, completions, disclose, disclosure, dossier, history, issue, keygen, man, mirror,
    status, steps, verify, vouch,
};
use crate::failure::Failure;
use crate::lang::{Language, Texts};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::ffi::OsString;

/// What the command is called.
pub const NAME: &str = "vouchsafe";

/// Check a prepaid voucher against the chain, and take the steps of those who trade it.
#[derive(Debug, Parser)]
#[command(name = NAME, version, disable_help_flag = true, disable_version_flag = true)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    /// The language to speak; without it the locale decides.
    #[arg(long, global = true, value_enum, hide_possible_values = true, value_name = "zh|en")]
    pub lang: Option<Language>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a voucher: is it genuine, is it unspent, is it mine.
    Verify(verify::Args),
    /// Show through whose hands a voucher went.
    History(history::Args),
    /// Say what a voucher's state was at a time.
    Status(status::Args),
    /// Save the file with which anybody can judge a voucher.
    Dossier(dossier::Args),
    /// Bring a challenge file before the contract, and take the bond of an operator who lied.
    Challenge(challenge::Args),
    /// Keep a copy of a ledger's public data, held against the chain.
    Mirror(mirror::Args),
    /// Check a whole ledger against the chain, once or for good.
    Audit(Box<audit::Args>),
    /// Put all evidence on vouchers into one file for an arbitrator, or check such a file.
    Case(Box<case::Args>),
    /// Show somebody one serial or one order of a voucher, and nothing else.
    Disclose(disclose::Args),
    /// Judge what somebody disclosed of a voucher.
    Disclosure(disclosure::Args),
    /// Make a key of your own.
    Keygen(keygen::Args),
    /// Print what an issuer's domain publishes to vouch for his key.
    Vouch(vouch::Args),
    /// Seal a supplier file into a batch, and write it shop-ready.
    Issue(Box<issue::Args>),
    /// Hand vouchers on to another holder.
    Transfer(steps::TransferArgs),
    /// Record a sale.
    Sell(steps::SellArgs),
    /// Make a voucher yours, with its code.
    Claim(steps::PlainArgs),
    /// Record one of several uses.
    Use(steps::SpendArgs),
    /// Record the redemption.
    Redeem(steps::SpendArgs),
    /// Call vouchers back for good.
    Void(steps::PlainArgs),
    /// Freeze vouchers.
    Hold(steps::PlainArgs),
    /// Unfreeze vouchers.
    Release(steps::PlainArgs),
    /// Give vouchers back to their seller; owner and seller sign.
    Return(steps::PlainArgs),
    /// Print what your shell needs to complete commands and options.
    Completions(completions::Args),
    /// Write the manual pages.
    Man(man::Args),
}

/// Why no command runs.
#[derive(Debug)]
pub enum Stop {
    /// Help or the version was asked for: print it.
    Asked(String),
    /// The command line is wrong.
    Wrong(Failure),
}

/// The command line with its help in the language of these texts.
pub fn command(texts: &Texts) -> clap::Command {
    help::in_language(Cli::command(), texts)
}

/// Reads the command line.
pub fn parse(arguments: &[OsString], texts: &Texts) -> Result<Cli, Stop> {
    if secret::is_among(arguments) {
        return Err(Stop::Wrong(Failure::usage("error-secret-argument")));
    }
    let matches = command(texts).try_get_matches_from(arguments).map_err(|error| usage::stop(&error))?;
    Cli::from_arg_matches(&matches).map_err(|error| usage::stop(&error))
}
