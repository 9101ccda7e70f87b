//! Golden fraud cases for whoever judges in another language: `tests/vectors/fraud/*.json`, made here from the rules of
//! `protocol::fraud`, and checked for being up to date. `UPDATE_VECTORS=1` writes them anew.
//!
//! Each case has the name of its function, the checkpoint's sizes and roots, and what is shown. `holds` is the verdict;
//! where it does not hold, `refused` says why in words and `revert` as the contract does.

mod random;
mod revert;
mod rules;
mod withheld;

use crate::vectors;
use ledgers::View;
use serde_json::{Value, json};
use vouchsafe_protocol::digest::bytes_to_hex;
use vouchsafe_protocol::fraud::{Fraud, LedgerView as _, ProvenEntry, ProvenHead, ProvenRecord};

/// A case: what is said against the ledger of `view`, and what comes of it.
fn case(description: &str, view: &View, fraud: &Fraud) -> Value {
    let mut case = shown(fraud);
    case["description"] = description.into();
    case["checkpoint"] = checkpoint(view);
    let judged = fraud.judge(&view.checkpoint());
    case["holds"] = judged.is_ok().into();
    if let Err(refused) = judged {
        case["refused"] = refused.to_string().into();
        case["revert"] = bytes_to_hex(&revert::data(&refused)).into();
    }
    case
}

fn checkpoint(view: &View) -> Value {
    let checkpoint = view.checkpoint();
    json!({
        "size": checkpoint.size,
        "vouchers": checkpoint.vouchers,
        "log_root": checkpoint.log_root,
        "head_root": checkpoint.head_root,
    })
}

fn shown(fraud: &Fraud) -> Value {
    match fraud {
        Fraud::DoubleSpend { x, y } => json!({ "function": "doubleSpend", "x": entry(x), "y": entry(y) }),
        Fraud::IllegalStep { x, y } => json!({ "function": "illegalStep", "x": entry(x), "y": entry(y) }),
        Fraud::IllegalAlone { y } => json!({ "function": "illegalAlone", "y": entry(y) }),
        Fraud::FalseLink { x, y } => json!({ "function": "falseLink", "x": entry(x), "y": entry(y) }),
        Fraud::ForwardLink { y } => json!({ "function": "forwardLink", "y": entry(y) }),
        Fraud::StaleHead { y, head: word } => {
            json!({ "function": "staleHead", "y": entry(y), "head": head(word) })
        }
        Fraud::UncountedVoucher { y, number } => {
            json!({ "function": "uncountedVoucher", "y": entry(y), "number": number })
        }
        Fraud::ForgedHead { x, head: word } => {
            json!({ "function": "forgedHead", "x": entry(x), "head": head(word) })
        }
        Fraud::HeadPastLog { head: word } => json!({ "function": "headPastLog", "head": head(word) }),
        Fraud::DoubleIssue { x, y } => {
            json!({ "function": "doubleIssue", "x": record(x), "y": record(y) })
        }
        Fraud::OverlappingNumbers { x, y } => {
            json!({ "function": "overlappingNumbers", "x": entry(x), "y": entry(y) })
        }
        Fraud::ClockBack { x, y } => json!({ "function": "clockBack", "x": entry(x), "y": entry(y) }),
    }
}

fn entry(proven: &ProvenEntry) -> Value {
    let ProvenEntry { index, entry, path } = proven;
    json!({ "index": index, "entry": bytes_to_hex(&entry.encode()), "path": path })
}

fn head(proven: &ProvenHead) -> Value {
    let ProvenHead { number, chunk, path } = proven;
    json!({ "number": number, "chunk": bytes_to_hex(chunk.encode()), "path": path })
}

fn record(proven: &ProvenRecord) -> Value {
    let ProvenRecord { issue, leaf, record, path } = proven;
    json!({ "issue": entry(issue), "leaf": leaf, "record": bytes_to_hex(&record.encode()), "path": path })
}

/// Compares with the file, or writes it: one line a case, so that a change shows which.
fn assert_golden(name: &str, description: &str, cases: &[Value]) {
    let path = vectors::folder().join("fraud").join(name);
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        let lines: Vec<String> = cases.iter().map(|case| format!("  {case}")).collect();
        let text = format!(
            "{{\n \"description\": {},\n \"cases\": [\n{}\n ]\n}}\n",
            Value::from(description),
            lines.join(",\n")
        );
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let fresh = json!({ "description": description, "cases": cases });
    let outdated = "is not what protocol::fraud says: if that is meant, run the test with UPDATE_VECTORS=1";
    assert!(vectors::load(&format!("fraud/{name}")) == fresh, "{} {outdated}", path.display());
}
