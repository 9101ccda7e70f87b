// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Entries, Entry} from "./Entries.sol";
import {Evidence} from "./Evidence.sol";
import {Heads} from "./Heads.sol";
import {Bond, HEARING, Phase} from "./IBonds.sol";
import {Ask, Challenge, IChallenges, Stand, Tree} from "./IChallenges.sol";
import {ProvenEntry, Shown} from "./IEvidence.sol";
import {MerkleTree} from "./MerkleTree.sol";

/// @notice F8: challenge, answer, and what is owed. The words are in `IChallenges`.
abstract contract Challenges is IChallenges, Evidence {
    uint256 internal constant ANSWER_TIME = 3 days;
    /// @dev Left to settle an ask before the bond of a closed ledger can leave.
    uint256 internal constant SETTLE_TIME = 1 days;
    /// @dev As `Bonds` demands of a commitment, but before the ask: an answer takes days, a copied ask one block.
    uint256 internal constant COMMITMENT_BLOCKS = 2;
    /// @dev Of leaf 0 of a batch: 32 bytes manifest digest, then the terms, whose bytes 11 and 12 count redeemers and
    /// arbiters of 32 bytes each (docs/protocol.md section 4).
    uint256 private constant TERMS_WIDTH = 45;

    /// @inheritdoc IChallenges
    uint256 public immutable deposit;

    mapping(bytes32 id => Challenge) private _challenges;
    /// @inheritdoc IChallenges
    mapping(address owner => uint256 amount) public owedTo;

    constructor(uint256 deposit_) {
        deposit = deposit_;
    }

    /// @inheritdoc IChallenges
    function challengeEntry(Shown calldata shown, uint64 index, bytes32 salt) external payable returns (bytes32) {
        _requireAnchored(shown);
        uint64 size = shown.checkpoint.size;
        if (index >= size) revert NoLeaf(index, size);
        return _challenge(Ask(shown.ledger, Tree.Log, shown.checkpoint.logRoot, size, index), salt);
    }

    /// @inheritdoc IChallenges
    function challengeChunk(Shown calldata shown, uint64 chunk, bytes32 salt) external payable returns (bytes32) {
        _requireAnchored(shown);
        uint64 vouchers = shown.checkpoint.vouchers;
        uint64 chunks = Heads.chunksFor(vouchers);
        if (chunk >= chunks) revert NoLeaf(chunk, chunks);
        return _challenge(Ask(shown.ledger, Tree.Heads, shown.checkpoint.headRoot, vouchers, chunk), salt);
    }

    /// @inheritdoc IChallenges
    function challengeRecord(Shown calldata shown, ProvenEntry calldata issue, uint64 leaf, bytes32 salt)
        external
        payable
        returns (bytes32)
    {
        _requireAnchored(shown);
        Entry memory entry = _issue(shown, issue);
        if (leaf > entry.count) revert NoLeaf(leaf, entry.count);
        return _challenge(Ask(shown.ledger, Tree.Batch, entry.content, entry.count, leaf), salt);
    }

    /// @inheritdoc IChallenges
    function answer(Ask calldata ask, bytes calldata leaf, bytes32[] calldata path) external {
        (bytes32 id, Challenge storage challenge) = _pending(ask);
        uint256 until = challenge.answerableUntil;
        if (block.timestamp > until) revert TooLate(block.timestamp, until);
        bool shown = MerkleTree.includes(ask.root, _leaves(ask), MerkleTree.leafHash(leaf), ask.index, path);
        if (!shown || !_isWellFormed(ask, leaf)) revert NotTheLeaf(id);

        challenge.stand = Stand.Answered;
        owedTo[anchors.bondOf(ask.ledger).opener] += deposit;
        emit Answered(ask.ledger, id, leaf);
    }

    /// @inheritdoc IChallenges
    function settle(Ask calldata ask) external {
        (bytes32 id, Challenge storage challenge) = _pending(ask);
        uint256 until = challenge.answerableUntil;
        if (block.timestamp <= until) revert StillAnswerable(block.timestamp, until);
        bool slashed = _hasBond(ask.ledger);

        challenge.stand = Stand.Unanswered;
        owedTo[challenge.challenger] += deposit;
        emit Unanswered(ask.ledger, id, slashed);
        if (slashed) _slashUnanswered(ask.ledger, challenge.challenger, challenge.salt, id);
    }

    /// @inheritdoc IChallenges
    function collect() external {
        uint256 amount = owedTo[msg.sender];
        if (amount == 0) revert NothingOwed(msg.sender);

        owedTo[msg.sender] = 0;
        emit Collected(msg.sender, amount);
        (bool sent,) = msg.sender.call{value: amount}("");
        if (!sent) revert TransferFailed(msg.sender, amount);
    }

    /// @inheritdoc IChallenges
    function challengeOf(bytes32 id) external view returns (Challenge memory) {
        return _challenges[id];
    }

    /// @dev Takes the bond; always the last step of a call.
    function _slashUnanswered(bytes32 ledger, address challenger, bytes32 salt, bytes32 id) internal virtual;

    function _challenge(Ask memory ask, bytes32 salt) private returns (bytes32 id) {
        if (msg.value != deposit) revert WrongDeposit(msg.value, deposit);
        if (!anchors.isJudge(ask.ledger, address(this))) revert NoJudgeOf(ask.ledger);
        uint256 until = block.timestamp + ANSWER_TIME;
        _requireHearing(ask.ledger, until);
        id = keccak256(abi.encode(ask));
        Stand stand = _challenges[id].stand;
        if (stand != Stand.Unasked) revert WrongStand(id, stand);
        bytes32 commitment = keccak256(abi.encode(msg.sender, salt, id));
        uint256 committed = anchors.committedAt(commitment);
        if (committed == 0 || block.number < committed + COMMITMENT_BLOCKS) revert NotCommitted(commitment);

        _challenges[id] = Challenge(msg.sender, uint64(until), Stand.Pending, salt);
        emit Challenged(ask.ledger, id, msg.sender, ask, until);
    }

    function _pending(Ask calldata ask) private view returns (bytes32 id, Challenge storage challenge) {
        id = keccak256(abi.encode(ask));
        challenge = _challenges[id];
        if (challenge.stand != Stand.Pending) revert WrongStand(id, challenge.stand);
    }

    /// @dev There is a bond, and it can not leave before an ask that is answerable `until` then can be settled.
    function _requireHearing(bytes32 ledger, uint256 until) private view {
        Bond memory bond = anchors.bondOf(ledger);
        if (bond.phase == Phase.Open) return;
        if (bond.phase != Phase.Closed) revert NoBond(ledger);
        uint256 withdrawableAt = bond.closedAt + HEARING;
        if (until + SETTLE_TIME > withdrawableAt) revert HearingEnds(until, withdrawableAt);
    }

    function _hasBond(bytes32 ledger) private view returns (bool) {
        Phase phase = anchors.bondOf(ledger).phase;
        return phase == Phase.Open || phase == Phase.Closed;
    }

    /// @dev How many leaves the tree has.
    function _leaves(Ask calldata ask) private pure returns (uint256) {
        if (ask.tree == Tree.Heads) return Heads.chunksFor(ask.size);
        return ask.tree == Tree.Batch ? uint256(ask.size) + 1 : ask.size;
    }

    function _isWellFormed(Ask calldata ask, bytes calldata leaf) private pure returns (bool) {
        if (ask.tree == Tree.Log) return leaf.length == Entries.WIDTH;
        if (ask.tree == Tree.Heads) {
            return leaf.length == Heads.CHUNK_WIDTH && Heads.isPadded(leaf, ask.index, ask.size);
        }
        if (ask.index > 0) return leaf.length == RECORD_WIDTH;
        return
            leaf.length >= TERMS_WIDTH && leaf.length == TERMS_WIDTH + 32 * (uint256(uint8(leaf[43])) + uint8(leaf[44]));
    }
}
