//! What is to be sealed: the description, the terms, how it came about.

use super::args::{Args, BatchArgs};
use crate::console::{Console, is_name};
use crate::failure::Failure;
use crate::import::Import;
use crate::keys::PartyKey;
use crate::lang::Text;
use crate::node_client::LedgerName;
use crate::party::manifest::{ChainTime, Description, FaceValue, IssuerName, Making, Product, text, tool};
use crate::source::is_domain;
use anchors::{AnchorReader as _, Chain, EvmChain, EvmOptions};
use jiff::Timestamp;
use protocol::manifest::{Flags, Manifest, Terms};
use protocol::time::parse_rfc3339;
use reqwest::Url;

/// What the options say of a batch.
pub struct Plan {
    /// What the manifest says of it.
    pub description: Description,
    /// Its terms.
    pub terms: Terms,
}

impl Plan {
    /// From the options and the file's own face value.
    pub fn new(args: &Args, import: &Import) -> Result<Self, Failure> {
        let BatchArgs { product, title, issuer_name, issuer_domain, .. } = &args.batch;
        let missing = |option: &'static str| Failure::usage("error-missing-argument").with("option", option);
        let sku = product.clone().ok_or_else(|| missing("--product"))?;
        let name = issuer_name.clone().ok_or_else(|| missing("--issuer-name"))?;
        let description = Description {
            issuer: IssuerName { name, domain: issuer_domain.clone() },
            product: Product { title: title.clone().unwrap_or_else(|| sku.clone()), sku },
            face_value: face_value(&args.batch, import)?,
            redeem_by: args.batch.redeem_by.clone(),
            redeem_url: args.batch.redeem_url.clone(),
            code_form: args.reading.code_form.name(),
        };
        Ok(Self { description, terms: terms(&args.batch, import)? })
    }

    /// The manifest's text, made now; an operator would accept it.
    pub fn manifest(
        &self,
        args: &Args,
        import: &Import,
        sha256: &[u8; 32],
        key: &PartyKey,
        ledger: &LedgerName,
        console: &mut Console,
    ) -> Result<String, Failure> {
        let secret = key.stamp_secret().ok_or_else(|| Failure::usage("party-key-without-stamps"))?;
        self.check_texts()?;
        let over = self.description.redeem_by.as_deref().and_then(parse_rfc3339);
        if over.is_some_and(|over| over <= console.times.now()) {
            return Err(Failure::usage("party-redeem-by-over"));
        }
        if self.description.redeem_url.as_deref().is_some_and(|url| !is_page(url)) {
            return Err(Failure::usage("party-redeem-url-wrong"));
        }
        let now =
            i64::try_from(console.times.now()).ok().and_then(|now| Timestamp::from_second(now / 1000).ok());
        let making = Making {
            layout: import.layout.map(|layout| layout.to_string()),
            source_digest: secret.source_digest(sha256),
            created_at: now.unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
            chain_time: chain_time(args, ledger, console)?,
            tool: tool(),
        };
        let malformed = |problem: String| Failure::usage("party-manifest-malformed").with("problem", problem);
        let text = text(&self.description, &making).map_err(|error| malformed(error.to_string()))?;
        Manifest::check_for_issue(&text).map_err(|error| malformed(error.to_string()))?;
        Ok(text)
    }

    /// What is sealed stays for ever: a name that nobody can read and a domain that nobody can ask are refused before.
    fn check_texts(&self) -> Result<(), Failure> {
        let Description { issuer, product, .. } = &self.description;
        let texts =
            [("--issuer-name", &issuer.name), ("--product", &product.sku), ("--title", &product.title)];
        if let Some((option, _)) = texts.into_iter().find(|(_, text)| !is_name(text)) {
            return Err(Failure::usage("party-text-unfit").with("option", option));
        }
        if issuer.domain.as_deref().is_some_and(|domain| !is_domain(domain)) {
            return Err(Failure::usage("party-issuer-domain-wrong"));
        }
        Ok(())
    }
}

/// The address of a web page: nothing else is fit to be shown to whoever holds a code.
fn is_page(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// The option's, else the one that every card of the file has, where it is a plain amount.
fn face_value(args: &BatchArgs, import: &Import) -> Result<Option<FaceValue>, Failure> {
    let is_amount = |text: &&str| {
        text.parse::<f64>().is_ok() && text.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit())
    };
    let of_file = import.common_face().filter(is_amount);
    let amount = match (args.face.as_deref(), of_file) {
        (Some(option), Some(file)) if option.parse::<f64>() != file.parse::<f64>() => {
            let contrary = Failure::usage("party-face-contrary");
            return Err(contrary.with("option", option).with("file", file));
        }
        (option, file) => option.or(file),
    };
    Ok(amount.map(|amount| FaceValue { amount: amount.to_owned(), currency: args.currency.clone() }))
}

fn terms(args: &BatchArgs, import: &Import) -> Result<Terms, Failure> {
    let flags = Flags {
        transferable: args.transferable,
        stamped: !args.unstamped,
        claims_after_sale: args.claims_after_sale,
    };
    let count = import.cards.len() as u64;
    Terms::new(count, args.uses, flags, args.redeemer.clone(), args.arbiter.clone())
        .map_err(|error| Failure::usage("party-terms-wrong").with("problem", error.to_string()))
}

/// The newest final block of the chain that the ledger is anchored on.
fn chain_time(args: &Args, ledger: &LedgerName, console: &mut Console) -> Result<Option<ChainTime>, Failure> {
    if args.rpc.is_empty() {
        return Ok(None);
    }
    let endpoint = |text: &String| text.parse().map_err(|_| Failure::usage("error-rpc-address"));
    let endpoints = args.rpc.iter().map(endpoint).collect::<Result<Vec<_>, Failure>>()?;
    let silent = |cause: String| Failure::unknown("party-chain-silent").with("cause", cause);
    let chain = EvmChain::new(&EvmOptions::new(Chain::new(ledger.chain_id, ledger.contract), endpoints))
        .map_err(|error| silent(error.to_string()))?;
    let runtime = crate::source::runtime().map_err(|error| silent(error.to_string()))?;
    let head = runtime.block_on(chain.head()).map_err(|error| silent(error.to_string()))?;
    let Some(block) = head.finalized else {
        console.remark(&Text::new("party-chain-not-final"));
        return Ok(None);
    };
    Ok(Some(ChainTime { chain_id: ledger.chain_id, block_number: block.number, block_hash: block.hash }))
}
