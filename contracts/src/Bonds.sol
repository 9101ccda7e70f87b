// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Bond, HEARING, IBonds, Phase} from "./IBonds.sol";

/// @notice The money side of `Anchors`: deposit, judges, closing, slashing. It knows nothing of logs and checkpoints.
abstract contract Bonds is IBonds {
    /// @dev A report seen in the mempool can be committed to one block later at the earliest, and revealed after that.
    uint256 internal constant COMMITMENT_BLOCKS = 2;
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;

    /// @inheritdoc IBonds
    uint256 public immutable minimumBond;

    mapping(bytes32 ledger => Bond) private _bonds;
    /// @inheritdoc IBonds
    mapping(bytes32 ledger => mapping(address judge => bool)) public isJudge;
    /// @inheritdoc IBonds
    mapping(bytes32 commitment => uint256 blockNumber) public committedAt;
    /// @inheritdoc IBonds
    mapping(address reporter => uint256 amount) public owedTo;

    constructor(uint256 minimumBond_) {
        minimumBond = minimumBond_;
    }

    /// @inheritdoc IBonds
    function topUp(bytes32 ledger) external payable {
        _requirePhase(ledger, Phase.Open);

        _bonds[ledger].amount += msg.value;
        emit BondToppedUp(ledger, msg.sender, msg.value);
    }

    /// @inheritdoc IBonds
    function addJudge(bytes32 ledger, address judge) external {
        _requireOpener(ledger, Phase.Open);

        isJudge[ledger][judge] = true;
        emit JudgeAdded(ledger, judge);
    }

    /// @inheritdoc IBonds
    function close(bytes32 ledger) external {
        _requireOpener(ledger, Phase.Open);

        Bond storage bond = _bonds[ledger];
        bond.phase = Phase.Closed;
        bond.closedAt = uint64(block.timestamp);
        emit Closed(ledger, block.timestamp + HEARING);
    }

    /// @inheritdoc IBonds
    function withdraw(bytes32 ledger) external {
        _requireOpener(ledger, Phase.Closed);
        Bond storage bond = _bonds[ledger];
        uint256 withdrawableAt = bond.closedAt + HEARING;
        if (block.timestamp < withdrawableAt) revert StillHeard(block.timestamp, withdrawableAt);

        uint256 amount = bond.amount;
        bond.phase = Phase.Withdrawn;
        bond.amount = 0;
        emit Withdrawn(ledger, msg.sender, amount);
        _send(msg.sender, amount);
    }

    /// @inheritdoc IBonds
    function commit(bytes32 commitment) external {
        if (committedAt[commitment] != 0) return;

        committedAt[commitment] = block.number;
        emit Committed(commitment, block.number);
    }

    /// @inheritdoc IBonds
    function slash(bytes32 ledger, address reporter, bytes32 salt, bytes32 proofHash) external {
        if (!isJudge[ledger][msg.sender]) revert NotJudge(ledger, msg.sender);
        Bond storage bond = _bonds[ledger];
        if (bond.phase != Phase.Open && bond.phase != Phase.Closed) revert WrongPhase(ledger, bond.phase);

        uint256 committed = committedAt[keccak256(abi.encode(reporter, salt, proofHash))];
        // Whose commitment a reorganisation moved next to his report would else burn what is his a block later.
        if (committed != 0 && block.number < committed + COMMITMENT_BLOCKS) revert TooYoung(committed);
        uint256 rewarded = committed != 0 ? bond.amount / 2 : 0;
        uint256 burned = bond.amount - rewarded;

        bond.phase = Phase.Slashed;
        bond.amount = 0;
        owedTo[reporter] += rewarded;
        emit Slashed(ledger, msg.sender, reporter, rewarded, burned);
        _send(BURN, burned);
    }

    /// @inheritdoc IBonds
    function collect() external {
        uint256 amount = owedTo[msg.sender];
        if (amount == 0) revert NothingOwed(msg.sender);

        owedTo[msg.sender] = 0;
        emit Collected(msg.sender, amount);
        _send(msg.sender, amount);
    }

    /// @inheritdoc IBonds
    function bondOf(bytes32 ledger) external view returns (Bond memory) {
        return _bonds[ledger];
    }

    /// @dev Opens the ledger for the sender with the value as its bond.
    function _deposit(bytes32 ledger) internal {
        _requirePhase(ledger, Phase.Unopened);
        if (msg.value < minimumBond) revert BondTooSmall(msg.value, minimumBond);

        _bonds[ledger] = Bond(msg.sender, Phase.Open, 0, msg.value);
    }

    function _requirePhase(bytes32 ledger, Phase expected) internal view {
        Phase phase = _bonds[ledger].phase;
        if (phase != expected) revert WrongPhase(ledger, phase);
    }

    function _requireOpener(bytes32 ledger, Phase expected) internal view {
        _requirePhase(ledger, expected);
        address opener = _bonds[ledger].opener;
        if (msg.sender != opener) revert NotOpener(msg.sender, opener);
    }

    /// @dev Always the last step of a call: the receiver may call back.
    function _send(address to, uint256 amount) private {
        (bool sent,) = to.call{value: amount}("");
        if (!sent) revert TransferFailed(to, amount);
    }
}
