//! What goes wrong with one endpoint among several, told to whoever runs them: an answer that another endpoint gave instead
//! hides it.

use std::fmt;
use std::sync::Arc;

/// What an endpoint did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// It gave no answer, or none that could be read.
    NoAnswer,
    /// It serves another chain.
    WrongChain,
    /// Its newest block is older than another's by more than a minute: it is passed over.
    Lags,
    /// It refused a request: not as the contract reverts a call, but by a word of its own.
    Declined,
    /// It contradicts another endpoint. Which of them lies, or lags, a third must tell.
    Disagrees,
}

impl Trouble {
    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoAnswer => "no_answer",
            Self::WrongChain => "wrong_chain",
            Self::Lags => "lags",
            Self::Declined => "declined",
            Self::Disagrees => "disagrees",
        }
    }
}

type Listener = Arc<dyn Fn(&str, Trouble) + Send + Sync>;

/// Is told of every trouble, with the endpoint by scheme, host and port. Nobody listens unless somebody says so.
#[derive(Clone, Default)]
pub struct Watch(Option<Listener>);

impl Watch {
    /// Calls `listener`, which must not block.
    pub fn new(listener: impl Fn(&str, Trouble) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    pub(super) fn tell(&self, endpoint: &str, trouble: Trouble) {
        if let Some(listener) = &self.0 {
            listener(endpoint, trouble);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watch(listens)" } else { "Watch" })
    }
}
