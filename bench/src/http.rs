//! A client that costs next to nothing, because it shares the cores with what it measures: requests that were written
//! before, one connection each, and of the answers the status and the length.

use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request as it goes over the wire.
pub fn request(method: &str, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n{kind}content-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// One connection that is kept.
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// To an address like `127.0.0.1:7311`.
    pub async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self { stream, read: Vec::new() }
    }

    /// Sends a request and reads its answer: the status and the body.
    pub async fn ask(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        self.stream.write_all(request).await.expect("sent");
        let head = loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            self.more().await;
        };
        let text = String::from_utf8_lossy(self.read.get(..head).unwrap_or_default()).to_ascii_lowercase();
        let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
        let length = text.split("content-length:").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: usize = length.and_then(|word| word.trim().parse().ok()).expect("a length");
        let end = head + 4 + length;
        while self.read.len() < end {
            self.more().await;
        }
        let rest = self.read.split_off(end);
        let body = std::mem::replace(&mut self.read, rest).split_off(head + 4);
        (status, body)
    }

    async fn more(&mut self) {
        let read = self.stream.read_buf(&mut self.read).await.expect("an answer");
        assert!(read > 0, "the connection was closed in an answer");
    }
}

/// Sends all requests over so many connections, each as fast as it is answered; seconds until the last answer. Every
/// answer must have this status.
pub async fn all(address: &str, requests: &[Vec<u8>], connections: usize, due: u16) -> f64 {
    let mut opened = Vec::new();
    for _ in 0..connections {
        opened.push(Connection::open(address).await);
    }
    let start = Instant::now();
    let share = requests.len().div_ceil(connections);
    let mut tasks = tokio::task::JoinSet::new();
    for (mut connection, requests) in opened.into_iter().zip(requests.chunks(share)) {
        let requests = requests.to_vec();
        tasks.spawn(async move {
            for request in requests {
                let (status, body) = connection.ask(&request).await;
                assert_eq!(status, due, "{}", String::from_utf8_lossy(&body));
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("a client that ends");
    }
    start.elapsed().as_secs_f64()
}

/// Sends requests at a steady rate a second, whether or not the ones before are answered, and gives how long each answer
/// took from the moment when its request was due: seconds, sorted.
pub async fn at_rate(address: &str, requests: &[Vec<u8>], connections: usize, rate: f64) -> Vec<f64> {
    let start = Instant::now() + Duration::from_millis(10);
    let mut tasks = tokio::task::JoinSet::new();
    for lane in 0..connections {
        let mut connection = Connection::open(address).await;
        let mine: Vec<(usize, Vec<u8>)> =
            requests.iter().cloned().enumerate().skip(lane).step_by(connections).collect();
        tasks.spawn(async move {
            let mut took = Vec::with_capacity(mine.len());
            for (place, request) in mine {
                let due = start + Duration::from_secs_f64(crate::measure::number(place) / rate);
                tokio::time::sleep_until(due.into()).await;
                let (status, _) = connection.ask(&request).await;
                assert_eq!(status, 200, "an answer");
                took.push(due.elapsed().as_secs_f64());
            }
            took
        });
    }
    let mut took: Vec<f64> = tasks.join_all().await.concat();
    took.sort_by(f64::total_cmp);
    took
}
