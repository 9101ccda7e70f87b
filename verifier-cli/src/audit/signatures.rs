//! Demanded signatures, checked on all cores: each strictly and by itself, in no particular order.

use protocol::audit::{Contradiction, Demanded};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Entries checked by one thread at a time: about 15 ms of work.
const AT_A_TIME: usize = 256;

/// Checks under way.
pub struct Checks {
    waiting: Vec<Demanded>,
    under_way: usize,
    most_under_way: usize,
    to: Sender<Vec<Contradiction>>,
    from: Receiver<Vec<Contradiction>>,
    found: Vec<Contradiction>,
    /// Signatures demanded so far.
    pub signatures: u64,
}

impl Checks {
    /// None under way.
    pub fn new() -> Self {
        let (to, from) = channel();
        let most_under_way = rayon::current_num_threads() * 2 + 2;
        Self { waiting: Vec::new(), under_way: 0, most_under_way, to, from, found: Vec::new(), signatures: 0 }
    }

    /// Adds an entry's; waits where more are under way than the cores can take up.
    pub fn add(&mut self, demanded: Demanded) {
        self.signatures += demanded.len() as u64;
        self.waiting.push(demanded);
        if self.waiting.len() >= AT_A_TIME {
            self.begin();
        }
        while self.under_way > self.most_under_way {
            self.take_one();
        }
    }

    fn begin(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let to = self.to.clone();
        self.under_way += 1;
        // The receiver lives as long as something is under way.
        rayon::spawn(move || drop(to.send(waiting.iter().filter_map(Demanded::check).collect())));
    }

    fn take_one(&mut self) {
        if let Ok(found) = self.from.recv() {
            self.found.extend(found);
        }
        self.under_way -= 1;
    }

    /// Waits for all, and gives what they found.
    pub fn finish(&mut self) -> Vec<Contradiction> {
        if !self.waiting.is_empty() {
            self.begin();
        }
        while self.under_way > 0 {
            self.take_one();
        }
        std::mem::take(&mut self.found)
    }
}
