// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {NaiveTree} from "./NaiveTree.sol";

/// @notice Roots and consistency proofs of a log whose leaf hashes are all alike, at any size: every full subtree of
/// one height is the same, so logs of 2^48 entries can be proven. Which side a node stands on is tested by NaiveTree.
library UniformTree {
    bytes32 internal constant LEAF = keccak256(hex"00");

    function root(uint256 size) internal pure returns (bytes32) {
        if (size == 0) return keccak256("");
        if (size == 1) return LEAF;
        uint256 left = NaiveTree.split(size);
        return left * 2 == size ? _full(size) : NaiveTree.node(_full(left), root(size - left));
    }

    function consistency(uint256 oldSize, uint256 newSize) internal pure returns (bytes32[] memory) {
        if (oldSize == 0) return new bytes32[](0);
        return _subproof(oldSize, newSize, true);
    }

    function _full(uint256 size) private pure returns (bytes32 node) {
        node = LEAF;
        for (uint256 width = 1; width < size; width *= 2) {
            node = NaiveTree.node(node, node);
        }
    }

    function _subproof(uint256 oldSize, uint256 newSize, bool known) private pure returns (bytes32[] memory) {
        if (oldSize == newSize) {
            return known ? new bytes32[](0) : NaiveTree.append(new bytes32[](0), root(newSize));
        }
        uint256 left = NaiveTree.split(newSize);
        return oldSize <= left
            ? NaiveTree.append(_subproof(oldSize, left, known), root(newSize - left))
            : NaiveTree.append(_subproof(oldSize - left, newSize - left, false), _full(left));
    }
}
