// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {FraudProofs} from "../src/FraudProofs.sol";
import {Phase} from "../src/IBonds.sol";
import {Ask, IChallenges, Stand, Tree} from "../src/IChallenges.sol";
import {IEvidence, ProvenEntry, Shown} from "../src/IEvidence.sol";
import {IFraudProofs, Rule} from "../src/IFraudProofs.sol";
import {MerkleTree} from "../src/MerkleTree.sol";
import {Challenged} from "./Challenged.sol";
import {Proofs} from "./Proofs.sol";

/// @notice Asks for the same wei again while it is paid.
contract CollectsAgain {
    IChallenges private immutable judge;

    constructor(IChallenges judge_) {
        judge = judge_;
    }

    receive() external payable {
        try judge.collect() {} catch {}
    }
}

/// @notice F8: who may ask, for what, which answers do, and where every wei goes.
contract ChallengesTest is Challenged {
    function test_golden_answers_are_judged_as_in_rust() external {
        string memory json = _load("fraud/f8.json");
        uint256 state = vm.snapshotState();
        uint256 cases = 0;
        for (; vm.keyExistsJson(json, _item(".cases", cases)); ++cases) {
            string memory one = _item(".cases", cases);
            vm.prank(OPENER);
            ledger = anchors.open{value: BOND}(KEY, keccak256("golden"));
            vm.prank(OPENER);
            anchors.addJudge(ledger, address(judge));
            tip = Checkpoints.genesis(KEY);
            _anchorCase(json, one);
            Ask memory ask = _entryAsk(uint64(vm.parseJsonUint(json, _member(one, "index"))));
            _challenge(ask);
            ProvenEntry memory shownEntry = _provenEntry(json, _member(one, "answer"));
            (bool holds,) =
                address(judge).call(abi.encodeCall(IChallenges.answer, (ask, shownEntry.entry, shownEntry.path)));
            string memory what = vm.parseJsonString(json, _member(one, "description"));
            assertTrue(holds == vm.parseJsonBool(json, _member(one, "holds")), what);
            assertTrue(vm.revertToState(state), "back");
        }
        assertEq(cases, 7, "vectors read");
    }

    function test_an_honest_operator_answers_for_every_entry_chunk_and_record() external {
        for (uint64 index = 0; index < size; ++index) {
            _challengeAndAnswer(_entryAsk(index));
        }
        for (uint64 chunk = 0; chunk < _chunks(); ++chunk) {
            _challengeAndAnswer(_chunkAsk(chunk));
        }
        for (uint256 batch = 0; batch < 2; ++batch) {
            uint64 issue = mirror.issues(batch);
            for (uint64 leaf = 0; leaf <= mirror.countOf(issue); ++leaf) {
                _challengeAndAnswer(_recordAsk(issue, leaf));
            }
        }
        _assertPhase(Phase.Open);
    }

    function test_a_challenge_waits_three_days_and_takes_the_bond() external {
        Ask memory ask = _entryAsk(3);
        bytes32 id = keccak256(abi.encode(ask));
        _commitTo(id);
        uint256 until = block.timestamp + 3 days;
        vm.expectEmit(address(judge));
        emit IChallenges.Challenged(ledger, id, REPORTER, ask, until);
        _send(ask);
        assertEq(uint256(judge.challengeOf(id).stand), uint256(Stand.Pending), "pending");
        assertEq(judge.challengeOf(id).challenger, REPORTER, "challenger");

        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.StillAnswerable.selector, until, until));
        judge.settle(ask);
        vm.warp(until + 1);
        vm.expectEmit(address(judge));
        emit IChallenges.Unanswered(ledger, id, true);
        vm.expectEmit(address(judge));
        emit IFraudProofs.Proven(ledger, Rule.F8, REPORTER, id);
        vm.prank(STRANGER);
        judge.settle(ask);

        _assertPhase(Phase.Slashed);
        assertEq(anchors.owedTo(REPORTER), BOND / 2, "half of the bond");
        assertEq(judge.owedTo(REPORTER), DEPOSIT, "the deposit back");
        vm.expectRevert(_wrongStand(id, Stand.Unanswered));
        judge.settle(ask);
        _refuseAnswer(ask, _wrongStand(id, Stand.Unanswered));
        _collect(REPORTER, DEPOSIT);
    }

    function test_an_answer_in_the_last_second_pays_the_opener_and_ends_it() external {
        Ask memory ask = _chunkAsk(1);
        bytes32 id = _challenge(ask);
        vm.warp(block.timestamp + 3 days);
        (bytes memory leaf, bytes32[] memory path) = _answerTo(ask);
        vm.expectEmit(address(judge));
        emit IChallenges.Answered(ledger, id, leaf);
        vm.prank(STRANGER);
        judge.answer(ask, leaf, path);
        assertEq(judge.owedTo(OPENER), DEPOSIT, "the deposit");
        assertEq(judge.owedTo(REPORTER), 0, "nothing for the challenger");

        _refuseAnswer(ask, _wrongStand(id, Stand.Answered));
        vm.warp(block.timestamp + 1);
        vm.expectRevert(_wrongStand(id, Stand.Answered));
        judge.settle(ask);
        vm.expectRevert(_wrongStand(id, Stand.Answered));
        _send(ask);
        _collect(OPENER, DEPOSIT);
    }

    function test_an_answer_after_three_days_is_too_late() external {
        Ask memory ask = _entryAsk(0);
        _challenge(ask);
        uint256 until = block.timestamp + 3 days;
        vm.warp(until + 1);
        _refuseAnswer(ask, abi.encodeWithSelector(IChallenges.TooLate.selector, until + 1, until));
    }

    function test_damaged_answers_do_not_do() external {
        uint64 issue = mirror.issues(0);
        Ask[4] memory asks = [_entryAsk(5), _chunkAsk(0), _recordAsk(issue, 1), _recordAsk(issue, 0)];
        for (uint256 i = 0; i < asks.length; ++i) {
            bytes32 id = _challenge(asks[i]);
            bytes memory refused = abi.encodeWithSelector(IChallenges.NotTheLeaf.selector, id);
            (bytes memory leaf, bytes32[] memory path) = _answerTo(asks[i]);
            bytes32[][] memory damaged = Proofs.damagedByOneNode(path, id);
            for (uint256 j = 0; j < damaged.length; ++j) {
                vm.expectRevert(refused);
                judge.answer(asks[i], leaf, damaged[j]);
            }
            bytes memory changed = bytes.concat(leaf);
            changed[leaf.length - 1] ^= 0x01;
            vm.expectRevert(refused);
            judge.answer(asks[i], changed, path);
            vm.expectRevert(refused);
            judge.answer(asks[i], bytes.concat(leaf, hex"00"), path);
            judge.answer(asks[i], leaf, path);
        }
    }

    /// @dev An answer to one ask is none to another that differs in one member only.
    function test_an_answer_belongs_to_its_ask() external {
        Ask memory ask = _entryAsk(5);
        _challenge(ask);
        (bytes memory leaf, bytes32[] memory path) = _answerTo(ask);
        for (uint256 member = 0; member < 5; ++member) {
            Ask memory other = _entryAsk(5);
            if (member == 0) other.ledger ^= bytes32(uint256(1));
            if (member == 1) other.tree = Tree.Heads;
            if (member == 2) other.root ^= bytes32(uint256(1));
            if (member == 3) other.size += 1;
            if (member == 4) other.index += 1;
            vm.expectRevert(_wrongStand(keccak256(abi.encode(other)), Stand.Unasked));
            judge.answer(other, leaf, path);
        }
    }

    function test_leaves_that_nobody_can_show_take_the_bond() external {
        uint256 state = vm.snapshotState();
        bytes32[] memory none;
        // A leaf of another width; a padding that is not zero; terms of another width than they say.
        _loseTo(Tree.Log, new bytes(97), 1, none);
        assertTrue(vm.revertToState(state), "back");
        bytes memory dirty = new bytes(128);
        dirty[127] = 0x01;
        _loseTo(Tree.Heads, dirty, 15, none);
        assertTrue(vm.revertToState(state), "back");
        _loseTo(Tree.Heads, new bytes(136), 16, none);
        assertTrue(vm.revertToState(state), "back");
        // A surplus chunk: two where the count has one.
        bytes32[] memory path = new bytes32[](1);
        path[0] = MerkleTree.leafHash(new bytes(128));
        _loseTo(Tree.Heads, new bytes(128), 16, path);
    }

    function test_a_batch_leaf_is_as_long_as_it_says() external {
        bytes memory terms = new bytes(45 + 32 * 3);
        (terms[43], terms[44]) = (0x01, 0x02);
        _answerBatch(0, terms, true);
        terms[44] = 0x01;
        _answerBatch(0, terms, false);
        _answerBatch(0, new bytes(44), false);
        _answerBatch(0, new bytes(64), false);
        _answerBatch(1, new bytes(64), true);
        _answerBatch(1, new bytes(45), false);
    }

    function test_only_what_is_anchored_is_asked_for() external {
        Shown memory shown = _shown();
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NoLeaf.selector, size, size));
        judge.challengeEntry{value: DEPOSIT}(shown, size, REPORT);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NoLeaf.selector, _chunks(), _chunks()));
        judge.challengeChunk{value: DEPOSIT}(shown, _chunks(), REPORT);
        uint64 issue = mirror.issues(0);
        uint64 count = mirror.countOf(issue);
        ProvenEntry memory proven = mirror.provenEntry(issue, size);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NoLeaf.selector, count + 1, count));
        judge.challengeRecord{value: DEPOSIT}(shown, proven, count + 1, REPORT);
        ProvenEntry memory step = mirror.provenEntry(issue + 1, size);
        vm.expectRevert(abi.encodeWithSelector(IEvidence.NotIssue.selector, issue + 1));
        judge.challengeRecord{value: DEPOSIT}(shown, step, 1, REPORT);
        shown.checkpoint.vouchers += 1;
        vm.expectRevert(abi.encodeWithSelector(IEvidence.NotAnchored.selector, 1));
        judge.challengeEntry{value: DEPOSIT}(shown, 0, REPORT);
        vm.expectRevert(abi.encodeWithSelector(IEvidence.NotAnchored.selector, 1));
        judge.challengeChunk{value: DEPOSIT}(shown, 0, REPORT);
        vm.expectRevert(abi.encodeWithSelector(IEvidence.NotAnchored.selector, 1));
        judge.challengeRecord{value: DEPOSIT}(shown, proven, 1, REPORT);
    }

    function test_a_challenge_takes_exactly_the_deposit() external {
        Ask memory ask = _entryAsk(0);
        _commitTo(keccak256(abi.encode(ask)));
        for (uint256 given = DEPOSIT - 1; given <= DEPOSIT + 1; given += 2) {
            vm.expectRevert(abi.encodeWithSelector(IChallenges.WrongDeposit.selector, given, DEPOSIT));
            vm.prank(REPORTER);
            judge.challengeEntry{value: given}(_shown(), 0, REPORT);
        }
    }

    /// @dev Whoever copies an ask out of the mempool has no commitment two blocks old that names him.
    function test_a_challenge_needs_a_commitment_two_blocks_old() external {
        Ask memory ask = _entryAsk(0);
        bytes32 id = keccak256(abi.encode(ask));
        bytes32 commitment = keccak256(abi.encode(REPORTER, REPORT, id));
        bytes memory refused = abi.encodeWithSelector(IChallenges.NotCommitted.selector, commitment);
        vm.expectRevert(refused);
        _send(ask);
        anchors.commit(commitment);
        vm.roll(block.number + 1);
        vm.expectRevert(refused);
        _send(ask);
        vm.roll(block.number + 1);
        vm.deal(STRANGER, DEPOSIT);
        bytes32 strangers = keccak256(abi.encode(STRANGER, REPORT, id));
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NotCommitted.selector, strangers));
        vm.prank(STRANGER);
        judge.challengeEntry{value: DEPOSIT}(_shown(), 0, REPORT);
        _send(ask);
        vm.expectRevert(_wrongStand(id, Stand.Pending));
        _send(ask);
    }

    function test_only_ledgers_that_it_judges_and_that_have_a_bond_are_challenged() external {
        FraudProofs other = new FraudProofs(anchors, DEPOSIT);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NoJudgeOf.selector, ledger));
        other.challengeEntry{value: DEPOSIT}(_shown(), 0, REPORT);
        _close();
        vm.warp(block.timestamp + 14 days);
        vm.prank(OPENER);
        anchors.withdraw(ledger);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NoBond.selector, ledger));
        judge.challengeEntry{value: DEPOSIT}(_shown(), 0, REPORT);
    }

    /// @dev Asked at the last moment, it still takes the bond: until a day before the bond could leave.
    function test_no_bond_leaves_over_an_ask() external {
        _close();
        uint256 withdrawableAt = block.timestamp + 14 days;
        vm.warp(withdrawableAt - 4 days);
        Ask memory ask = _entryAsk(0);
        _challenge(ask);
        Ask memory late = _entryAsk(1);
        _commitTo(keccak256(abi.encode(late)));
        vm.warp(withdrawableAt - 4 days + 1);
        Shown memory shown = _shown();
        vm.expectRevert(
            abi.encodeWithSelector(IChallenges.HearingEnds.selector, withdrawableAt - 1 days + 1, withdrawableAt)
        );
        vm.prank(REPORTER);
        judge.challengeEntry{value: DEPOSIT}(shown, late.index, REPORT);
        vm.warp(withdrawableAt - 1 days + 1);
        judge.settle(ask);
        _assertPhase(Phase.Slashed);
        _collect(REPORTER, DEPOSIT);
    }

    function test_of_two_unanswered_challenges_one_takes_the_bond_and_both_get_back_the_deposit() external {
        (Ask memory one, Ask memory other) = (_entryAsk(0), _entryAsk(1));
        _challenge(one);
        _challenge(other);
        vm.warp(block.timestamp + 3 days + 1);
        judge.settle(one);
        judge.settle(other);
        assertEq(anchors.owedTo(REPORTER), BOND / 2, "once");
        _collect(REPORTER, 2 * DEPOSIT);
        assertEq(address(judge).balance, 0, "nothing left");
    }

    function test_calling_back_while_collecting_deposits_gains_nothing() external {
        Ask memory ask = _entryAsk(0);
        _challenge(ask);
        // Of somebody else, in the same judge.
        _challenge(_entryAsk(1));
        vm.warp(block.timestamp + 3 days + 1);
        judge.settle(ask);
        vm.etch(REPORTER, address(new CollectsAgain(judge)).code);
        uint256 before = REPORTER.balance;
        vm.prank(REPORTER);
        judge.collect();
        assertEq(REPORTER.balance - before, DEPOSIT, "once");
    }

    function test_nobody_collects_what_is_not_his() external {
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NothingOwed.selector, STRANGER));
        vm.prank(STRANGER);
        judge.collect();
    }

    function test_a_receiver_that_refuses_keeps_what_is_owed() external {
        vm.etch(REPORTER, hex"5f5ffd");
        Ask memory ask = _entryAsk(0);
        _challenge(ask);
        vm.warp(block.timestamp + 3 days + 1);
        judge.settle(ask);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.TransferFailed.selector, REPORTER, DEPOSIT));
        vm.prank(REPORTER);
        judge.collect();
        assertEq(judge.owedTo(REPORTER), DEPOSIT, "owed");
    }

    /// @dev A ledger whose one leaf is `leaf`, under a path that the count does not have: no answer does.
    function _loseTo(Tree tree, bytes memory leaf, uint64 stated, bytes32[] memory path) private {
        bytes32 root = MerkleTree.leafHash(leaf);
        if (path.length == 1) root = MerkleTree.nodeHash(root, path[0]);
        Checkpoint memory next = _anchorElsewhere(root, tree == Tree.Log ? stated : 1, tree == Tree.Log ? 0 : stated);
        Ask memory ask = Ask(ledger, tree, tree == Tree.Log ? next.logRoot : next.headRoot, stated, 0);
        bytes32 id = _challenge(ask);
        vm.expectRevert(abi.encodeWithSelector(IChallenges.NotTheLeaf.selector, id));
        judge.answer(ask, leaf, path);
        vm.warp(block.timestamp + 3 days + 1);
        judge.settle(ask);
        _assertPhase(Phase.Slashed);
    }

    /// @dev A batch of one record whose leaf at `index` is `leaf`.
    function _answerBatch(uint64 index, bytes memory leaf, bool does) private {
        uint256 state = vm.snapshotState();
        bytes32[] memory path = new bytes32[](1);
        path[0] = keccak256("the other leaf");
        bytes32 own = MerkleTree.leafHash(leaf);
        bytes32 content = index == 0 ? MerkleTree.nodeHash(own, path[0]) : MerkleTree.nodeHash(path[0], own);
        bytes memory issue =
            abi.encodePacked(uint8(1), uint8(1), uint64(0), uint64(1), type(uint64).max, uint64(0), KEY, content);
        _anchorElsewhere(MerkleTree.leafHash(issue), 1, 1);
        Ask memory ask = Ask(ledger, Tree.Batch, content, 1, index);
        _commitTo(keccak256(abi.encode(ask)));
        vm.prank(REPORTER);
        bytes32 id =
            judge.challengeRecord{value: DEPOSIT}(_shown(), ProvenEntry(0, issue, new bytes32[](0)), index, REPORT);
        if (!does) vm.expectRevert(abi.encodeWithSelector(IChallenges.NotTheLeaf.selector, id));
        judge.answer(ask, leaf, path);
        assertTrue(vm.revertToState(state), "back");
    }
}
