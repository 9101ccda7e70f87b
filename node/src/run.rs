//! Putting a node together and taking it down: store, chain, ledger, anchoring, HTTP.

use crate::anchoring::{Anchoring, Timing, TurnError};
use crate::api::{self, ApiState};
use crate::chain::{ChainError, Connected, connect, ensure_opened};
use crate::config::{Config, ConfigError, Folder};
use crate::ledger::rows::ReadError;
use crate::ledger::{Ledger, Setup};
use crate::observe;
use crate::store::{FjallStore, Store, StoreError};
use anchors::Clock;
use protocol::dossier;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Why a node does not start or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The data folder.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is stored.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The chain and the store contradict each other.
    #[error(transparent)]
    Anchoring(TurnError),
    /// The port.
    #[error("can not listen on {address}: {source}; stop what uses it, or choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Serving broke off.
    #[error("the HTTP server stopped: {0}")]
    Serve(std::io::Error),
}

/// Seconds that a start waits for the opening of the ledger to be in a block.
const OPENING_WAIT_S: u64 = 120;

/// A node at work.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its ledger.
    pub ledger: Ledger,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
    anchoring: JoinHandle<()>,
}

impl Running {
    /// Ends when somebody calls [`Running::stop`], or when the server breaks off.
    pub async fn wait(self) -> Result<(), RunError> {
        let served = self.server.await.unwrap_or(Ok(()));
        self.stop.send_replace(true);
        // A panic there was logged by the runtime; the store is in order at every moment.
        let _ = self.anchoring.await;
        served.map_err(RunError::Serve)
    }

    /// What ends it: answers at hand are given, then the port is closed. Nothing needs to be saved.
    pub fn stopper(&self) -> watch::Sender<bool> {
        self.stop.clone()
    }

    /// Ends it and waits for the end.
    pub async fn stop(self) -> Result<(), RunError> {
        self.stop.send_replace(true);
        self.wait().await
    }
}

/// Opens the ledger of a data folder on its chain: what `init` does after it wrote the configuration.
pub async fn open_ledger(folder: &Folder, clock: &Clock) -> Result<dossier::Ledger, RunError> {
    let config = folder.load()?;
    let store = FjallStore::open(&folder.store())?;
    let chain = connect(folder, &config, clock)?;
    let operator = folder.load_operator_key()?;
    ensure_opened(&store, &*chain.writer, &config, &operator, OPENING_WAIT_S).await?;
    Ok(dossier::Ledger::opened_at(config.origin(chain.writer.chain())))
}

/// Starts the node of a data folder.
pub async fn start(folder: &Folder, config: Config, clock: Clock) -> Result<Running, RunError> {
    let listener = listen(config.listen).await?;
    let address = listener.local_addr().map_err(RunError::Serve)?;
    let store: Arc<dyn Store> = Arc::new(FjallStore::open(&folder.store())?);
    folder.clear_spool()?;
    let chain = connect(folder, &config, &clock)?;
    let operator = folder.load_operator_key()?;
    // A chain that is down does not keep a node from starting whose ledger is known to be open.
    ensure_opened(&*store, &*chain.writer, &config, &operator, OPENING_WAIT_S).await?;
    let origin = config.origin(chain.writer.chain());
    let ledger = Ledger::open(Setup {
        store,
        ledger: dossier::Ledger::opened_at(origin),
        operator,
        clock,
        promise_ms: config.anchoring.promise_s.saturating_mul(1000),
    })?;
    let (stop, stopped) = watch::channel(false);
    let anchoring = Anchoring::new(ledger.clone(), Arc::clone(&chain.writer), timing(&config));
    match anchoring.check_store_is_new().await {
        Ok(()) => {}
        Err(error @ TurnError::StoreIsOld { .. }) => return Err(RunError::Anchoring(error)),
        // A chain that is down keeps nobody from stepping: the job holds the store against it when it is back.
        Err(error) => observe::anchoring_failed(&error),
    }
    let state = api_state(folder, &config, &ledger, &chain, &anchoring);
    let router = api::router(state);
    observe::started(address, &ledger.facts());
    let anchoring = tokio::spawn(anchoring.run(stopped.clone()));
    let server = tokio::spawn(async move {
        let mut stopped = stopped;
        let ended = async move {
            // An error means that the sender is gone, which is an end too.
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        axum::serve(listener, router).with_graceful_shutdown(ended).await
    });
    Ok(Running { address, ledger, stop, server, anchoring })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address).await.map_err(|source| RunError::Listen { address, source })
}

fn timing(config: &Config) -> Timing {
    let seconds = config.anchoring;
    let poll = if matches!(config.chain, crate::config::ChainConfig::Devnet) { 100 } else { 2000 };
    Timing {
        interval: Duration::from_secs(seconds.interval_s),
        heartbeat: Duration::from_secs(seconds.heartbeat_s),
        poll: Duration::from_millis(poll),
    }
}

fn api_state(
    folder: &Folder,
    config: &Config,
    ledger: &Ledger,
    chain: &Connected,
    anchoring: &Anchoring,
) -> ApiState {
    ApiState {
        ledger: ledger.clone(),
        reader: Arc::clone(&chain.writer) as Arc<dyn anchors::AnchorReader>,
        standing: anchoring.standing(),
        devnet: chain.devnet.clone(),
        site: config.site.clone(),
        anchor_interval_s: config.anchoring.interval_s,
        batch_vouchers: config.limits.batch_vouchers,
        spool: folder.spool(),
    }
}

/// Waits for SIGINT or SIGTERM.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}
