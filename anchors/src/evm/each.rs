//! Each endpoint alone: where the word of one is enough, as of an event that others may hide, all of them are asked.

use super::{EvmChain, ReadOnly};
use crate::error::AnchorError;
use std::sync::Arc;

impl<K> EvmChain<K> {
    /// What each endpoint says when it is asked alone, in their order.
    pub(crate) async fn each<T, A>(&self, ask: impl Fn(EvmChain) -> A) -> Vec<Result<T, AnchorError>>
    where
        T: Send + 'static,
        A: Future<Output = Result<T, AnchorError>> + Send + 'static,
    {
        let only = EvmChain { shared: Arc::clone(&self.shared), key: ReadOnly };
        let alone = if self.shared.witnesses.is_empty() {
            std::slice::from_ref(&only)
        } else {
            &self.shared.witnesses
        };
        let asked: Vec<_> =
            alone.iter().map(|one| (one.shared.endpoints.clone(), tokio::spawn(ask(one.clone())))).collect();
        let mut said = Vec::with_capacity(asked.len());
        for (endpoint, answer) in asked {
            let broken =
                |cause: tokio::task::JoinError| AnchorError::OutOfReach { endpoint, cause: cause.into() };
            said.push(answer.await.map_err(broken).and_then(|answer| answer));
        }
        said
    }
}

/// What those said that answered, and whether all of them did; the error of all where none did.
pub(crate) fn of_any<T>(said: Vec<Result<T, AnchorError>>) -> Result<(Vec<T>, bool), AnchorError> {
    let (mut heard, mut silent) = (Vec::new(), Vec::new());
    for answer in said {
        match answer {
            Ok(answer) => heard.push(answer),
            Err(error) => silent.push(error),
        }
    }
    if heard.is_empty() { Err(together(silent)) } else { Ok((heard, silent.is_empty())) }
}

/// One error for all that gave no answer.
pub(super) fn together(mut silent: Vec<AnchorError>) -> AnchorError {
    let out_of_reach = |error: &AnchorError| matches!(error, AnchorError::OutOfReach { .. });
    let first = silent.iter().position(out_of_reach);
    match (silent.len(), first) {
        (0, _) => {
            AnchorError::OutOfReach { endpoint: "no endpoint".to_owned(), cause: "none is configured".into() }
        }
        (1, _) | (_, None) => silent.swap_remove(0),
        (_, Some(_)) => {
            let endpoint = silent.iter().filter_map(|error| match error {
                AnchorError::OutOfReach { endpoint, .. } => Some(endpoint.as_str()),
                _ => None,
            });
            let endpoint = endpoint.collect::<Vec<_>>().join(", ");
            let cause = silent.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            AnchorError::OutOfReach { endpoint, cause: cause.into() }
        }
    }
}
