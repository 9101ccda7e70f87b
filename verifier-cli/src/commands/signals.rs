//! Being asked to stop: ctrl-c, and what service managers send. What was done until then is kept.

use crate::failure::Failure;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::ctrl_c;

/// A flag that is set when somebody asks the process to end. Who asks twice does not wait for anything.
pub fn stop_when_asked() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let broken = |cause: std::io::Error| Failure::usage("error-threads").with_foreign("cause", cause);
    let runtime = crate::source::runtime().map_err(broken)?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            asked().await;
            flag.store(true, Ordering::Relaxed);
            asked().await;
            std::process::exit(130);
        });
    });
    Ok(stop)
}

#[cfg(unix)]
async fn asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        // Without it there is still ctrl-c.
        let _ = ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn asked() {
    let _ = ctrl_c().await;
}
