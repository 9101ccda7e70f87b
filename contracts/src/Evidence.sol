// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, Checkpoints} from "./Checkpoints.sol";
import {Entries, Entry} from "./Entries.sol";
import {Heads} from "./Heads.sol";
import {IAnchors} from "./IAnchors.sol";
import {IEvidence, ProvenEntry, ProvenHead, ProvenRecord, Shown} from "./IEvidence.sol";
import {MerkleTree} from "./MerkleTree.sol";

/// @notice That what is shown is what the ledger anchored. What it means is the judge's matter.
abstract contract Evidence is IEvidence {
    using Checkpoints for Checkpoint;

    uint256 internal constant RECORD_WIDTH = 64;

    /// @inheritdoc IEvidence
    IAnchors public immutable anchors;

    /// @inheritdoc IEvidence
    mapping(bytes32 checkpointHash => bool) public isReached;

    constructor(IAnchors anchors_) {
        anchors = anchors_;
    }

    /// @inheritdoc IEvidence
    function reach(Shown calldata shown) external {
        bytes32 hash = _requireAnchored(shown);

        isReached[hash] = true;
        emit Reached(shown.ledger, shown.checkpoint.number, hash);
    }

    /// @dev Walks from the checkpoint to the newest one shown, which has to be in the ring, or reached by an earlier walk.
    /// @return hash of the checkpoint; it binds the ledger too
    function _requireAnchored(Shown calldata shown) internal view returns (bytes32 hash) {
        hash = shown.checkpoint.hash(shown.ledger);
        bytes32 newest = hash;
        uint64 number = shown.checkpoint.number;
        for (uint256 i = 0; i < shown.newer.length; ++i) {
            number = shown.newer[i].number;
            if (shown.newer[i].previous != newest) revert NotPrevious(number);
            newest = shown.newer[i].hash(shown.ledger);
        }
        if (isReached[newest]) return hash;
        if (anchors.checkpointHash(shown.ledger, number) != newest) revert NotAnchored(number);
    }

    function _entry(Shown calldata shown, ProvenEntry calldata proven) internal pure returns (Entry memory) {
        _requireWidth(proven.entry, Entries.WIDTH);
        bytes32 leaf = MerkleTree.leafHash(proven.entry);
        Checkpoint calldata checkpoint = shown.checkpoint;
        if (!MerkleTree.includes(checkpoint.logRoot, checkpoint.size, leaf, proven.index, proven.path)) {
            revert NotInLog(proven.index);
        }
        return Entries.decode(proven.entry);
    }

    function _pair(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y)
        internal
        pure
        returns (Entry memory, Entry memory)
    {
        return (_entry(shown, x), _entry(shown, y));
    }

    /// @return word of the voucher; padding is never taken for one
    function _word(Shown calldata shown, ProvenHead calldata proven) internal pure returns (uint64) {
        _requireWidth(proven.chunk, Heads.CHUNK_WIDTH);
        Checkpoint calldata checkpoint = shown.checkpoint;
        if (proven.number >= checkpoint.vouchers) revert NoHead(proven.number, checkpoint.vouchers);
        uint64 chunk = Heads.chunkOf(proven.number);
        uint64 chunks = Heads.chunksFor(checkpoint.vouchers);
        if (!MerkleTree.includes(checkpoint.headRoot, chunks, MerkleTree.leafHash(proven.chunk), chunk, proven.path)) {
            revert NotInHeads(chunk);
        }
        return Heads.wordOf(proven.chunk, proven.number);
    }

    /// @return number that the batch gives the record's voucher; forged ranges may leave 64 bits
    /// @return key of that voucher, V
    function _record(Shown calldata shown, ProvenRecord calldata proven)
        internal
        pure
        returns (uint256 number, bytes32 key)
    {
        Entry memory issue = _issue(shown, proven.issue);
        if (proven.leaf == 0) revert NotRecord();
        _requireWidth(proven.record, RECORD_WIDTH);
        bytes32 leaf = MerkleTree.leafHash(proven.record);
        if (!MerkleTree.includes(issue.content, uint256(issue.count) + 1, leaf, proven.leaf, proven.path)) {
            revert NotInBatch(proven.leaf);
        }
        return (uint256(issue.first) + proven.leaf - 1, bytes32(proven.record[:32]));
    }

    function _issue(Shown calldata shown, ProvenEntry calldata proven) internal pure returns (Entry memory issue) {
        issue = _entry(shown, proven);
        if (issue.kind != Entries.ISSUE) revert NotIssue(proven.index);
    }

    function _requireWidth(bytes calldata leaf, uint256 width) internal pure {
        if (leaf.length != width) revert WrongWidth(leaf.length, width);
    }
}
