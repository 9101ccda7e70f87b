//! A case file from a party: its archive as bytes, or the golden one with members changed and packed anew, so that no
//! checksum keeps changes from the parsers behind it. The first byte of an input chooses which; what is judged is packed
//! with hashes that fit, for without them no case is believed.

use crate::seeds;
use casefile::archive::{self, Member};
use casefile::{Finding, Held, Opened, Subject, Trust, sha256};
use protocol::PublicKey;
use protocol::digest::bytes_to_hex;
use protocol::dossier::Dossier;
use protocol::entry::Entry;
use protocol::verify::Finality;
use std::path::{Component, Path};
use std::sync::LazyLock;

type Members = Vec<(String, Vec<u8>)>;
/// Number and key of a voucher, and what became of it.
type History = (u64, PublicKey, Vec<(u64, Entry)>);

struct Golden {
    members: Members,
    /// What the chain says of the golden case.
    trust: Trust,
    /// What its dossiers say.
    histories: Vec<History>,
}

const RAW: u8 = b'Z';
const CHANGED: u8 = b'M';
const REHASHED: u8 = b'H';
const HASHES: &str = "SHA256SUMS";

static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    let zip = zip();
    let members: Members = archive::read(&zip)
        .expect("an archive")
        .into_iter()
        .map(|Member { name, content }| (name, content.expect("whole")))
        .collect();
    let opened = Opened::read(&zip).expect("a case");
    let evidence = opened.evidence().expect("evidence");
    let held = |read: &casefile::ReadCheckpoint| Held { trusted: read.trusted, finality: Finality::Final };
    let trust = Trust { held: evidence.checkpoints.iter().map(held).collect(), blocks: Vec::new() };
    let histories = evidence.dossiers.iter().map(|item| history(item.dossier())).collect();
    Golden { members, trust, histories }
});

fn history(dossier: &Dossier) -> History {
    let steps = dossier.history.iter().map(|item| (item.index, item.step.entry));
    (dossier.voucher.number, dossier.voucher.key, steps.collect())
}

fn zip() -> Vec<u8> {
    std::fs::read(seeds::folder("vectors/case.zip")).expect("the golden case")
}

pub fn check(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_first() else { return };
    match *choice {
        RAW => drop(open(rest)),
        CHANGED => drop(changed(rest, false).and_then(|members| open(&pack(&members)))),
        REHASHED => {
            if let Some(opened) = changed(rest, true).and_then(|members| open(&pack(&members))) {
                judge(&opened);
            }
        }
        _ => {}
    }
}

fn pack(members: &Members) -> Vec<u8> {
    let members = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    archive::write(members).expect("members are packed")
}

/// The golden members, one of them changed: which, how, where, and with which bytes.
fn changed(change: &[u8], is_rehashed: bool) -> Option<Members> {
    let ([which, way, at @ ..], rest) = change.split_first_chunk::<4>()?;
    let mut members = GOLDEN.members.clone();
    let place = usize::from(*which) % members.len();
    let (_, bytes) = &mut members[place];
    let at = usize::from(u16::from_be_bytes(*at)) % (bytes.len() + 1);
    match way % 4 {
        0 => *bytes = rest.to_vec(),
        1 => {
            let end = (at + rest.len()).min(bytes.len());
            bytes.splice(at..end, rest.iter().copied()).for_each(drop);
        }
        2 => bytes.splice(at..at, rest.iter().copied()).for_each(drop),
        _ => drop(members.remove(place)),
    }
    if is_rehashed {
        rehash(&mut members);
    }
    Some(members)
}

/// A list of hashes that fits what the members are now, as whoever changes them would write it.
fn rehash(members: &mut Members) {
    let line = |(name, bytes): &(String, Vec<u8>)| {
        let hex = bytes_to_hex(&sha256(bytes));
        format!("{}  {name}\n", hex.trim_start_matches("0x"))
    };
    let list: String = members.iter().filter(|(name, _)| name != HASHES).map(line).collect();
    if let Some((_, bytes)) = members.iter_mut().find(|(name, _)| name == HASHES) {
        *bytes = list.into_bytes();
    }
}

/// What is taken apart can be written to a folder.
fn open(zip: &[u8]) -> Option<Opened> {
    let opened = Opened::read(zip).ok()?;
    for (name, _) in opened.contents() {
        let is_inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        assert!(is_inside && !name.contains('\\'), "{name:?} leads elsewhere");
    }
    Some(opened)
}

/// What passes says of a voucher what the golden case says.
fn judge(opened: &Opened) {
    let Some(evidence) = opened.evidence() else { return };
    let checks = opened.judge(&GOLDEN.trust);
    let dossiers = checks.iter().filter(|check| check.subject == Subject::Dossier);
    for (check, item) in dossiers.zip(&evidence.dossiers) {
        if check.finding == Finding::Passed {
            assert!(GOLDEN.histories.contains(&history(item.dossier())), "another history passes");
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![[&[RAW], zip().as_slice()].concat()];
    let members = u8::try_from(GOLDEN.members.len()).expect("a few members");
    for which in 0..members {
        for way in 0..4 {
            for choice in [CHANGED, REHASHED] {
                seeds.push(vec![choice, which, way, 0, 99, b'0', b'x']);
            }
        }
    }
    seeds
}
