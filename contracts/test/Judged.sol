// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {FraudProofs} from "../src/FraudProofs.sol";
import {ProvenEntry, ProvenHead, ProvenRecord, Shown} from "../src/IEvidence.sol";
import {Accusation, Accusations} from "./Accusations.sol";
import {OpenLedger} from "./OpenLedger.sol";
import {Vectors} from "./Vectors.sol";

/// @notice An open ledger with `FraudProofs` as its judge, and the golden accusations against it.
abstract contract Judged is OpenLedger, Vectors {
    using Accusations for Accusation;
    using Checkpoints for Checkpoint;

    uint256 internal constant DEPOSIT = 0.01 ether;
    address internal constant REPORTER = address(0x4e904e4);
    bytes32 internal constant REPORT = keccak256("report");

    FraudProofs internal judge;

    function setUp() public virtual override {
        super.setUp();
        judge = new FraudProofs(anchors, DEPOSIT);
        vm.prank(OPENER);
        anchors.addJudge(ledger, address(judge));
        vm.deal(REPORTER, 1 ether);
    }

    /// @dev Anchors what a golden case is under: from nothing, any log is an extension.
    function _anchorCase(string memory json, string memory one) internal returns (Shown memory) {
        string memory golden = _member(one, "checkpoint");
        Checkpoint memory next = _next(
            vm.parseJsonUint(json, _member(golden, "size")), vm.parseJsonBytes32(json, _member(golden, "log_root"))
        );
        next.vouchers = uint64(vm.parseJsonUint(json, _member(golden, "vouchers")));
        next.headRoot = vm.parseJsonBytes32(json, _member(golden, "head_root"));
        _anchor(next, new bytes32[](0));
        return Shown(ledger, next, new Checkpoint[](0));
    }

    function _accusation(string memory json, string memory one) internal view returns (Accusation memory said) {
        said.selector = Accusations.selectorOf(vm.parseJsonString(json, _member(one, "function")));
        string[2] memory sides = [_member(one, "x"), _member(one, "y")];
        uint256 shown = (vm.keyExistsJson(json, sides[0]) ? 1 : 0) + (vm.keyExistsJson(json, sides[1]) ? 1 : 0);
        bool ofRecords = vm.keyExistsJson(json, _member(sides[0], "record"));
        said.entries = new ProvenEntry[](ofRecords ? 0 : shown);
        said.records = new ProvenRecord[](ofRecords ? shown : 0);
        uint256 place = 0;
        for (uint256 i = 0; i < 2; ++i) {
            if (!vm.keyExistsJson(json, sides[i])) continue;
            if (ofRecords) said.records[place++] = _provenRecord(json, sides[i]);
            else said.entries[place++] = _provenEntry(json, sides[i]);
        }
        string memory head = _member(one, "head");
        said.heads = new ProvenHead[](vm.keyExistsJson(json, head) ? 1 : 0);
        if (said.heads.length == 1) said.heads[0] = _provenHead(json, head);
        string memory number = _member(one, "number");
        if (vm.keyExistsJson(json, number)) said.number = uint64(vm.parseJsonUint(json, number));
    }

    function _provenEntry(string memory json, string memory one) internal pure returns (ProvenEntry memory) {
        return ProvenEntry({
            index: uint64(vm.parseJsonUint(json, _member(one, "index"))),
            entry: vm.parseJsonBytes(json, _member(one, "entry")),
            path: vm.parseJsonBytes32Array(json, _member(one, "path"))
        });
    }

    function _provenHead(string memory json, string memory one) private pure returns (ProvenHead memory) {
        return ProvenHead({
            number: uint64(vm.parseJsonUint(json, _member(one, "number"))),
            chunk: vm.parseJsonBytes(json, _member(one, "chunk")),
            path: vm.parseJsonBytes32Array(json, _member(one, "path"))
        });
    }

    function _provenRecord(string memory json, string memory one) private pure returns (ProvenRecord memory) {
        return ProvenRecord({
            issue: _provenEntry(json, _member(one, "issue")),
            leaf: uint64(vm.parseJsonUint(json, _member(one, "leaf"))),
            record: vm.parseJsonBytes(json, _member(one, "record")),
            path: vm.parseJsonBytes32Array(json, _member(one, "path"))
        });
    }

    /// @dev The reporter says it to the judge.
    function _accuse(Accusation memory said, Shown memory shown) internal returns (bool holds, bytes memory reason) {
        vm.prank(REPORTER);
        return address(judge).call(said.call(shown, REPORT));
    }

    function _commitTo(bytes32 proof) internal {
        anchors.commit(keccak256(abi.encode(REPORTER, REPORT, proof)));
        vm.roll(block.number + 2);
    }

    function _refuseAccusation(Accusation memory said, Shown memory shown, string memory what) internal {
        (bool holds,) = _accuse(said, shown);
        assertTrue(!holds, what);
    }

    function _refuseAccusation(Accusation memory said, Shown memory shown, bytes memory expected, string memory what)
        internal
    {
        (bool holds, bytes memory reason) = _accuse(said, shown);
        assertTrue(!holds, what);
        assertEq(keccak256(reason), keccak256(expected), what);
    }
}
