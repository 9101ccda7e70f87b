// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {IAnchors} from "../src/IAnchors.sol";
import {Phase} from "../src/IBonds.sol";
import {IEvidence, Shown} from "../src/IEvidence.sol";
import {Accusation, Accusations} from "./Accusations.sol";
import {Judged} from "./Judged.sol";

/// @notice A lie anchored as checkpoint 1, and every way to reach it: in the ring, by `previous`, in several walks.
contract EvidenceTest is Judged {
    using Accusations for Accusation;
    using Checkpoints for Checkpoint;

    Checkpoint[] private chain;
    string private json;

    function setUp() public override {
        super.setUp();
        json = _load("fraud/f9.json");
        chain.push(tip);
        chain.push(_anchorCase(json, ".cases[0]").checkpoint);
    }

    function test_a_checkpoint_in_the_ring_needs_no_walk() external {
        _heartbeats(63);
        _convicts(_shown(1, 1));
    }

    function test_a_checkpoint_in_the_ring_may_be_walked_to() external {
        _heartbeats(10);
        _convicts(_shown(1, 6));
    }

    function test_a_checkpoint_that_left_the_ring_is_reached_by_previous() external {
        _heartbeats(70);
        _refuse(_shown(1, 1), abi.encodeWithSelector(IAnchors.NotInRing.selector, 1, 71));
        _refuse(_shown(1, 7), abi.encodeWithSelector(IAnchors.NotInRing.selector, 7, 71));
        _convicts(_shown(1, 8));
    }

    function test_a_long_walk_is_made_in_several_transactions_by_anybody() external {
        _heartbeats(150);
        vm.expectEmit(address(judge));
        emit IEvidence.Reached(ledger, 60, chain[60].hash(ledger));
        vm.prank(STRANGER);
        judge.reach(_shown(60, 100));
        assertTrue(judge.isReached(chain[60].hash(ledger)), "60");
        assertTrue(!judge.isReached(chain[61].hash(ledger)), "the steps between are not kept");
        _refuse(_shown(1, 59), abi.encodeWithSelector(IAnchors.NotInRing.selector, 59, 151));
        judge.reach(_shown(20, 60));
        _heartbeats(70);
        _convicts(_shown(1, 20));
    }

    function test_a_checkpoint_reached_in_the_ring_outlives_it() external {
        judge.reach(_shown(1, 1));
        _heartbeats(100);
        _convicts(_shown(1, 1));
    }

    function test_a_closed_ledger_is_still_judged() external {
        _close();
        _convicts(_shown(1, 1));
    }

    function test_a_walk_with_a_gap_or_out_of_order_is_refused() external {
        _heartbeats(10);
        Shown memory shown = _shown(1, 5);
        shown.newer[1] = chain[4];
        _refuse(shown, abi.encodeWithSelector(IEvidence.NotPrevious.selector, 4));
        shown = _shown(1, 5);
        (shown.newer[0], shown.newer[1]) = (shown.newer[1], shown.newer[0]);
        _refuse(shown, abi.encodeWithSelector(IEvidence.NotPrevious.selector, 3));
    }

    function test_a_forged_checkpoint_is_refused_wherever_it_stands() external {
        _heartbeats(10);
        for (uint256 place = 0; place < 4; ++place) {
            Shown memory shown = _shown(1, 4);
            Checkpoint memory forged = place == 0 ? shown.checkpoint : shown.newer[place - 1];
            forged.operatorKey = keccak256("forged");
            _refuse(
                shown,
                place == 3
                    ? abi.encodeWithSelector(IEvidence.NotAnchored.selector, 4)
                    : abi.encodeWithSelector(IEvidence.NotPrevious.selector, place + 2)
            );
        }
    }

    /// @dev An attacker's own chain of checkpoints ends nowhere, also under the number of a true one.
    function test_an_invented_chain_is_never_reached() external {
        _heartbeats(3);
        Shown memory shown = _shown(1, 1);
        shown.checkpoint.vouchers += 1;
        shown.newer = new Checkpoint[](2);
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 before = (i == 0 ? shown.checkpoint : shown.newer[0]).hash(ledger);
            shown.newer[i] = Checkpoint(uint64(i) + 2, 8, 24, 0, 0, 0, before);
        }
        _refuse(shown, abi.encodeWithSelector(IEvidence.NotAnchored.selector, 3));
        shown.newer[1].number = 5;
        _refuse(shown, abi.encodeWithSelector(IAnchors.NotInRing.selector, 5, 4));
    }

    function test_what_one_ledger_reached_is_not_reached_by_another() external {
        vm.prank(OPENER);
        bytes32 other = anchors.open{value: BOND}(KEY, keccak256("other"));
        judge.reach(_shown(1, 1));
        Shown memory shown = _shown(1, 1);
        shown.ledger = other;
        _refuse(shown, abi.encodeWithSelector(IAnchors.NotInRing.selector, 1, 0));
    }

    function test_a_ledger_never_opened_has_no_checkpoint() external {
        Shown memory shown = _shown(0, 0);
        shown.ledger = keccak256("unknown");
        _refuse(shown, abi.encodeWithSelector(IEvidence.NotAnchored.selector, 0));
    }

    function _heartbeats(uint256 times) private {
        for (uint256 i = 0; i < times; ++i) {
            Checkpoint memory next = _next(tip.size, tip.logRoot);
            (next.vouchers, next.headRoot) = (tip.vouchers, tip.headRoot);
            _anchor(next, new bytes32[](0));
            chain.push(next);
        }
    }

    function _shown(uint256 from, uint256 to) private view returns (Shown memory shown) {
        shown = Shown(ledger, chain[from], new Checkpoint[](to - from));
        for (uint256 i = from; i < to; ++i) {
            shown.newer[i - from] = chain[i + 1];
        }
    }

    function _convicts(Shown memory shown) private {
        Accusation memory said = _accusation(json, ".cases[0]");
        _commitTo(said.proofHash(shown.checkpoint.hash(ledger)));
        (bool holds,) = _accuse(said, shown);
        assertTrue(holds, "accepted");
        _assertPhase(Phase.Slashed);
        assertEq(anchors.owedTo(REPORTER), BOND / 2, "owed");
    }

    /// @dev For a walk and for an accusation alike.
    function _refuse(Shown memory shown, bytes memory reason) private {
        Accusation memory said = _accusation(json, ".cases[0]");
        (bool holds, bytes memory answer) = address(judge).call(abi.encodeCall(IEvidence.reach, (shown)));
        assertTrue(!holds && keccak256(answer) == keccak256(reason), "walk");
        if (shown.checkpoint.size > 0) _refuseAccusation(said, shown, reason, "accusation");
    }
}
