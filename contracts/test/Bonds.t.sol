// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IAnchors} from "../src/IAnchors.sol";
import {IBonds, Phase} from "../src/IBonds.sol";
import {OpenLedger} from "./OpenLedger.sol";

/// @notice An opener that calls back whenever it is paid, and keeps what the contract answered.
contract Reenterer {
    IAnchors private immutable anchors;
    bytes32 public ledger;
    bytes[] public answers;

    constructor(IAnchors anchors_) payable {
        anchors = anchors_;
    }

    function open() external {
        ledger = anchors.open{value: address(this).balance}(0, 0);
    }

    function close() external {
        anchors.close(ledger);
    }

    function withdraw() external {
        anchors.withdraw(ledger);
    }

    function collect() external {
        anchors.collect();
    }

    receive() external payable {
        _call(abi.encodeCall(IBonds.withdraw, (ledger)));
        _call(abi.encodeCall(IBonds.collect, ()));
        _call(abi.encodeCall(IAnchors.open, (0, 0)));
    }

    function _call(bytes memory data) private {
        (bool ok, bytes memory answer) = address(anchors).call(data);
        answers.push(ok ? bytes("accepted") : answer);
    }
}

/// @notice An opener that cannot be paid.
contract Unpayable {
    function open(IAnchors anchors) external payable returns (bytes32) {
        return anchors.open{value: msg.value}(0, 0);
    }

    function close(IAnchors anchors, bytes32 ledger) external {
        anchors.close(ledger);
    }

    function withdraw(IAnchors anchors, bytes32 ledger) external {
        anchors.withdraw(ledger);
    }
}

/// @notice Bonds, judges, closing, slashing: every wei and every refusal.
contract BondsTest is OpenLedger {
    address private constant JUDGE = address(0x10d6e);
    address private constant REPORTER = address(0x4e904e4);
    address private constant BURN = 0x000000000000000000000000000000000000dEaD;
    bytes32 private constant PROOF = keccak256("proof");

    function test_anybody_tops_up_an_open_bond() external {
        vm.deal(STRANGER, 3 ether);
        vm.expectEmit(address(anchors));
        emit IBonds.BondToppedUp(ledger, STRANGER, 3 ether);
        vm.prank(STRANGER);
        anchors.topUp{value: 3 ether}(ledger);
        assertEq(anchors.bondOf(ledger).amount, BOND + 3 ether, "amount");

        _close();
        vm.expectRevert(_wrongPhase(Phase.Closed));
        vm.prank(OPENER);
        anchors.topUp{value: 1}(ledger);
    }

    function test_only_the_opener_adds_judges_and_only_while_open() external {
        vm.expectRevert(_notOpener(STRANGER));
        vm.prank(STRANGER);
        anchors.addJudge(ledger, STRANGER);
        assertTrue(!anchors.isJudge(ledger, JUDGE), "not yet");
        _addJudge();
        assertTrue(anchors.isJudge(ledger, JUDGE), "added");
        assertTrue(!anchors.isJudge(keccak256("other"), JUDGE), "of this ledger alone");
        _close();
        vm.expectRevert(_wrongPhase(Phase.Closed));
        vm.prank(OPENER);
        anchors.addJudge(ledger, STRANGER);
    }

    function test_only_the_opener_closes_and_only_once() external {
        vm.expectRevert(_notOpener(STRANGER));
        vm.prank(STRANGER);
        anchors.close(ledger);

        vm.expectEmit(address(anchors));
        emit IBonds.Closed(ledger, block.timestamp + 14 days);
        _close();
        assertEq(anchors.bondOf(ledger).closedAt, block.timestamp, "closed at");
        vm.expectRevert(_wrongPhase(Phase.Closed));
        _close();
    }

    function test_the_bond_leaves_fourteen_days_after_closing_and_once() external {
        vm.expectRevert(_wrongPhase(Phase.Open));
        _withdraw();
        _close();
        uint256 withdrawableAt = block.timestamp + 14 days;
        vm.warp(withdrawableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IBonds.StillHeard.selector, withdrawableAt - 1, withdrawableAt));
        _withdraw();

        vm.warp(withdrawableAt);
        vm.expectRevert(_notOpener(STRANGER));
        vm.prank(STRANGER);
        anchors.withdraw(ledger);

        uint256 before = OPENER.balance;
        vm.expectEmit(address(anchors));
        emit IBonds.Withdrawn(ledger, OPENER, BOND);
        _withdraw();
        assertEq(OPENER.balance - before, BOND, "paid back");
        assertEq(address(anchors).balance, 0, "nothing left");
        assertEq(anchors.bondOf(ledger).amount, 0, "amount");
        vm.expectRevert(_wrongPhase(Phase.Withdrawn));
        _withdraw();
    }

    function test_a_commitment_keeps_its_first_block() external {
        bytes32 commitment = keccak256("commitment");
        vm.expectEmit(address(anchors));
        emit IBonds.Committed(commitment, block.number);
        anchors.commit(commitment);
        uint256 first = block.number;
        vm.roll(first + 5);
        anchors.commit(commitment);
        assertEq(anchors.committedAt(commitment), first, "first block");
    }

    function test_only_a_judge_of_the_ledger_slashes() external {
        vm.prank(OPENER);
        bytes32 other = anchors.open{value: MINIMUM}(KEY, keccak256("another"));
        _addJudge();
        vm.expectRevert(abi.encodeWithSelector(IBonds.NotJudge.selector, other, JUDGE));
        vm.prank(JUDGE);
        anchors.slash(other, REPORTER, SALT, PROOF);
        vm.expectRevert(abi.encodeWithSelector(IBonds.NotJudge.selector, ledger, OPENER));
        vm.prank(OPENER);
        anchors.slash(ledger, OPENER, SALT, PROOF);
        _assertPhase(Phase.Open);
    }

    function test_slashing_owes_half_to_a_reporter_who_committed_and_burns_half() external {
        _addJudge();
        _commit(REPORTER);
        vm.roll(block.number + 2);
        // 5 ether and 1 wei: the odd wei is burned.
        vm.expectEmit(address(anchors));
        emit IBonds.Slashed(ledger, JUDGE, REPORTER, 2.5 ether, 2.5 ether + 1);
        _slash();

        _assertPhase(Phase.Slashed);
        assertEq(anchors.bondOf(ledger).amount, 0, "amount");
        assertEq(anchors.owedTo(REPORTER), 2.5 ether, "owed");
        assertEq(BURN.balance, 2.5 ether + 1, "burned");
        vm.expectEmit(address(anchors));
        emit IBonds.Collected(REPORTER, 2.5 ether);
        _collect();
        assertEq(REPORTER.balance, 2.5 ether, "collected");
        assertEq(address(anchors).balance, 0, "nothing left");
        vm.expectRevert(abi.encodeWithSelector(IBonds.NothingOwed.selector, REPORTER));
        _collect();
    }

    function test_rewards_of_two_ledgers_add_up() external {
        _addJudge();
        _commit(REPORTER);
        vm.roll(block.number + 2);
        _slash();
        vm.deal(OPENER, BOND);
        vm.prank(OPENER);
        bytes32 other = anchors.open{value: BOND}(KEY, keccak256("other"));
        vm.prank(OPENER);
        anchors.addJudge(other, JUDGE);
        vm.prank(JUDGE);
        anchors.slash(other, REPORTER, SALT, PROOF);
        assertEq(anchors.owedTo(REPORTER), 2 * (BOND / 2), "owed");
    }

    function test_slashing_burns_all_without_a_commitment() external {
        _addJudge();
        vm.expectEmit(address(anchors));
        emit IBonds.Slashed(ledger, JUDGE, REPORTER, 0, BOND);
        _slash();
        assertEq(anchors.owedTo(REPORTER), 0, "owed");
        assertEq(BURN.balance, BOND, "burned");
    }

    /// @dev A reorganisation can put commitment and report into neighbouring blocks: the report waits, and loses nothing.
    function test_a_commitment_that_is_not_two_blocks_old_loses_nothing() external {
        _addJudge();
        _commit(REPORTER);
        uint256 committed = block.number;
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IBonds.TooYoung.selector, committed));
            _slash();
            vm.roll(block.number + 1);
        }
        _slash();
        assertEq(anchors.owedTo(REPORTER), BOND / 2, "owed");
    }

    /// @dev Whoever copies a report has the proof and the salt, but no commitment that names him.
    function test_a_copied_report_earns_nothing() external {
        _addJudge();
        _commit(REPORTER);
        vm.roll(block.number + 2);
        vm.prank(JUDGE);
        anchors.slash(ledger, STRANGER, SALT, PROOF);
        assertEq(anchors.owedTo(STRANGER), 0, "copier");
        assertEq(anchors.owedTo(REPORTER), 0, "reporter");
        assertEq(BURN.balance, BOND, "burned");
    }

    function test_a_commitment_to_another_salt_or_proof_earns_nothing() external {
        _addJudge();
        anchors.commit(keccak256(abi.encode(REPORTER, bytes32(0), PROOF)));
        anchors.commit(keccak256(abi.encode(REPORTER, SALT, keccak256("other proof"))));
        vm.roll(block.number + 2);
        _slash();
        assertEq(anchors.owedTo(REPORTER), 0, "owed");
    }

    function test_a_closed_bond_is_slashed_until_it_has_left() external {
        _addJudge();
        _close();
        vm.warp(block.timestamp + 15 days);
        _slash();
        _assertPhase(Phase.Slashed);
        vm.expectRevert(_wrongPhase(Phase.Slashed));
        _withdraw();
    }

    function test_nothing_is_slashed_twice_nor_after_it_left() external {
        _addJudge();
        uint256 opened = vm.snapshotState();
        _slash();
        vm.expectRevert(_wrongPhase(Phase.Slashed));
        _slash();
        vm.expectRevert(_wrongPhase(Phase.Slashed));
        vm.prank(OPENER);
        anchors.open{value: BOND}(KEY, SALT);

        assertTrue(vm.revertToState(opened), "back");
        _close();
        vm.warp(block.timestamp + 14 days);
        _withdraw();
        vm.expectRevert(_wrongPhase(Phase.Withdrawn));
        _slash();
    }

    function test_fuzz_slashing_loses_no_wei(uint256 bond, bool committed) external {
        bond = bound(bond, MINIMUM, 2 ** 128);
        vm.deal(OPENER, bond);
        vm.prank(OPENER);
        ledger = anchors.open{value: bond}(KEY, keccak256("fuzz"));
        _addJudge();
        if (committed) _commit(REPORTER);
        vm.roll(block.number + 2);
        _slash();
        uint256 owed = anchors.owedTo(REPORTER);
        assertEq(owed, committed ? bond / 2 : 0, "owed");
        assertEq(owed + BURN.balance, bond, "all of it");
        assertEq(address(anchors).balance, BOND + owed, "the other bond untouched");
    }

    function test_calling_back_while_being_paid_gains_nothing() external {
        Reenterer opener = new Reenterer(anchors);
        vm.deal(address(opener), 2 ether);
        opener.open();
        opener.close();
        vm.warp(block.timestamp + 14 days);
        opener.withdraw();

        bytes32 own = opener.ledger();
        assertEq(address(opener).balance, 2 ether, "its own bond");
        assertEq(address(anchors).balance, BOND, "the others'");
        bytes32 withdrawn = keccak256(abi.encodeWithSelector(IBonds.WrongPhase.selector, own, Phase.Withdrawn));
        assertEq(keccak256(opener.answers(0)), withdrawn, "withdraw");
        bytes memory owed = abi.encodeWithSelector(IBonds.NothingOwed.selector, address(opener));
        assertEq(keccak256(opener.answers(1)), keccak256(owed), "collect");
        assertEq(keccak256(opener.answers(2)), withdrawn, "open");
    }

    function test_calling_back_while_collecting_gains_nothing() external {
        Reenterer reporter = new Reenterer(anchors);
        _addJudge();
        _commit(address(reporter));
        vm.roll(block.number + 2);
        vm.deal(address(anchors), address(anchors).balance + 10 ether);
        vm.prank(JUDGE);
        anchors.slash(ledger, address(reporter), SALT, PROOF);
        reporter.collect();
        assertEq(address(reporter).balance, BOND / 2, "once");
    }

    function test_a_receiver_that_refuses_changes_nothing() external {
        Unpayable opener = new Unpayable();
        vm.deal(address(this), 2 ether);
        bytes32 stuck = opener.open{value: 2 ether}(anchors);
        opener.close(anchors, stuck);
        vm.warp(block.timestamp + 14 days);
        vm.expectRevert(abi.encodeWithSelector(IBonds.TransferFailed.selector, address(opener), 2 ether));
        opener.withdraw(anchors, stuck);
        assertEq(anchors.bondOf(stuck).amount, 2 ether, "still there");
        assertEq(uint256(anchors.bondOf(stuck).phase), uint256(Phase.Closed), "still closed");
    }

    function _addJudge() private {
        vm.expectEmit(address(anchors));
        emit IBonds.JudgeAdded(ledger, JUDGE);
        vm.prank(OPENER);
        anchors.addJudge(ledger, JUDGE);
    }

    function _commit(address reporter) private {
        anchors.commit(keccak256(abi.encode(reporter, SALT, PROOF)));
    }

    function _slash() private {
        vm.prank(JUDGE);
        anchors.slash(ledger, REPORTER, SALT, PROOF);
    }

    function _withdraw() private {
        vm.prank(OPENER);
        anchors.withdraw(ledger);
    }

    function _collect() private {
        vm.prank(REPORTER);
        anchors.collect();
    }

    function _wrongPhase(Phase phase) private view returns (bytes memory) {
        return abi.encodeWithSelector(IBonds.WrongPhase.selector, ledger, phase);
    }

    function _notOpener(address sender) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IBonds.NotOpener.selector, sender, OPENER);
    }
}
