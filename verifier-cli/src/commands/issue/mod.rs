//! `issue`: a supplier file becomes a sealed batch and a shop-ready file in the same order. Codes and stamp secret never
//! leave this process; the node gets public keys.

mod args;
mod plan;
mod reading;
mod send;
mod shop_file;

pub use args::{Args, Arranged};

use crate::commands::progress;
use crate::console::Console;
use crate::failure::Failure;
use crate::import::Import;
use crate::keys::PartyKey;
use crate::lang::Text;
use crate::node_client::NodeClient;
use crate::party::batch::{Batch, Sealing};
use crate::party::files::{Draft, Over, Readers, write};
use crate::party::receipts::Operator;
use crate::report::Problem;
use plan::Plan;
use protocol::checkpoint::LedgerOrigin;
use protocol::digest::bytes_to_hex;
use reading::Supply;
use send::{Desk, Sealed};
use serde_json::json;
use shop_file::{Earlier, LedgerText, Sidecar};
use std::path::Path;

/// Issues the file, or reports it with `--dry-run`. With `--json` whatever keeps it from that is told as JSON too.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let supply = match Supply::read(args) {
        Ok(supply) => supply,
        Err(failure) => {
            if args.json {
                console.json(&json!({ "accepted": 0, "refused": [], "problem": Problem::of(&failure) }));
            }
            return Err(failure);
        }
    };
    if args.dry_run {
        return Ok(reading::dry_run(&supply, args, console));
    }
    issue(args, &supply, console).inspect_err(|failure| {
        if args.json {
            let mut value = supply.json();
            value["problem"] = json!(Problem::of(failure));
            console.json(&value);
        }
    })
}

fn issue(args: &Args, supply: &Supply, console: &mut Console) -> Result<u8, Failure> {
    if let Some(obstacle) = supply.obstacle(args) {
        supply.list_refused(console);
        return Err(obstacle);
    }
    let missing = |option: &'static str| Failure::usage("error-missing-argument").with("option", option);
    let import = supply
        .import
        .as_ref()
        .map_err(|bad| Failure::refused("party-issue-no-card").with("count", bad.len()))?;
    let out = args.out.as_deref().ok_or_else(|| missing("--out"))?;
    let key = PartyKey::read(args.key.as_deref().ok_or_else(|| missing("--key"))?)?;
    if !args.json {
        supply.describe(console);
    }
    let bad = shop_file::bad_path(out, &args.file);
    let is_kept = supply.refused().is_empty() || shop_file::holds_bad_lines(&bad, &supply.bad_lines)?;
    let sealed = seal(args, supply, import, &key, out, console)?;
    if !is_kept {
        write(&bad, Readers::Owner, Over::Nothing, &supply.bad_lines)?;
    }
    if !supply.refused().is_empty() {
        let text = Text::new("party-bad-lines-kept").with("count", supply.refused().len());
        console.remark(&text.with("file", bad.display().to_string()));
    }
    Ok(tell(args, supply, &sealed, out, console))
}

/// From cards to a batch that stands in the ledger, and the files beside it.
fn seal(
    args: &Args,
    supply: &Supply,
    import: &Import,
    key: &PartyKey,
    out: &Path,
    console: &mut Console,
) -> Result<Sealed, Failure> {
    let plan = Plan::new(args, import)?;
    let secret = key.stamp_secret().ok_or_else(|| Failure::usage("party-key-without-stamps"))?;
    let earlier = shop_file::earlier(out)?;
    let node = NodeClient::new(args.node.address(args.site.as_deref())?)?.telling(console.waiting());
    let view = node.ledger()?;
    let origin = shop_file::origin_of(&view.ledger, &node.address().to_string())?;
    let operator = Operator { ledger: origin.ledger(), key: view.operator_key };
    let site = shop_file::site(args.site.as_deref().unwrap_or(&view.site))?;
    let sealing = Sealing {
        issuer: key.public(),
        stamp_secret: (!args.batch.unstamped).then_some(secret),
        ledger: operator.ledger,
        generation: args.batch.generation,
        form: args.reading.code_form,
        site: &site,
    };
    // Not yet under its name, and whole before anything is sent: nothing may be left to fail once the batch is sealed.
    let mut draft = Draft::create(out, Readers::Owner, shop_file::OVER_LINES)?;
    let bar = progress::bar(console, import.cards.len() as u64, "party-bar-sealing");
    let batch = Batch::seal(&import.cards, &sealing, |lines, cards| {
        bar.inc(cards as u64);
        draft.write(lines)
    })?;
    bar.finish_and_clear();
    let desk = Desk { node: &node, operator, key, plan: &plan, batch: &batch };
    let standing = desk.standing()?;
    let known = earlier.as_ref().map(|earlier| belongs(earlier, &batch, out)).transpose()?;
    let sealed = match standing {
        Some(sealed) => sealed,
        None if known.is_some() => return Err(denied(out, earlier.as_ref(), &node)),
        None => {
            let manifest = plan.manifest(args, import, &supply.sha256, key, &view.ledger, console)?;
            desk.send(manifest, view.vouchers, console)?
        }
    };
    // The sidecar first: the shop-ready file must never stand without the proof that its codes are sealed.
    write_sidecar(&shop_file::sidecar_path(out), &origin, &operator, key, &sealed)?;
    if !sealed.receipt_holds && !sealed.already {
        let file = shop_file::sidecar_path(out).display().to_string();
        let problem = Text::new("party-receipt-wrong-signature");
        return Err(Failure::refused("party-receipt-wrong").with("problem", problem).with("file", file));
    }
    draft.publish()?;
    Ok(sealed)
}

/// Whether what an earlier run left is of this very batch.
fn belongs(earlier: &Earlier, batch: &Batch, out: &Path) -> Result<(), Failure> {
    let terms = shop_file::terms_of(&earlier.terms).filter(|terms| terms.count() == batch.count());
    let same = terms.is_some_and(|terms| batch.root(&earlier.manifest, &terms) == earlier.batch_root);
    let other = || Failure::usage("party-out-of-other-batch").with("file", out.display().to_string());
    same.then_some(()).ok_or_else(other)
}

/// The operator gave a receipt, and now says that there is no such batch.
fn denied(out: &Path, earlier: Option<&Earlier>, node: &NodeClient) -> Failure {
    Failure::refused("party-issue-denied")
        .with("index", earlier.map_or(0, |earlier| earlier.receipt.index).to_string())
        .with("node", node.address().to_string())
        .with("file", shop_file::sidecar_path(out).display().to_string())
}

fn write_sidecar(
    path: &Path,
    origin: &LedgerOrigin,
    operator: &Operator,
    key: &PartyKey,
    sealed: &Sealed,
) -> Result<(), Failure> {
    let sidecar = Sidecar {
        format: shop_file::FORMAT,
        ledger: LedgerText { id: operator.ledger, origin },
        issuer: key.public(),
        batch_root: sealed.root,
        first: sealed.entry.first,
        count: sealed.entry.count,
        manifest: &sealed.manifest,
        terms: bytes_to_hex(&sealed.terms.encode()),
        entry: bytes_to_hex(&sealed.entry.encode()),
        signatures: &sealed.signatures,
        operator_key: operator.key,
        receipt: sealed.receipt,
    };
    let text = serde_json::to_string_pretty(&sidecar).map_err(std::io::Error::from);
    let text = text.map_err(|error| crate::party::files::unwritable(path, &error))?;
    write(path, Readers::Any, shop_file::OVER_SIDECAR, (text + "\n").as_bytes())
}

/// Says what came of it. A receipt of an earlier operator key is told, and is no failure.
fn tell(args: &Args, supply: &Supply, sealed: &Sealed, out: &Path, console: &mut Console) -> u8 {
    let sidecar = shop_file::sidecar_path(out).display().to_string();
    if args.json {
        let mut value = supply.json();
        value["batch_root"] = json!(sealed.root);
        value["first"] = sealed.entry.first.into();
        value["count"] = sealed.entry.count.into();
        value["index"] = sealed.receipt.index.into();
        value["already"] = sealed.already.into();
        value["receipt_verified"] = sealed.receipt_holds.into();
        value["out"] = out.display().to_string().into();
        value["sidecar"] = sidecar.into();
        console.json(&value);
        return 0;
    }
    let id = if sealed.already { "party-issue-already" } else { "party-issue-done" };
    let last = sealed.entry.first + (sealed.entry.count - 1);
    console.say(
        &Text::new(id)
            .with("count", sealed.entry.count)
            .with("first", sealed.entry.first.to_string())
            .with("last", last.to_string())
            .with("root", sealed.root.to_string())
            .with("index", sealed.receipt.index.to_string())
            .with("time", console.times.both(sealed.entry.at))
            .with("anchor_by", console.times.both(sealed.receipt.anchor_by)),
    );
    console
        .say(&Text::new("party-issue-files").with("out", out.display().to_string()).with("sidecar", sidecar));
    if !sealed.receipt_holds {
        console.remark(&Text::new("party-receipt-earlier-key"));
    }
    0
}
