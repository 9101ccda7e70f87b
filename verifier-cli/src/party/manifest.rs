//! The manifest of a batch: what the issuer says of it, written once and from then on only copied
//! (docs/protocol.md section 4).

use protocol::digest::Digest;
use protocol::manifest::FORMAT;
use serde::Serialize;
use serde_json::Value;

/// What the issuer says of a batch by his options: two issues of one file must agree in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// Who issues.
    pub issuer: IssuerName,
    /// What is sold.
    pub product: Product,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub face_value: Option<FaceValue>,
    /// Until when it is honoured, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeem_by: Option<String>,
    /// Where the code is typed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeem_url: Option<String>,
    /// How serials and codes are written before they are hashed.
    pub code_form: &'static str,
}

/// The issuer's own name for himself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssuerName {
    /// A name.
    pub name: String,
    /// A domain of his.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
}

/// A product by number and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Product {
    /// Its number.
    pub sku: String,
    /// Its name.
    pub title: String,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaceValue {
    /// Decimal.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

/// A recent final block: the batch cannot be older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainTime {
    /// EIP-155.
    pub chain_id: u64,
    /// The block's number.
    pub block_number: u64,
    /// The block's hash.
    pub block_hash: Digest,
}

/// How this one issue came about: another issue of the same file differs in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Making {
    /// The arrangement of the imported file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<String>,
    /// Hides the hash of the imported file; whoever has the stamp secret and the file can open it.
    pub source_digest: Digest,
    /// RFC 3339.
    pub created_at: String,
    /// See [`ChainTime`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain_time: Option<ChainTime>,
    /// Name and version of what made the manifest.
    pub tool: String,
}

#[derive(Serialize)]
struct Manifest<'m> {
    format: &'static str,
    #[serde(flatten)]
    description: &'m Description,
    #[serde(flatten)]
    making: &'m Making,
}

/// The manifest's text.
pub fn text(description: &Description, making: &Making) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Manifest { format: FORMAT, description, making })
}

/// The tool as manifests name it.
pub fn tool() -> String {
    format!("vouchsafe {}", env!("CARGO_PKG_VERSION"))
}

/// Members in which the description differs from a manifest that stands in the ledger.
pub fn differences(description: &Description, standing: &str) -> Vec<&'static str> {
    let told = serde_json::to_value(description).unwrap_or(Value::Null);
    let standing: Value = serde_json::from_str(standing).unwrap_or(Value::Null);
    ["issuer", "product", "face_value", "redeem_by", "redeem_url", "code_form"]
        .into_iter()
        .filter(|name| told.get(name) != standing.get(name))
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;

    fn description() -> Description {
        Description {
            issuer: IssuerName { name: "甲游戏".to_owned(), domain: Some("a.example".to_owned()) },
            product: Product { sku: "GC-50".to_owned(), title: "Game card 50".to_owned() },
            face_value: Some(FaceValue { amount: "50.00".to_owned(), currency: "CNY".to_owned() }),
            redeem_by: Some("2028-01-01T00:00:00Z".to_owned()),
            redeem_url: None,
            code_form: "strip",
        }
    }

    fn making(created_at: &str) -> Making {
        Making {
            layout: Some("junnet".to_owned()),
            source_digest: Digest::new([7; 32]),
            created_at: created_at.to_owned(),
            chain_time: Some(ChainTime {
                chain_id: 31337,
                block_number: 9,
                block_hash: Digest::new([8; 32]),
            }),
            tool: tool(),
        }
    }

    #[test]
    fn an_operator_accepts_what_is_written() {
        let text = text(&description(), &making("2026-09-21T08:00:00Z")).unwrap();
        let read = protocol::manifest::Manifest::check_for_issue(&text).unwrap();
        assert_eq!(read.product_sku.as_deref(), Some("GC-50"));
        assert_eq!(read.face_value, Some(("50.00".to_owned(), "CNY".to_owned())));
    }

    #[test]
    fn another_time_is_no_difference_and_another_product_is() {
        let standing = text(&description(), &making("2026-01-01T00:00:00Z")).unwrap();
        assert!(differences(&description(), &standing).is_empty());
        let mut other = description();
        other.product.title = "Game card 100".to_owned();
        other.redeem_by = None;
        assert_eq!(differences(&other, &standing), ["product", "redeem_by"]);
    }
}
