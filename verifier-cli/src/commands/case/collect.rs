//! Gathering the evidence of a case: dossiers, receipts, checkpoints.

use super::MakeArgs;
use super::checkpoints::Checkpoints;
use crate::commands::history::fetched;
use crate::commands::progress;
use crate::console::Console;
use crate::failure::Failure;
use crate::node_client::{NodeClient, ReceiptView};
use crate::source::Asked;
use casefile::{CaseDossier, Evidence, LedgerReceipt};
use protocol::PublicKey;
use std::collections::BTreeMap;

/// A dossier, and the site of the link that named its voucher.
struct Taken {
    dossier: CaseDossier,
    site: Option<String>,
}

/// Gathers it; files are added by the caller.
pub(super) fn collect(args: &MakeArgs, console: &mut Console) -> Result<Evidence, Failure> {
    let mut nodes = Nodes { args, clients: BTreeMap::new() };
    let bar = progress::bar(console, u64::try_from(args.vouchers.len()).unwrap_or(0), "case-gathering");
    let mut taken = Vec::new();
    for voucher in &args.vouchers {
        taken.push(take(voucher, &mut nodes, console)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut checkpoints = Checkpoints::new(&args.trust)?;
    let mut receipts = Vec::new();
    for Taken { dossier, site } in &taken {
        let node = nodes.find(site.as_deref())?;
        checkpoints.around(dossier.dossier(), node)?;
        if let Some(node) = node {
            receipts.extend(receipts_of(dossier, node)?);
        }
    }
    checkpoints.tell(console);
    Ok(Evidence {
        made_at: console.times.now(),
        tool: casefile::TOOL.to_owned(),
        dossiers: taken.into_iter().map(|taken| taken.dossier).collect(),
        checkpoints: checkpoints.into_read(),
        receipts,
        files: Vec::new(),
    })
}

fn take(voucher: &str, nodes: &mut Nodes<'_>, console: &Console) -> Result<Taken, Failure> {
    let unreadable = |cause: String| Failure::usage("error-not-json-dossier").with_foreign("cause", cause);
    let fetch = |nodes: &mut Nodes<'_>, key: &PublicKey, site: Option<&str>| {
        let node = nodes.find(site)?.ok_or_else(|| Failure::usage("error-no-node"))?;
        fetched(node, key, None, true)
    };
    let (text, site) = match Asked::read(Some(voucher), &console.texts)? {
        Asked::Dossier(in_hand) => (in_hand.into_text()?, None),
        Asked::Voucher { key, site } => (fetch(nodes, &key, site.as_deref())?, site),
        Asked::Line(line) => (fetch(nodes, &line.link.voucher, Some(&line.link.site))?, Some(line.link.site)),
    };
    let dossier = CaseDossier::read(text).map_err(|error| unreadable(error.to_string()))?;
    Ok(Taken { dossier, site })
}

/// The receipts of a dossier's anchored entries; those of pending ones are in the dossier. A node that is of another
/// ledger has none of them.
fn receipts_of(item: &CaseDossier, node: &NodeClient) -> Result<Vec<LedgerReceipt>, Failure> {
    let dossier = item.dossier();
    let mut receipts = Vec::new();
    for entry in &dossier.history {
        let view: Result<ReceiptView, _> = node.get(&format!("v1/receipts/{}", entry.index));
        match view {
            Ok(view) if view.leaf == entry.step.entry.leaf() => {
                receipts.push(LedgerReceipt { ledger: dossier.ledger.id, receipt: view.into() });
            }
            Ok(_) => return Err(Failure::unknown("error-case-other-ledger")),
            Err(error) if error.problem("not-found").is_some() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(receipts)
}

/// The nodes that are asked: that of `--node` for every voucher, else that of each link.
struct Nodes<'a> {
    args: &'a MakeArgs,
    clients: BTreeMap<String, NodeClient>,
}

impl Nodes<'_> {
    /// None where neither an option nor the link nor the environment names one.
    fn find(&mut self, site: Option<&str>) -> Result<Option<&NodeClient>, Failure> {
        let address = match self.args.node.address(site) {
            Ok(address) => address,
            Err(failure) if failure.text.id() == "error-no-node" => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let name = address.to_string();
        if !self.clients.contains_key(&name) {
            self.clients.insert(name.clone(), NodeClient::new(address)?);
        }
        Ok(self.clients.get(&name))
    }
}
