// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice Roots and proofs straight from the recursive definitions of RFC 9162 section 2.1, sharing no code with the
/// verifier that they test. Slow on purpose: for logs of a few hundred leaves.
library NaiveTree {
    function root(bytes32[] memory leaves, uint256 size) internal pure returns (bytes32) {
        return size == 0 ? keccak256("") : _root(leaves, 0, size);
    }

    /// @dev PATH(index, D[size])
    function inclusion(bytes32[] memory leaves, uint256 index, uint256 size) internal pure returns (bytes32[] memory) {
        return _path(leaves, index, 0, size);
    }

    /// @dev PROOF(oldSize, D[newSize]); from nothing, and from a log to itself, the proof is empty.
    function consistency(bytes32[] memory leaves, uint256 oldSize, uint256 newSize)
        internal
        pure
        returns (bytes32[] memory)
    {
        if (oldSize == 0) return new bytes32[](0);
        return _subproof(leaves, oldSize, 0, newSize, true);
    }

    /// @dev How many nodes PATH(index, D[size]) has.
    function inclusionLength(uint256 index, uint256 size) internal pure returns (uint256) {
        if (size == 1) return 0;
        uint256 left = split(size);
        return 1 + (index < left ? inclusionLength(index, left) : inclusionLength(index - left, size - left));
    }

    /// @dev The root that any nodes of that number lead to.
    function inclusionRoot(bytes32 leaf, uint256 index, uint256 size, bytes32[] memory path)
        internal
        pure
        returns (bytes32)
    {
        if (size == 1) return leaf;
        uint256 left = split(size);
        (bytes32[] memory lower, bytes32 last) = _cut(path);
        return index < left
            ? node(inclusionRoot(leaf, index, left, lower), last)
            : node(last, inclusionRoot(leaf, index - left, size - left, lower));
    }

    /// @dev How many nodes SUBPROOF(oldSize, D[newSize], known) has.
    function consistencyLength(uint256 oldSize, uint256 newSize, bool known) internal pure returns (uint256) {
        if (oldSize == newSize) return known ? 0 : 1;
        uint256 left = split(newSize);
        return 1
            + (oldSize <= left
                    ? consistencyLength(oldSize, left, known)
                    : consistencyLength(oldSize - left, newSize - left, false));
    }

    /// @dev The old and the new root that any nodes of that number link; `oldRoot` where the proof leaves it out.
    function consistencyRoots(bytes32 oldRoot, uint256 oldSize, uint256 newSize, bytes32[] memory path, bool known)
        internal
        pure
        returns (bytes32 older, bytes32 newer)
    {
        if (oldSize == newSize) return known ? (oldRoot, oldRoot) : (path[0], path[0]);
        uint256 left = split(newSize);
        (bytes32[] memory lower, bytes32 last) = _cut(path);
        if (oldSize <= left) {
            (older, newer) = consistencyRoots(oldRoot, oldSize, left, lower, known);
            return (older, node(newer, last));
        }
        (older, newer) = consistencyRoots(oldRoot, oldSize - left, newSize - left, lower, false);
        return (node(last, older), node(last, newer));
    }

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(1), left, right));
    }

    /// @dev The largest power of two below `size`, for `size` of at least two.
    function split(uint256 size) internal pure returns (uint256 power) {
        power = 1;
        while (power * 2 < size) power *= 2;
    }

    function append(bytes32[] memory path, bytes32 last) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) {
            longer[i] = path[i];
        }
        longer[path.length] = last;
    }

    function _cut(bytes32[] memory path) private pure returns (bytes32[] memory lower, bytes32 last) {
        lower = new bytes32[](path.length - 1);
        for (uint256 i = 0; i < lower.length; ++i) {
            lower[i] = path[i];
        }
        last = path[lower.length];
    }

    function _root(bytes32[] memory leaves, uint256 low, uint256 high) private pure returns (bytes32) {
        if (high - low == 1) return leaves[low];
        uint256 middle = low + split(high - low);
        return node(_root(leaves, low, middle), _root(leaves, middle, high));
    }

    function _path(bytes32[] memory leaves, uint256 index, uint256 low, uint256 high)
        private
        pure
        returns (bytes32[] memory)
    {
        if (high - low == 1) return new bytes32[](0);
        uint256 middle = low + split(high - low);
        return index < middle
            ? append(_path(leaves, index, low, middle), _root(leaves, middle, high))
            : append(_path(leaves, index, middle, high), _root(leaves, low, middle));
    }

    function _subproof(bytes32[] memory leaves, uint256 oldEnd, uint256 low, uint256 high, bool known)
        private
        pure
        returns (bytes32[] memory)
    {
        if (oldEnd == high) {
            return known ? new bytes32[](0) : append(new bytes32[](0), _root(leaves, low, high));
        }
        uint256 middle = low + split(high - low);
        return oldEnd <= middle
            ? append(_subproof(leaves, oldEnd, low, middle, known), _root(leaves, middle, high))
            : append(_subproof(leaves, oldEnd, middle, high, false), _root(leaves, low, middle));
    }
}
