// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {ProvenEntry, ProvenHead, ProvenRecord, Shown} from "../src/IEvidence.sol";
import {IFraudProofs} from "../src/IFraudProofs.sol";

/// @notice What is said against an operator, whatever the rule: which function, and what it is shown, in its order.
struct Accusation {
    bytes4 selector;
    ProvenEntry[] entries;
    ProvenHead[] heads;
    ProvenRecord[] records;
    uint64 number;
}

/// @notice Puts the calls of the judge together.
library Accusations {
    error Unknown(string name);

    function selectorOf(string memory name) internal pure returns (bytes4) {
        bytes4[12] memory selectors = all();
        string[12] memory names = [
            "doubleSpend",
            "illegalStep",
            "illegalAlone",
            "falseLink",
            "forwardLink",
            "staleHead",
            "uncountedVoucher",
            "forgedHead",
            "headPastLog",
            "doubleIssue",
            "overlappingNumbers",
            "clockBack"
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            if (keccak256(bytes(names[i])) == keccak256(bytes(name))) return selectors[i];
        }
        revert Unknown(name);
    }

    function all() internal pure returns (bytes4[12] memory) {
        return [
            IFraudProofs.doubleSpend.selector,
            IFraudProofs.illegalStep.selector,
            IFraudProofs.illegalAlone.selector,
            IFraudProofs.falseLink.selector,
            IFraudProofs.forwardLink.selector,
            IFraudProofs.staleHead.selector,
            IFraudProofs.uncountedVoucher.selector,
            IFraudProofs.forgedHead.selector,
            IFraudProofs.headPastLog.selector,
            IFraudProofs.doubleIssue.selector,
            IFraudProofs.overlappingNumbers.selector,
            IFraudProofs.clockBack.selector
        ];
    }

    function call(Accusation memory said, Shown memory shown, bytes32 salt) internal pure returns (bytes memory) {
        bytes4 selector = said.selector;
        if (said.records.length == 2) {
            return abi.encodeWithSelector(selector, shown, said.records[0], said.records[1], salt);
        }
        if (said.entries.length == 2) {
            return abi.encodeWithSelector(selector, shown, said.entries[0], said.entries[1], salt);
        }
        if (said.entries.length == 0) return abi.encodeWithSelector(selector, shown, said.heads[0], salt);
        if (said.heads.length == 1) {
            return abi.encodeWithSelector(selector, shown, said.entries[0], said.heads[0], salt);
        }
        if (selector == IFraudProofs.uncountedVoucher.selector) {
            return abi.encodeWithSelector(selector, shown, said.entries[0], said.number, salt);
        }
        return abi.encodeWithSelector(selector, shown, said.entries[0], salt);
    }

    /// @dev What the reporter commits to, from the words of `IFraudProofs`.
    function proofHash(Accusation memory said, bytes32 checkpointHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(checkpointHash, said.selector, _evidence(said)));
    }

    function _evidence(Accusation memory said) private pure returns (bytes memory) {
        if (said.records.length == 2) return abi.encode(said.records[0], said.records[1]);
        if (said.entries.length == 2) return abi.encode(said.entries[0], said.entries[1]);
        if (said.entries.length == 0) return abi.encode(said.heads[0]);
        if (said.heads.length == 1) return abi.encode(said.entries[0], said.heads[0]);
        if (said.selector == IFraudProofs.uncountedVoucher.selector) return abi.encode(said.entries[0], said.number);
        return abi.encode(said.entries[0]);
    }
}
