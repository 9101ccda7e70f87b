//! JSON-RPC 2.0 over the development chain: envelopes, batches, errors. The methods are in `methods`.

mod answers;
mod methods;

use super::Devnet;
use super::chain::Refused;
use alloy::primitives::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

/// Requests taken in one batch.
const BATCH: usize = 1_000;

/// An error as JSON-RPC gives it.
#[derive(Debug)]
struct Failure {
    code: i64,
    message: String,
    data: Option<Bytes>,
}

impl Failure {
    fn parameter(what: impl Into<String>) -> Self {
        Self { code: -32602, message: what.into(), data: None }
    }

    fn server(what: impl Into<String>) -> Self {
        Self { code: -32000, message: what.into(), data: None }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            // As geth reports it, so that clients find the data.
            Refused::Reverted(data) => {
                Self { code: 3, message: "execution reverted".to_owned(), data: Some(data) }
            }
            Refused::Invalid(what) => Self::server(what),
            Refused::Unwritten(error) => Self { code: -32603, message: error.to_string(), data: None },
        }
    }
}

#[derive(Deserialize)]
struct Request {
    jsonrpc: Option<String>,
    /// Absent: no answer is wanted. Null: it is.
    #[serde(default, deserialize_with = "present")]
    id: Option<Value>,
    method: String,
    #[serde(default)]
    params: Value,
}

fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// Answers the body of a request; empty if it asks for no answer.
pub(super) fn answer(devnet: &Devnet, body: &[u8]) -> Vec<u8> {
    let answer = match serde_json::from_slice(body) {
        Err(error) => Some(refusal(&Value::Null, -32700, &format!("not JSON: {error}"))),
        Ok(Value::Array(batch)) if batch.is_empty() || batch.len() > BATCH => {
            let what = format!("a batch of {} requests: 1 to {BATCH} are taken", batch.len());
            Some(refusal(&Value::Null, -32600, &what))
        }
        Ok(Value::Array(batch)) => {
            let answers: Vec<_> =
                batch.into_iter().filter_map(|request| answer_one(devnet, request)).collect();
            (!answers.is_empty()).then_some(Value::Array(answers))
        }
        Ok(request) => answer_one(devnet, request),
    };
    answer.map(|answer| answer.to_string().into_bytes()).unwrap_or_default()
}

fn answer_one(devnet: &Devnet, request: Value) -> Option<Value> {
    let request = match serde_json::from_value::<Request>(request) {
        Ok(request) if request.jsonrpc.as_deref() == Some("2.0") => request,
        Ok(_) => return Some(refusal(&Value::Null, -32600, "not JSON-RPC 2.0")),
        Err(error) => return Some(refusal(&Value::Null, -32600, &format!("not a request: {error}"))),
    };
    let outcome = match request.params {
        Value::Array(params) => methods::call(devnet, &request.method, &params),
        Value::Null => methods::call(devnet, &request.method, &[]),
        _ => Err(Failure::parameter("parameters are a list")),
    };
    let id = request.id?;
    Some(match outcome {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(Failure { code, message, data: None }) => refusal(&id, code, &message),
        Err(Failure { code, message, data }) => {
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message, "data": data } })
        }
    })
}

fn refusal(id: &Value, code: i64, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}
