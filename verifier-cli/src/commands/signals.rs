//! Being asked to stop: ctrl-c, and what service managers send. What was done until then is kept.

use crate::failure::Failure;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that is set when somebody asks the process to end, from the moment that this returns. Who asks twice does not wait
/// for anything.
pub fn stop_when_asked() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let broken = |cause: io::Error| Failure::usage("error-threads").with_foreign("cause", cause);
    let runtime = crate::source::runtime().map_err(broken)?;
    let mut requests = {
        let _within = runtime.enter();
        Requests::heard().map_err(broken)?
    };
    std::thread::spawn(move || {
        runtime.block_on(async {
            requests.next().await;
            flag.store(true, Ordering::Relaxed);
            requests.next().await;
            std::process::exit(130);
        });
    });
    Ok(stop)
}

/// What asks to end.
#[cfg(unix)]
struct Requests {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Requests {
    fn heard() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// What asks to end.
#[cfg(windows)]
struct Requests(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Requests {
    fn heard() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
