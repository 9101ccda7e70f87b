// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Anchors} from "../src/Anchors.sol";
import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {Bond, Phase} from "../src/IBonds.sol";
import {Crowd} from "./Crowd.sol";
import {Harness} from "./Harness.sol";

/// @notice What holds of `Anchors` after any sequence of calls; docs/INVARIANTS.md numbers it.
/// forge-config: default.invariant.runs = 1
/// forge-config: fuzz.invariant.runs = 16
/// forge-config: default.invariant.depth = 2048
contract InvariantsTest is Harness {
    using Checkpoints for Checkpoint;

    Anchors private anchors;
    Crowd private crowd;

    function setUp() external {
        vm.warp(1_790_000_000);
        vm.roll(1);
        anchors = new Anchors(1 ether);
        crowd = new Crowd(anchors);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(crowd);
    }

    /// @dev To the wei: nothing else is ever in the contract, and nothing is missing.
    function invariant_the_balance_is_the_bonds_and_what_is_owed() external view {
        uint256 due = crowd.owed();
        assertEq(anchors.owedTo(crowd.REPORTER()), due, "owed");
        for (uint256 which = 0; which < crowd.count(); ++which) {
            due += anchors.bondOf(crowd.id(which)).amount;
        }
        assertEq(address(anchors).balance, due, "balance");
    }

    function invariant_every_ledger_stands_where_the_model_says() external view {
        for (uint256 which = 0; which < crowd.count(); ++which) {
            Crowd.Model memory model = crowd.modelOf(which);
            bytes32 ledger = crowd.id(which);
            Bond memory bond = anchors.bondOf(ledger);
            assertEq(uint256(bond.phase), uint256(model.phase), "phase");
            assertEq(bond.amount, model.amount, "amount");
            assertEq(bond.closedAt, model.closedAt, "closed at");
            (uint64 number, uint64 time, bytes32 hash) = anchors.latest(ledger);
            bytes32 expected = model.phase == Phase.Unopened ? bytes32(0) : model.tip.hash(ledger);
            assertEq(number, model.tip.number, "number");
            assertEq(time, model.anchoredAt, "time");
            assertEq(hash, expected, "hash");
            assertTrue(anchors.isJudge(ledger, crowd.JUDGE()) == (model.phase != Phase.Unopened), "judge");
        }
    }

    function invariant_phases_only_move_forward() external view {
        for (uint256 which = 0; which < crowd.count(); ++which) {
            (Phase from, Phase to) = (crowd.toldBefore(which).phase, crowd.told(which).phase);
            bool moves = (from == Phase.Unopened && to == Phase.Open) || (from == Phase.Open && to == Phase.Closed)
                || (from == Phase.Closed && to == Phase.Withdrawn)
                || ((from == Phase.Open || from == Phase.Closed) && to == Phase.Slashed);
            assertTrue(to == from || moves, "phase");
        }
    }

    /// @dev Size and vouchers are those of the event, whose checkpoint is the one that the contract keeps the hash of.
    function invariant_number_size_and_vouchers_never_decrease() external view {
        for (uint256 which = 0; which < crowd.count(); ++which) {
            (Crowd.Told memory before, Crowd.Told memory told) = (crowd.toldBefore(which), crowd.told(which));
            assertTrue(told.number >= before.number, "number");
            assertTrue(told.size >= before.size && told.vouchers >= before.vouchers, "size, vouchers");
            (uint64 number,, bytes32 hash) = anchors.latest(crowd.id(which));
            if (number > 0) assertEq(hash, crowd.announcedOf(which).hash(crowd.id(which)), "event");
        }
    }

    /// @dev Every whole run goes where the invariants speak of; without this they could hold over nothing. A run that forge
    /// cuts short, to show what failed, is not asked.
    function afterInvariant() external view {
        if (crowd.turns() < 2_000) return;
        assertTrue(crowd.anchored() >= 10 && crowd.refused() >= 100, "hardly anything was anchored or refused");
        assertTrue(crowd.withdrawn() > 0 && crowd.rewarded() > 0 && crowd.burned() > 0, "no ledger ended in some way");
        assertTrue(crowd.collected() > 0, "no reporter was paid");
    }
}
