// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Anchors} from "../src/Anchors.sol";
import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {IAnchors} from "../src/IAnchors.sol";
import {MerkleTree} from "../src/MerkleTree.sol";
import {NaiveTree} from "./NaiveTree.sol";
import {Vectors} from "./Vectors.sol";

/// @notice The project's golden vectors, ../tests/vectors, made by an independent implementation of docs/protocol.md.
contract GoldenTest is Vectors {
    using Checkpoints for Checkpoint;

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

    function test_trees_have_their_roots_and_proofs() external view {
        string memory json = _load("merkle.json");
        uint256 trees = 0;
        uint256 inclusions = 0;
        uint256 consistencies = 0;
        for (; vm.keyExistsJson(json, _item(".trees", trees)); ++trees) {
            string memory tree = _item(".trees", trees);
            bytes32[] memory leaves = _leaves(json, tree);
            bytes32 root = vm.parseJsonBytes32(json, _member(tree, "root"));
            assertEq(NaiveTree.root(leaves, leaves.length), root, "root");
            inclusions += _checkInclusions(json, tree, leaves, root);
            consistencies += _checkConsistencies(json, tree, leaves, root);
        }
        assertTrue(trees >= 17 && inclusions >= 58 && consistencies >= 75, "vectors read");
    }

    function test_rejected_inclusion_proofs_are_rejected() external view {
        string memory json = _load("merkle.json");
        uint256 cases = 0;
        for (; vm.keyExistsJson(json, _item(".inclusion_rejected", cases)); ++cases) {
            string memory one = _item(".inclusion_rejected", cases);
            bool holds = this.includes(
                vm.parseJsonBytes32(json, _member(one, "root")),
                vm.parseJsonUint(json, _member(one, "size")),
                vm.parseJsonBytes32(json, _member(one, "leaf_hash")),
                vm.parseJsonUint(json, _member(one, "index")),
                vm.parseJsonBytes32Array(json, _member(one, "path"))
            );
            assertTrue(!holds, one);
        }
        assertTrue(cases >= 8, "vectors read");
    }

    function test_rejected_consistency_proofs_are_rejected() external view {
        string memory json = _load("merkle.json");
        uint256 cases = 0;
        for (; vm.keyExistsJson(json, _item(".consistency_rejected", cases)); ++cases) {
            string memory one = _item(".consistency_rejected", cases);
            bool holds = this.extends(
                vm.parseJsonBytes32(json, _member(one, "from_root")),
                vm.parseJsonUint(json, _member(one, "from_size")),
                vm.parseJsonBytes32(json, _member(one, "to_root")),
                vm.parseJsonUint(json, _member(one, "to_size")),
                vm.parseJsonBytes32Array(json, _member(one, "path"))
            );
            assertTrue(!holds, one);
        }
        assertTrue(cases >= 12, "vectors read");
    }

    /// @dev The golden ledger, anchored where it says that it is anchored.
    function test_golden_ledger_anchors_under_its_own_id_and_hashes() external {
        string memory json = _load("ledger.json");
        IAnchors anchors = IAnchors(vm.parseJsonAddress(json, ".ledger.contract"));
        vm.etch(address(anchors), address(new Anchors(0)).code);
        vm.chainId(vm.parseJsonUint(json, ".ledger.chain_id"));
        address opener = vm.parseJsonAddress(json, ".ledger.opener");

        Checkpoint memory prev = _checkpoint(json, ".genesis");
        vm.prank(opener);
        bytes32 ledger = anchors.open(prev.operatorKey, vm.parseJsonBytes32(json, ".ledger.salt"));
        assertEq(ledger, vm.parseJsonBytes32(json, ".ledger.id"), "ledger id");
        _checkLatest(anchors, ledger, json, ".genesis");

        uint256 anchored = 0;
        for (; vm.keyExistsJson(json, _item(".checkpoints", anchored)); ++anchored) {
            string memory one = _item(".checkpoints", anchored);
            Checkpoint memory next = _checkpoint(json, one);
            bytes32[] memory proof = vm.parseJsonBytes32Array(json, _member(one, "consistency"));
            vm.prank(opener);
            anchors.anchor(ledger, prev, next, proof);
            _checkLatest(anchors, ledger, json, one);
            prev = next;
        }
        assertTrue(anchored >= 3, "vectors read");
    }

    function _checkInclusions(string memory json, string memory tree, bytes32[] memory leaves, bytes32 root)
        private
        view
        returns (uint256 count)
    {
        string memory list = _member(tree, "inclusion");
        for (; vm.keyExistsJson(json, _item(list, count)); ++count) {
            string memory one = _item(list, count);
            uint256 index = vm.parseJsonUint(json, _member(one, "index"));
            bytes32[] memory path = vm.parseJsonBytes32Array(json, _member(one, "path"));
            assertTrue(this.includes(root, leaves.length, leaves[index], index, path), one);
        }
    }

    function _checkConsistencies(string memory json, string memory tree, bytes32[] memory leaves, bytes32 root)
        private
        view
        returns (uint256 count)
    {
        string memory list = _member(tree, "consistency");
        for (; vm.keyExistsJson(json, _item(list, count)); ++count) {
            string memory one = _item(list, count);
            uint256 oldSize = vm.parseJsonUint(json, _member(one, "from_size"));
            bytes32 oldRoot = vm.parseJsonBytes32(json, _member(one, "from_root"));
            bytes32[] memory path = vm.parseJsonBytes32Array(json, _member(one, "path"));
            assertEq(NaiveTree.root(leaves, oldSize), oldRoot, one);
            assertTrue(this.extends(oldRoot, oldSize, root, leaves.length, path), one);
        }
    }

    function _checkLatest(IAnchors anchors, bytes32 ledger, string memory json, string memory one) private view {
        bytes32 expected = vm.parseJsonBytes32(json, _member(one, "checkpoint_hash"));
        (uint64 number, uint64 time, bytes32 hash) = anchors.latest(ledger);
        assertEq(hash, expected, one);
        assertEq(_checkpoint(json, one).hash(ledger), expected, one);
        assertEq(number, vm.parseJsonUint(json, _member(one, "number")), one);
        assertEq(time, block.timestamp, one);
    }

    function _leaves(string memory json, string memory tree) private pure returns (bytes32[] memory leaves) {
        bytes[] memory data = vm.parseJsonBytesArray(json, _member(tree, "data"));
        leaves = new bytes32[](data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            leaves[i] = MerkleTree.leafHash(data[i]);
        }
    }

    function _checkpoint(string memory json, string memory one) private pure returns (Checkpoint memory) {
        return Checkpoint({
            number: uint64(vm.parseJsonUint(json, _member(one, "number"))),
            size: uint64(vm.parseJsonUint(json, _member(one, "size"))),
            vouchers: uint64(vm.parseJsonUint(json, _member(one, "vouchers"))),
            logRoot: vm.parseJsonBytes32(json, _member(one, "log_root")),
            headRoot: vm.parseJsonBytes32(json, _member(one, "head_root")),
            operatorKey: vm.parseJsonBytes32(json, _member(one, "operator_key")),
            previous: vm.parseJsonBytes32(json, _member(one, "previous"))
        });
    }
}
