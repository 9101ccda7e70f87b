// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {Ask, Tree} from "../src/IChallenges.sol";
import {ProvenEntry, ProvenHead, ProvenRecord, Shown} from "../src/IEvidence.sol";
import {MerkleTree} from "../src/MerkleTree.sol";
import {Judged} from "./Judged.sol";
import {NaiveTree} from "./NaiveTree.sol";

/// @notice What each proof costs, its 21,000, its calldata and the slashing included, in a ledger of 2^20 entries and 2^20
/// vouchers; snapshots/FraudProofs.json is compared by `make test`.
/// forge-config: default.isolate = true
contract FraudGasTest is Judged {
    using Checkpoints for Checkpoint;

    uint256 private constant LEVELS = 20;
    uint256 private constant BATCH_LEVELS = 17;

    function test_gas_of_two_entries() external {
        bytes memory sale = _entry(3, 2, 5, 7, 8, 0);
        bytes memory issue = _entry(1, 1, 5, 0, 8, 0);
        _twoEntries("doubleSpend", judge.doubleSpend, sale, _entry(3, 2, 5, 7, 9, 0));
        _twoEntries("illegalStep", judge.illegalStep, sale, _entry(3, 2, 5, 0, 9, 0));
        _twoEntries("falseLink", judge.falseLink, sale, _entry(3, 2, 6, 0, 9, 0));
        _twoEntries("overlappingNumbers", judge.overlappingNumbers, issue, _entry(1, 1, 6, 0, 9, 0));
        _twoEntries("clockBack", judge.clockBack, sale, _entry(3, 2, 5, 7, 7, 0));
    }

    function test_gas_of_one_entry() external {
        _oneEntry("illegalAlone", judge.illegalAlone, _entry(3, 2, 0, 7, 8, 0));
        _oneEntry("forwardLink", judge.forwardLink, _entry(3, 2, 5, 7, 8, 0));

        uint256 before = vm.snapshotState();
        (ProvenEntry memory y,) = _neighbours(_entry(3, 2, 2 ** 21, 7, 8, 0), _entry(3, 2, 5, 7, 9, 0));
        _anchorRoots(_root(y), keccak256("heads"));
        uint64 number = tip.vouchers;
        _report(_proof(judge.uncountedVoucher.selector, abi.encode(y, number)));
        judge.uncountedVoucher(_shown(), y, number, REPORT);
        _record("uncountedVoucher: one entry");
        vm.revertToState(before);
    }

    function test_gas_of_heads() external {
        bytes memory word = abi.encodePacked(type(uint256).max, type(uint256).max);
        (ProvenEntry memory x, ProvenEntry memory y) = _neighbours(_entry(3, 2, 5, 7, 8, 0), _entry(3, 2, 5, 7, 9, 0));
        _entryAndHead("staleHead", judge.staleHead, x, y);
        _entryAndHead("forgedHead", judge.forgedHead, x, x);
        ProvenHead memory head = ProvenHead(3, bytes.concat(word, word), _path(LEVELS - 4));
        _anchorRoots(_root(x), _fold(MerkleTree.leafHash(head.chunk), head.path, 0));
        _report(_proof(judge.headPastLog.selector, abi.encode(head)));
        judge.headPastLog(_shown(), head, REPORT);
        _record("headPastLog: a head");
    }

    function test_gas_of_two_records() external {
        (bytes memory one, bytes memory other) = (new bytes(64), new bytes(64));
        other[63] = 0x01;
        (bytes32 left, bytes32 right) = (MerkleTree.leafHash(one), MerkleTree.leafHash(other));
        bytes32[] memory path = _path(BATCH_LEVELS);
        path[1] = MerkleTree.nodeHash(left, right);
        bytes32 content = _fold(path[0], _tail(path), 0);
        (ProvenEntry memory issue,) =
            _neighbours(_entry(1, 1, uint64(2 ** BATCH_LEVELS - 1), 0, 8, content), _entry(3, 2, 5, 7, 9, 0));
        ProvenRecord memory x = ProvenRecord(issue, 2, one, _withFirstTwo(path, right));
        ProvenRecord memory y = ProvenRecord(issue, 3, other, _withFirstTwo(path, left));
        _anchorRoots(_root(issue), keccak256("heads"));
        _report(_proof(judge.doubleIssue.selector, abi.encode(x, y)));
        judge.doubleIssue(_shown(), x, y, REPORT);
        _record("doubleIssue: two records of a batch of 131,071");
    }

    function test_gas_of_walking() external {
        Checkpoint[] memory chain = new Checkpoint[](101);
        _anchorRoots(keccak256("log"), keccak256("heads"));
        for (uint256 i = 0; i <= 100; ++i) {
            chain[i] = tip;
            _anchorRoots(tip.logRoot, tip.headRoot);
        }
        Shown memory shown = Shown(ledger, chain[100], new Checkpoint[](0));
        judge.reach(shown);
        _record("reach: in the ring");
        shown = Shown(ledger, chain[0], new Checkpoint[](100));
        for (uint256 i = 0; i < 100; ++i) {
            shown.newer[i] = chain[i + 1];
        }
        judge.reach(shown);
        _record("reach: 100 checkpoints further down");
    }

    function test_gas_of_a_challenge() external {
        (ProvenEntry memory x,) = _neighbours(_entry(3, 2, 5, 7, 8, 0), _entry(3, 2, 5, 7, 9, 0));
        _anchorRoots(_root(x), keccak256("heads"));
        Ask memory ask = Ask(ledger, Tree.Log, tip.logRoot, tip.size, 0);
        _report(keccak256(abi.encode(ask)));
        judge.challengeEntry{value: DEPOSIT}(_shown(), 0, REPORT);
        _record("challengeEntry");
        uint256 asked = vm.snapshotState();
        judge.answer(ask, x.entry, x.path);
        _record("answer");
        vm.revertToState(asked);
        vm.warp(block.timestamp + 3 days + 1);
        judge.settle(ask);
        _record("settle");
        vm.prank(REPORTER);
        judge.collect();
        _record("collect");
    }

    function _twoEntries(
        string memory name,
        function(Shown memory, ProvenEntry memory, ProvenEntry memory, bytes32) external rule,
        bytes memory one,
        bytes memory other
    ) private {
        uint256 before = vm.snapshotState();
        (ProvenEntry memory x, ProvenEntry memory y) = _neighbours(one, other);
        _anchorRoots(_root(x), keccak256("heads"));
        _report(_proof(rule.selector, abi.encode(x, y)));
        rule(_shown(), x, y, REPORT);
        _record(string.concat(name, ": two entries"));
        vm.revertToState(before);
    }

    function _oneEntry(
        string memory name,
        function(Shown memory, ProvenEntry memory, bytes32) external rule,
        bytes memory entry
    ) private {
        uint256 before = vm.snapshotState();
        (ProvenEntry memory y,) = _neighbours(entry, _entry(3, 2, 5, 7, 9, 0));
        _anchorRoots(_root(y), keccak256("heads"));
        _report(_proof(rule.selector, abi.encode(y)));
        rule(_shown(), y, REPORT);
        _record(string.concat(name, ": one entry"));
        vm.revertToState(before);
    }

    /// @dev A chunk of zeros: each head points at entry 0.
    function _entryAndHead(
        string memory name,
        function(Shown memory, ProvenEntry memory, ProvenHead memory, bytes32) external rule,
        ProvenEntry memory x,
        ProvenEntry memory shown
    ) private {
        uint256 before = vm.snapshotState();
        ProvenHead memory head = ProvenHead(3, new bytes(128), _path(LEVELS - 4));
        _anchorRoots(_root(x), _fold(MerkleTree.leafHash(head.chunk), head.path, 0));
        _report(_proof(rule.selector, abi.encode(shown, head)));
        rule(_shown(), shown, head, REPORT);
        _record(string.concat(name, ": an entry and a head"));
        vm.revertToState(before);
    }

    function _proof(bytes4 selector, bytes memory evidence) private view returns (bytes32) {
        return keccak256(abi.encode(tip.hash(ledger), selector, evidence));
    }

    function _record(string memory name) private {
        vm.snapshotGasLastCall("FraudProofs", name);
    }

    /// @dev The reporter has committed, and sends the next call.
    function _report(bytes32 proof) private {
        _commitTo(proof);
        vm.prank(REPORTER);
    }

    function _entry(uint8 kind, uint8 status, uint64 count, uint64 prev, uint64 clock, bytes32 content)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(
            kind, status, uint64(0), count, kind == 1 ? type(uint64).max : prev, clock, bytes32(0), content
        );
    }

    /// @dev The first two entries of a log that is full.
    function _neighbours(bytes memory one, bytes memory other)
        private
        pure
        returns (ProvenEntry memory x, ProvenEntry memory y)
    {
        x = ProvenEntry(0, one, _path(LEVELS));
        y = ProvenEntry(1, other, _path(LEVELS));
        (x.path[0], y.path[0]) = (MerkleTree.leafHash(other), MerkleTree.leafHash(one));
    }

    function _root(ProvenEntry memory x) private pure returns (bytes32) {
        return _fold(MerkleTree.leafHash(x.entry), x.path, x.index);
    }

    function _fold(bytes32 node, bytes32[] memory path, uint256 index) private pure returns (bytes32) {
        for (uint256 i = 0; i < path.length; ++i) {
            bool isRight = (index >> i) & 1 == 1;
            node = isRight ? NaiveTree.node(path[i], node) : NaiveTree.node(node, path[i]);
        }
        return node;
    }

    function _path(uint256 levels) private pure returns (bytes32[] memory path) {
        path = new bytes32[](levels);
        for (uint256 i = 0; i < levels; ++i) {
            path[i] = keccak256(abi.encode("node", i));
        }
    }

    function _tail(bytes32[] memory path) private pure returns (bytes32[] memory tail) {
        tail = new bytes32[](path.length - 1);
        for (uint256 i = 0; i < tail.length; ++i) {
            tail[i] = path[i + 1];
        }
    }

    /// @dev The path of leaf 2 or 3, whose neighbours on the left are `path[0]`.
    function _withFirstTwo(bytes32[] memory path, bytes32 sibling) private pure returns (bytes32[] memory own) {
        own = _tail(NaiveTree.append(path, 0));
        for (uint256 i = 2; i < path.length; ++i) {
            own[i] = path[i];
        }
        (own[0], own[1]) = (sibling, path[0]);
    }

    function _anchorRoots(bytes32 logRoot, bytes32 headRoot) private {
        Checkpoint memory next = _next(2 ** LEVELS, logRoot);
        next.headRoot = headRoot;
        _anchor(next, new bytes32[](0));
    }

    function _shown() private view returns (Shown memory) {
        return Shown(ledger, tip, new Checkpoint[](0));
    }
}
