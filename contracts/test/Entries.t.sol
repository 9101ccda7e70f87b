// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Entries, Entry} from "../src/Entries.sol";
import {Heads} from "../src/Heads.sol";
import {Vectors} from "./Vectors.sol";

/// @notice Entries, the life cycle and head words, against the vectors and against slow definitions.
contract EntriesTest is Vectors {
    using Entries for Entry;

    function decode(bytes calldata leaf) external pure returns (Entry memory) {
        return Entries.decode(leaf);
    }

    function wordOf(bytes calldata chunk, uint64 number) external pure returns (uint64) {
        return Heads.wordOf(chunk, number);
    }

    function isPadded(bytes calldata chunk, uint64 index, uint64 vouchers) external pure returns (bool) {
        return Heads.isPadded(chunk, index, vouchers);
    }

    /// @dev All 65,536 pairs of bytes: what the vectors list, and nothing else.
    function test_the_life_cycle_is_the_vectors_table() external view {
        string memory json = _load("lifecycle.json");
        uint8[65536] memory table;
        uint256 steps = 0;
        for (; vm.keyExistsJson(json, _item(".legal", steps)); ++steps) {
            string memory one = _item(".legal", steps);
            string memory kind = vm.parseJsonString(json, _member(one, "kind"));
            uint256 number = vm.parseJsonUint(json, _member(".kinds", kind));
            uint256 status = vm.parseJsonUint(json, _member(one, "status"));
            table[status * 256 + number] = uint8(vm.parseJsonUint(json, _member(one, "next")));
        }
        assertEq(steps, 25, "vectors read");
        for (uint256 pair = 0; pair < table.length; ++pair) {
            uint8 next = Entries.statusAfter(uint8(pair / 256), uint8(pair % 256));
            if (next != table[pair]) assertEq(next, table[pair], vm.toString(pair));
        }
    }

    function test_kinds_are_the_vectors() external view {
        string memory json = _load("lifecycle.json");
        string[10] memory names =
            ["Issue", "Transfer", "Sell", "Claim", "Use", "Redeem", "Void", "Hold", "Release", "Return"];
        uint8[10] memory kinds = [
            Entries.ISSUE,
            Entries.TRANSFER,
            Entries.SELL,
            Entries.CLAIM,
            Entries.USE,
            Entries.REDEEM,
            Entries.VOID,
            Entries.HOLD,
            Entries.RELEASE,
            Entries.RETURN
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            assertEq(kinds[i], vm.parseJsonUint(json, _member(".kinds", names[i])), names[i]);
        }
    }

    function test_golden_entries_decode() external view {
        string memory json = _load("ledger.json");
        uint256 entries = 0;
        for (; vm.keyExistsJson(json, _item(".entries", entries)); ++entries) {
            string memory one = _item(".entries", entries);
            Entry memory entry = this.decode(vm.parseJsonBytes(json, _member(one, "encoded")));
            string memory kind = vm.parseJsonString(json, _member(one, "kind"));
            assertEq(entry.kind, vm.parseJsonUint(_load("lifecycle.json"), _member(".kinds", kind)), one);
            assertEq(entry.status, vm.parseJsonUint(json, _member(one, "status")), one);
            assertEq(entry.first, vm.parseJsonUint(json, _member(one, "first")), one);
            assertEq(entry.count, vm.parseJsonUint(json, _member(one, "count")), one);
            assertEq(entry.clock, vm.parseJsonUint(json, _member(one, "at")), one);
            assertEq(entry.party, vm.parseJsonBytes32(json, _member(one, "party")), one);
            assertEq(entry.content, vm.parseJsonBytes32(json, _member(one, "content")), one);
        }
        assertTrue(entries >= 10, "vectors read");
    }

    function test_fuzz_entries_decode_as_they_are_packed(Entry calldata entry) external view {
        bytes memory leaf = abi.encodePacked(
            entry.kind, entry.status, entry.first, entry.count, entry.prev, entry.clock, entry.party, entry.content
        );
        assertEq(leaf.length, Entries.WIDTH, "width");
        assertEq(keccak256(abi.encode(this.decode(leaf))), keccak256(abi.encode(entry)), "decoded");
    }

    /// @dev Number by number, at both ends of the 64 bits.
    function test_fuzz_ranges_are_the_sets_of_their_numbers(uint256 dice) external pure {
        uint256 base = dice % 2 == 0 ? 0 : 2 ** 64 - 20;
        Entry memory one = _range(base, dice >> 8);
        Entry memory other = _range(base, dice >> 64);
        (bool inside, bool overlap) = (true, false);
        uint256 low = one.first < other.first ? one.first : other.first;
        for (uint256 number = low; number < low + 40; ++number) {
            bool inOne = number >= one.first && number - one.first < one.count;
            bool inOther = number >= other.first && number - other.first < other.count;
            assertTrue(one.covers(number) == inOne, "covers");
            inside = inside && (inOther || !inOne);
            overlap = overlap || (inOne && inOther);
        }
        assertTrue(one.isInside(other) == inside, "inside");
        assertTrue(one.overlaps(other) == overlap && other.overlaps(one) == overlap, "overlap");
    }

    function test_the_longest_range_does_not_wrap() external pure {
        Entry memory all;
        (all.first, all.count) = (type(uint64).max, type(uint64).max);
        assertEq(all.end(), 2 * uint256(type(uint64).max), "end");
        assertTrue(all.covers(2 ** 64) && !all.covers(0), "covers");
    }

    function test_fuzz_words_stand_at_their_places(uint64[16] calldata words, uint64 number) external view {
        bytes memory chunk = _chunk(words);
        uint64 word = this.wordOf(chunk, number);
        assertEq(word, words[number % 16], "word");
        assertEq(Heads.statusOf(word), word / 2 ** 60, "status");
        assertEq(Heads.indexOf(word), word % 2 ** 60, "index");
        assertEq(Heads.chunkOf(number), uint256(number) / 16, "chunk");
        assertEq(Heads.chunksFor(number), (uint256(number) + 15) / 16, "chunks");
    }

    function test_fuzz_padding_is_zero_past_the_last_voucher(uint256 vouchers, uint256 dirty) external view {
        vouchers = bound(vouchers, 1, 64);
        dirty = bound(dirty, 0, 63);
        uint64[16] memory words;
        words[dirty % 16] = 1;
        uint64 index = uint64(dirty / 16);
        assertTrue(this.isPadded(_chunk(words), index, uint64(vouchers)) == (dirty < vouchers), "padded");
    }

    function _range(uint256 base, uint256 dice) private pure returns (Entry memory entry) {
        entry.first = uint64(base + dice % 20);
        entry.count = uint64(1 + (dice >> 16) % 19);
    }

    function _chunk(uint64[16] memory words) private pure returns (bytes memory chunk) {
        for (uint256 i = 0; i < words.length; ++i) {
            chunk = abi.encodePacked(chunk, words[i]);
        }
    }
}
