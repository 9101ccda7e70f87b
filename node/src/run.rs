//! Putting a node together and taking it down: store, chain, ledger, anchoring, HTTP.

use crate::anchoring::{Anchoring, Timing, TurnError};
use crate::answering::Answering;
use crate::api::{self, ApiState};
use crate::chain::{ChainError, Connected, connect, ensure_opened, opening};
use crate::clock::{self, WrongClock};
use crate::config::{Config, ConfigError, Folder};
use crate::control::Control;
use crate::key_change;
use crate::ledger::outbox::known;
use crate::ledger::rows::ReadError;
use crate::ledger::{Ledger, Setup};
use crate::observe;
use crate::serve::serve;
use crate::store::{FjallStore, Store, StoreError};
use anchors::Clock;
use protocol::PublicKey;
use protocol::dossier;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

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
    /// This machine's time is not the log's.
    #[error(transparent)]
    WrongClock(#[from] WrongClock),
    /// The chain and the store contradict each other.
    #[error(transparent)]
    Anchoring(TurnError),
    /// The key in the folder is not the one that signs this ledger's receipts.
    #[error(
        "the operator key in {} is {found}, the ledger's is {due}: put the right operator.key back; nothing was changed",
        .folder.display()
    )]
    WrongKey {
        /// The data folder.
        folder: PathBuf,
        /// Public key of what is there.
        found: PublicKey,
        /// As the newest checkpoint says.
        due: PublicKey,
    },
    /// A rebuild has begun and not ended.
    #[error(
        "{} is there: a rebuild of the store broke off; run vouchsafe-node rebuild again, with the same mirror",
        .0.display()
    )]
    HalfRebuilt(PathBuf),
    /// A part of the node ended by a fault of its own.
    #[error(
        "the {0} broke off by a fault of this program, see the log; start again, nothing confirmed is lost"
    )]
    BrokeOff(&'static str),
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

/// Time for answers at hand, and for a word of the chain, when a node is stopped.
const GRACE: Duration = Duration::from_secs(10);

/// Between two looks for challenges, which take three days.
const WATCH: Duration = Duration::from_secs(15);

/// A node at work.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its ledger.
    pub ledger: Ledger,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
    anchoring: JoinHandle<()>,
    answering: JoinHandle<()>,
    _control: Option<Control>,
}

impl Running {
    /// Ends when somebody calls [`Running::stop`], or when a part of it breaks off: a node that no longer anchors must
    /// not go on giving promises.
    pub async fn wait(self) -> Result<(), RunError> {
        let Self { stop, mut server, mut anchoring, mut answering, .. } = self;
        let mut stopped = stop.subscribe();
        let broken = tokio::select! {
            biased;
            _ = stopped.wait_for(|stop| *stop) => None,
            served = &mut server => Some(match served {
                Ok(Err(error)) => RunError::Serve(error),
                _ => RunError::BrokeOff("HTTP server"),
            }),
            _ = &mut anchoring => Some(RunError::BrokeOff("anchoring job")),
            _ = &mut answering => Some(RunError::BrokeOff("answering job")),
        };
        // A part that was asked to end can be noticed before the asking itself is.
        let was_asked = stop.send_replace(true);
        let broken = broken.filter(|_| !was_asked);
        // Whoever still waits for a slow client or a silent chain is cut off: nothing of it is lost.
        if !server.is_finished() && tokio::time::timeout(GRACE, &mut server).await.is_err() {
            server.abort();
        }
        if !anchoring.is_finished() && tokio::time::timeout(GRACE, &mut anchoring).await.is_err() {
            anchoring.abort();
        }
        // What it was doing is done again at the next start.
        answering.abort();
        broken.map_or(Ok(()), Err)
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
    key_change::keys(folder, &store)?;
    Ok(dossier::Ledger::opened_at(config.origin(chain.writer.chain())))
}

/// Starts the node of a data folder.
pub async fn start(folder: &Folder, config: Config, clock: Clock) -> Result<Running, RunError> {
    if folder.rebuilding().exists() {
        return Err(RunError::HalfRebuilt(folder.rebuilding()));
    }
    let listener = listen(config.listen).await?;
    let address = listener.local_addr().map_err(RunError::Serve)?;
    let store: Arc<dyn Store> = Arc::new(FjallStore::open(&folder.store())?);
    folder.clear_spool()?;
    let chain = connect(folder, &config, &clock)?;
    let operator = folder.load_operator_key()?;
    // A chain that is down does not keep a node from starting whose ledger is known to be open.
    ensure_opened(&*store, &*chain.writer, &config, &operator, OPENING_WAIT_S).await?;
    let operator = key_change::keys(folder, &*store)?;
    let origin = config.origin(chain.writer.chain());
    let genesis = known(&*store.snapshot()?, 0)?.checkpoint;
    let opening = opening(&config, genesis.operator_key);
    let control = Control::listen(folder, &store);
    let ledger = Ledger::open(Setup {
        store,
        ledger: dossier::Ledger::opened_at(origin),
        operator,
        clock,
        promise_ms: config.anchoring.promise_s.saturating_mul(1000),
    })?;
    check_clock(&ledger)?;
    let (stop, stopped) = watch::channel(false);
    let anchoring = Anchoring::new(ledger.clone(), Arc::clone(&chain.writer), opening, timing(&config));
    anchoring.begin().await.map_err(RunError::Anchoring)?;
    let answering = Answering::new(
        ledger.clone(),
        Arc::clone(&chain.writer),
        chain.judge.clone(),
        if chain.devnet.is_some() { Duration::from_secs(1) } else { WATCH },
    );
    let state = api_state(folder, &config, &ledger, &chain, &anchoring, &answering);
    let router = api::router(state);
    observe::started(address, &ledger.facts(), config.anchoring.promise_s);
    let anchoring = tokio::spawn(anchoring.run(stopped.clone()).instrument(observe::background("anchoring")));
    let answering = tokio::spawn(answering.run(stopped.clone()).instrument(observe::background("answering")));
    let changing = key_change::complete(folder.clone(), ledger.clone(), stopped.clone());
    tokio::spawn(changing.instrument(observe::background("key change")));
    let server = tokio::spawn(serve(listener, router, stopped));
    Ok(Running { address, ledger, stop, server, anchoring, answering, _control: control })
}

/// The log can not go back: by a clock that is behind it, entries would bear a time that is over.
fn check_clock(ledger: &Ledger) -> Result<(), RunError> {
    let view = ledger.view()?;
    if let Some(latest) = view.entry(view.size()?.saturating_sub(1))? {
        clock::hold_against_log(ledger.clock().now(), latest.state.index, latest.state.entry.at)?;
    }
    Ok(())
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
    answering: &Answering,
) -> ApiState {
    ApiState {
        ledger: ledger.clone(),
        reader: Arc::clone(&chain.writer) as Arc<dyn anchors::AnchorReader>,
        standing: anchoring.standing(),
        backing: answering.backing(),
        devnet: chain.devnet.clone(),
        site: config.site.clone(),
        anchor_interval_s: config.anchoring.interval_s,
        batch_vouchers: config.limits.batch_vouchers,
        audit_report: config.audit_report.as_ref().map(|path| folder.path().join(path)),
        rates: config.rates.clone(),
        spool: folder.spool(),
    }
}

/// SIGINT or SIGTERM, heard from the moment that this returns.
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Clock, Folder, RunError, start};
    use crate::init::{BOND_WEI, ChainChoice, init};
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn a_node_with_another_operator_key_does_not_start() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(place.path().join("node"));
        let listen = "127.0.0.1:0".parse().expect("an address");
        let site = "http://127.0.0.1".to_owned();
        let made = init(&folder, ChainChoice::Devnet, site, listen, BOND_WEI, 1).await.expect("made");
        let key = folder.path().join("operator.key");
        let right = std::fs::read(&key).expect("read");
        std::fs::write(&key, "11".repeat(32)).expect("written");
        let rights = std::fs::metadata(&key).expect("there").permissions().mode() & 0o777;
        assert_eq!(rights, 0o600);
        match start(&folder, folder.load().expect("loaded"), Clock::system()).await.map(|_| ()) {
            Err(RunError::WrongKey { due, .. }) => assert_eq!(due, made.operator_key),
            other => panic!("{other:?}"),
        }
        std::fs::write(&key, right).expect("written");
        let running = start(&folder, folder.load().expect("loaded"), Clock::system()).await.expect("runs");
        running.stop().await.expect("stopped in order");
    }
}
