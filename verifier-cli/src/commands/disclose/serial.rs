//! `disclose serial`: the serial with the key to its label. The stamp is needed to make it, and stays here.

use super::{Beside, Common, mismatch, write};
use crate::commands::issue::Arranged;
use crate::console::Console;
use crate::failure::Failure;
use crate::import;
use crate::keys::PartyKey;
use crate::source::{DeliveredLine, find_in_lines, read_line, read_supplier_file};
use protocol::disclosure::Disclosure;
use protocol::verify::Verdict;
use protocol::voucher::{Stamp, StampSecret, label};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The options of `disclose serial`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The voucher and the file.
    #[command(flatten)]
    pub common: Common,
    /// A file of delivered lines, such as the shop-ready file: the voucher's is found by its link; - is standard input.
    /// Without it and --cards one line is asked for.
    #[arg(long, value_name = "FILE")]
    pub lines: Option<PathBuf>,
    /// The supplier file, where no shop-ready file is left: the stamps follow from your key.
    #[arg(long, value_name = "FILE", conflicts_with = "lines")]
    pub cards: Option<PathBuf>,
    /// How that file is arranged.
    #[command(flatten)]
    pub arranged: Arranged,
    /// The issuer's key file, for --cards; - is standard input. Codes without stamps need none.
    #[arg(long, value_name = "FILE", requires = "cards")]
    pub key: Option<PathBuf>,
    /// The generation under which the batch was issued.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "cards")]
    pub generation: u16,
}

/// Makes the file.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let missing = |option: &'static str| Failure::usage("error-missing-argument").with("option", option);
    if args.cards.is_none() && args.arranged.is_given() {
        return Err(missing("--cards"));
    }
    let beside = Beside::of(&args.common, console)?;
    let (serial, stamp) = match &args.cards {
        Some(cards) if beside.dossier.manifest.terms.is_stamped() => {
            let key = PartyKey::read(args.key.as_deref().ok_or_else(|| missing("--key"))?)?;
            let secret = key.stamp_secret().ok_or_else(|| Failure::usage("party-key-without-stamps"))?;
            of_supplier_file(args, &beside, cards, Some(secret))?
        }
        Some(cards) => of_supplier_file(args, &beside, cards, None)?,
        None => of_line(args, &beside, console)?,
    };
    if serial.is_empty() {
        return Err(Failure::usage("error-no-serial"));
    }
    let disclosure = Disclosure::of_serial(beside.dossier.ledger.id, beside.voucher(), &serial, &stamp);
    match beside.open(&disclosure) {
        Ok(_) => write(&disclosure, "serial", &args.common, console),
        Err(why) => Err(mismatch(&why, console)),
    }
}

/// Serial and stamp of the voucher's delivered line.
fn of_line(args: &Args, beside: &Beside, console: &Console) -> Result<(Zeroizing<String>, Stamp), Failure> {
    let mut unreadable = None;
    let mut find = |line: &str| match DeliveredLine::parse(line) {
        Ok(line) if line.link.voucher == beside.voucher() => {
            Some((line.serial, line.link.stamp.unwrap_or(Stamp::NONE)))
        }
        Ok(_) => None,
        Err(error) => {
            unreadable = unreadable.or(Some(error));
            None
        }
    };
    let found = match &args.lines {
        Some(path) => find_in_lines(path, find)?,
        None => find(&read_line(&console.texts)?),
    };
    // A line that can not be read may be the voucher's.
    let (serial, stamp) = found.ok_or_else(|| {
        let none = || Failure::new(Verdict::Mismatch.exit(), "error-no-such-line");
        unreadable.map_or_else(none, Failure::from)
    })?;
    if stamp.is_none() && beside.dossier.manifest.terms.is_stamped() {
        return Err(Failure::usage("error-line-cut"));
    }
    Ok((serial, stamp))
}

/// Serial and stamp of the card whose label is the voucher's: no key needs to be derived to find it. Without the stamp secret
/// for codes that were printed without stamps.
fn of_supplier_file(
    args: &Args,
    beside: &Beside,
    path: &Path,
    secret: Option<&StampSecret>,
) -> Result<(Zeroizing<String>, Stamp), Failure> {
    let file = read_supplier_file(path)?;
    let form = beside.manifest.code_form;
    let import = import::read(&file, &args.arranged.options(form)).map_err(|error| {
        Failure::usage("error-cards").with_foreign("path", path.display()).with_foreign("cause", error)
    })?;
    let ledger = beside.dossier.ledger.id;
    for card in import.cards.iter() {
        let (serial, code) = (form.apply(card.serial), form.apply(card.code));
        let stamp = match secret.map(|secret| secret.stamp(ledger, args.generation, &serial, &code)) {
            None => Stamp::NONE,
            Some(Ok(stamp)) => stamp,
            Some(Err(_)) => continue,
        };
        if label(&stamp, &serial) == Ok(beside.dossier.voucher.label) {
            return Ok((Zeroizing::new(card.serial.to_owned()), stamp));
        }
    }
    Err(Failure::new(Verdict::Mismatch.exit(), "error-no-such-card"))
}
