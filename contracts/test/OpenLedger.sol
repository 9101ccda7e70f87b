// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Anchors} from "../src/Anchors.sol";
import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {Phase} from "../src/IBonds.sol";
import {Harness} from "./Harness.sol";
import {NaiveTree} from "./NaiveTree.sol";

/// @notice One open ledger with its latest checkpoint, and the honest way on.
abstract contract OpenLedger is Harness {
    using Checkpoints for Checkpoint;

    uint256 internal constant MINIMUM = 1 ether;
    uint256 internal constant BOND = 5 ether + 1 wei;
    bytes32 internal constant KEY = keccak256("operator key");
    bytes32 internal constant SALT = keccak256("salt");
    address internal constant OPENER = address(0x09e4e3);
    address internal constant STRANGER = address(0x5742a43e3);

    Anchors internal anchors;
    bytes32 internal ledger;
    Checkpoint internal tip;

    function setUp() public virtual {
        vm.warp(1_790_000_000);
        vm.roll(20_000_000);
        anchors = new Anchors(MINIMUM);
        vm.deal(OPENER, 100 ether);
        vm.prank(OPENER);
        ledger = anchors.open{value: BOND}(KEY, SALT);
        tip = Checkpoints.genesis(KEY);
    }

    /// @dev The honest checkpoint after the tip, with one voucher an entry.
    function _next(uint256 size, bytes32 logRoot) internal view returns (Checkpoint memory) {
        return Checkpoint({
            number: tip.number + 1,
            size: uint64(size),
            vouchers: uint64(size),
            logRoot: logRoot,
            headRoot: keccak256(abi.encode("head", logRoot)),
            operatorKey: KEY,
            previous: tip.hash(ledger)
        });
    }

    /// @dev A log of one random entry, enough where only the refusal matters.
    function _next() internal view returns (Checkpoint memory) {
        return _next(1, keccak256("leaf"));
    }

    function _anchor(Checkpoint memory next, bytes32[] memory proof) internal {
        vm.prank(OPENER);
        anchors.anchor(ledger, tip, next, proof);
        tip = next;
    }

    function _anchorLog(bytes32[] memory leaves, uint256 size) internal {
        _anchor(_next(size, NaiveTree.root(leaves, size)), NaiveTree.consistency(leaves, tip.size, size));
    }

    function _refuse(Checkpoint memory next, bytes32[] memory proof, bytes memory reason) internal {
        vm.expectRevert(reason);
        vm.prank(OPENER);
        anchors.anchor(ledger, tip, next, proof);
    }

    function _assertPhase(Phase expected) internal view {
        assertEq(uint256(anchors.bondOf(ledger).phase), uint256(expected), "phase");
    }

    function _close() internal {
        vm.prank(OPENER);
        anchors.close(ledger);
    }
}
