//! From what a party names to what a step covers: ranges of numbers, or single vouchers whose code was shown.

use super::args::Common;
use crate::console::Console;
use crate::failure::Failure;
use crate::node_client::{NodeClient, Run, VoucherView, together};
use crate::party::place::has_number;
use crate::party::selection::{Named, Range};
use crate::source::{DeliveredLine, Fetched, fetch, read_input, read_line};
use protocol::manifest::Manifest;
use protocol::signing::KeyPair;
use protocol::voucher::{CodeForm, Stamp, voucher_key};
use protocol::{Digest, LedgerId, PublicKey};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use zeroize::Zeroizing;

/// What a step covers.
pub enum Target {
    /// Vouchers by number.
    Numbers(Range),
    /// One voucher whose code is at hand.
    Opened {
        /// Where it stands.
        run: Run,
        /// The key that follows from its code.
        pair: Box<KeyPair>,
    },
}

/// The vouchers of the options, without asking anybody.
pub fn named(common: &Common, console: &Console, needs_code: bool) -> Result<Vec<Named>, Failure> {
    let unknown = || Failure::usage("party-voucher-unknown");
    let mut named = Vec::new();
    for text in &common.vouchers {
        named.push(Named::parse(text).ok_or_else(unknown)?);
    }
    if let Some(path) = &common.lines {
        let text = lines(path, common)?;
        named.extend(Named::parse_lines(&text)?);
    } else if needs_code && common.range.is_empty() && named.is_empty() {
        if common.key == Path::new("-") {
            return Err(Failure::usage("party-two-from-stdin"));
        }
        let line = read_line(&console.texts)?;
        named.push(Named::Delivered(DeliveredLine::parse(&line)?));
    }
    let without_code =
        !common.range.is_empty() || named.iter().any(|named| matches!(named, Named::Voucher(_)));
    if needs_code && without_code {
        return Err(Failure::usage("party-code-needed"));
    }
    if named.is_empty() && common.range.is_empty() {
        return Err(Failure::usage("party-nothing-named"));
    }
    Ok(named)
}

fn lines(path: &Path, common: &Common) -> Result<Zeroizing<String>, Failure> {
    if [path, &common.key] == [Path::new("-"); 2] {
        return Err(Failure::usage("party-two-from-stdin"));
    }
    read_input(path)
}

/// The site of the first link among them: where to ask if no node is given.
pub fn site(named: &[Named]) -> Option<String> {
    named.iter().find_map(|named| match named {
        Named::Delivered(line) => Some(line.link.site.clone()),
        Named::Voucher(_) => None,
    })
}

/// Asks the node for the numbers of the vouchers, with proof; `each` is called after each. Gives how many of them only the
/// node's word stands for, because nothing that proves them is anchored yet.
pub fn numbers(
    node: &NodeClient,
    ledger: LedgerId,
    named: &[Named],
    mut ranges: Vec<Range>,
    now: u64,
    each: impl Fn() + Sync,
) -> Result<(Vec<Target>, u64), Failure> {
    let place = |named: &Named| {
        let number = view_of(node, &named.voucher())?.number;
        let is_proven = proves_number(node, ledger, named, number, now)?;
        each();
        Ok((number, is_proven))
    };
    let mut unproven = 0;
    for found in together(named.iter().collect(), place).into_iter().flatten() {
        let (number, is_proven) = found?;
        unproven += u64::from(!is_proven);
        ranges.push(Range { first: number, count: 1 });
    }
    Ok((Range::joined(ranges).into_iter().map(Target::Numbers).collect(), unproven))
}

/// Whether the node proves that the voucher has this number; not if nothing that proves it is anchored yet.
fn proves_number(
    node: &NodeClient,
    ledger: LedgerId,
    named: &Named,
    number: u64,
    now: u64,
) -> Result<bool, Failure> {
    let voucher = named.voucher();
    let dossier = match fetch(node, &voucher, None, false) {
        Fetched::Dossier(dossier) => dossier,
        Fetched::NotAnchored { .. } => return Ok(false),
        Fetched::Absent(_) | Fetched::NoDossier(_) => String::new(),
        Fetched::Failed(failure) => return Err(failure),
    };
    if has_number(&dossier, ledger, named, number, now) {
        return Ok(true);
    }
    if has_number(&dossier, ledger, &Named::Voucher(voucher), number, now) {
        return Err(does_not_open(&voucher));
    }
    let failure = Failure::refused("party-voucher-unproven").with("voucher", voucher.to_string());
    Err(failure.with("node", node.address().to_string()))
}

/// Derives the keys of vouchers whose codes are at hand. With `proven` each number is proven, too: a step that counts
/// without the voucher's own signature would fit any number that the node tells.
pub fn opened(
    node: &NodeClient,
    ledger: LedgerId,
    named: &[Named],
    proven: bool,
    now: u64,
    each: impl Fn() + Sync,
) -> Result<Vec<Target>, Failure> {
    let lines: Option<Vec<&DeliveredLine>> = named.iter().map(Named::delivered).collect();
    let lines = lines.ok_or_else(|| Failure::usage("party-code-needed"))?;
    let asked = |line: &DeliveredLine| view_of(node, &line.link.voucher).inspect(|_| each());
    let views = together(lines.clone(), asked);
    let mut forms = HashMap::new();
    let (mut targets, mut told) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
    for ((named, line), view) in named.iter().zip(lines).zip(views) {
        let Some(view) = view.transpose()? else { continue };
        let form = match forms.get(&view.batch_root) {
            Some(form) => *form,
            None => *forms.entry(view.batch_root).or_insert(code_form(node, view.batch_root)?),
        };
        let pair = open(line, &view, form)?;
        told.push((named, view.number));
        targets.push(Target::Opened { run: run_of(&view), pair: Box::new(pair) });
    }
    if proven {
        let prove = |(named, number): (&Named, u64)| {
            if proves_number(node, ledger, named, number, now)? {
                return Ok(());
            }
            let voucher = named.voucher().to_string();
            Err(Failure::unknown("party-number-not-anchored").with("voucher", voucher))
        };
        together(told, prove).into_iter().flatten().collect::<Result<(), Failure>>()?;
    }
    Ok(targets)
}

/// The voucher's own key, which only the right code with the right stamp gives.
fn open(line: &DeliveredLine, view: &VoucherView, form: CodeForm) -> Result<KeyPair, Failure> {
    let wrong = || does_not_open(&line.link.voucher);
    let stamp = line.link.stamp.clone().unwrap_or(Stamp::NONE);
    let (serial, code) = (form.apply(&line.serial), form.apply(&line.code));
    let pair = voucher_key(&view.issuer, &stamp, &serial, &code).map_err(|_| wrong())?;
    if pair.public() == line.link.voucher { Ok(pair) } else { Err(wrong()) }
}

fn does_not_open(voucher: &PublicKey) -> Failure {
    Failure::refused("party-code-does-not-open").with("voucher", voucher.to_string())
}

fn view_of(node: &NodeClient, voucher: &PublicKey) -> Result<VoucherView, Failure> {
    node.voucher(voucher).map_err(|error| match error.problem("no-such-voucher") {
        Some(_) => Failure::refused("party-no-such-voucher")
            .with("voucher", voucher.to_string())
            .with("node", node.address().to_string()),
        None => error.into(),
    })
}

const fn run_of(view: &VoucherView) -> Run {
    Run {
        first: view.number,
        count: 1,
        index: view.index,
        leaf: view.leaf,
        status: view.status,
        party: view.party,
        at: view.at,
    }
}

#[derive(Deserialize)]
struct BatchManifest {
    manifest: String,
}

fn code_form(node: &NodeClient, batch_root: Digest) -> Result<CodeForm, Failure> {
    let batch: BatchManifest = node.get(&format!("v1/batches/{batch_root}"))?;
    let manifest = Manifest::read(&batch.manifest)
        .map_err(|error| Failure::refused("party-manifest-unreadable").with("problem", error.to_string()))?;
    Ok(manifest.code_form)
}
