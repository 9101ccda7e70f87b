// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {UniformTree} from "./UniformTree.sol";
import {OpenLedger} from "./OpenLedger.sol";

/// @notice What each transaction costs, its 21,000 and calldata included. `make test` compares the figures with the
/// committed snapshots/Anchors.json: a change that makes a call dearer has to say so in that file.
/// forge-config: default.isolate = true
contract GasTest is OpenLedger {
    bytes32[] private none;

    function test_gas_of_opening_and_anchoring_through_the_first_round_of_the_ring() external {
        vm.prank(OPENER);
        anchors.open{value: BOND}(KEY, keccak256("gas"));
        _record("open");
        _grow(1_000);
        _record("anchor, first 63, from 0 to 1,000 entries");
        _grow(2_000);
        _record("anchor, first 63, from 1,000 to 2,000 entries");
    }

    function test_gas_of_anchoring_once_the_ring_is_full() external {
        for (uint256 i = 0; i < 64; ++i) {
            _grow(tip.size);
        }
        _grow(tip.size);
        _record("anchor, heartbeat");
        _grow(1_000);
        _record("anchor, from 0 to 1,000 entries");
        _grow(2_000);
        _record("anchor, from 1,000 to 2,000 entries");
        _grow(100_000);
        _grow(101_000);
        _record("anchor, from 100,000 to 101,000 entries");
        _grow(1_100_000);
        _grow(2_100_000);
        _record("anchor, from 1,100,000 to 2,100,000 entries");
        _grow(2 ** 40 + 1);
        _grow(2 ** 41 - 1);
        _record("anchor, from 2^40 + 1 to 2^41 - 1 entries");
    }

    function test_gas_of_ending() external {
        vm.prank(OPENER);
        anchors.setAnchorer(ledger, STRANGER);
        _record("setAnchorer");
        vm.prank(OPENER);
        anchors.addJudge(ledger, STRANGER);
        _record("addJudge");
        vm.prank(OPENER);
        anchors.close(ledger);
        _record("close");
        uint256 closed = vm.snapshotState();
        vm.warp(block.timestamp + 14 days);
        vm.prank(OPENER);
        anchors.withdraw(ledger);
        _record("withdraw");

        vm.revertToState(closed);
        anchors.commit(keccak256(abi.encode(OPENER, SALT, SALT)));
        _record("commit");
        vm.roll(block.number + 2);
        vm.prank(STRANGER);
        anchors.slash(ledger, OPENER, SALT, SALT);
        _record("slash, without the judge's own work");
        vm.prank(OPENER);
        anchors.collect();
        _record("collect");
    }

    function _grow(uint256 size) private {
        bytes32[] memory proof = UniformTree.consistency(tip.size, size);
        _anchor(_next(size, UniformTree.root(size)), proof);
    }

    function _record(string memory name) private {
        vm.snapshotGasLastCall("Anchors", name);
    }
}
