//! Writing to a judge, and to the bond: what each call would cost first, then the transaction.

use super::calls;
use super::contract::FraudProofs;
use super::judge::Judge;
use crate::contract::{Anchors, to_address, word};
use crate::error::AnchorError;
use crate::evm::{AnchoringKey, Deployment, EvmChain};
use crate::writer::Submission;
use alloy::primitives::{Address as EvmAddress, TxKind, U256};
use alloy::sol_types::{SolCall as _, SolConstructor as _};
use protocol::fraud::{Accusation, Ask, Challenge, Shown};
use protocol::{Address, Digest, LedgerId};

/// A call that can be tried, priced and sent.
#[derive(Debug, Clone)]
pub struct Call {
    to: EvmAddress,
    input: Vec<u8>,
    value_wei: u128,
}

/// What a transaction costs beside its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Units of gas, as estimated on the newest state.
    pub gas: u64,
    /// Wei a unit, as the endpoint prices it now.
    pub gas_price_wei: u128,
}

impl Cost {
    /// In wei.
    pub const fn wei(&self) -> u128 {
        (self.gas as u128).saturating_mul(self.gas_price_wei)
    }
}

impl<K> Judge<K> {
    /// Records a commitment in `Anchors`; again, nothing changes.
    pub fn commit(&self, commitment: Digest) -> Call {
        self.on_anchors(Anchors::commitCall { commitment: word(commitment.as_bytes()) }.abi_encode())
    }

    /// Accuses; takes the bond, and half of it is the sender's if he committed two blocks before.
    pub fn accuse(&self, accusation: &Accusation, salt: Digest) -> Call {
        self.on_judge(calls::accusation(accusation, salt), 0)
    }

    /// Asks for a leaf; the sender committed to the ask's id two blocks before.
    pub fn ask_for(&self, challenge: &Challenge, salt: Digest, deposit_wei: u128) -> Call {
        self.on_judge(calls::challenge(challenge, salt), deposit_wei)
    }

    /// Shows a leaf that was asked for.
    pub fn answer(&self, ask: &Ask, leaf: &[u8], path: &[Digest]) -> Call {
        self.on_judge(calls::answer(ask, leaf, path), 0)
    }

    /// Ends a challenge whose time is over.
    pub fn settle(&self, ask: &Ask) -> Call {
        self.on_judge(calls::settle(ask), 0)
    }

    /// Keeps S as one that was anchored.
    pub fn reach(&self, shown: &Shown) -> Call {
        self.on_judge(calls::reach(shown), 0)
    }

    /// Pays the sender what reports have earned him.
    pub fn collect_reward(&self) -> Call {
        self.on_anchors(Anchors::collectCall {}.abi_encode())
    }

    /// Pays the sender the deposits that are his.
    pub fn collect_deposits(&self) -> Call {
        self.on_judge(FraudProofs::collectCall {}.abi_encode(), 0)
    }

    /// Puts the sender's ledger under this judge, for good.
    pub fn admit(&self, ledger: LedgerId) -> Call {
        let judge = to_address(self.address());
        self.on_anchors(Anchors::addJudgeCall { ledger: word(ledger.as_bytes()), judge }.abi_encode())
    }

    fn on_judge(&self, input: Vec<u8>, value_wei: u128) -> Call {
        Call { to: to_address(self.address()), input, value_wei }
    }

    fn on_anchors(&self, input: Vec<u8>) -> Call {
        Call { to: self.chain().contract(), input, value_wei: 0 }
    }
}

impl<K: Send + Sync> Judge<K> {
    /// Runs the call as this account would, on the newest state, without sending it. One that would be refused is
    /// [`AnchorError::Reverted`].
    pub async fn simulate(&self, call: &Call, account: Address) -> Result<(), AnchorError> {
        self.chain().simulate(to_address(account), call.to, call.input.clone(), call.value_wei).await
    }

    /// What the call would cost this account now. A call that would be refused is [`AnchorError::Reverted`].
    pub async fn cost(&self, call: &Call, account: Address) -> Result<Cost, AnchorError> {
        let (gas, gas_price_wei) =
            self.chain().price(to_address(account), call.to, call.input.clone(), call.value_wei).await?;
        Ok(Cost { gas, gas_price_wei })
    }
}

impl Judge<AnchoringKey> {
    /// The account that signs and pays.
    pub fn account(&self) -> Address {
        self.chain().key().address()
    }

    /// Sends the call; one that would be refused is [`AnchorError::Reverted`], and nothing is sent.
    pub async fn send(&self, call: Call) -> Result<Submission, AnchorError> {
        self.chain().send(TxKind::Call(call.to), call.input, call.value_wei).await
    }
}

impl EvmChain<AnchoringKey> {
    /// Deploys a judge of this version for the ledgers of this chain's contract. Where it will lie is known at once;
    /// follow the transaction before using it.
    pub async fn deploy_judge(&self, deposit_wei: u128) -> Result<Deployment, AnchorError> {
        let constructor =
            FraudProofs::constructorCall { anchors_: self.contract(), deposit_: U256::from(deposit_wei) };
        self.create([FraudProofs::BYTECODE.as_ref(), &constructor.abi_encode()].concat()).await
    }
}
