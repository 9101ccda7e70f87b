// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IChallenges} from "./IChallenges.sol";
import {ProvenEntry, ProvenHead, ProvenRecord, Shown} from "./IEvidence.sol";

/// @notice The rules of docs/protocol.md section 13.
enum Rule {
    F1,
    F2,
    F2a,
    F3,
    F4,
    F5,
    F6,
    F7,
    F8,
    F9
}

/// @title The first judge: what contradicts itself under one anchored checkpoint (docs/protocol.md section 13)
/// @notice Permissionless. Each function is one rule, or one half of one; it takes what is shown under a checkpoint S, and
/// either the ledger's whole bond or nothing: a proof that does not hold reverts with the first demand that is not met.
/// No rule reverts because of a kind or status value: what section 6 does not list is illegal. Ranges are compared in
/// 256 bits.
///
/// Half of the bond goes to the sender, if he committed in `anchors` at least two blocks ago to
/// `keccak256(abi.encode(sender, salt, proofHash))`, where `proofHash` is
/// `keccak256(abi.encode(bytes32 checkpointHash, bytes4 selector, bytes evidence))`, `selector` that of the function and
/// `evidence` the ABI encoding of its arguments but `shown` and `salt`. Neither `newer` nor the ring is part of it, so that a
/// commitment outlives the anchors made meanwhile.
///
/// Signatures, memos, uses and terms are out of scope, and two rules of section 6 that take more than two entries or a
/// record to see: that a Return names the seller, and that a claimant is not the voucher itself.
interface IFraudProofs is IChallenges {
    /// @notice The ledger broke `rule` under that checkpoint (for F8: did not answer the ask of that id).
    event Proven(bytes32 indexed ledger, Rule indexed rule, address indexed reporter, bytes32 shown);

    error SameEntry(uint64 index);
    error IsIssue(uint64 index);
    /// @notice The entries cover no common voucher.
    error Apart(uint64 x, uint64 y);
    /// @notice The entries follow different entries.
    error OtherPrev(uint64 x, uint64 y);
    /// @notice Entry `y` follows entry `prev`, not `x`.
    error NotLinked(uint64 x, uint64 y, uint64 prev);
    /// @notice Entry `y` may follow entry `x`.
    error Legal(uint64 x, uint64 y);
    error LegalAlone(uint64 index);
    /// @notice Entry `y` covers nothing that entry `x` does not.
    error Inside(uint64 x, uint64 y);
    /// @notice Entry `index` follows an entry before it.
    error LinksBack(uint64 index, uint64 prev);
    error NotCovered(uint64 index, uint64 number);
    /// @notice The voucher is among those that the checkpoint counts.
    error Counted(uint64 number, uint64 vouchers);
    /// @notice The head of the voucher points at entry `head`, which is not before entry `index`.
    error Current(uint64 number, uint64 head, uint64 index);
    /// @notice The head of the voucher points at entry `head`, not at `index`.
    error OtherHead(uint64 number, uint64 head, uint64 index);
    /// @notice The head of the voucher is what entry `index` says.
    error TrueHead(uint64 number, uint64 index);
    /// @notice The head of the voucher points into the log.
    error InLog(uint64 number, uint64 head, uint64 size);
    error SameNumber(uint256 number);
    /// @notice The vouchers of these numbers have different keys.
    error OtherVoucher(uint256 x, uint256 y);
    /// @notice Entry `y` does not stand after entry `x`.
    error NotLater(uint64 x, uint64 y);
    /// @notice The clock does not go back between these times.
    error Clock(uint64 x, uint64 y);

    /// @notice F1: two entries follow the same entry, and both cover one voucher; neither is an Issue.
    function doubleSpend(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt) external;

    /// @notice F2: `y` follows `x` and covers one of its vouchers, and section 6 lists no such step, or names another party.
    function illegalStep(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt) external;

    /// @notice F2a: `y` is illegal whatever came before it.
    function illegalAlone(Shown calldata shown, ProvenEntry calldata y, bytes32 salt) external;

    /// @notice F3: `y` follows `x` and covers vouchers that `x` does not.
    function falseLink(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt) external;

    /// @notice F3: `y` is no Issue and follows itself, a later entry, or none.
    function forwardLink(Shown calldata shown, ProvenEntry calldata y, bytes32 salt) external;

    /// @notice F4: `y` covers the voucher, and its head points below `y`.
    function staleHead(Shown calldata shown, ProvenEntry calldata y, ProvenHead calldata head, bytes32 salt) external;

    /// @notice F4: `y` covers voucher `number`, which S does not count.
    function uncountedVoucher(Shown calldata shown, ProvenEntry calldata y, uint64 number, bytes32 salt) external;

    /// @notice F5: the head points at `x`, which does not cover the voucher or has another status.
    function forgedHead(Shown calldata shown, ProvenEntry calldata x, ProvenHead calldata head, bytes32 salt) external;

    /// @notice F5: the head points at or past the end of the log.
    function headPastLog(Shown calldata shown, ProvenHead calldata head, bytes32 salt) external;

    /// @notice F6: one voucher key at two numbers, of one batch or of two.
    function doubleIssue(Shown calldata shown, ProvenRecord calldata x, ProvenRecord calldata y, bytes32 salt) external;

    /// @notice F7: two Issue entries give out one number.
    function overlappingNumbers(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt)
        external;

    /// @notice F9: `y` stands after `x` in the log and before it in time.
    function clockBack(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt) external;
}
