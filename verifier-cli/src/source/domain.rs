//! Whether an issuer's domain vouches for his key: the policy that it publishes (docs/protocol.md section 10), asked for
//! only where the asker wants it. What it says changes no verdict: who trusts the domain puts the key into his policy.

use crate::node_client::NodeClient;
use protocol::dossier::Dossier;
use protocol::manifest::Manifest;
use protocol::verify::Policy;
use protocol::{Address, LedgerId, PublicKey};
use serde::Serialize;

/// Where a domain publishes it.
pub const PATH: &str = ".well-known/vouchsafe.json";

/// What a domain says of an issuer's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainWord {
    /// The domain that the issuer calls his own.
    pub domain: String,
    /// Whether it names the key; null where it gave no answer.
    pub vouches: Option<bool>,
    /// The name that it gives the key.
    pub name: Option<String>,
    /// Whether it names the ledger, too.
    pub ledger: bool,
    /// Why there is no answer.
    pub problem: Option<String>,
}

/// Whose word is wanted about what.
#[derive(Debug, Clone, Copy)]
struct Matter {
    issuer: PublicKey,
    chain_id: u64,
    contract: Address,
    ledger: LedgerId,
}

/// Asks the domain that the dossier's issuer calls his own; none where he names none.
pub fn ask_domain(dossier: &Dossier) -> Option<DomainWord> {
    let domain = Manifest::read(&dossier.manifest.text).ok()?.issuer_domain?;
    let issue = dossier.history.first()?.step.entry;
    let origin = &dossier.ledger.origin;
    let matter = Matter {
        issuer: issue.party,
        chain_id: origin.chain_id,
        contract: origin.contract,
        ledger: dossier.ledger.id,
    };
    let asked = if is_domain(&domain) { fetched(&domain) } else { Err("that is no domain".to_owned()) };
    let policy = asked.and_then(|text| Policy::parse(&text).map_err(|error| error.to_string()));
    Some(word(domain, policy, &matter))
}

fn fetched(domain: &str) -> Result<String, String> {
    let address = format!("https://{domain}").parse().map_err(|_| "that is no domain".to_owned())?;
    // Who can redirect a domain's answers need not be who holds the domain: the page follows none either.
    let client = NodeClient::without_redirects(address).map_err(|error| error.to_string())?;
    client.text(PATH).map_err(|error| error.to_string())
}

fn word(domain: String, policy: Result<Policy, String>, matter: &Matter) -> DomainWord {
    let nothing = DomainWord { domain, vouches: None, name: None, ledger: false, problem: None };
    let policy = match policy {
        Ok(policy) => policy,
        Err(problem) => return DomainWord { problem: Some(problem), ..nothing },
    };
    let name = policy.issuers.iter().find(|(key, _)| *key == matter.issuer).map(|(_, name)| name.clone());
    let ledger = policy.chains.iter().any(|chain| {
        chain.chain_id == matter.chain_id
            && chain.contract == matter.contract
            && chain.ledgers.contains(&matter.ledger)
    });
    DomainWord { vouches: Some(name.is_some()), ledger: ledger && name.is_some(), name, ..nothing }
}

/// Whether a text may be a domain name: nothing else is ever asked, nor sealed into a manifest.
pub fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        let inner = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        (1..=63).contains(&label.len()) && inner && !label.starts_with('-') && !label.ends_with('-')
    };
    let has_letter = text.bytes().any(|b| b.is_ascii_lowercase());
    text.len() <= 253 && has_letter && text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [0xa1; 32];

    fn matter() -> Matter {
        let ledger = LedgerId::new([0x1e; 32]);
        Matter { issuer: PublicKey::new(KEY), chain_id: 1, contract: Address::new([0xac; 20]), ledger }
    }

    fn policy(key: [u8; 32], chain_id: u64) -> Result<Policy, String> {
        let contract = format!("0x{}", "ac".repeat(20));
        let text = serde_json::json!({
            "chains": [{ "chain_id": chain_id, "contract": contract, "ledgers": [format!("0x{}", "1e".repeat(32))] }],
            "issuers": [{ "key": PublicKey::new(key), "name": "Example Studio" }],
        });
        Policy::parse(&text.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_domain_vouches_for_the_keys_and_ledgers_that_it_names_and_for_no_others() {
        let asked = |policy| word("studio.example".to_owned(), policy, &matter());
        let both = asked(policy(KEY, 1));
        assert_eq!(
            (both.vouches, both.name.as_deref(), both.ledger),
            (Some(true), Some("Example Studio"), true)
        );
        let key_alone = asked(policy(KEY, 2));
        assert_eq!((key_alone.vouches, key_alone.ledger), (Some(true), false));
        let other_key = asked(policy([0xb1; 32], 1));
        assert_eq!((other_key.vouches, other_key.name, other_key.ledger), (Some(false), None, false));
        let silent = asked(Err("no connection".to_owned()));
        assert_eq!((silent.vouches, silent.problem.as_deref()), (None, Some("no connection")));
    }

    #[test]
    fn nothing_but_a_domain_name_is_asked() {
        for good in ["studio.example", "a-b.example.org", "xn--fiqs8s.example"] {
            assert!(is_domain(good), "{good}");
        }
        for wrong in [
            "localhost",
            "127.0.0.1",
            "studio.example/path",
            "user@studio.example",
            "studio.example:8443",
            "-a.example",
            "Studio.example",
            "a..example",
            "",
            "\u{7532}.example",
        ] {
            assert!(!is_domain(wrong), "{wrong}");
        }
    }
}
