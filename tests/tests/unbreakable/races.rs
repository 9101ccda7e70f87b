//! Many clients at one voucher: one wins, the others get its evidence, and what all of them saw is what one ledger shows
//! that does one thing after the other.

use crate::history::{Event, Learnt, contradiction};
use crate::{choices, rounds};
use protocol::PublicKey;
use protocol::lifecycle::{Kind, State, Status};
use protocol::manifest::{Flags, Terms};
use protocol::signing::KeyPair;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use vouchsafe_tests::{Attempt, Given, Http, Issuer, Node, Outcome, Random};

const CLIENTS: u8 = 64;
/// Who only look on while they race.
const LOOKERS: u8 = 4;
/// Clients at all vouchers of a ledger.
const CLIENTS_OF_ALL: u64 = 24;

async fn issued(count: u64) -> (Node, Arc<Issuer>, Given, Vec<KeyPair>) {
    let mut node = Node::on_devnet(&["--anchor-interval", "1"]).await;
    node.answer_all();
    node.start().await;
    let issuer = Arc::new(Issuer::new(1, &node.ledger));
    let batch = issuer.batch(1, 0, count);
    let Outcome::Accepted(issue) = issuer.issue(node.http(), &batch).await else { panic!("not issued") };
    (node, issuer, issue, batch.vouchers)
}

/// Submits until the node has time for it.
async fn decided(attempt: &Attempt, node: &Http) -> Outcome {
    loop {
        match attempt.submit(node).await {
            Outcome::Later => tokio::time::sleep(Duration::from_millis(50)).await,
            other => return other,
        }
    }
}

/// The index of a voucher's latest entry, by the node's word.
async fn latest(node: &Http, key: &PublicKey) -> Option<u64> {
    let said = node.try_get(&format!("/v1/vouchers/{key}")).await.unwrap();
    (said.status == 200).then(|| said.json()["index"].as_u64().unwrap())
}

/// One of those who race for a voucher: what it learnt, and what stands.
async fn races(voucher: u64, attempt: Attempt, node: Http) -> (Event, Option<Given>) {
    let asked = Instant::now();
    let (learnt, given) = match decided(&attempt, &node).await {
        Outcome::Accepted(given) => (Learnt::Wrote(given.index), given),
        Outcome::Lost(winner) => (Learnt::Saw(winner.index), winner),
        other => panic!("voucher {voucher}: {other:?}"),
    };
    (Event { voucher, asked, answered: Instant::now(), learnt }, Some(given))
}

async fn looks(voucher: u64, key: PublicKey, node: Http) -> (Event, Option<Given>) {
    let asked = Instant::now();
    let learnt = Learnt::Read(latest(&node, &key).await.expect("a voucher that is issued"));
    (Event { voucher, asked, answered: Instant::now(), learnt }, None)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_who_sell_one_voucher_one_wins_and_the_others_get_its_evidence() {
    let all = rounds("VOUCHSAFE_RACE_ROUNDS", 60);
    let (mut node, issuer, issue, vouchers) = issued(all).await;
    let (mut events, mut model) = (Vec::new(), BTreeMap::new());
    for (number, pair) in (0..all).zip(&vouchers) {
        let mut racing = JoinSet::new();
        for client in 0..CLIENTS {
            let buyer = KeyPair::from_seed(&[client; 32]).public();
            let attempt = issuer.step(&issue, Kind::Sell, (number, 1), buyer, &[issuer.key()]);
            racing.spawn(races(number, attempt, node.http().clone()));
            if client % (CLIENTS / LOOKERS) == 0 {
                racing.spawn(looks(number, pair.public(), node.http().clone()));
            }
        }
        let (learnt, shown): (Vec<_>, Vec<_>) = racing.join_all().await.into_iter().unzip();
        let shown: Vec<Given> = shown.into_iter().flatten().collect();
        let won: Vec<_> =
            learnt.iter().filter(|event| matches!(event.learnt, Learnt::Wrote(_))).copied().collect();
        assert_eq!((won.len(), shown.len()), (1, CLIENTS.into()), "voucher {number}");
        assert_eq!(won[0].learnt, Learnt::Wrote(shown[0].index), "voucher {number}");
        assert!(shown.iter().all(|winner| *winner == shown[0]), "voucher {number}");
        model.insert(number, shown[0].clone());
        events.extend(learnt);
    }
    assert_eq!(contradiction(&events), None, "{} events", events.len());
    for (number, winner) in &model {
        let key = vouchers[usize::try_from(*number).unwrap()].public();
        assert_eq!(latest(node.http(), &key).await, Some(winner.index), "voucher {number}");
        winner.honoured(node.http()).await.unwrap();
    }
    let said = node.http().get("/v1/ledger").await.is(200).json();
    assert_eq!(said["size"], all + 1, "one sale for each");
    assert!(node.stop().await.success());
    node.fsck().await.exits(0);
}

/// What each client does and learns.
struct Client {
    issuer: Arc<Issuer>,
    node: Http,
    random: Random,
    vouchers: Arc<Vec<KeyPair>>,
    /// What somebody saw last of each voucher: clients race from the same knowledge, not from their own alone.
    seen: Arc<Mutex<BTreeMap<u64, Given>>>,
}

#[derive(Default)]
struct Lived {
    events: Vec<Event>,
    accepted: Vec<Given>,
}

impl Client {
    async fn live(mut self, steps: u64) -> Lived {
        let mut lived = Lived::default();
        for _ in 0..steps {
            let voucher = self.random.below(self.vouchers.len() as u64);
            let asked = Instant::now();
            let learnt = if self.random.below(3) == 0 {
                self.look(voucher).await
            } else {
                self.step(voucher, &mut lived.accepted).await
            };
            let answered = Instant::now();
            lived.events.extend(learnt.map(|learnt| Event { voucher, asked, answered, learnt }));
        }
        lived
    }

    async fn look(&self, voucher: u64) -> Option<Learnt> {
        let key = self.vouchers[usize::try_from(voucher).unwrap()].public();
        latest(&self.node, &key).await.map(Learnt::Read)
    }

    async fn step(&mut self, voucher: u64, accepted: &mut Vec<Given>) -> Option<Learnt> {
        let before = self.seen.lock().unwrap()[&voucher].clone();
        let issuer = self.issuer.key();
        let kind = match (Status::from_byte(before.entry.status).unwrap(), self.random.below(6)) {
            (Status::InTrade | Status::Claimed, 0..=3) => Kind::Transfer,
            (Status::InTrade | Status::Sold, 4) => Kind::Claim,
            (Status::Sold | Status::Claimed, _) => Kind::Return,
            _ => Kind::Sell,
        };
        let pair = &self.vouchers[usize::try_from(voucher).unwrap()];
        // No two instructions are the same: of two that were, both would be told that it stands.
        let memo = format!("{{\"nonce\":\"{:032x}\"}}", self.random.below(u64::MAX));
        let party = issuer.public();
        let by = [issuer, pair];
        let attempt = self.issuer.noted(&before, kind, (voucher, 1), party, &by, Some(&memo));
        match decided(&attempt, &self.node).await {
            Outcome::Accepted(given) => {
                self.seen.lock().unwrap().insert(voucher, given.clone());
                accepted.push(given.clone());
                Some(Learnt::Wrote(given.index))
            }
            Outcome::Lost(winner) => {
                let index = winner.index;
                let mut seen = self.seen.lock().unwrap();
                if seen[&voucher].index < index {
                    seen.insert(voucher, winner);
                }
                Some(Learnt::Saw(index))
            }
            Outcome::Refused(name, _) if name == "illegal" => None,
            other => panic!("voucher {voucher}: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "how much was raced for is worth knowing")]
async fn what_clients_see_is_what_one_ledger_shows() {
    const VOUCHERS: u64 = 6;
    let mut random = choices();
    let (mut node, issuer, issue, vouchers) = issued(VOUCHERS).await;
    let vouchers = Arc::new(vouchers);
    let seen: BTreeMap<u64, Given> = (0..VOUCHERS).map(|number| (number, issue.clone())).collect();
    let seen = Arc::new(Mutex::new(seen));
    let mut living = JoinSet::new();
    let steps = rounds("VOUCHSAFE_RACE_ROUNDS", 60);
    for _ in 0..CLIENTS_OF_ALL {
        let client = Client {
            issuer: Arc::clone(&issuer),
            node: node.http().clone(),
            random: Random::new(random.below(u64::MAX)),
            vouchers: Arc::clone(&vouchers),
            seen: Arc::clone(&seen),
        };
        living.spawn(client.live(steps));
    }
    let (mut events, mut accepted) = (Vec::new(), Vec::new());
    for lived in living.join_all().await {
        events.extend(lived.events);
        accepted.extend(lived.accepted);
    }
    let learnt = |is: fn(&Learnt) -> bool| events.iter().filter(|event| is(&event.learnt)).count();
    let wrote = learnt(|learnt| matches!(learnt, Learnt::Wrote(_)));
    let read = learnt(|learnt| matches!(learnt, Learnt::Read(_)));
    let saw = learnt(|learnt| matches!(learnt, Learnt::Saw(_)));
    eprintln!("of {} questions {wrote} wrote, {read} read, {saw} lost a race", CLIENTS_OF_ALL * steps);
    // A history in which nobody lost, or nobody looked, would contradict nothing.
    assert!(wrote >= 50 && read >= 50 && saw >= 50, "{wrote} wrote, {read} read, {saw} lost");
    assert_eq!(contradiction(&events), None, "{} events", events.len());
    let model = replayed(&issue, VOUCHERS, accepted);
    for (number, state) in (0..).zip(&model) {
        let key = vouchers[usize::try_from(number).unwrap()].public();
        let said = node.http().get(&format!("/v1/vouchers/{key}")).await.is(200).json();
        assert_eq!(said["index"], state.index, "voucher {number}");
        assert_eq!(said["status"], state.status.byte(), "voucher {number}");
    }
    assert!(node.stop().await.success());
    node.fsck().await.exits(0);
}

/// The ledger as a plain list of states: every accepted entry is the next legal step of the one before it.
fn replayed(issue: &Given, vouchers: u64, mut accepted: Vec<Given>) -> Vec<State> {
    let terms = Terms::new(
        vouchers,
        1,
        Flags { transferable: true, stamped: true, ..Flags::default() },
        vec![],
        vec![],
    );
    let terms = terms.unwrap();
    let first = State::issued(&issue.entry, issue.index).unwrap();
    let mut model = vec![first; usize::try_from(vouchers).unwrap()];
    accepted.sort_by_key(|given| given.index);
    for given in accepted {
        let state = &mut model[usize::try_from(given.entry.first).unwrap()];
        assert_eq!(given.entry.prev, state.index, "entry {} continues the latest", given.index);
        *state = state.step(&given.entry, given.index, &terms, None).unwrap();
    }
    model
}
