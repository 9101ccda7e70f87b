// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {Ask, IChallenges, Stand, Tree} from "../src/IChallenges.sol";
import {ProvenEntry, ProvenRecord, Shown} from "../src/IEvidence.sol";
import {Judged} from "./Judged.sol";
import {Mirror} from "./Mirror.sol";

/// @notice An operator of a golden honest log who can be asked for every leaf of it, and can answer.
abstract contract Challenged is Judged {
    using Checkpoints for Checkpoint;

    Mirror internal mirror;
    uint64 internal size;

    function setUp() public virtual override {
        super.setUp();
        mirror = new Mirror(0);
        size = mirror.size();
        Checkpoint memory next = mirror.checkpoint(1, size, tip.hash(ledger));
        assertEq(next.logRoot, mirror.goldenLogRoot(), "the golden log");
        assertEq(next.headRoot, mirror.goldenHeadRoot(), "the golden heads");
        _anchor(next, new bytes32[](0));
    }

    function _challengeAndAnswer(Ask memory ask) internal {
        _challenge(ask);
        (bytes memory leaf, bytes32[] memory path) = _answerTo(ask);
        judge.answer(ask, leaf, path);
        vm.deal(REPORTER, 1 ether);
    }

    /// @dev In a ledger of its own, with this as both roots.
    function _anchorElsewhere(bytes32 root, uint64 entries, uint64 vouchers) internal returns (Checkpoint memory next) {
        vm.prank(OPENER);
        ledger = anchors.open{value: BOND}(KEY, root);
        vm.prank(OPENER);
        anchors.addJudge(ledger, address(judge));
        tip = Checkpoints.genesis(KEY);
        next = _next(entries, root);
        (next.vouchers, next.headRoot) = (vouchers, root);
        _anchor(next, new bytes32[](0));
    }

    function _challenge(Ask memory ask) internal returns (bytes32 id) {
        id = keccak256(abi.encode(ask));
        _commitTo(id);
        _send(ask);
    }

    function _send(Ask memory ask) internal {
        ProvenEntry memory issue;
        if (ask.tree == Tree.Batch) issue = mirror.provenEntry(_issueOf(ask), size);
        vm.prank(REPORTER);
        bytes32 id;
        if (ask.tree == Tree.Log) id = judge.challengeEntry{value: DEPOSIT}(_shown(), ask.index, REPORT);
        if (ask.tree == Tree.Heads) id = judge.challengeChunk{value: DEPOSIT}(_shown(), ask.index, REPORT);
        if (ask.tree == Tree.Batch) id = judge.challengeRecord{value: DEPOSIT}(_shown(), issue, ask.index, REPORT);
        if (id != 0) assertEq(id, keccak256(abi.encode(ask)), "id");
    }

    function _answerTo(Ask memory ask) internal view returns (bytes memory leaf, bytes32[] memory path) {
        if (ask.tree == Tree.Log) {
            ProvenEntry memory entry = mirror.provenEntry(ask.index, size);
            return (entry.entry, entry.path);
        }
        if (ask.tree == Tree.Heads) {
            return (mirror.chunk(ask.index, size), mirror.provenHead(16 * ask.index, size).path);
        }
        ProvenRecord memory record = mirror.provenRecord(_issueOf(ask), ask.index, size);
        return (record.record, record.path);
    }

    function _refuseAnswer(Ask memory ask, bytes memory reason) internal {
        (bytes memory leaf, bytes32[] memory path) = _answerTo(ask);
        vm.expectRevert(reason);
        judge.answer(ask, leaf, path);
    }

    function _collect(address owner, uint256 amount) internal {
        uint256 before = owner.balance;
        vm.expectEmit(address(judge));
        emit IChallenges.Collected(owner, amount);
        vm.prank(owner);
        judge.collect();
        assertEq(owner.balance - before, amount, "collected");
        assertEq(judge.owedTo(owner), 0, "no longer owed");
    }

    function _shown() internal view returns (Shown memory) {
        return Shown(ledger, tip, new Checkpoint[](0));
    }

    function _entryAsk(uint64 index) internal view returns (Ask memory) {
        return Ask(ledger, Tree.Log, tip.logRoot, tip.size, index);
    }

    function _chunkAsk(uint64 chunk) internal view returns (Ask memory) {
        return Ask(ledger, Tree.Heads, tip.headRoot, tip.vouchers, chunk);
    }

    function _recordAsk(uint64 issue, uint64 leaf) internal view returns (Ask memory) {
        bytes32 root = mirror.decode(mirror.provenEntry(issue, size).entry).content;
        return Ask(ledger, Tree.Batch, root, mirror.countOf(issue), leaf);
    }

    function _issueOf(Ask memory ask) internal view returns (uint64 issue) {
        for (uint256 i = 0;; ++i) {
            issue = mirror.issues(i);
            if (mirror.decode(mirror.provenEntry(issue, size).entry).content == ask.root) return issue;
        }
    }

    function _chunks() internal view returns (uint64) {
        return (tip.vouchers + 15) / 16;
    }

    function _wrongStand(bytes32 id, Stand stand) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IChallenges.WrongStand.selector, id, stand);
    }
}
