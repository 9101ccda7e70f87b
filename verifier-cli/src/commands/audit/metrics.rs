//! What a monitor tells Prometheus, and the small server that it asks.

use crate::audit::Report;
use crate::failure::Failure;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// How long who asks may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a question that are read.
const QUESTION_BYTES: usize = 8192;

/// The gauges, shared with the server. All of them begin at zero.
pub struct Metrics {
    registry: Arc<Registry>,
    entries: Gauge,
    vouchers: Gauge,
    checkpoint: Gauge,
    anchored: Gauge,
    signatures: Gauge,
    contradictions: Gauge,
    unchecked: Gauge,
    chain_up: Gauge,
    source_up: Gauge,
    looked_at: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("vouchsafe_audit");
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        Self {
            entries: gauge("entries", "Entries gone over"),
            vouchers: gauge("vouchers", "Vouchers gone over"),
            checkpoint: gauge(
                "checkpoint",
                "Number of the newest checkpoint that everything was held against",
            ),
            anchored: gauge("anchored_checkpoint", "Number of the newest anchored checkpoint"),
            signatures: gauge("signatures", "Demanded signatures checked"),
            contradictions: gauge("contradictions", "Contradictions found"),
            unchecked: gauge(
                "unchecked",
                "Things that could not be checked in the last look, withheld data among them",
            ),
            chain_up: gauge("chain_up", "Whether the chain answered the last time it was asked"),
            source_up: gauge(
                "source_up",
                "Whether the source of the data answered the last time it was asked",
            ),
            looked_at: gauge("last_look_timestamp_seconds", "When a look last ended, Unix time"),
            registry: Arc::new(registry),
        }
    }
}

impl Metrics {
    /// So many entries are done.
    pub fn entries(&self, done: u64) {
        set(&self.entries, done);
    }

    /// A look ended.
    pub fn looked(&self, report: &Report) {
        for (gauge, value) in [
            (&self.entries, report.entries),
            (&self.vouchers, report.vouchers),
            (&self.checkpoint, report.checkpoint),
            (&self.anchored, report.anchored),
            (&self.signatures, report.audited.signatures),
            (&self.contradictions, report.audited.contradictions),
            (&self.unchecked, report.unchecked.len() as u64),
            (&self.chain_up, 1),
            (&self.source_up, 1),
            (&self.looked_at, report.finished_at / 1000),
        ] {
            set(gauge, value);
        }
    }

    /// A look failed: the chain or the source did not answer.
    pub fn failed(&self, failure: &Failure) {
        let id = failure.text.id();
        if id.starts_with("chain-") {
            set(&self.chain_up, 0);
        } else if id.starts_with("error-data-") {
            set(&self.source_up, 0);
        }
    }

    /// Answers `GET /metrics` at this address until the process ends; gives the address, with its port.
    pub fn serve(&self, address: SocketAddr) -> Result<SocketAddr, Failure> {
        let failed = |error: std::io::Error| {
            Failure::usage("error-metrics-address")
                .with("address", address.to_string())
                .with_foreign("cause", error)
        };
        let listener = TcpListener::bind(address).map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let registry = Arc::clone(&self.registry);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Who hung up needs no answer.
                let _ = answer(stream, &registry);
            }
        });
        Ok(bound)
    }
}

fn set(gauge: &Gauge, value: u64) {
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
}

fn answer(mut stream: TcpStream, registry: &Registry) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut question = Vec::new();
    let mut piece = [0; 1024];
    while !question.windows(4).any(|end| end == b"\r\n\r\n") && question.len() < QUESTION_BYTES {
        match stream.read(&mut piece)? {
            0 => break,
            read => question.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
    let asks = question.starts_with(b"GET /metrics ") || question.starts_with(b"GET /metrics?");
    let (status, body) = if asks {
        let mut text = String::new();
        encode(&mut text, registry).map_err(std::io::Error::other)?;
        ("200 OK", text)
    } else {
        ("404 Not Found", "GET /metrics\n".to_owned())
    };
    let kind = if asks { "application/openmetrics-text; version=1.0.0; charset=utf-8" } else { "text/plain" };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}
