// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {Ask, Tree} from "../src/IChallenges.sol";
import {ProvenEntry, ProvenHead, ProvenRecord, Shown} from "../src/IEvidence.sol";
import {MerkleTree} from "../src/MerkleTree.sol";
import {Accusation, Accusations} from "./Accusations.sol";
import {Judged} from "./Judged.sol";
import {NaiveTree} from "./NaiveTree.sol";

/// @notice What each proof costs, its 21,000, its calldata and the slashing included, in a ledger of 2^20 entries and 2^20
/// vouchers; snapshots/FraudProofs.json is compared by `make test`.
/// forge-config: default.isolate = true
contract FraudGasTest is Judged {
    using Accusations for Accusation;
    using Checkpoints for Checkpoint;

    uint256 private constant LEVELS = 20;
    uint256 private constant BATCH_LEVELS = 17;

    function test_gas_of_two_entries() external {
        bytes memory sale = _entry(3, 2, 5, 7, 8, 0);
        bytes memory issue = _entry(1, 1, 5, 0, 8, 0);
        _twoEntries("doubleSpend", sale, _entry(3, 2, 5, 7, 9, 0));
        _twoEntries("illegalStep", sale, _entry(3, 2, 5, 0, 9, 0));
        _twoEntries("falseLink", sale, _entry(3, 2, 6, 0, 9, 0));
        _twoEntries("overlappingNumbers", issue, _entry(1, 1, 6, 0, 9, 0));
        _twoEntries("clockBack", sale, _entry(3, 2, 5, 7, 7, 0));
    }

    function test_gas_of_one_entry() external {
        _oneEntry("illegalAlone", _entry(3, 2, 0, 7, 8, 0));
        _oneEntry("forwardLink", _entry(3, 2, 5, 7, 8, 0));
        _oneEntry("uncountedVoucher", _entry(3, 2, 2 ** 21, 7, 8, 0));
    }

    function test_gas_of_heads() external {
        (ProvenEntry memory x, ProvenEntry memory y) = _neighbours(_entry(3, 2, 5, 7, 8, 0), _entry(3, 2, 5, 7, 9, 0));
        // Of zeros: each head points at entry 0.
        bytes memory chunk = new bytes(128);
        _head("staleHead", ": an entry and a head", _only(y), chunk);
        _head("forgedHead", ": an entry and a head", _only(x), chunk);
        for (uint256 i = 0; i < chunk.length; ++i) {
            chunk[i] = 0xff;
        }
        _head("headPastLog", ": a head", new ProvenEntry[](0), chunk);
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
        Accusation memory said = _accusationOf("doubleIssue");
        said.records = new ProvenRecord[](2);
        said.records[0] = ProvenRecord(issue, 2, one, _withFirstTwo(path, right));
        said.records[1] = ProvenRecord(issue, 3, other, _withFirstTwo(path, left));
        _convict(said, _root(issue), keccak256("heads"), "doubleIssue: two records of a batch of 131,071");
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

    function _twoEntries(string memory rule, bytes memory one, bytes memory other) private {
        (ProvenEntry memory x, ProvenEntry memory y) = _neighbours(one, other);
        Accusation memory said = _accusationOf(rule);
        said.entries = new ProvenEntry[](2);
        (said.entries[0], said.entries[1]) = (x, y);
        _convict(said, _root(x), keccak256("heads"), string.concat(rule, ": two entries"));
    }

    function _oneEntry(string memory rule, bytes memory entry) private {
        (ProvenEntry memory y,) = _neighbours(entry, _entry(3, 2, 5, 7, 9, 0));
        Accusation memory said = _accusationOf(rule);
        said.entries = _only(y);
        said.number = uint64(2 ** LEVELS);
        _convict(said, _root(y), keccak256("heads"), string.concat(rule, ": one entry"));
    }

    function _head(string memory rule, string memory what, ProvenEntry[] memory entries, bytes memory chunk) private {
        (ProvenEntry memory x,) = _neighbours(_entry(3, 2, 5, 7, 8, 0), _entry(3, 2, 5, 7, 9, 0));
        Accusation memory said = _accusationOf(rule);
        said.entries = entries;
        said.heads = new ProvenHead[](1);
        said.heads[0] = ProvenHead(3, chunk, _path(LEVELS - 4));
        bytes32 heads = _fold(MerkleTree.leafHash(chunk), said.heads[0].path, 0);
        _convict(said, _root(x), heads, string.concat(rule, what));
    }

    function _accusationOf(string memory rule) private pure returns (Accusation memory said) {
        said.selector = Accusations.selectorOf(rule);
    }

    function _only(ProvenEntry memory entry) private pure returns (ProvenEntry[] memory entries) {
        entries = new ProvenEntry[](1);
        entries[0] = entry;
    }

    /// @dev Anchors the lie and takes the bond; then puts all back for the next.
    function _convict(Accusation memory said, bytes32 root, bytes32 heads, string memory name) private {
        uint256 before = vm.snapshotState();
        _anchorRoots(root, heads);
        _commitTo(said.proofHash(tip.hash(ledger)));
        (bool holds,) = _accuse(said, _shown());
        assertTrue(holds, name);
        _record(name);
        vm.revertToState(before);
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
