// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Anchors} from "../src/Anchors.sol";
import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {IAnchors} from "../src/IAnchors.sol";
import {Bond, IBonds, Phase} from "../src/IBonds.sol";
import {NaiveTree} from "./NaiveTree.sol";
import {OpenLedger} from "./OpenLedger.sol";
import {Proofs} from "./Proofs.sol";

/// @notice Opening, anchoring and reading: what docs/protocol.md section 12 demands, refusal by refusal.
contract AnchorsTest is OpenLedger {
    using Checkpoints for Checkpoint;

    bytes32[] private none;

    function test_signatures_are_those_of_the_protocol_page() external pure {
        string memory checkpoint = "(uint64,uint64,uint64,bytes32,bytes32,bytes32,bytes32)";
        assertEq(IAnchors.Opened.selector, keccak256("Opened(bytes32,address,bytes32,bytes32)"), "Opened");
        assertEq(
            IAnchors.Anchored.selector,
            keccak256(bytes(string.concat("Anchored(bytes32,uint64,", checkpoint, ")"))),
            "Anchored"
        );
        assertEq(
            bytes32(IAnchors.anchor.selector),
            bytes32(
                bytes4(keccak256(bytes(string.concat("anchor(bytes32,", checkpoint, ",", checkpoint, ",bytes32[])"))))
            ),
            "anchor"
        );
    }

    function test_open_names_the_ledger_and_starts_at_checkpoint_zero() external {
        bytes32 salt = keccak256("another");
        bytes32 expected = keccak256(abi.encode(block.chainid, address(anchors), OPENER, salt));
        vm.expectEmit(address(anchors));
        emit IAnchors.Opened(expected, OPENER, salt, KEY);
        vm.prank(OPENER);
        bytes32 opened = anchors.open{value: MINIMUM}(KEY, salt);

        assertEq(opened, expected, "id");
        assertEq(anchors.ledgerId(OPENER, salt), expected, "id beforehand");
        bytes32 empty = keccak256("");
        bytes32 genesis = keccak256(abi.encode(expected, 0, 0, 0, empty, empty, KEY, bytes32(0)));
        (uint64 number, uint64 time, bytes32 hash) = anchors.latest(expected);
        assertEq(number, 0, "number");
        assertEq(time, block.timestamp, "time");
        assertEq(hash, genesis, "genesis");
        assertEq(anchors.checkpointHash(expected, 0), genesis, "in the ring");
        assertEq(anchors.anchorerOf(expected), OPENER, "anchorer");
        Bond memory bond = anchors.bondOf(expected);
        assertEq(bond.opener, OPENER, "opener");
        assertEq(bond.amount, MINIMUM, "bond");
        assertEq(bond.closedAt, 0, "closed at");
        assertEq(address(anchors).balance, BOND + MINIMUM, "balance");
    }

    function test_open_refuses_less_than_the_minimum_bond() external {
        vm.expectRevert(abi.encodeWithSelector(IBonds.BondTooSmall.selector, MINIMUM - 1, MINIMUM));
        vm.prank(OPENER);
        anchors.open{value: MINIMUM - 1}(KEY, keccak256("another"));
    }

    function test_open_refuses_a_ledger_that_was_ever_opened() external {
        _refuseOpening(Phase.Open);
        _close();
        _refuseOpening(Phase.Closed);
        vm.warp(block.timestamp + 14 days);
        vm.prank(OPENER);
        anchors.withdraw(ledger);
        _refuseOpening(Phase.Withdrawn);
    }

    function test_a_ledger_never_opened_reads_as_nothing_and_anchors_nothing() external {
        bytes32 unknown = keccak256("unknown");
        (uint64 number, uint64 time, bytes32 hash) = anchors.latest(unknown);
        assertEq(bytes32(uint256(number) | uint256(time)) | hash, 0, "latest");
        assertEq(uint256(anchors.bondOf(unknown).phase), uint256(Phase.Unopened), "phase");
        vm.expectRevert(abi.encodeWithSelector(IBonds.WrongPhase.selector, unknown, Phase.Unopened));
        anchors.anchor(unknown, tip, _next(), none);
    }

    function test_fuzz_every_log_that_grows_is_anchored_and_no_damaged_proof(bytes32 seed, uint256 steps) external {
        bytes32[] memory leaves = Proofs.randomLeaves(seed, 120);
        steps = bound(steps, 1, 6);
        for (uint256 i = 0; i < steps; ++i) {
            uint256 size = bound(uint256(keccak256(abi.encode(seed, i))), tip.size, leaves.length);
            Checkpoint memory next = _next(size, NaiveTree.root(leaves, size));
            bytes32[] memory proof = NaiveTree.consistency(leaves, tip.size, size);
            bytes32[][] memory damaged = Proofs.damagedByOneNode(proof, seed);
            for (uint256 j = 0; j < damaged.length; ++j) {
                _refuse(next, damaged[j], _notAnExtension(size, damaged[j].length));
            }
            vm.expectEmit(address(anchors));
            emit IAnchors.Anchored(ledger, next.number, next);
            _anchor(next, proof);
            assertEq(anchors.checkpointHash(ledger, next.number), next.hash(ledger), "hash");
        }
    }

    function test_fuzz_a_rewritten_log_is_refused(bytes32 seed, uint256 oldSize, uint256 newSize, uint256 entry)
        external
    {
        newSize = bound(newSize, 1, 60);
        oldSize = bound(oldSize, 1, newSize);
        bytes32[] memory leaves = Proofs.randomLeaves(seed, newSize);
        _anchorLog(leaves, oldSize);
        leaves[bound(entry, 0, oldSize - 1)] ^= bytes32(uint256(1));
        bytes32[] memory proof = NaiveTree.consistency(leaves, oldSize, newSize);
        _refuse(_next(newSize, NaiveTree.root(leaves, newSize)), proof, _notAnExtension(newSize, proof.length));
    }

    function test_a_heartbeat_repeats_size_and_root() external {
        _anchorLog(Proofs.randomLeaves("heartbeat", 7), 7);
        vm.warp(block.timestamp + 1 hours);
        _anchor(_next(7, tip.logRoot), none);
        (uint64 number, uint64 time,) = anchors.latest(ledger);
        assertEq(number, 2, "number");
        assertEq(time, block.timestamp, "time");
        _refuse(_next(7, keccak256("other")), none, _notAnExtension(7, 0));
    }

    function test_an_empty_log_has_no_root_but_the_empty_one() external {
        _refuse(_next(0, keccak256("other")), none, _notAnExtension(0, 0));
        _anchor(_next(0, keccak256("")), none);
    }

    function test_anchor_refuses_a_stranger_and_the_anchorer_before() external {
        address hot = address(0xa0c);
        vm.expectRevert(abi.encodeWithSelector(IAnchors.NotAnchorer.selector, STRANGER, OPENER));
        vm.prank(STRANGER);
        anchors.anchor(ledger, tip, _next(), none);

        vm.expectEmit(address(anchors));
        emit IAnchors.AnchorerSet(ledger, hot);
        vm.prank(OPENER);
        anchors.setAnchorer(ledger, hot);
        assertEq(anchors.anchorerOf(ledger), hot, "anchorer");
        _refuse(_next(), none, abi.encodeWithSelector(IAnchors.NotAnchorer.selector, OPENER, hot));
        vm.prank(hot);
        anchors.anchor(ledger, tip, _next(), none);
    }

    function test_set_anchorer_is_the_openers_and_keeps_the_tip() external {
        _anchor(_next(), none);
        vm.expectRevert(abi.encodeWithSelector(IBonds.NotOpener.selector, STRANGER, OPENER));
        vm.prank(STRANGER);
        anchors.setAnchorer(ledger, STRANGER);
        vm.prank(OPENER);
        anchors.setAnchorer(ledger, address(0));
        (uint64 number, uint64 time, bytes32 hash) = anchors.latest(ledger);
        assertEq(number, 1, "number");
        assertEq(time, block.timestamp, "time");
        assertEq(hash, tip.hash(ledger), "hash");
    }

    function test_anchor_refuses_a_prev_that_is_not_the_latest() external {
        Checkpoint memory genesis = tip;
        Checkpoint memory first = _next();
        _anchor(first, none);
        bytes memory stale = _notLatest(genesis.hash(ledger), first.hash(ledger));
        tip = genesis;
        _refuse(first, none, stale);
    }

    function test_anchor_refuses_prev_with_any_member_changed() external {
        Checkpoint memory honest = tip;
        Checkpoint memory next = _next();
        for (uint256 member = 0; member < 7; ++member) {
            Checkpoint memory changed = _changed(honest, member);
            tip = changed;
            _refuse(next, none, _notLatest(changed.hash(ledger), honest.hash(ledger)));
        }
    }

    function test_anchor_refuses_the_prev_of_another_ledger() external {
        vm.prank(OPENER);
        bytes32 other = anchors.open{value: MINIMUM}(KEY, keccak256("another"));
        _anchor(_next(), none);
        (,, bytes32 latestOfOther) = anchors.latest(other);
        Checkpoint memory next = _next(2, keccak256("root"));
        vm.expectRevert(_notLatest(tip.hash(other), latestOfOther));
        vm.prank(OPENER);
        anchors.anchor(other, tip, next, none);
    }

    function test_anchor_refuses_a_next_that_names_another_previous() external {
        Checkpoint memory next = _next();
        next.previous = keccak256("other");
        bytes32 latest = tip.hash(ledger);
        _refuse(next, none, abi.encodeWithSelector(IAnchors.PreviousMismatch.selector, next.previous, latest));
    }

    function test_fuzz_anchor_refuses_any_number_but_the_next(uint64 number) external {
        Checkpoint memory next = _next();
        vm.assume(number != next.number);
        next.number = number;
        _refuse(next, none, abi.encodeWithSelector(IAnchors.NumberNotNext.selector, number, 1));
    }

    function test_anchor_refuses_to_shrink() external {
        bytes32[] memory leaves = Proofs.randomLeaves("shrink", 9);
        _anchorLog(leaves, 9);
        Checkpoint memory next = _next(8, NaiveTree.root(leaves, 8));
        _refuse(next, none, abi.encodeWithSelector(IAnchors.SizeShrank.selector, 9, 8));
        next = _next(9, tip.logRoot);
        next.vouchers = 8;
        _refuse(next, none, abi.encodeWithSelector(IAnchors.VouchersShrank.selector, 9, 8));
    }

    function test_anchor_keeps_size_and_vouchers_below_2_to_the_48() external {
        uint64 limit = 2 ** 48;
        Checkpoint memory next = _next(limit, keccak256("root"));
        next.vouchers = 0;
        _refuse(next, none, abi.encodeWithSelector(IAnchors.TooLarge.selector, limit, 0));
        next.size = 1;
        next.vouchers = limit;
        _refuse(next, none, abi.encodeWithSelector(IAnchors.TooLarge.selector, 1, limit));
        next.size = limit - 1;
        next.vouchers = limit - 1;
        _anchor(next, none);
    }

    function test_a_closed_ledger_anchors_nothing_and_stays_readable() external {
        _anchor(_next(), none);
        _close();
        _refuse(_next(2, keccak256("r")), none, _wrongPhase(Phase.Closed));
        vm.expectRevert(_wrongPhase(Phase.Closed));
        vm.prank(OPENER);
        anchors.setAnchorer(ledger, OPENER);
        assertEq(anchors.checkpointHash(ledger, 1), tip.hash(ledger), "hash");
    }

    function test_a_slashed_ledger_anchors_nothing_and_stays_readable() external {
        _anchor(_next(), none);
        vm.prank(OPENER);
        anchors.addJudge(ledger, STRANGER);
        vm.prank(STRANGER);
        anchors.slash(ledger, STRANGER, 0, 0);
        _refuse(_next(2, keccak256("r")), none, _wrongPhase(Phase.Slashed));
        assertEq(anchors.checkpointHash(ledger, 1), tip.hash(ledger), "hash");
    }

    /// @dev Two and a half times round: exactly the 64 newest are there, whatever the number.
    function test_the_ring_keeps_the_64_newest_hashes() external {
        bytes32[] memory hashes = new bytes32[](161);
        hashes[0] = tip.hash(ledger);
        for (uint64 number = 1; number <= 160; ++number) {
            vm.warp(block.timestamp + 60);
            _anchor(_next(0, keccak256("")), none);
            hashes[number] = tip.hash(ledger);
            // Before, at and after the first and the second wrap, and in the middle of the third round.
            if (number % 64 < 2 || number % 64 == 63 || number == 160) _checkRing(hashes, number);
        }
    }

    function _checkRing(bytes32[] memory hashes, uint64 newest) private {
        for (uint64 number = 0; number <= newest + 1; ++number) {
            if (number > newest || number + 64 <= newest) {
                vm.expectRevert(abi.encodeWithSelector(IAnchors.NotInRing.selector, number, newest));
                anchors.checkpointHash(ledger, number);
            } else {
                assertEq(anchors.checkpointHash(ledger, number), hashes[number], "in the ring");
            }
        }
    }

    function _refuseOpening(Phase phase) private {
        vm.expectRevert(_wrongPhase(phase));
        vm.prank(OPENER);
        anchors.open{value: BOND}(keccak256("other key"), SALT);
    }

    function _changed(Checkpoint memory from, uint256 member) private pure returns (Checkpoint memory changed) {
        changed = Checkpoint(
            from.number, from.size, from.vouchers, from.logRoot, from.headRoot, from.operatorKey, from.previous
        );
        if (member == 0) changed.number ^= 1;
        if (member == 1) changed.size ^= 1;
        if (member == 2) changed.vouchers ^= 1;
        if (member == 3) changed.logRoot ^= bytes32(uint256(1));
        if (member == 4) changed.headRoot ^= bytes32(uint256(1));
        if (member == 5) changed.operatorKey ^= bytes32(uint256(1));
        if (member == 6) changed.previous ^= bytes32(uint256(1));
    }

    function _notAnExtension(uint256 size, uint256 nodes) private view returns (bytes memory) {
        return abi.encodeWithSelector(IAnchors.NotAnExtension.selector, tip.size, size, nodes);
    }

    function _notLatest(bytes32 given, bytes32 latest) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAnchors.NotLatest.selector, given, latest);
    }

    function _wrongPhase(Phase phase) private view returns (bytes memory) {
        return abi.encodeWithSelector(IBonds.WrongPhase.selector, ledger, phase);
    }
}
