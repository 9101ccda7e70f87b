// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {IBonds, Phase} from "../src/IBonds.sol";
import {IEvidence, ProvenEntry, ProvenHead, ProvenRecord, Shown} from "../src/IEvidence.sol";
import {Accusation, Accusations} from "./Accusations.sol";
import {Judged} from "./Judged.sol";
import {Proofs} from "./Proofs.sol";

/// @notice The golden fraud cases, ../tests/vectors/fraud, made by the Rust rules: what holds there takes the bond here,
/// and what does not hold there is refused here for the same reason. Each case that holds is then spoiled in every
/// part, and no spoiled copy holds.
contract FraudProofsTest is Judged {
    using Accusations for Accusation;
    using Checkpoints for Checkpoint;

    bytes32 private constant BIT = bytes32(uint256(1));

    bytes32 private elsewhere;

    function setUp() public override {
        super.setUp();
        vm.prank(OPENER);
        elsewhere = anchors.open{value: BOND}(KEY, keccak256("elsewhere"));
        vm.prank(OPENER);
        anchors.addJudge(elsewhere, address(judge));
    }

    function test_f1_double_spend() external {
        _judgeAll("f1.json", 2, 9);
    }

    function test_f2_illegal_step() external {
        _judgeAll("f2.json", 9, 9);
    }

    function test_f2a_illegal_alone() external {
        _judgeAll("f2a.json", 12, 9);
    }

    function test_f3_false_link() external {
        _judgeAll("f3.json", 7, 5);
    }

    function test_f4_stale_head() external {
        _judgeAll("f4.json", 3, 6);
    }

    function test_f5_forged_head() external {
        _judgeAll("f5.json", 3, 6);
    }

    function test_f6_double_issue() external {
        _judgeAll("f6.json", 2, 6);
    }

    function test_f7_overlapping_numbers() external {
        _judgeAll("f7.json", 2, 5);
    }

    function test_f9_clock_back() external {
        _judgeAll("f9.json", 3, 3);
    }

    /// @dev Accusations of random ledgers, true and false: Rust and Solidity agree on each, and on the reason.
    function test_sample_of_random_ledgers_is_judged_as_in_rust() external {
        string memory json = _load("fraud/sample.json");
        (uint256 held, uint256 refused) = (0, 0);
        uint256 state = vm.snapshotState();
        for (uint256 i = 0; vm.keyExistsJson(json, _item(".cases", i)); ++i) {
            if (_judge(json, _item(".cases", i))) ++held;
            else ++refused;
            vm.revertToState(state);
        }
        assertTrue(held >= 40 && refused >= 40, "vectors read");
    }

    function _judgeAll(string memory file, uint256 holding, uint256 refused) private {
        string memory json = _load(string.concat("fraud/", file));
        uint256 state = vm.snapshotState();
        for (uint256 i = 0; vm.keyExistsJson(json, _item(".cases", i)); ++i) {
            string memory one = _item(".cases", i);
            if (_judge(json, one)) {
                vm.revertToState(state);
                _spoilAll(_accusation(json, one), _anchorCase(json, one));
                --holding;
            } else {
                --refused;
            }
            vm.revertToState(state);
        }
        assertTrue(holding == 0 && refused == 0, "vectors read");
    }

    function _judge(string memory json, string memory one) private returns (bool holds) {
        string memory what = vm.parseJsonString(json, _member(one, "description"));
        Accusation memory said = _accusation(json, one);
        Shown memory shown = _anchorCase(json, one);
        holds = vm.parseJsonBool(json, _member(one, "holds"));
        if (!holds) {
            _refuseAccusation(said, shown, vm.parseJsonBytes(json, _member(one, "revert")), what);
            _assertPhase(Phase.Open);
            return false;
        }
        _commitTo(said.proofHash(shown.checkpoint.hash(ledger)));
        (bool accepted,) = _accuse(said, shown);
        assertTrue(accepted, what);
        _assertPhase(Phase.Slashed);
        assertEq(anchors.owedTo(REPORTER), BOND / 2, what);
        _refuseAccusation(said, shown, abi.encodeWithSelector(IBonds.WrongPhase.selector, ledger, Phase.Slashed), what);
    }

    function _spoilAll(Accusation memory said, Shown memory shown) private {
        for (uint256 i = 0; i < said.entries.length; ++i) {
            _spoilEntry(said, shown, said.entries[i]);
        }
        for (uint256 i = 0; i < said.heads.length; ++i) {
            _spoilHead(said, shown, said.heads[i]);
        }
        for (uint256 i = 0; i < said.records.length; ++i) {
            _spoilEntry(said, shown, said.records[i].issue);
            _spoilRecord(said, shown, said.records[i]);
        }
        _spoilShown(said, shown);
        (bool holds,) = _accuse(said, shown);
        assertTrue(holds, "the unspoiled one, again");
    }

    function _spoilEntry(Accusation memory said, Shown memory shown, ProvenEntry memory part) private {
        (uint64 index, bytes memory entry, bytes32[] memory path) = (part.index, part.entry, part.path);
        uint64[3] memory indices = [index + 1, index ^ 1, shown.checkpoint.size];
        for (uint256 i = 0; i < indices.length; ++i) {
            part.index = indices[i];
            _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotInLog.selector, indices[i]), "index");
        }
        part.index = index;
        for (uint256 i = 0; i < entry.length; ++i) {
            part.entry = _withBit(entry, i);
            _refuseAccusation(said, shown, "a bit of the entry");
        }
        part.entry = bytes.concat(entry, hex"00");
        _refuseAccusation(said, shown, _width(99, 98), "a byte more");
        part.entry = entry;
        bytes32[][] memory damaged = Proofs.damagedByOneNode(path, shown.checkpoint.logRoot);
        for (uint256 i = 0; i < damaged.length; ++i) {
            part.path = damaged[i];
            _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotInLog.selector, index), "path");
        }
        part.path = path;
    }

    function _spoilHead(Accusation memory said, Shown memory shown, ProvenHead memory part) private {
        (uint64 number, bytes memory chunk, bytes32[] memory path) = (part.number, part.chunk, part.path);
        uint64[4] memory numbers = [number + 1, number + 16, number ^ 16, shown.checkpoint.vouchers];
        for (uint256 i = 0; i < numbers.length; ++i) {
            part.number = numbers[i];
            _refuseAccusation(said, shown, "the word of another");
        }
        part.number = number;
        for (uint256 i = 0; i < chunk.length; i += 8) {
            part.chunk = _withBit(chunk, i + 7);
            _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotInHeads.selector, number / 16), "chunk");
        }
        part.chunk = bytes.concat(chunk, hex"00");
        _refuseAccusation(said, shown, _width(129, 128), "a byte more");
        part.chunk = chunk;
        bytes32[][] memory damaged = Proofs.damagedByOneNode(path, shown.checkpoint.headRoot);
        for (uint256 i = 0; i < damaged.length; ++i) {
            part.path = damaged[i];
            _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotInHeads.selector, number / 16), "path");
        }
        part.path = path;
    }

    function _spoilRecord(Accusation memory said, Shown memory shown, ProvenRecord memory part) private {
        (uint64 leaf, bytes memory record, bytes32[] memory path) = (part.leaf, part.record, part.path);
        part.leaf = leaf + 1;
        _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotInBatch.selector, leaf + 1), "leaf");
        part.leaf = 0;
        _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotRecord.selector), "leaf 0");
        part.leaf = leaf;
        for (uint256 i = 0; i < record.length; i += 16) {
            part.record = _withBit(record, i);
            _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotInBatch.selector, leaf), "record");
        }
        part.record = bytes.concat(record, hex"00");
        _refuseAccusation(said, shown, _width(65, 64), "a byte more");
        part.record = record;
        bytes32[][] memory damaged = Proofs.damagedByOneNode(path, shown.checkpoint.logRoot);
        for (uint256 i = 0; i < damaged.length; ++i) {
            part.path = damaged[i];
            _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotInBatch.selector, leaf), "path");
        }
        part.path = path;
    }

    /// @dev The very proof under another checkpoint or against another ledger.
    function _spoilShown(Accusation memory said, Shown memory shown) private {
        shown.ledger = elsewhere;
        _refuseAccusation(said, shown, _notAnchoredElsewhere(), "another ledger");
        shown.ledger = ledger;
        Checkpoint memory checkpoint = shown.checkpoint;
        checkpoint.operatorKey ^= BIT;
        _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotAnchored.selector, 1), "another key");
        checkpoint.operatorKey ^= BIT;
        (checkpoint.logRoot, checkpoint.headRoot) = (checkpoint.logRoot ^ BIT, checkpoint.headRoot ^ BIT);
        _refuseAccusation(said, shown, "other roots");
        (checkpoint.logRoot, checkpoint.headRoot) = (checkpoint.logRoot ^ BIT, checkpoint.headRoot ^ BIT);
        (uint64 size, uint64 vouchers) = (checkpoint.size, checkpoint.vouchers);
        (checkpoint.size, checkpoint.vouchers) = (size / 2, vouchers / 4);
        _refuseAccusation(said, shown, "other sizes");
        (checkpoint.size, checkpoint.vouchers) = (size, vouchers);
        shown.newer = new Checkpoint[](1);
        shown.newer[0] = checkpoint;
        _refuseAccusation(said, shown, abi.encodeWithSelector(IEvidence.NotPrevious.selector, 1), "newer than itself");
        shown.newer = new Checkpoint[](0);
        shown.checkpoint = Checkpoints.genesis(KEY);
        _refuseAccusation(said, shown, "another that is anchored");
        shown.checkpoint = checkpoint;
    }

    /// @dev The other ledger has checkpoint 0 alone.
    function _notAnchoredElsewhere() private pure returns (bytes memory) {
        return abi.encodeWithSignature("NotInRing(uint64,uint64)", 1, 0);
    }

    function _withBit(bytes memory from, uint256 place) private pure returns (bytes memory changed) {
        changed = bytes.concat(from);
        changed[place] ^= 0x01;
    }

    function _width(uint256 given, uint256 expected) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IEvidence.WrongWidth.selector, given, expected);
    }
}
