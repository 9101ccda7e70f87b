// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title The Merkle tree of RFC 9162 over Keccak-256 (docs/protocol.md section 1)
/// @notice Verifies proofs; it builds none. Every function is total: a proof of the wrong length, an index at or past
/// the size, or a shrinking size is `false`, never a revert, so that judges can refuse on their own terms.
library MerkleTree {
    /// @notice The root of a tree without leaves.
    bytes32 internal constant EMPTY = keccak256("");

    function leafHash(bytes memory leaf) internal pure returns (bytes32) {
        return keccak256(bytes.concat(hex"00", leaf));
    }

    function nodeHash(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(bytes.concat(hex"01", left, right));
    }

    /// @notice RFC 9162 section 2.1.3.2: `leaf` (a leaf hash) stands at `index` of the tree of `size` leaves.
    function includes(bytes32 root, uint256 size, bytes32 leaf, uint256 index, bytes32[] calldata path)
        internal
        pure
        returns (bool)
    {
        if (index >= size) return false;
        uint256 last = size - 1;
        bytes32 node = leaf;
        for (uint256 i = 0; i < path.length; ++i) {
            if (last == 0) return false;
            if (_joinsFromTheLeft(index, last)) {
                node = nodeHash(path[i], node);
                (index, last) = _climbToRightChild(index, last);
            } else {
                node = nodeHash(node, path[i]);
            }
            index >>= 1;
            last >>= 1;
        }
        return last == 0 && node == root;
    }

    /// @notice RFC 9162 section 2.1.4.2: the tree of `newSize` leaves begins with all leaves of the tree of `oldSize`.
    function extends(bytes32 oldRoot, uint256 oldSize, bytes32 newRoot, uint256 newSize, bytes32[] calldata path)
        internal
        pure
        returns (bool)
    {
        if (oldSize > newSize) return false;
        if (oldSize == 0 && oldRoot != EMPTY) return false;
        if (oldSize == newSize) return path.length == 0 && oldRoot == newRoot;
        if (oldSize == 0) return path.length == 0;

        // Start at the lowest node of the old tree's right edge that is complete in both trees.
        uint256 index = oldSize - 1;
        uint256 last = newSize - 1;
        while (index & 1 == 1) {
            index >>= 1;
            last >>= 1;
        }
        // With a power of two that node is the old root itself, and the proof leaves it out.
        uint256 used = index == 0 ? 0 : 1;
        if (path.length < used) return false;
        bytes32 oldNode = used == 0 ? oldRoot : path[0];
        bytes32 newNode = oldNode;

        for (uint256 i = used; i < path.length; ++i) {
            if (last == 0) return false;
            if (_joinsFromTheLeft(index, last)) {
                oldNode = nodeHash(path[i], oldNode);
                newNode = nodeHash(path[i], newNode);
                (index, last) = _climbToRightChild(index, last);
            } else {
                newNode = nodeHash(newNode, path[i]);
            }
            index >>= 1;
            last >>= 1;
        }
        return last == 0 && oldNode == oldRoot && newNode == newRoot;
    }

    /// @dev The next node of a proof is a left sibling: for a right child, and for the last node of its level.
    function _joinsFromTheLeft(uint256 index, uint256 last) private pure returns (bool) {
        return index & 1 == 1 || index == last;
    }

    /// @dev The last node of a level may stand alone for several levels before it has a sibling.
    function _climbToRightChild(uint256 index, uint256 last) private pure returns (uint256, uint256) {
        while (index & 1 == 0 && index != 0) {
            index >>= 1;
            last >>= 1;
        }
        return (index, last);
    }
}
