//! The golden case as members that a test can change, and what a check says of the result.

use protocol::verify::Finality;
use std::path::PathBuf;
use vouchsafe_casefile::{Check, Evidence, Finding, Held, Opened, Trust, archive};

/// Where the golden case is: a real node's two vouchers, one of them sold twice by its holder, with two added files.
pub fn golden_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/case.zip")
}

pub fn golden() -> Vec<u8> {
    std::fs::read(golden_path()).unwrap()
}

/// Members by name.
#[derive(Clone)]
pub struct Unpacked(pub Vec<(String, Vec<u8>)>);

impl Unpacked {
    pub fn golden() -> Self {
        let members = archive::read(&golden()).unwrap();
        Self(members.into_iter().map(|member| (member.name, member.content.unwrap())).collect())
    }

    pub fn name(&self, begin: &str) -> String {
        self.0.iter().find(|(name, _)| name.starts_with(begin)).unwrap().0.clone()
    }

    pub fn bytes(&mut self, begin: &str) -> &mut Vec<u8> {
        &mut self.0.iter_mut().find(|(name, _)| name.starts_with(begin)).unwrap().1
    }

    /// With a text in a member put in the place of another that is there.
    pub fn with(mut self, begin: &str, from: &str, to: &str) -> Self {
        let bytes = self.bytes(begin);
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(from), "{from} is not in {begin}");
        *bytes = text.replacen(from, to, 1).into_bytes();
        self
    }

    pub fn without(mut self, begin: &str) -> Self {
        let before = self.0.len();
        self.0.retain(|(name, _)| !name.starts_with(begin));
        assert!(self.0.len() < before);
        self
    }

    pub fn adding(mut self, name: &str, bytes: &[u8]) -> Self {
        self.0.push((name.to_owned(), bytes.to_vec()));
        self
    }

    /// With a list of hashes that fits what the members are now.
    pub fn rehashed(mut self) -> Self {
        let own = self.0.iter().filter(|(name, _)| name != "SHA256SUMS");
        let line = |(name, bytes): &(String, Vec<u8>)| {
            format!("{}  {name}\n", hex::encode(vouchsafe_casefile::sha256(bytes)))
        };
        let lines: Vec<String> = own.map(line).collect();
        *self.bytes("SHA256SUMS") = lines.concat().into_bytes();
        self
    }

    pub fn zip(&self) -> Vec<u8> {
        archive::write(self.0.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))).unwrap()
    }

    pub fn opened(&self) -> Opened {
        Opened::read(&self.zip()).unwrap()
    }

    /// Every line that is not passed, against all checkpoints of the golden case.
    pub fn problems(&self) -> Vec<String> {
        problems(&self.opened().judge(&trusted()))
    }
}

pub fn golden_evidence() -> Evidence {
    Unpacked::golden().opened().evidence().unwrap().clone()
}

/// The checkpoints of the golden case, as if the chain had given them.
pub fn trusted() -> Trust {
    let evidence = golden_evidence();
    let held = evidence.checkpoints.iter();
    let held = held.map(|read| Held { trusted: read.trusted, finality: Finality::Final });
    Trust { held: held.collect(), blocks: Vec::new() }
}

/// Result, subject and problem of what is not passed.
pub fn problems(checks: &[Check]) -> Vec<String> {
    let not_passed = checks.iter().filter(|check| check.finding != Finding::Passed);
    not_passed
        .map(|check| {
            format!("{} {} {}", check.result(), check.subject.name(), check.problem().unwrap().name())
        })
        .collect()
}
