// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title The head array: which entry is each voucher's latest (docs/protocol.md section 8)
/// @notice A word holds the status in its top 4 bits and the log index in its low 60; 16 words are a chunk, and chunks
/// are the leaves of the head tree.
library Heads {
    uint64 internal constant CHUNK_WORDS = 16;
    uint256 internal constant CHUNK_WIDTH = 128;
    uint64 private constant INDEX_MASK = 2 ** 60 - 1;

    /// @notice The chunk that holds voucher `number`.
    function chunkOf(uint64 number) internal pure returns (uint64) {
        return number / CHUNK_WORDS;
    }

    /// @notice How many chunks hold so many vouchers: the size of the head tree.
    function chunksFor(uint64 vouchers) internal pure returns (uint64) {
        return vouchers / CHUNK_WORDS + (vouchers % CHUNK_WORDS == 0 ? 0 : 1);
    }

    /// @notice The word of voucher `number`, by its place in its chunk.
    /// @param chunk exactly `CHUNK_WIDTH` bytes, which the caller has seen to
    function wordOf(bytes calldata chunk, uint64 number) internal pure returns (uint64) {
        uint256 start = 8 * (number % CHUNK_WORDS);
        return uint64(bytes8(chunk[start:start + 8]));
    }

    /// @notice Whether the words past the last voucher are zero.
    /// @param chunk as for `wordOf`
    /// @param index of the chunk, below `chunksFor(vouchers)`
    function isPadded(bytes calldata chunk, uint64 index, uint64 vouchers) internal pure returns (bool) {
        for (uint64 place = 0; place < CHUNK_WORDS; ++place) {
            if (index * CHUNK_WORDS + place >= vouchers && wordOf(chunk, place) != 0) return false;
        }
        return true;
    }

    function statusOf(uint64 word) internal pure returns (uint8) {
        return uint8(word >> 60);
    }

    function indexOf(uint64 word) internal pure returns (uint64) {
        return word & INDEX_MASK;
    }
}
