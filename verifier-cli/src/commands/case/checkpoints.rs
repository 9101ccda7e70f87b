//! The checkpoints of a case: the one that a dossier is under, and for each entry the last that does not hold it and the
//! first that does.

use crate::console::Console;
use crate::failure::Failure;
use crate::lang::Text;
use crate::node_client::{CheckpointView, NodeClient};
use crate::source::TrustArgs;
use anchors::{Finality, TrustedFacts};
use casefile::{CheckpointSource, ReadCheckpoint, first_checkpoint_with};
use protocol::LedgerId;
use protocol::checkpoint::LedgerOrigin;
use protocol::dossier::Dossier;
use protocol::verify::TrustedCheckpoint;
use std::collections::BTreeMap;

/// Those read so far.
pub(super) struct Checkpoints<'a> {
    trust: &'a TrustArgs,
    file: Option<TrustedCheckpoint>,
    /// Everything that was looked at on the way.
    seen: BTreeMap<(LedgerId, u64), ReadCheckpoint>,
    /// What belongs into the case.
    wanted: Vec<(LedgerId, u64)>,
    /// Why the chain said nothing: it is asked once, not for every checkpoint.
    silent: Option<Failure>,
}

impl<'a> Checkpoints<'a> {
    pub(super) fn new(trust: &'a TrustArgs) -> Result<Self, Failure> {
        let file = trust.of_file()?;
        Ok(Self { trust, file, seen: BTreeMap::new(), wanted: Vec::new(), silent: None })
    }

    /// Reads those around every entry of a dossier.
    pub(super) fn around(&mut self, dossier: &Dossier, node: Option<&NodeClient>) -> Result<(), Failure> {
        let origin = &dossier.ledger.origin;
        let newest = dossier.checkpoint.checkpoint.number;
        self.want(origin, newest, node)?;
        for item in &dossier.history {
            let first = first_checkpoint_with(item.index, newest, |number| {
                Ok::<_, Failure>(self.read(origin, number, node)?.map(|read| read.checkpoint().size))
            })?;
            self.want(origin, first, node)?;
            if let Some(before) = first.checked_sub(1) {
                self.want(origin, before, node)?;
            }
        }
        Ok(())
    }

    fn want(&mut self, origin: &LedgerOrigin, number: u64, node: Option<&NodeClient>) -> Result<(), Failure> {
        if self.read(origin, number, node)?.is_some() {
            self.wanted.push((origin.ledger(), number));
        }
        Ok(())
    }

    /// From the chain, the file or the node, whichever of them is asked first and answers.
    fn read(
        &mut self,
        origin: &LedgerOrigin,
        number: u64,
        node: Option<&NodeClient>,
    ) -> Result<Option<ReadCheckpoint>, Failure> {
        let ledger = origin.ledger();
        if let Some(read) = self.seen.get(&(ledger, number)) {
            return Ok(Some(*read));
        }
        let of_it = |file: &TrustedCheckpoint| file.ledger == ledger && file.checkpoint.number == number;
        let read = if let Some(read) = self.on_chain(origin, number)? {
            Some(read)
        } else if let Some(trusted) = self.file.filter(of_it) {
            let source = CheckpointSource::File;
            Some(ReadCheckpoint { trusted, anchored: None, source, is_final: true })
        } else {
            node.map(|node| of_node(node, ledger, number)).transpose()?.flatten()
        };
        if let Some(read) = read {
            self.seen.insert((ledger, number), read);
        }
        Ok(read)
    }

    fn on_chain(&mut self, origin: &LedgerOrigin, number: u64) -> Result<Option<ReadCheckpoint>, Failure> {
        if self.silent.is_some() {
            return Ok(None);
        }
        match self.trust.facts(origin, number) {
            Ok(facts) => Ok(facts.as_ref().map(of_chain)),
            Err(failure) if failure.exit == crate::failure::UNKNOWN => {
                self.silent = Some(failure);
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Says why the chain gave none, or that nobody was asked but the node.
    pub(super) fn tell(&self, console: &mut Console) {
        if let Some(failure) = &self.silent {
            console.fail(failure);
        }
        let node = self.wanted.iter().filter_map(|key| self.seen.get(key));
        if node.into_iter().any(|read| read.source == CheckpointSource::Node) {
            console.remark(&Text::new("case-of-node"));
        }
        if self.wanted.is_empty() {
            console.remark(&Text::new("case-unheld"));
        }
    }

    pub(super) fn into_read(self) -> Vec<ReadCheckpoint> {
        let mut wanted = self.wanted;
        wanted.sort();
        wanted.dedup();
        wanted.iter().filter_map(|key| self.seen.get(key)).copied().collect()
    }
}

fn of_chain(facts: &TrustedFacts) -> ReadCheckpoint {
    ReadCheckpoint {
        trusted: facts.into(),
        anchored: Some(facts.place),
        source: CheckpointSource::Chain,
        is_final: facts.finality == Finality::Final,
    }
}

fn of_node(node: &NodeClient, ledger: LedgerId, number: u64) -> Result<Option<ReadCheckpoint>, Failure> {
    let view: CheckpointView = match node.get(&format!("v1/checkpoints/{number}")) {
        Ok(view) => view,
        Err(error) if error.problem("not-found").is_some() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let anchored = view.place();
    let trusted = TrustedCheckpoint {
        ledger,
        checkpoint: view.checkpoint(),
        block_time: anchored.map(|place| place.block_time),
        superseded_at: view.superseded_at,
    };
    let is_final = view.finality == "final";
    Ok(Some(ReadCheckpoint { trusted, anchored, source: CheckpointSource::Node, is_final }))
}
