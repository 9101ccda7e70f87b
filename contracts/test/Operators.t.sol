// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "../src/IBonds.sol";
import {FuzzSelector, Harness} from "./Harness.sol";
import {Operators} from "./Operators.sol";

/// @notice What holds of judge and bonds after any sequence of calls; docs/INVARIANTS.md numbers it.
/// forge-config: default.invariant.runs = 8
/// forge-config: fuzz.invariant.runs = 128
/// forge-config: default.invariant.depth = 192
contract OperatorsTest is Harness {
    /// @dev How many honest ledgers the vectors have.
    uint256 private constant GOLDEN = 4;

    Operators private operators;

    function setUp() external {
        vm.warp(1_790_000_000);
        vm.roll(1);
        operators = new Operators(1);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(operators);
    }

    /// @dev `windUp` is the end of everything and has a test of its own.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[] memory selectors = new bytes4[](7);
        selectors[0] = Operators.anchor.selector;
        selectors[1] = Operators.accuse.selector;
        selectors[2] = Operators.challenge.selector;
        selectors[3] = Operators.settle.selector;
        selectors[4] = Operators.close.selector;
        selectors[5] = Operators.collect.selector;
        selectors[6] = Operators.pass.selector;
        targets[0] = FuzzSelector(address(operators), selectors);
    }

    function invariant_an_operator_who_answers_is_never_slashed() external view {
        assertTrue(operators.phaseOf(operators.HONEST()) != Phase.Slashed, "slashed");
    }

    /// @dev To the wei: the deposits of pending challenges and what is owed.
    function invariant_the_judge_holds_the_deposits_and_nothing_else() external view {
        uint256 due = operators.pendingCount() * operators.DEPOSIT() + operators.judge().owedTo(operators.OPENER())
            + operators.judge().owedTo(operators.CHALLENGER());
        assertEq(address(operators.judge()).balance, due, "balance");
    }

    function invariant_a_bond_is_taken_once_and_its_reporter_is_owed_half_once() external view {
        bool slashed = operators.phaseOf(operators.SILENT()) == Phase.Slashed;
        assertTrue(slashed || operators.phaseBefore(operators.SILENT()) != Phase.Slashed, "a slashed bond came back");
        assertEq(operators.slashed(), slashed ? 1 : 0, "once");
        assertEq(operators.anchors().owedTo(operators.CHALLENGER()), slashed ? operators.BOND() / 2 : 0, "half");
    }

    /// @dev After any sequence of calls over any of the golden logs, fourteen days later nothing is left in either contract.
    /// forge-config: default.fuzz.runs = 64
    function test_fuzz_every_state_has_an_exit_by_time(bytes32 seed) external {
        operators = new Operators(uint256(seed) % GOLDEN);
        _play(seed, 40);
        assertTrue(operators.phaseOf(operators.HONEST()) != Phase.Slashed, "slashed");
        _assertEverythingLeaves();
    }

    /// @dev Every whole run goes where the invariants speak of, and from its end everything can leave. A run that forge cuts
    /// short, to show what failed, is not asked.
    function afterInvariant() external {
        if (operators.turns() < 180) return;
        assertTrue(operators.accused() >= 5 && operators.answered() > 0, "hardly anything was asked");
        assertEq(operators.slashed(), 1, "who is silent kept his bond");
        _assertEverythingLeaves();
    }

    function _assertEverythingLeaves() private {
        operators.windUp();
        assertEq(address(operators.judge()).balance, 0, "judge");
        assertEq(address(operators.anchors()).balance, 0, "anchors");
    }

    function _play(bytes32 seed, uint256 turns) private {
        for (uint256 i = 0; i < turns; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(seed, i)));
            uint256 turn = dice % 8;
            uint256 which = dice >> 8;
            if (turn <= 1) operators.anchor(which, dice >> 16, dice >> 64);
            if (turn == 2 || turn == 3) operators.accuse(which, dice >> 16, dice >> 32);
            if (turn == 4 || turn == 5) operators.challenge(which, dice >> 16, dice >> 32);
            if (turn == 6) operators.settle(dice >> 16);
            if (turn == 6) operators.close(which, dice >> 16);
            if (turn == 7) operators.pass(dice >> 16);
            if (turn == 7) operators.collect();
        }
    }
}
