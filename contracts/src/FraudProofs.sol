// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Challenges} from "./Challenges.sol";
import {Checkpoint, Checkpoints} from "./Checkpoints.sol";
import {Entries, Entry} from "./Entries.sol";
import {Evidence} from "./Evidence.sol";
import {Heads} from "./Heads.sol";
import {IAnchors} from "./IAnchors.sol";
import {ProvenEntry, ProvenHead, ProvenRecord, Shown} from "./IEvidence.sol";
import {IFraudProofs, Rule} from "./IFraudProofs.sol";

/// @notice The rules. The words are in `IFraudProofs`; that evidence is under an anchored checkpoint is `Evidence`'s matter,
/// F8 is in `Challenges`, and the bond is taken by `Anchors`. It holds no money but the deposits.
contract FraudProofs is IFraudProofs, Challenges {
    using Checkpoints for Checkpoint;
    using Entries for Entry;

    constructor(IAnchors anchors_, uint256 deposit_) Evidence(anchors_) Challenges(deposit_) {}

    /// @inheritdoc IFraudProofs
    function doubleSpend(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt) external {
        (Entry memory one, Entry memory other) = _pair(shown, x, y);
        if (x.index == y.index) revert SameEntry(x.index);
        if (one.kind == Entries.ISSUE) revert IsIssue(x.index);
        if (other.kind == Entries.ISSUE) revert IsIssue(y.index);
        if (one.prev != other.prev) revert OtherPrev(x.index, y.index);
        if (!one.overlaps(other)) revert Apart(x.index, y.index);

        _convict(shown, Rule.F1, abi.encode(x, y), salt);
    }

    /// @inheritdoc IFraudProofs
    function illegalStep(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt) external {
        (Entry memory before, Entry memory step) = _pair(shown, x, y);
        if (step.prev != x.index) revert NotLinked(x.index, y.index, step.prev);
        if (!before.overlaps(step)) revert Apart(x.index, y.index);
        if (!_isMisstated(before, step) && !_isReplaced(before, step)) revert Legal(x.index, y.index);

        _convict(shown, Rule.F2, abi.encode(x, y), salt);
    }

    /// @inheritdoc IFraudProofs
    function illegalAlone(Shown calldata shown, ProvenEntry calldata y, bytes32 salt) external {
        Entry memory entry = _entry(shown, y);
        if (_hasRange(entry) && _isLegalAlone(entry)) revert LegalAlone(y.index);

        _convict(shown, Rule.F2a, abi.encode(y), salt);
    }

    /// @inheritdoc IFraudProofs
    function falseLink(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt) external {
        (Entry memory before, Entry memory step) = _pair(shown, x, y);
        if (step.prev != x.index) revert NotLinked(x.index, y.index, step.prev);
        if (step.isInside(before)) revert Inside(x.index, y.index);

        _convict(shown, Rule.F3, abi.encode(x, y), salt);
    }

    /// @inheritdoc IFraudProofs
    function forwardLink(Shown calldata shown, ProvenEntry calldata y, bytes32 salt) external {
        Entry memory entry = _entry(shown, y);
        if (entry.kind == Entries.ISSUE) revert IsIssue(y.index);
        if (entry.prev < y.index) revert LinksBack(y.index, entry.prev);

        _convict(shown, Rule.F3, abi.encode(y), salt);
    }

    /// @inheritdoc IFraudProofs
    function staleHead(Shown calldata shown, ProvenEntry calldata y, ProvenHead calldata head, bytes32 salt) external {
        Entry memory entry = _entry(shown, y);
        uint64 index = Heads.indexOf(_word(shown, head));
        if (!entry.covers(head.number)) revert NotCovered(y.index, head.number);
        if (index >= y.index) revert Current(head.number, index, y.index);

        _convict(shown, Rule.F4, abi.encode(y, head), salt);
    }

    /// @inheritdoc IFraudProofs
    function uncountedVoucher(Shown calldata shown, ProvenEntry calldata y, uint64 number, bytes32 salt) external {
        if (!_entry(shown, y).covers(number)) revert NotCovered(y.index, number);
        uint64 vouchers = shown.checkpoint.vouchers;
        if (number < vouchers) revert Counted(number, vouchers);

        _convict(shown, Rule.F4, abi.encode(y, number), salt);
    }

    /// @inheritdoc IFraudProofs
    function forgedHead(Shown calldata shown, ProvenEntry calldata x, ProvenHead calldata head, bytes32 salt) external {
        Entry memory entry = _entry(shown, x);
        uint64 word = _word(shown, head);
        uint64 index = Heads.indexOf(word);
        if (index != x.index) revert OtherHead(head.number, index, x.index);
        if (entry.covers(head.number) && entry.status == Heads.statusOf(word)) revert TrueHead(head.number, x.index);

        _convict(shown, Rule.F5, abi.encode(x, head), salt);
    }

    /// @inheritdoc IFraudProofs
    function headPastLog(Shown calldata shown, ProvenHead calldata head, bytes32 salt) external {
        uint64 index = Heads.indexOf(_word(shown, head));
        uint64 size = shown.checkpoint.size;
        if (index < size) revert InLog(head.number, index, size);

        _convict(shown, Rule.F5, abi.encode(head), salt);
    }

    /// @inheritdoc IFraudProofs
    function doubleIssue(Shown calldata shown, ProvenRecord calldata x, ProvenRecord calldata y, bytes32 salt)
        external
    {
        (uint256 one, bytes32 key) = _record(shown, x);
        (uint256 other, bytes32 otherKey) = _record(shown, y);
        if (one == other) revert SameNumber(one);
        if (key != otherKey) revert OtherVoucher(one, other);

        _convict(shown, Rule.F6, abi.encode(x, y), salt);
    }

    /// @inheritdoc IFraudProofs
    function overlappingNumbers(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt)
        external
    {
        (Entry memory one, Entry memory other) = _pair(shown, x, y);
        if (x.index == y.index) revert SameEntry(x.index);
        if (one.kind != Entries.ISSUE) revert NotIssue(x.index);
        if (other.kind != Entries.ISSUE) revert NotIssue(y.index);
        if (!one.overlaps(other)) revert Apart(x.index, y.index);

        _convict(shown, Rule.F7, abi.encode(x, y), salt);
    }

    /// @inheritdoc IFraudProofs
    function clockBack(Shown calldata shown, ProvenEntry calldata x, ProvenEntry calldata y, bytes32 salt) external {
        (Entry memory earlier, Entry memory later) = _pair(shown, x, y);
        if (x.index >= y.index) revert NotLater(x.index, y.index);
        if (later.clock >= earlier.clock) revert Clock(earlier.clock, later.clock);

        _convict(shown, Rule.F9, abi.encode(x, y), salt);
    }

    /// @inheritdoc Challenges
    function _slashUnanswered(bytes32 ledger, address challenger, bytes32 salt, bytes32 id) internal override {
        emit Proven(ledger, Rule.F8, challenger, id);
        anchors.slash(ledger, challenger, salt, id);
    }

    /// @dev The evidence holds under S; if S is anchored, the sender has the bond.
    function _convict(Shown calldata shown, Rule rule, bytes memory evidence, bytes32 salt) private {
        bytes32 hash = _requireAnchored(shown);

        emit Proven(shown.ledger, rule, msg.sender, hash);
        anchors.slash(shown.ledger, msg.sender, salt, keccak256(abi.encode(hash, msg.sig, evidence)));
    }

    /// @dev The status is not the one that the step leads to. A step that section 6 does not list leads nowhere.
    function _isMisstated(Entry memory before, Entry memory step) private pure returns (bool) {
        uint8 due = Entries.statusAfter(before.status, step.kind);
        return due == Entries.NONE || due != step.status;
    }

    /// @dev Another party, where the step has to keep it, or where the buyer who claims is named already.
    function _isReplaced(Entry memory before, Entry memory step) private pure returns (bool) {
        if (step.party == before.party) return false;
        if (step.kind == Entries.CLAIM) return before.status == Entries.SOLD && before.party != 0;
        return step.kind >= Entries.USE && step.kind <= Entries.RELEASE;
    }

    function _hasRange(Entry memory entry) private pure returns (bool) {
        return entry.count > 0 && entry.end() <= 2 ** 64;
    }

    function _isLegalAlone(Entry memory entry) private pure returns (bool) {
        if (entry.kind == Entries.ISSUE) return entry.prev == Entries.NO_PREV && entry.status == Entries.IN_TRADE;
        if (entry.kind == Entries.TRANSFER) return entry.party != 0;
        if (entry.kind == Entries.CLAIM) return entry.party != 0 && entry.count == 1;
        return entry.kind != Entries.USE || entry.count == 1;
    }
}
