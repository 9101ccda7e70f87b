//! The double as a node: each request answered from the ledger in memory.

use crate::http::serve;
use crate::ledger::{Answer, Ledger};
use std::sync::{Arc, Mutex};

pub struct Node {
    pub address: String,
    pub ledger: Arc<Mutex<Ledger>>,
}

impl Node {
    /// Serves until the process ends.
    pub fn start() -> Self {
        let ledger = Arc::new(Mutex::new(Ledger::new("")));
        let served = Arc::clone(&ledger);
        let address = serve(move |method, path, body| {
            let Answer { status, body } = served.lock().unwrap().answer(method, path, body);
            (status, body.to_string().into_bytes())
        });
        ledger.lock().unwrap().site.clone_from(&address);
        Self { address, ledger }
    }
}
