// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Checkpoint} from "../src/Checkpoints.sol";
import {Entries, Entry} from "../src/Entries.sol";
import {ProvenEntry, ProvenHead, ProvenRecord} from "../src/IEvidence.sol";
import {MerkleTree} from "../src/MerkleTree.sol";
import {NaiveTree} from "./NaiveTree.sol";
import {Vectors} from "./Vectors.sol";

/// @notice All that an honest operator holds of one golden ledger (../tests/vectors/fraud/honest.json), and so can prove
/// at any size of its log.
contract Mirror is Vectors {
    bytes[] private entries;
    /// @dev By the index of the Issue entry; leaf 0 is manifest digest and terms, all zero in these vectors.
    mapping(uint256 issue => bytes[] leaves) private batches;
    uint64[] public issues;
    bytes32 public goldenLogRoot;
    bytes32 public goldenHeadRoot;

    constructor(uint256 which) {
        string memory json = _load("fraud/honest.json");
        string memory one = _item(".cases", which);
        bytes[] memory golden = vm.parseJsonBytesArray(json, _member(one, "entries"));
        for (uint64 i = 0; i < golden.length; ++i) {
            entries.push(golden[i]);
            if (uint8(golden[i][0]) != Entries.ISSUE) continue;
            batches[i].push(new bytes(45));
            bytes[] memory records = vm.parseJsonBytesArray(json, _item(_member(one, "records"), issues.length));
            for (uint256 record = 0; record < records.length; ++record) {
                batches[i].push(records[record]);
            }
            issues.push(i);
        }
        goldenLogRoot = vm.parseJsonBytes32(json, _member(one, "checkpoint.log_root"));
        goldenHeadRoot = vm.parseJsonBytes32(json, _member(one, "checkpoint.head_root"));
    }

    function size() external view returns (uint64) {
        return uint64(entries.length);
    }

    /// @dev The honest checkpoint over the first `among` entries.
    function checkpoint(uint64 number, uint64 among, bytes32 previous) external view returns (Checkpoint memory) {
        bytes32[] memory chunks = _chunkLeaves(among);
        return Checkpoint({
            number: number,
            size: among,
            vouchers: uint64(_words(among).length),
            logRoot: NaiveTree.root(_entryLeaves(among), among),
            headRoot: NaiveTree.root(chunks, chunks.length),
            operatorKey: 0,
            previous: previous
        });
    }

    function consistency(uint64 from, uint64 to) external view returns (bytes32[] memory) {
        return NaiveTree.consistency(_entryLeaves(to), from, to);
    }

    function provenEntry(uint64 index, uint64 among) public view returns (ProvenEntry memory) {
        return ProvenEntry(index, entries[index], NaiveTree.inclusion(_entryLeaves(among), index, among));
    }

    function provenHead(uint64 number, uint64 among) external view returns (ProvenHead memory) {
        bytes32[] memory leaves = _chunkLeaves(among);
        uint64 place = number / 16;
        return ProvenHead(number, chunk(place, among), NaiveTree.inclusion(leaves, place, leaves.length));
    }

    function provenRecord(uint64 issue, uint64 leaf, uint64 among) external view returns (ProvenRecord memory) {
        bytes[] memory data = batches[issue];
        bytes32[] memory leaves = new bytes32[](data.length);
        for (uint256 i = 0; i < data.length; ++i) {
            leaves[i] = MerkleTree.leafHash(data[i]);
        }
        bytes32[] memory path = NaiveTree.inclusion(leaves, leaf, leaves.length);
        return ProvenRecord(provenEntry(issue, among), leaf, data[leaf], path);
    }

    /// @dev How many of the Issue entries the first `among` entries hold.
    function issuesAt(uint64 among) external view returns (uint256 count) {
        while (count < issues.length && issues[count] < among) ++count;
    }

    function countOf(uint64 issue) external view returns (uint64) {
        return uint64(batches[issue].length - 1);
    }

    function chunk(uint64 place, uint64 among) public view returns (bytes memory bytes_) {
        uint64[] memory words = _words(among);
        for (uint256 number = 16 * uint256(place); number < 16 * uint256(place) + 16; ++number) {
            bytes_ = abi.encodePacked(bytes_, number < words.length ? words[number] : 0);
        }
    }

    function decode(bytes calldata leaf) external pure returns (Entry memory) {
        return Entries.decode(leaf);
    }

    /// @dev The head array by replay, voucher by voucher.
    function _words(uint64 among) private view returns (uint64[] memory words) {
        words = new uint64[](0);
        for (uint64 index = 0; index < among; ++index) {
            Entry memory entry = this.decode(entries[index]);
            if (entry.kind == Entries.ISSUE) words = _longer(words, entry.count);
            for (uint256 i = 0; i < entry.count; ++i) {
                words[entry.first + i] = uint64(entry.status) << 60 | index;
            }
        }
    }

    function _longer(uint64[] memory words, uint64 more) private pure returns (uint64[] memory longer) {
        longer = new uint64[](words.length + more);
        for (uint256 i = 0; i < words.length; ++i) {
            longer[i] = words[i];
        }
    }

    function _entryLeaves(uint64 among) private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](among);
        for (uint256 i = 0; i < among; ++i) {
            leaves[i] = MerkleTree.leafHash(entries[i]);
        }
    }

    function _chunkLeaves(uint64 among) private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[]((_words(among).length + 15) / 16);
        for (uint64 i = 0; i < leaves.length; ++i) {
            leaves[i] = MerkleTree.leafHash(chunk(i, among));
        }
    }
}
