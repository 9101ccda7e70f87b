//! The keys that sign in the operator's name (docs/protocol.md section 9).

use protocol::PublicKey;
use protocol::signing::KeyPair;
use std::sync::Arc;

/// The operator's key and, while it is being changed, the one that is to take its place.
#[derive(Debug, Clone)]
pub struct OperatorKeys {
    current: Arc<KeyPair>,
    next: Option<Arc<KeyPair>>,
}

impl From<KeyPair> for OperatorKeys {
    fn from(current: KeyPair) -> Self {
        Self { current: Arc::new(current), next: None }
    }
}

impl OperatorKeys {
    /// A change that has begun.
    pub fn changing(current: KeyPair, next: KeyPair) -> Self {
        Self { next: Some(Arc::new(next)), ..current.into() }
    }

    /// A change whose key is in its place already, and whose checkpoint is not final.
    pub fn waiting(current: KeyPair) -> Self {
        let current = Arc::new(current);
        Self { next: Some(Arc::clone(&current)), current }
    }

    /// The one that signs receipts.
    pub fn current(&self) -> &KeyPair {
        &self.current
    }

    /// What the next checkpoint names.
    pub fn due(&self) -> PublicKey {
        self.next.as_ref().unwrap_or(&self.current).public()
    }

    /// Whether one is to take the place of the other.
    pub fn is_changing(&self) -> bool {
        self.next.is_some()
    }

    /// The one that a checkpoint names, if it is at hand.
    pub fn named(&self, key: &PublicKey) -> Option<&KeyPair> {
        let keys = [Some(&self.current), self.next.as_ref()];
        keys.into_iter().flatten().find(|pair| pair.public() == *key).map(|pair| &**pair)
    }

    /// After the change.
    pub(super) fn changed(&self) -> Self {
        Self { current: Arc::clone(self.next.as_ref().unwrap_or(&self.current)), next: None }
    }
}
