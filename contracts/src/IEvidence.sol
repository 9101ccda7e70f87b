// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint} from "./Checkpoints.sol";
import {IAnchors} from "./IAnchors.sol";

/// @notice A checkpoint S, and how it hangs together with one that the contracts know.
/// @param ledger whose
/// @param checkpoint S itself
/// @param newer the checkpoints after it, oldest first, up to one in the ring or one that `reach` reached; empty where
/// S itself is one
struct Shown {
    bytes32 ledger;
    Checkpoint checkpoint;
    Checkpoint[] newer;
}

/// @notice An entry and its place in the log of S.
/// @param index its log index
/// @param entry its 98 bytes
/// @param path from the leaf upwards, under `logRoot`
struct ProvenEntry {
    uint64 index;
    bytes entry;
    bytes32[] path;
}

/// @notice A voucher's word of the head array of S, in its chunk.
/// @param number whose word is meant; below `vouchers`
/// @param chunk the 128 bytes of chunk `number / 16`
/// @param path from the chunk upwards, under `headRoot`
struct ProvenHead {
    uint64 number;
    bytes chunk;
    bytes32[] path;
}

/// @notice A record in the batch of an Issue entry.
/// @param issue that entry, whose content is the batch root
/// @param leaf of the batch tree, at least 1: leaf 0 is manifest and terms
/// @param record its 64 bytes
/// @param path from the record upwards, under the batch root
struct ProvenRecord {
    ProvenEntry issue;
    uint64 leaf;
    bytes record;
    bytes32[] path;
}

/// @title What is shown against an operator, and what it hangs on (docs/protocol.md sections 1, 4, 5 and 8)
/// @notice Every proof stands under one checkpoint S. S is known to be anchored if its hash is in the ring of `anchors`,
/// or if a chain of `previous` leads down to it from a checkpoint in the ring. A chain too long for one transaction is
/// walked in several: `reach` remembers for good how far somebody came, and anybody goes on from there.
interface IEvidence {
    /// @notice `checkpointHash` was anchored, whatever becomes of the ring.
    event Reached(bytes32 indexed ledger, uint64 indexed number, bytes32 checkpointHash);

    /// @notice The checkpoint shown under `number` is not the one that the ledger anchored.
    error NotAnchored(uint64 number);
    /// @notice Checkpoint `number` does not name the one shown before it.
    error NotPrevious(uint64 number);
    /// @notice The path does not lead from the entry at `index` to the log root.
    error NotInLog(uint64 index);
    error NotInHeads(uint64 chunk);
    error NotInBatch(uint64 leaf);
    /// @notice The leaf has not the bytes that such a leaf has. One that is anchored like that can be challenged.
    error WrongWidth(uint256 given, uint256 expected);
    /// @notice S counts `vouchers`, and `number` is not one of them.
    error NoHead(uint64 number, uint64 vouchers);
    error NotIssue(uint64 index);
    /// @notice Leaf 0 of a batch is manifest and terms.
    error NotRecord();

    /// @notice Remembers that S was anchored, so that proofs and further walks need no `newer` beyond it. Also worth it
    /// for an S that is about to leave the ring.
    function reach(Shown calldata shown) external;

    function isReached(bytes32 checkpointHash) external view returns (bool);

    /// @notice The contract whose ledgers are judged.
    function anchors() external view returns (IAnchors);
}
