//! Where a charge is heard: the chain, the judge, the account, and what is said on the way.

use super::Args;
use super::figures::ether;
use crate::console::Console;
use crate::failure::Failure;
use crate::lang::Text;
use crate::source::{TrustArgs, chain_failure};
use anchors::Bond;
use anchors::evm::ReadOnly;
use anchors::fraud::{Call, Cost, Judge, walk};
use anchors::{
    AnchorError, AnchorReader as _, AnchoringKey, Chain, EvmChain, EvmOptions, Submission, TxState,
};
use protocol::checkpoint::LedgerOrigin;
use protocol::fraud::{Rule, Shown};
use protocol::{Address, Digest, LedgerId};
use serde::Serialize;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Between two looks at the chain.
const LOOK: Duration = Duration::from_millis(500);
/// How long a transaction is followed before the rest is left to another run.
const PATIENCE: Duration = Duration::from_mins(10);
/// Looks after which a development chain, which has no blocks of its own accord, is given one.
const QUIET_LOOKS: u32 = 4;
/// Gas of the call that shows what is known, at most: docs/GAS.md has each. It is not priced by an endpoint, which would
/// see it before it was committed to.
const LAST_CALL_GAS: u64 = 250_000;
/// Who asks where no key is given: simulations need some account.
const NOBODY: Address = Address::new([0; 20]);

/// What came of it, for machines. Wei are decimal text: JSON numbers do not hold them.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    rule: &'static str,
    ledger: LedgerId,
    checkpoint: u64,
    judge: Address,
    account: Option<Address>,
    /// A word for where it stands now.
    outcome: &'static str,
    bond_wei: String,
    /// What this run has brought the account.
    collected_wei: String,
    /// Of a challenge that waits: the last moment for an answer, Unix ms.
    until: Option<u64>,
    transactions: Vec<Digest>,
}

/// The surroundings of one run.
pub(super) struct Court<'c> {
    pub judge: Judge<ReadOnly>,
    pub file: PathBuf,
    /// The checkpoint with the way from it to the ring of today.
    pub shown: Shown,
    pub bond: Bond,
    writer: Option<Judge<AnchoringKey>>,
    console: &'c mut Console,
    yes: bool,
    json: bool,
    asked: bool,
    transactions: Vec<Digest>,
    collected_wei: u128,
}

impl<'c> Court<'c> {
    /// Finds the judge of the ledger and what lies behind it.
    pub async fn enter(
        args: &Args,
        origin: LedgerOrigin,
        shown: &Shown,
        key: Option<AnchoringKey>,
        console: &'c mut Console,
    ) -> Result<Self, Failure> {
        let sources = TrustArgs { trusted_checkpoint: None, rpc: args.rpc.clone() };
        let endpoints = sources.endpoints()?;
        if endpoints.is_empty() {
            return Err(Failure::usage("challenge-needs-rpc"));
        }
        let mut options = EvmOptions::new(Chain::new(origin.chain_id, origin.contract), endpoints);
        options.from_block = args.from_block;
        let chain = EvmChain::new(&options).map_err(|error| chain_failure(&error))?;
        // A chain that does not know the ledger knows no judge of it either.
        chain.ledger(shown.ledger).await.map_err(|error| chain_failure(&error))?;
        let judge = match &args.judge {
            Some(text) => {
                let address = text.to_lowercase().parse().map_err(|_| Failure::usage("challenge-judge"))?;
                let judge = named(&chain, shown.ledger, address).await?;
                if !judge.is_of_this_version().await.map_err(|error| chain_failure(&error))? {
                    console.remark(&Text::new("challenge-foreign-judge").with("judge", address.to_string()));
                }
                judge
            }
            None => first(&chain, shown.ledger).await?,
        };
        let bond = judge.bond(shown.ledger).await.map_err(|error| chain_failure(&error))?;
        let writer = key.map(|key| Judge::new(judge.chain().signing_with(key), judge.address()));
        Ok(Self {
            shown: judge.up_to_date(shown).await.map_err(|error| chain_failure(&error))?,
            judge,
            file: args.file.clone(),
            bond,
            writer,
            console,
            yes: args.yes,
            json: args.json,
            asked: false,
            transactions: Vec::new(),
            collected_wei: 0,
        })
    }

    /// Whether the checkpoint is the one that the ledger anchored, by the chain.
    pub async fn check_anchored(&self) -> Result<(), Failure> {
        let number = self.shown.anchored_number();
        let newest = self.shown.newer.last().unwrap_or(&self.shown.checkpoint).hash(self.shown.ledger);
        if self.judge.is_reached(newest).await.map_err(|error| chain_failure(&error))? {
            return Ok(());
        }
        let anchored = self.judge.chain().checkpoint(self.shown.ledger, number).await;
        let anchored = anchored.map_err(|error| chain_failure(&error))?.hash;
        let reached = self.shown.reaches(anchored);
        reached.map_err(|refused| Failure::refused("challenge-does-not-hold").with_foreign("cause", refused))
    }

    /// Asks again what lies behind the ledger.
    pub async fn look_again(&mut self) -> Result<(), Failure> {
        let bond = self.judge.bond(self.shown.ledger).await;
        self.bond = bond.map_err(|error| chain_failure(&error))?;
        Ok(())
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    pub fn account(&self) -> Option<Address> {
        self.writer.as_ref().map(Judge::account)
    }

    /// The account, or one that nobody has where only simulations are asked for.
    pub fn account_or_nobody(&self) -> Address {
        self.account().unwrap_or(NOBODY)
    }

    pub fn times(&self) -> &crate::console::Times {
        &self.console.times
    }

    /// A sentence of the result; beside it where the result is JSON.
    pub fn say(&mut self, text: &Text) {
        if self.json {
            self.console.remark(text);
        } else {
            self.console.say(text);
        }
    }

    /// A sentence about the doing.
    pub fn remark(&mut self, text: &Text) {
        self.console.remark(text);
    }

    /// What is charged, and what lies behind the ledger.
    pub fn introduce(&mut self, rule: Rule) {
        let Shown { ledger, checkpoint, .. } = &self.shown;
        let text = Text::new("challenge-charge")
            .with("rule", rule.name())
            .with("ledger", ledger.to_string())
            .with("number", checkpoint.number.to_string())
            .with("judge", self.judge.address().to_string());
        self.say(&text);
        if self.bond.is_there() {
            let reward = self.bond.wei / 2;
            let text = Text::new("challenge-stake")
                .with("bond", ether(self.bond.wei))
                .with("reward", ether(reward))
                .with("burned", ether(self.bond.wei - reward));
            self.say(&text);
        }
    }

    /// What all of it would cost now: commitment, walk, and the call that shows what is known.
    pub async fn costs_of_all(&mut self) -> Result<(), Failure> {
        let mut calls = vec![self.judge.commit(Digest::ZERO)];
        let steps = self.steps_to_reach().await?;
        if steps.len() > 1 {
            self.say(&Text::new("challenge-long-walk").with("steps", steps.len()));
        }
        // A later step stands on the one before it: only the first can be tried.
        calls.extend(steps.first().map(|step| self.judge.reach(step)));
        self.costs(&calls, LAST_CALL_GAS).await
    }

    /// Walks to the checkpoint, from which on the judge knows it whatever the ledger anchors.
    pub async fn reach(&mut self) -> Result<(), Failure> {
        // The ring has moved on while the commitment was waited for.
        let shown = self.judge.up_to_date(&self.shown).await;
        self.shown = shown.map_err(|error| chain_failure(&error))?;
        let steps = self.steps_to_reach().await?;
        for (done, step) in steps.iter().enumerate() {
            let text = Text::new("challenge-walks").with("number", step.checkpoint.number.to_string());
            self.remark(&text.with("left", steps.len().saturating_sub(done)));
            self.send(self.judge.reach(step)).await?;
        }
        self.shown.newer.clear();
        Ok(())
    }

    /// The walk to the checkpoint, where the judge does not know it yet.
    async fn steps_to_reach(&self) -> Result<Vec<Shown>, Failure> {
        let hash = self.shown.checkpoint.hash(self.shown.ledger);
        if self.judge.is_reached(hash).await.map_err(|error| chain_failure(&error))? {
            return Ok(Vec::new());
        }
        let (mut steps, last) = walk(&self.shown);
        steps.push(last);
        Ok(steps)
    }

    /// What the calls would cost now and so much gas more; one that would be refused ends everything.
    pub async fn costs(&mut self, calls: &[Call], more_gas: u64) -> Result<(), Failure> {
        let mut total = Cost { gas: more_gas, gas_price_wei: 0 };
        for call in calls {
            let cost =
                self.judge.cost(call, self.account_or_nobody()).await.map_err(|error| refused(&error))?;
            total = Cost { gas: total.gas.saturating_add(cost.gas), ..cost };
        }
        let text = Text::new("challenge-costs").with("gas", total.gas.to_string());
        self.say(&text.with("cost", ether(total.wei())));
        Ok(())
    }

    /// Whether to go on: there is a key, and its owner agrees. Asked once in a run.
    pub fn agree(&mut self) -> Result<bool, Failure> {
        if self.writer.is_none() {
            self.say(&Text::new("challenge-nothing-sent"));
            return Ok(false);
        }
        if self.yes || self.asked {
            return Ok(true);
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failure::usage("challenge-needs-yes"));
        }
        self.console.remark(&Text::new("challenge-ask"));
        let mut line = String::new();
        // Who closes the input has not agreed.
        let read = std::io::stdin().lock().read_line(&mut line).unwrap_or(0);
        self.asked = read > 0 && ["y", "yes", "是"].contains(&line.trim().to_lowercase().as_str());
        if !self.asked {
            self.say(&Text::new("challenge-nothing-sent"));
        }
        Ok(self.asked)
    }

    /// Sends a call and waits until it is in a block.
    pub async fn send(&mut self, call: Call) -> Result<(), Failure> {
        let Some(writer) = self.writer.clone() else { return Ok(()) };
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let tx = loop {
            match writer.send(call.clone()).await {
                Ok(Submission::Sent { tx } | Submission::Replaced { tx, .. }) => break tx,
                // What an earlier run sent may be this very call: the next look at the chain says.
                Ok(Submission::InFlight { .. } | Submission::AlreadyAnchored) => {}
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(refused(&error)),
            }
            if tokio::time::Instant::now() > deadline {
                return Err(Failure::unknown("challenge-not-mined"));
            }
            tokio::time::sleep(LOOK).await;
        };
        self.transactions.push(tx);
        loop {
            match writer.chain().transaction(tx).await {
                Ok(TxState::Mined { .. }) => return Ok(()),
                Ok(TxState::Failed { reason, .. }) => {
                    return Err(Failure::refused("challenge-refused").with_foreign("cause", reason));
                }
                Err(error) if !error.is_transient() => return Err(chain_failure(&error)),
                Ok(TxState::Pending | TxState::Unknown) | Err(_) => {}
            }
            if tokio::time::Instant::now() > deadline {
                return Err(Failure::unknown("challenge-not-mined"));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until two blocks follow the commitment's.
    pub async fn wait_for_blocks(&mut self, committed: u64, commitment: Digest) -> Result<(), Failure> {
        self.remark(&Text::new("challenge-waits"));
        let development = self.judge.chain().chain().development;
        let mut looks: u32 = 0;
        loop {
            let head = self.judge.chain().head().await;
            match head {
                Ok(head) if head.latest.number >= committed.saturating_add(2) => return Ok(()),
                Err(error) if !error.is_transient() => return Err(chain_failure(&error)),
                _ => {}
            }
            looks = looks.saturating_add(1);
            if development && looks.is_multiple_of(QUIET_LOOKS) {
                // Committing again changes nothing, but a quiet development chain gets a block by it.
                self.send(self.judge.commit(commitment)).await?;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Pays the account what is its own by now: rewards of reports, and deposits.
    pub async fn collect(&mut self) -> Result<(), Failure> {
        let Some(account) = self.account() else { return Ok(()) };
        let reward = self.judge.reward_wei(account).await.map_err(|error| chain_failure(&error))?;
        let deposits = self.judge.deposits_wei(account).await.map_err(|error| chain_failure(&error))?;
        let due = [(reward, self.judge.collect_reward()), (deposits, self.judge.collect_deposits())];
        for (wei, call) in due.into_iter().filter(|(wei, _)| *wei > 0) {
            if !self.agree()? {
                return Ok(());
            }
            self.send(call).await?;
            self.collected_wei = self.collected_wei.saturating_add(wei);
        }
        if self.collected_wei > 0 {
            let text = Text::new("challenge-collected").with("amount", ether(self.collected_wei));
            self.say(&text.with("account", account.to_string()));
        }
        Ok(())
    }

    /// Ends the run: where it stands, as JSON if that is wanted, and the exit code.
    pub fn end(&mut self, rule: Rule, outcome: &'static str, until: Option<u64>, exit: u8) -> u8 {
        if self.json {
            let told = Told {
                rule: rule.code(),
                ledger: self.shown.ledger,
                checkpoint: self.shown.checkpoint.number,
                judge: self.judge.address(),
                account: self.account(),
                outcome,
                bond_wei: self.bond.wei.to_string(),
                collected_wei: self.collected_wei.to_string(),
                until,
                transactions: self.transactions.clone(),
            };
            self.console.json(&told);
        }
        exit
    }
}

/// The judge at an address, if it is one of this ledger.
async fn named(chain: &EvmChain, ledger: LedgerId, address: Address) -> Result<Judge, Failure> {
    let judge = Judge::new(chain.clone(), address);
    judge.deposit_wei().await.map_err(|error| chain_failure(&error))?;
    if judge.is_judge_of(ledger).await.map_err(|error| chain_failure(&error))? {
        return Ok(judge);
    }
    Err(Failure::refused("challenge-other-judge").with("judge", address.to_string()))
}

/// The first of the ledger's judges whose code is that of this version: the opener may have added one that looks like it
/// and takes what it is shown for somebody else.
async fn first(chain: &EvmChain, ledger: LedgerId) -> Result<Judge, Failure> {
    let named = chain.judges(ledger).await.map_err(|error| chain_failure(&error))?;
    for address in named {
        let judge = Judge::new(chain.clone(), address);
        if !judge.is_of_this_version().await.map_err(|error| chain_failure(&error))? {
            continue;
        }
        match judge.deposit_wei().await {
            Ok(_) => return Ok(judge),
            // It judges the ledgers of another contract.
            Err(AnchorError::NoJudge { .. }) => {}
            Err(error) => return Err(chain_failure(&error)),
        }
    }
    Err(Failure::refused("challenge-no-judge").with("ledger", ledger.to_string()))
}

/// A refusal of the contract is an answer; everything else is none.
pub(super) fn refused(error: &AnchorError) -> Failure {
    match error {
        AnchorError::Reverted(refusal) => {
            Failure::refused("challenge-refused").with_foreign("cause", refusal)
        }
        other => chain_failure(other),
    }
}
