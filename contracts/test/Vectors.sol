// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Harness} from "./Harness.sol";

/// @notice Reading the golden vectors, ../tests/vectors.
abstract contract Vectors is Harness {
    function _load(string memory name) internal view returns (string memory) {
        return vm.readFile(string.concat("../tests/vectors/", name));
    }

    function _item(string memory list, uint256 index) internal pure returns (string memory) {
        return string.concat(list, "[", vm.toString(index), "]");
    }

    function _member(string memory object, string memory name) internal pure returns (string memory) {
        return string.concat(object, ".", name);
    }
}
