//! The first block: who has what, and where contract and judge lie.

use super::execute;
use crate::contract::Anchors;
use crate::fraud::FraudProofs;
use crate::reader::{DEVELOPMENT_CHAIN_ID, DEVELOPMENT_DEPOSIT_WEI, DEVELOPMENT_MINIMUM_BOND_WEI};
use alloy::primitives::{Address, Bytes, TxKind, U256, address};
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::SolConstructor as _;
use revm::DatabaseCommit as _;
use revm::context::{BlockEnv, TxEnv};
use revm::database::InMemoryDB;
use revm::state::AccountInfo;

/// Keys of the funded accounts: the ten of the phrase "test test test test test test test test test test test junk" that
/// every Ethereum tool knows. For development only, and of no worth anywhere else.
pub const DEVELOPMENT_KEYS: [&str; 10] = [
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
    "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
    "7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6",
    "47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
    "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba",
    "92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e",
    "4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356",
    "dbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97",
    "2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6",
];

/// Ten thousand ether for each account.
const FUNDS_WEI: u128 = 10_000 * 1_000_000_000_000_000_000;

/// Deploys contract and judge and does nothing else; nobody has its key. ASCII for "vouchsafe devnet", zero-padded.
const DEPLOYER: Address = address!("766f75636873616665206465766e657400000000");

/// Where the contract lies on every development chain: the deployer's first.
pub(super) fn contract() -> Address {
    DEPLOYER.create(0)
}

/// Where the judge of its ledgers lies: the deployer's second.
pub(super) fn judge() -> Address {
    DEPLOYER.create(1)
}

/// The state of the first block.
pub(super) fn state() -> InMemoryDB {
    let mut db = InMemoryDB::default();
    for key in DEVELOPMENT_KEYS {
        if let Ok(account) = key.parse::<PrivateKeySigner>() {
            let info = AccountInfo { balance: U256::from(FUNDS_WEI), ..AccountInfo::default() };
            db.insert_account_info(account.address(), info);
        }
    }
    let constructor = Anchors::constructorCall { minimumBond_: U256::from(DEVELOPMENT_MINIMUM_BOND_WEI) };
    create(&mut db, 0, &Anchors::BYTECODE, &constructor.abi_encode());
    let deposit = U256::from(DEVELOPMENT_DEPOSIT_WEI);
    let constructor = FraudProofs::constructorCall { anchors_: contract(), deposit_: deposit };
    create(&mut db, 1, &FraudProofs::BYTECODE, &constructor.abi_encode());
    db
}

/// Deploys a contract out of the deployer's transaction of this number.
fn create(db: &mut InMemoryDB, nonce: u64, bytecode: &[u8], arguments: &[u8]) {
    let creation = TxEnv {
        caller: DEPLOYER,
        kind: TxKind::Create,
        data: Bytes::from([bytecode, arguments].concat()),
        gas_limit: execute::TX_GAS_LIMIT,
        chain_id: Some(DEVELOPMENT_CHAIN_ID),
        nonce,
        ..TxEnv::default()
    };
    // A contract that does not deploy leaves an account without code; the tests of this crate would not get far.
    if let Ok(deployed) = execute::run(db, BlockEnv::default(), creation) {
        db.commit(deployed.state);
    }
}
