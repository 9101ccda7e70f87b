// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {NaiveTree} from "./NaiveTree.sol";

/// @notice Random logs, and every way to damage a proof by one node.
library Proofs {
    /// @dev Leaf hashes, all different.
    function randomLeaves(bytes32 seed, uint256 count) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = keccak256(abi.encodePacked(uint8(0), keccak256(abi.encode(seed, i))));
        }
    }

    /// @dev For n nodes: each with one bit flipped (n), each left out (n), one more at each place (n + 1), each
    /// neighbouring pair swapped (n - 1, or none).
    function damagedByOneNode(bytes32[] memory path, bytes32 seed) internal pure returns (bytes32[][] memory damaged) {
        uint256 nodes = path.length;
        damaged = new bytes32[][](nodes == 0 ? 1 : 4 * nodes);
        uint256 position = 0;
        for (uint256 i = 0; i < nodes; ++i) {
            damaged[position++] = flipped(path, i, uint256(keccak256(abi.encode(seed, i))) % 256);
            damaged[position++] = without(path, i);
            if (i > 0) damaged[position++] = swapped(path, i - 1);
        }
        for (uint256 i = 0; i <= nodes; ++i) {
            damaged[position++] = withExtra(path, i, keccak256(abi.encode(seed, i)));
        }
        assert(position == damaged.length);
    }

    function flipped(bytes32[] memory path, uint256 position, uint256 bit)
        internal
        pure
        returns (bytes32[] memory changed)
    {
        changed = copy(path);
        changed[position] ^= bytes32(1 << bit);
    }

    function swapped(bytes32[] memory path, uint256 position) internal pure returns (bytes32[] memory changed) {
        changed = copy(path);
        (changed[position], changed[position + 1]) = (changed[position + 1], changed[position]);
    }

    function without(bytes32[] memory path, uint256 position) internal pure returns (bytes32[] memory shorter) {
        shorter = new bytes32[](path.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) {
            shorter[i] = path[i < position ? i : i + 1];
        }
    }

    function withExtra(bytes32[] memory path, uint256 position, bytes32 extra)
        internal
        pure
        returns (bytes32[] memory longer)
    {
        longer = NaiveTree.append(path, extra);
        for (uint256 i = path.length; i > position; --i) {
            longer[i] = path[i - 1];
        }
        longer[position] = extra;
    }

    function copy(bytes32[] memory path) internal pure returns (bytes32[] memory same) {
        same = new bytes32[](path.length);
        for (uint256 i = 0; i < path.length; ++i) {
            same[i] = path[i];
        }
    }
}
