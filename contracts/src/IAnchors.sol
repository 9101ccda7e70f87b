// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint} from "./Checkpoints.sol";
import {IBonds} from "./IBonds.sol";

/// @title The contract that ledgers are anchored on (docs/protocol.md section 12)
/// @notice It keeps each ledger's latest checkpoint and refuses every next one whose log is not an append-only
/// extension of it. It has no owner, no proxy and no upgrade. Its address is part of every ledger id; later rules reach
/// a ledger through judges (see `IBonds`), never through another version of this contract.
///
/// Storage per ledger is overwritten, never added to: the latest number and time, and the last 64 checkpoint hashes.
/// Older checkpoints are read from `Anchored` and proven by the chain of `previous`; checkpoint 0 follows from `Opened`.
interface IAnchors is IBonds {
    /// @notice A ledger began with checkpoint 0 over `operatorKey`; its first anchorer is the opener.
    event Opened(bytes32 indexed ledger, address indexed opener, bytes32 salt, bytes32 operatorKey);
    event Anchored(bytes32 indexed ledger, uint64 indexed number, Checkpoint checkpoint);
    event AnchorerSet(bytes32 indexed ledger, address indexed anchorer);

    error NotAnchorer(address sender, address anchorer);
    /// @notice `prev` hashes to `given`, but the latest checkpoint is `latest`: somebody anchored meanwhile.
    error NotLatest(bytes32 given, bytes32 latest);
    error PreviousMismatch(bytes32 given, bytes32 expected);
    error NumberNotNext(uint64 given, uint64 expected);
    error SizeShrank(uint64 from, uint64 to);
    error VouchersShrank(uint64 from, uint64 to);
    /// @notice `size` or `vouchers` reached 2^48.
    error TooLarge(uint64 size, uint64 vouchers);
    /// @notice The proof of `nodes` nodes does not show that the log of `to` entries begins with the log of `from`.
    error NotAnExtension(uint64 from, uint64 to, uint256 nodes);
    /// @notice The ring holds the 64 checkpoints up to `latest`, and not `number`.
    error NotInRing(uint64 number, uint64 latest);

    /// @notice Opens the sender's ledger named by `salt`; the value is its bond, at least `minimumBond`.
    /// Reverts for a ledger that was ever opened.
    /// @return ledger `ledgerId(msg.sender, salt)`
    function open(bytes32 operatorKey, bytes32 salt) external payable returns (bytes32 ledger);

    /// @notice Makes `next` the latest checkpoint. Only the anchorer. Equal sizes and roots are a heartbeat: they show
    /// that a quiet ledger is fresh.
    /// @param prev the latest checkpoint in full; the contract keeps only its hash
    /// @param next one number on, naming `prev`'s hash, its log an extension of `prev`'s
    /// @param consistency RFC 9162 proof from `prev.logRoot` to `next.logRoot`; empty for equal sizes and from size 0
    function anchor(bytes32 ledger, Checkpoint calldata prev, Checkpoint calldata next, bytes32[] calldata consistency)
        external;

    /// @notice Replaces the hot key that anchors. Only the opener of an open ledger. Zero pauses anchoring.
    function setAnchorer(bytes32 ledger, address anchorer) external;

    /// @notice The id under which `opener` opens a ledger with `salt` here (docs/protocol.md section 2).
    function ledgerId(address opener, bytes32 salt) external view returns (bytes32);

    function anchorerOf(bytes32 ledger) external view returns (address);

    /// @notice The newest checkpoint, also of a ledger that ended. All zero for one that was never opened.
    /// @return number its number
    /// @return time block time in seconds at which it was anchored
    /// @return hash its hash (docs/protocol.md section 8)
    function latest(bytes32 ledger) external view returns (uint64 number, uint64 time, bytes32 hash);

    /// @notice The hash of one of the 64 newest checkpoints, also of a ledger that ended.
    /// Reverts outside that ring. Zero for number 0 of a ledger that was never opened.
    function checkpointHash(bytes32 ledger, uint64 number) external view returns (bytes32);
}
