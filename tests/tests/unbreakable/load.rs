//! More than the node can do, and clients who mean no good: it says so to those it can not serve, goes on with the others,
//! and its memory stays bounded.

use protocol::lifecycle::Kind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use vouchsafe_tests::{Batch, Faults, Given, Issuer, Node, Outcome, PATIENCE, until};

/// Requests at work at a time, by docs/ARCHITECTURE.md.
const AT_WORK: u64 = 512;

/// More than any of the floods below may add to the node's memory.
const BOUND_KIB: u64 = 256 << 10;

struct Stage {
    node: Node,
    issuer: Issuer,
    issue: Given,
    batch: Batch,
}

async fn stage() -> Stage {
    staged(Node::on_devnet(&["--anchor-interval", "1"]).await).await
}

async fn staged(mut node: Node) -> Stage {
    node.start().await;
    let issuer = Issuer::new(1, &node.ledger);
    let batch = issuer.batch(1, 0, 400);
    let Outcome::Accepted(issue) = issuer.issue(node.http(), &batch).await else { panic!("not issued") };
    node.is_anchored(1).await;
    Stage { node, issuer, issue, batch }
}

/// With a disk that can be made slow, and a node that answers however often it is asked.
async fn on_a_disk_of_its_own() -> (Stage, Faults) {
    let mut node = Node::on_devnet(&["--anchor-interval", "1"]).await;
    node.answer_all();
    let disk = Faults::new();
    node.under(&disk, None);
    (staged(node).await, disk)
}

impl Stage {
    async fn connect(&self) -> TcpStream {
        let address = self.node.url().trim_start_matches("http://").to_owned();
        TcpStream::connect(address).await.unwrap()
    }

    /// What a request is answered with that the node need not read to its end. Where bytes are still on their way when it
    /// closes the connection the answer may be lost: then the same is sent again.
    async fn answer_to_a_flood(&self, request: &[u8]) -> String {
        for _ in 0..20 {
            let mut stream = self.connect().await;
            let (mut reads, mut writes) = stream.split();
            let mut said = Vec::new();
            let (_, _) = tokio::join!(writes.write_all(request), reads.read_to_end(&mut said));
            if !said.is_empty() {
                return String::from_utf8_lossy(&said).into_owned();
            }
        }
        panic!("a request of {} bytes is never answered", request.len())
    }

    /// The node goes about its work: it answers, takes a step, and what it holds is bounded.
    async fn goes_on(&mut self, number: u64, resident_before: u64) {
        self.node.http().get("/healthz").await.is(200);
        let buyer = self.issuer.key().public();
        let step = self.issuer.step(&self.issue, Kind::Sell, (number, 1), buyer, &[self.issuer.key()]);
        // Both ways of sending it.
        for _ in 0..2 {
            let outcome = step.submit(self.node.http()).await;
            assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
        }
        let now = self.node.process().footprint().resident_kib;
        assert!(now < resident_before + BOUND_KIB, "{resident_before} KiB before, {now} KiB now");
    }

    /// The `nth` client's step, which waits for the disk and for others as a read does not. The first voucher is left for
    /// who looks afterwards; a step that is sent again is answered again.
    fn sale(&self, nth: usize, connection: &str) -> String {
        let place = 1 + nth as u64 % (self.batch.vouchers.len() as u64 - 1);
        let issuer = self.issuer.key();
        let step = self.issuer.step(&self.issue, Kind::Sell, (place, 1), issuer.public(), &[issuer]);
        let body = String::from_utf8_lossy(step.body()).into_owned();
        format!(
            "POST /v1/steps HTTP/1.1\r\nhost: node\r\nconnection: {connection}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// Clients whose steps wait for the disk, so many that every place is taken.
    async fn all_places(&self) -> Vec<TcpStream> {
        let mut waiting = Vec::new();
        for number in 0..AT_WORK {
            let mut stream = self.connect().await;
            let request = self.sale(usize::try_from(number).unwrap(), "close");
            stream.write_all(request.as_bytes()).await.unwrap();
            waiting.push(stream);
        }
        until("the places are taken", async || {
            (self.metric("vouchsafe_requests_at_work").await == AT_WORK).then_some(())
        })
        .await;
        waiting
    }

    /// What the node says of itself.
    async fn metric(&self, name: &str) -> u64 {
        let said = self.node.http().get("/metrics").await.is(200).text();
        let value = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {said}"))
    }

    async fn ends(mut self) {
        let said = self.node.process().said();
        assert!(!said.contains("panicked"), "{said}");
        assert!(self.node.stop().await.success(), "{said}");
        self.node.fsck().await.exits(0);
    }
}

/// Reads until the other side closes, or for so long. Gives what came, and whether it closed.
async fn heard(stream: &mut TcpStream, at_most: Duration) -> (String, bool) {
    let mut bytes = Vec::new();
    let closed = tokio::time::timeout(at_most, stream.read_to_end(&mut bytes)).await;
    (String::from_utf8_lossy(&bytes).into_owned(), closed.is_ok())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overload_is_answered_with_when_to_come_back() {
    const TOO_MANY: usize = 1000;
    let (mut stage, disk) = on_a_disk_of_its_own().await;
    let before = stage.node.process().footprint().resident_kib;
    // Who sends slowly takes no place from anybody.
    let mut slow = Vec::new();
    for number in 0..AT_WORK {
        let mut stream = stage.connect().await;
        let request = stage.sale(usize::try_from(number).unwrap(), "close");
        stream.write_all(request.strip_suffix('}').unwrap().as_bytes()).await.unwrap();
        slow.push(stream);
    }
    stage.goes_on(0, before).await;
    disk.slow_disk(PATIENCE);
    let waiting = stage.all_places().await;
    let mut asking = JoinSet::new();
    for number in 0..TOO_MANY {
        let mut stream = stage.connect().await;
        let request = stage.sale(number, "close");
        asking.spawn(async move {
            stream.write_all(request.as_bytes()).await.unwrap();
            heard(&mut stream, PATIENCE).await
        });
    }
    // Those who look after the node get their answer in the middle of it.
    for path in ["/healthz", "/metrics"] {
        stage.node.http().get(path).await.is(200);
    }
    for (said, closed) in asking.join_all().await {
        assert!(closed, "no answer within {PATIENCE:?}: {said}");
        let wait = said.lines().find_map(|line| line.strip_prefix("retry-after: ")?.parse::<u64>().ok());
        assert!(said.starts_with("HTTP/1.1 503 ") && said.contains("urn:vouchsafe:problem:"), "{said}");
        assert!(wait.is_some_and(|wait| (1..=60).contains(&wait)), "{said}");
    }
    // Who had a place is served, however full it was.
    disk.slow_disk(Duration::ZERO);
    for mut stream in waiting {
        let (said, _) = heard(&mut stream, PATIENCE).await;
        assert!(said.starts_with("HTTP/1.1 20"), "{said}");
    }
    drop(slow);
    stage.goes_on(0, before).await;
    stage.ends().await;
}

/// Reads one answer of a connection that stays open: its status, and when to come back.
async fn answer(stream: &mut TcpStream) -> (u16, Option<u64>) {
    let mut said = Vec::new();
    let mut piece = vec![0; 16 << 10];
    loop {
        let count = stream.read(&mut piece).await.unwrap();
        assert!(count > 0, "closed after {}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&piece[..count]);
        let Some(head) = said.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&said[..head]).into_owned();
        let number = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.parse::<u64>().ok());
        let length = usize::try_from(number("content-length: ").expect("its length")).unwrap();
        if said.len() >= head + 4 + length {
            let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
            return (status.expect("a status"), number("retry-after: "));
        }
    }
}

/// What many clients live through together.
#[derive(Default)]
struct Rush {
    served: AtomicU64,
    sent_away: AtomicU64,
}

impl Rush {
    /// Both ways were seen often enough.
    fn is_enough(&self) -> bool {
        self.served.load(Ordering::SeqCst) >= 2000 && self.sent_away.load(Ordering::SeqCst) >= 100
    }
}

/// Asks again and again, until it is enough: at once after an answer, and when it was told to after a refusal. Gives how
/// long it waited where it was served.
async fn insists(mut stream: TcpStream, request: String, rush: Arc<Rush>) -> Vec<Duration> {
    let (begun, mut waited) = (Instant::now(), Vec::new());
    while !rush.is_enough() {
        assert!(begun.elapsed() < PATIENCE, "no overload within {PATIENCE:?}");
        let asked = Instant::now();
        stream.write_all(request.as_bytes()).await.unwrap();
        match answer(&mut stream).await {
            (200 | 201, _) => {
                waited.push(asked.elapsed());
                rush.served.fetch_add(1, Ordering::SeqCst);
            }
            (503, Some(wait)) => {
                rush.sent_away.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(wait)).await;
            }
            other => panic!("{other:?}"),
        }
    }
    waited
}

/// How long one who is taken in waits is how many others are at work, times what one of them costs. The machine sets the
/// second, so no time is demanded here, nor one against a calmer time's: whoever else uses the machine would decide. The
/// node sets the first: however many ask, and however long, no more are taken in than it has places.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "what a load came to is worth knowing")]
async fn under_lasting_overload_no_more_are_at_work_than_have_places() {
    const CLIENTS: usize = 1000;
    let (mut stage, disk) = on_a_disk_of_its_own().await;
    let before = stage.node.process().footprint().resident_kib;
    // So slow that many clients can not but fill the places.
    disk.slow_disk(Duration::from_millis(300));
    let rush = Arc::new(Rush::default());
    let mut lines = Vec::with_capacity(CLIENTS);
    for _ in 0..CLIENTS {
        lines.push(stage.connect().await);
    }
    let mut asking = JoinSet::new();
    for (number, stream) in lines.into_iter().enumerate() {
        let request = stage.sale(number, "keep-alive");
        asking.spawn(insists(stream, request, Arc::clone(&rush)));
    }
    let mut times = asking.join_all().await.concat();
    times.sort_unstable();
    let most = stage.metric("vouchsafe_requests_at_work_most").await;
    eprintln!(
        "{} served, half within {:?}, 99 of 100 within {:?}; {} sent away; {most} at work at most",
        times.len(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        rush.sent_away.load(Ordering::SeqCst)
    );
    assert_eq!(most, AT_WORK, "were at work at a time");
    disk.slow_disk(Duration::ZERO);
    until("every place is free again", async || {
        (stage.metric("vouchsafe_requests_at_work").await == 0).then_some(())
    })
    .await;
    stage.goes_on(0, before).await;
    stage.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_who_never_finish_their_headers_are_given_up() {
    let mut stage = stage().await;
    let before = stage.node.process().footprint();
    let mut slow = Vec::new();
    for _ in 0..300 {
        let mut stream = stage.connect().await;
        stream.write_all(b"GET /v1/ledger HTTP/1.1\r\nhost: node\r\nx-slow: ").await.unwrap();
        slow.push(stream);
    }
    stage.goes_on(0, before.resident_kib).await;
    let begun = Instant::now();
    let mut given_up = JoinSet::new();
    for mut stream in slow {
        given_up.spawn(async move {
            // One byte a second: never silent, never done.
            while begun.elapsed() < PATIENCE && stream.write_all(b"a").await.is_ok() {
                let (said, closed) = heard(&mut stream, Duration::from_secs(1)).await;
                if closed {
                    return said;
                }
            }
            assert!(begun.elapsed() < PATIENCE, "a client who never finishes is kept for {PATIENCE:?}");
            String::new()
        });
    }
    given_up.join_all().await;
    stage.goes_on(1, before.resident_kib).await;
    let after = stage.node.process().footprint();
    assert!(after.files <= before.files + 20, "{before:?} before, {after:?} after");
    stage.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_who_never_finish_their_body_are_told_and_given_up() {
    let mut stage = stage().await;
    let before = stage.node.process().footprint();
    let mut waiting = JoinSet::new();
    // More than lists are decided at a time.
    for (path, kind, senders) in [
        ("/v1/steps", "application/json", 20),
        ("/v1/steps/many", "application/json", 80),
        ("/v1/batches", "application/octet-stream", 20),
    ] {
        for _ in 0..senders {
            let mut stream = stage.connect().await;
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: node\r\ncontent-type: {kind}\r\ncontent-length: 1000\r\n\r\n{{"
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            waiting.spawn(async move { heard(&mut stream, PATIENCE).await });
        }
    }
    stage.goes_on(0, before.resident_kib).await;
    for (said, closed) in waiting.join_all().await {
        let status = said.split(' ').nth(1).unwrap_or_default().to_owned();
        assert!(closed && ["408", "503"].contains(&status.as_str()), "{said}");
    }
    stage.goes_on(1, before.resident_kib).await;
    stage.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_of_headers_and_bodies_are_refused() {
    const HUGE: usize = 64 << 20;
    let mut stage = stage().await;
    let before = stage.node.process().footprint().resident_kib;
    let many = "x-many: 1\r\n".repeat(10_000);
    let long = format!("x-long: {}\r\n", "a".repeat(8 << 20));
    for flood in [many, long] {
        let request = format!("GET /v1/ledger HTTP/1.1\r\nhost: node\r\nconnection: close\r\n{flood}\r\n");
        let said = stage.answer_to_a_flood(request.as_bytes()).await;
        assert!(said.starts_with("HTTP/1.1 431"), "{said}");
    }
    for path in ["/v1/steps", "/v1/steps/many", "/v1/verify"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: node\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {HUGE}\r\n\r\n"
        );
        let mut request = head.into_bytes();
        request.resize(request.len() + HUGE, b' ');
        let said = stage.answer_to_a_flood(&request).await;
        assert!(said.starts_with("HTTP/1.1 413"), "{said}");
    }
    stage.goes_on(0, before).await;
    stage.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_idle_connections_keep_nobody_out() {
    const IDLE: usize = 3000;
    let mut stage = stage().await;
    let before = stage.node.process().footprint();
    let mut idle = Vec::with_capacity(IDLE);
    for _ in 0..IDLE {
        idle.push(stage.connect().await);
    }
    stage.goes_on(0, before.resident_kib).await;
    // Silent ones are closed in time, and what they held is given back.
    let begun = Instant::now();
    for mut stream in idle {
        let (said, closed) = heard(&mut stream, PATIENCE.saturating_sub(begun.elapsed())).await;
        assert!(closed, "an idle connection is kept for {PATIENCE:?}: {said}");
    }
    stage.goes_on(1, before.resident_kib).await;
    let after = stage.node.process().footprint();
    assert!(after.files <= before.files + 20, "{before:?} before, {after:?} after");
    stage.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_who_never_read_their_answers_hold_no_memory() {
    let mut stage = stage().await;
    let before = stage.node.process().footprint().resident_kib;
    let voucher = stage.batch.vouchers[0].public();
    let request = format!("GET /v1/vouchers/{voucher}/dossier HTTP/1.1\r\nhost: node\r\n\r\n");
    let mut deaf = Vec::new();
    for _ in 0..50 {
        let mut stream = stage.connect().await;
        let asked = request.repeat(2000);
        // The node stops reading where nobody reads its answers: the rest stays with the sender.
        let _ = tokio::time::timeout(Duration::from_millis(200), stream.write_all(asked.as_bytes())).await;
        deaf.push(stream);
    }
    stage.goes_on(0, before).await;
    drop(deaf);
    stage.goes_on(1, before).await;
    stage.ends().await;
}
