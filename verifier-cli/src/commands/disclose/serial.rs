//! `disclose serial`: the serial with the key to its label. The stamp is needed to make it, and stays here.

use super::{Beside, Common, mismatch, write};
use crate::console::Console;
use crate::failure::Failure;
use crate::import;
use crate::keys::PartyKey;
use crate::source::{DeliveredLine, read_file, read_line, read_text};
use protocol::disclosure::Disclosure;
use protocol::verify::Verdict;
use protocol::voucher::{Stamp, label};
use std::io::Read as _;
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
    #[arg(long, value_name = "FILE", conflicts_with = "lines", requires = "key")]
    pub cards: Option<PathBuf>,
    /// The issuer's key file, for --cards; - is standard input.
    #[arg(long, value_name = "FILE", requires = "cards")]
    pub key: Option<PathBuf>,
    /// The generation under which the batch was issued.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "cards")]
    pub generation: u16,
}

/// Makes the file.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let beside = Beside::of(&args.common, console)?;
    let (serial, stamp) = match (&args.cards, &args.key) {
        (Some(cards), Some(key)) => of_supplier_file(args, &beside, cards, &PartyKey::read(key)?)?,
        _ => of_line(args, &beside, console)?,
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
    let text = match &args.lines {
        Some(path) if path == Path::new("-") => standard_input()?,
        Some(path) => Zeroizing::new(read_text(path)?),
        None => read_line(&console.texts)?,
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty()).map(DeliveredLine::parse);
    let mut unreadable = None;
    for line in lines {
        match line {
            Ok(line) if line.link.voucher == beside.voucher() => {
                return Ok((line.serial, line.link.stamp.unwrap_or(Stamp::NONE)));
            }
            Ok(_) => {}
            Err(error) => unreadable = unreadable.or(Some(error)),
        }
    }
    // A line that can not be read may be the voucher's.
    Err(unreadable
        .map_or_else(|| Failure::new(Verdict::Mismatch.exit(), "error-no-such-line"), Failure::from))
}

fn standard_input() -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let limit = crate::source::MAX_FILE_BYTES as u64;
    let read = std::io::stdin().lock().take(limit).read_to_string(&mut text);
    read.map_err(|error| Failure::usage("error-no-line").with("cause", error.to_string()))?;
    Ok(text)
}

/// Serial and stamp of the card whose label is the voucher's: no key needs to be derived to find it.
fn of_supplier_file(
    args: &Args,
    beside: &Beside,
    path: &Path,
    key: &PartyKey,
) -> Result<(Zeroizing<String>, Stamp), Failure> {
    let secret = key.stamp_secret().ok_or_else(|| Failure::usage("party-key-without-stamps"))?;
    let file = Zeroizing::new(read_file(path)?);
    let form = beside.manifest.code_form;
    let options = import::Options { code_form: form, ..import::Options::default() };
    let import = import::read(&file, &options).map_err(|error| {
        Failure::usage("error-cards").with_foreign("path", path.display()).with_foreign("cause", error)
    })?;
    let ledger = beside.dossier.ledger.id;
    for card in import.cards.iter() {
        let (serial, code) = (form.apply(card.serial), form.apply(card.code));
        let Ok(stamp) = secret.stamp(ledger, args.generation, &serial, &code) else { continue };
        if label(&stamp, &serial) == Ok(beside.dossier.voucher.label) {
            return Ok((Zeroizing::new(card.serial.to_owned()), stamp));
        }
    }
    Err(Failure::new(Verdict::Mismatch.exit(), "error-no-such-card"))
}
