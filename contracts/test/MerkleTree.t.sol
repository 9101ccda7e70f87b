// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {MerkleTree} from "../src/MerkleTree.sol";
import {Harness} from "./Harness.sol";
import {NaiveTree} from "./NaiveTree.sol";
import {Proofs} from "./Proofs.sol";
import {UniformTree} from "./UniformTree.sol";

/// @notice The verifier against random trees: every honest proof holds, every proof damaged by one node does not.
contract MerkleTreeTest is Harness {
    function includes(bytes32 root, uint256 size, bytes32 leaf, uint256 index, bytes32[] calldata path)
        external
        pure
        returns (bool)
    {
        return MerkleTree.includes(root, size, leaf, index, path);
    }

    function extends(bytes32 oldRoot, uint256 oldSize, bytes32 newRoot, uint256 newSize, bytes32[] calldata path)
        external
        pure
        returns (bool)
    {
        return MerkleTree.extends(oldRoot, oldSize, newRoot, newSize, path);
    }

    function test_hashes_tag_leaves_and_nodes_apart() external pure {
        bytes32 left = keccak256("left");
        bytes32 right = keccak256("right");
        assertEq(MerkleTree.leafHash("data"), keccak256("\x00data"), "leaf");
        assertEq(MerkleTree.nodeHash(left, right), keccak256(abi.encodePacked(uint8(1), left, right)), "node");
        assertTrue(MerkleTree.leafHash(bytes.concat(left, right)) != MerkleTree.nodeHash(left, right), "apart");
    }

    function test_inclusion_holds_for_every_index_of_every_small_size() external view {
        bytes32[] memory leaves = Proofs.randomLeaves("small", 33);
        for (uint256 size = 1; size <= leaves.length; ++size) {
            bytes32 root = NaiveTree.root(leaves, size);
            for (uint256 index = 0; index < size; ++index) {
                bytes32[] memory path = NaiveTree.inclusion(leaves, index, size);
                assertTrue(this.includes(root, size, leaves[index], index, path), "inclusion");
            }
        }
    }

    function test_consistency_holds_between_all_small_sizes_and_names_the_old_one() external view {
        bytes32[] memory leaves = Proofs.randomLeaves("small", 20);
        for (uint256 newSize = 0; newSize <= leaves.length; ++newSize) {
            bytes32 newRoot = NaiveTree.root(leaves, newSize);
            for (uint256 oldSize = 0; oldSize <= newSize; ++oldSize) {
                bytes32 oldRoot = NaiveTree.root(leaves, oldSize);
                bytes32[] memory path = NaiveTree.consistency(leaves, oldSize, newSize);
                for (uint256 claimed = 0; claimed <= newSize + 1; ++claimed) {
                    bool holds = this.extends(oldRoot, claimed, newRoot, newSize, path);
                    assertTrue(holds == (claimed == oldSize), "consistency");
                }
            }
        }
    }

    function test_fuzz_inclusion_refuses_damage(bytes32 seed, uint256 size, uint256 index) external view {
        size = bound(size, 1, 150);
        index = bound(index, 0, size - 1);
        bytes32[] memory leaves = Proofs.randomLeaves(seed, size);
        bytes32 root = NaiveTree.root(leaves, size);
        bytes32 leaf = leaves[index];
        bytes32[] memory path = NaiveTree.inclusion(leaves, index, size);

        assertTrue(this.includes(root, size, leaf, index, path), "honest");
        bytes32[][] memory damaged = Proofs.damagedByOneNode(path, seed);
        for (uint256 i = 0; i < damaged.length; ++i) {
            assertTrue(!this.includes(root, size, leaf, index, damaged[i]), "damaged path");
        }
        for (uint256 other = 0; other < size + 2; ++other) {
            assertTrue(other == index || !this.includes(root, size, leaf, other, path), "other index");
        }
        assertTrue(!this.includes(root, size, leaf, index + 2 ** 64, path), "index of another width");
        assertTrue(!this.includes(root ^ bytes32(uint256(1)), size, leaf, index, path), "other root");
        assertTrue(!this.includes(root, size, leaf ^ bytes32(uint256(1)), index, path), "other leaf");
        if (size > 1) assertTrue(!this.includes(root, size, root, index, new bytes32[](0)), "root as leaf");
    }

    /// @dev A root does not bind its size: sizes whose trees put the same nodes on the same sides are told apart by the
    /// checkpoint that names the size, not by the proof. Sizes that need another number of nodes are refused here.
    function test_fuzz_inclusion_refuses_sizes_of_another_depth(
        bytes32 seed,
        uint256 size,
        uint256 index,
        uint256 other
    ) external view {
        size = bound(size, 1, 150);
        index = bound(index, 0, size - 1);
        other = bound(other, 0, 300);
        bytes32[] memory leaves = Proofs.randomLeaves(seed, 300);
        bytes32[] memory path = NaiveTree.inclusion(leaves, index, size);
        if (other > index) vm.assume(NaiveTree.inclusion(leaves, index, other).length != path.length);
        bytes32 root = NaiveTree.root(leaves, size);
        assertTrue(!this.includes(root, other, leaves[index], index, path), "other size");
    }

    function test_fuzz_consistency_refuses_damage(bytes32 seed, uint256 oldSize, uint256 newSize) external view {
        newSize = bound(newSize, 0, 150);
        oldSize = bound(oldSize, 0, newSize);
        bytes32[] memory leaves = Proofs.randomLeaves(seed, newSize);
        bytes32 oldRoot = NaiveTree.root(leaves, oldSize);
        bytes32 newRoot = NaiveTree.root(leaves, newSize);
        bytes32[] memory path = NaiveTree.consistency(leaves, oldSize, newSize);

        assertTrue(this.extends(oldRoot, oldSize, newRoot, newSize, path), "honest");
        bytes32[][] memory damaged = Proofs.damagedByOneNode(path, seed);
        for (uint256 i = 0; i < damaged.length; ++i) {
            assertTrue(!this.extends(oldRoot, oldSize, newRoot, newSize, damaged[i]), "damaged path");
        }
        bytes32 off = bytes32(uint256(1) << (uint256(seed) % 256));
        assertTrue(!this.extends(oldRoot ^ off, oldSize, newRoot, newSize, path), "other old root");
        // The empty log is the beginning of every log, so there the new root is free.
        bool fromNothing = oldSize == 0 && newSize > 0;
        assertTrue(this.extends(oldRoot, oldSize, newRoot ^ off, newSize, path) == fromNothing, "other new root");
        if (oldSize != newSize) {
            assertTrue(!this.extends(newRoot, oldSize, oldRoot, newSize, path), "roots swapped");
            assertTrue(!this.extends(newRoot, newSize, oldRoot, oldSize, path), "shrinking");
        }
    }

    function test_fuzz_consistency_refuses_sizes_of_another_depth(
        bytes32 seed,
        uint256 oldSize,
        uint256 newSize,
        uint256 other
    ) external view {
        newSize = bound(newSize, 2, 150);
        oldSize = bound(oldSize, 1, newSize - 1);
        other = bound(other, 0, 300);
        bytes32[] memory leaves = Proofs.randomLeaves(seed, 300);
        bytes32[] memory path = NaiveTree.consistency(leaves, oldSize, newSize);
        if (other >= oldSize) vm.assume(NaiveTree.consistency(leaves, oldSize, other).length != path.length);
        bytes32 oldRoot = NaiveTree.root(leaves, oldSize);
        bytes32 newRoot = NaiveTree.root(leaves, newSize);
        assertTrue(!this.extends(oldRoot, oldSize, newRoot, other, path), "other new size");
    }

    /// @dev The log that was anchored and one with a single other entry below the old size: no proof links them.
    function test_fuzz_consistency_refuses_a_rewritten_entry(
        bytes32 seed,
        uint256 oldSize,
        uint256 newSize,
        uint256 entry
    ) external view {
        newSize = bound(newSize, 1, 100);
        oldSize = bound(oldSize, 1, newSize);
        bytes32[] memory leaves = Proofs.randomLeaves(seed, newSize);
        bytes32 oldRoot = NaiveTree.root(leaves, oldSize);
        leaves[bound(entry, 0, oldSize - 1)] ^= bytes32(uint256(1));
        bytes32 newRoot = NaiveTree.root(leaves, newSize);
        bytes32[] memory path = NaiveTree.consistency(leaves, oldSize, newSize);
        assertTrue(!this.extends(oldRoot, oldSize, newRoot, newSize, path), "rewritten");
    }

    function test_fuzz_consistency_holds_up_to_the_largest_sizes(uint256 oldSize, uint256 newSize) external view {
        newSize = bound(newSize, 1, 2 ** 48 - 1);
        oldSize = bound(oldSize, 0, newSize);
        bytes32 oldRoot = UniformTree.root(oldSize);
        bytes32 newRoot = UniformTree.root(newSize);
        bytes32[] memory path = UniformTree.consistency(oldSize, newSize);
        assertTrue(this.extends(oldRoot, oldSize, newRoot, newSize, path), "honest");
        for (uint256 i = 0; i < path.length; ++i) {
            bytes32[] memory damaged = Proofs.flipped(path, i, oldSize % 256);
            assertTrue(!this.extends(oldRoot, oldSize, newRoot, newSize, damaged), "damaged path");
        }
    }

    /// @dev Any nodes lead somewhere, if there are as many as the place needs: to one root, and from one leaf.
    function test_fuzz_any_path_of_due_length_leads_to_one_root(bytes32 seed, uint256 size, uint256 index, uint8 bits)
        external
        view
    {
        size = bound(size, 1, 2 ** (1 + uint256(bits) % 48) - 1);
        index = bound(index, 0, size - 1);
        bytes32[] memory path = Proofs.randomLeaves(seed, NaiveTree.inclusionLength(index, size));
        bytes32 root = NaiveTree.inclusionRoot(seed, index, size, path);

        assertTrue(this.includes(root, size, seed, index, path), "leads");
        bytes32 off = bytes32(uint256(1) << (uint256(seed) % 256));
        assertTrue(!this.includes(root ^ off, size, seed, index, path), "other root");
        assertTrue(!this.includes(root, size, seed ^ off, index, path), "other leaf");
        assertTrue(!this.includes(seed, size, seed, index, path) || size == 1, "leaf as root");
        bytes32[][] memory damaged = Proofs.damagedByOneNode(path, seed);
        for (uint256 i = 0; i < damaged.length; ++i) {
            assertTrue(!this.includes(root, size, seed, index, damaged[i]), "damaged path");
        }
    }

    /// @dev As for inclusion: nodes that nobody made from a log are a proof between two roots, and between no others.
    function test_fuzz_any_path_of_due_length_links_two_roots(
        bytes32 seed,
        uint256 oldSize,
        uint256 newSize,
        uint8 bits
    ) external view {
        newSize = bound(newSize, 2, 2 ** (2 + uint256(bits) % 47) - 1);
        oldSize = bound(oldSize, 1, newSize - 1);
        bytes32[] memory path = Proofs.randomLeaves(seed, NaiveTree.consistencyLength(oldSize, newSize, true));
        (bytes32 oldRoot, bytes32 newRoot) = NaiveTree.consistencyRoots(seed, oldSize, newSize, path, true);

        assertTrue(this.extends(oldRoot, oldSize, newRoot, newSize, path), "links");
        bytes32 off = bytes32(uint256(1) << (uint256(seed) % 256));
        assertTrue(!this.extends(oldRoot ^ off, oldSize, newRoot, newSize, path), "other old root");
        assertTrue(!this.extends(oldRoot, oldSize, newRoot ^ off, newSize, path), "other new root");
        assertTrue(!this.extends(newRoot, oldSize, oldRoot, newSize, path), "roots swapped");
        bytes32[][] memory damaged = Proofs.damagedByOneNode(path, seed);
        for (uint256 i = 0; i < damaged.length; ++i) {
            assertTrue(!this.extends(oldRoot, oldSize, newRoot, newSize, damaged[i]), "damaged path");
        }
    }

    /// @dev Any sizes and any nodes may come, a path far too long and numbers of 256 bits: the verifier never reverts.
    function test_fuzz_arbitrary_proofs_are_refused_without_revert(
        bytes32 root,
        bytes32 other,
        uint256 first,
        uint256 second,
        bytes32[] calldata path
    ) external pure {
        bool trivial = root == other || (first == 0 && root == MerkleTree.EMPTY);
        assertTrue(!MerkleTree.includes(root, second, other, first, path) || trivial, "inclusion");
        assertTrue(!MerkleTree.extends(root, first, other, second, path) || trivial, "consistency");
    }
}
