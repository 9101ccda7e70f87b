// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice One step in a voucher's life: the 98 bytes of a leaf of the log, in their order (docs/protocol.md section 5).
/// `clock` is that page's `at`, which the language reserves. Kind and status are kept as they are written: what the life cycle does not list is judged illegal, never unreadable.
struct Entry {
    uint8 kind;
    uint8 status;
    uint64 first;
    uint64 count;
    uint64 prev;
    uint64 clock;
    bytes32 party;
    bytes32 content;
}

/// @title Entries, their ranges, and the life cycle (docs/protocol.md sections 5 and 6)
/// @notice Signatures, terms and memos are no matter of this library.
library Entries {
    uint256 internal constant WIDTH = 98;
    /// @notice `prev` of an Issue.
    uint64 internal constant NO_PREV = type(uint64).max;

    uint8 internal constant ISSUE = 1;
    uint8 internal constant TRANSFER = 2;
    uint8 internal constant SELL = 3;
    uint8 internal constant CLAIM = 4;
    uint8 internal constant USE = 5;
    uint8 internal constant REDEEM = 6;
    uint8 internal constant VOID = 7;
    uint8 internal constant HOLD = 8;
    uint8 internal constant RELEASE = 9;
    uint8 internal constant RETURN = 10;

    /// @notice No status at all: where section 6 has no such step.
    uint8 internal constant NONE = 0;
    uint8 internal constant IN_TRADE = 1;
    uint8 internal constant SOLD = 2;
    uint8 internal constant CLAIMED = 3;
    uint8 internal constant REDEEMED = 4;
    uint8 internal constant VOIDED = 5;
    /// @notice The bit that makes InTrade, Sold and Claimed 9, 10 and 11.
    uint8 internal constant ON_HOLD = 8;

    /// @param leaf exactly `WIDTH` bytes, which the caller has seen to
    function decode(bytes calldata leaf) internal pure returns (Entry memory) {
        return Entry({
            kind: uint8(leaf[0]),
            status: uint8(leaf[1]),
            first: uint64(bytes8(leaf[2:10])),
            count: uint64(bytes8(leaf[10:18])),
            prev: uint64(bytes8(leaf[18:26])),
            clock: uint64(bytes8(leaf[26:34])),
            party: bytes32(leaf[34:66]),
            content: bytes32(leaf[66:98])
        });
    }

    /// @notice The status after a step of this kind, `NONE` where section 6 lists no such step. An Issue begins a
    /// history, so it follows nothing. Total over all bytes.
    function statusAfter(uint8 status, uint8 kind) internal pure returns (uint8) {
        bool inTrade = status == IN_TRADE;
        bool sold = status == SOLD;
        bool claimed = status == CLAIMED;
        bool free = inTrade || sold || claimed;
        bool held = status == IN_TRADE | ON_HOLD || status == SOLD | ON_HOLD || status == CLAIMED | ON_HOLD;

        if (kind == TRANSFER) return inTrade || claimed ? status : NONE;
        if (kind == SELL) return inTrade ? SOLD : NONE;
        if (kind == CLAIM) return inTrade || sold ? CLAIMED : NONE;
        if (kind == USE) return free ? status : NONE;
        if (kind == REDEEM) return free ? REDEEMED : NONE;
        if (kind == VOID) return free || held ? VOIDED : NONE;
        if (kind == HOLD) return free ? status | ON_HOLD : NONE;
        if (kind == RELEASE) return held ? status ^ ON_HOLD : NONE;
        if (kind == RETURN) return sold || claimed ? IN_TRADE : NONE;
        return NONE;
    }

    /// @notice One past the last voucher number covered: below 2^65, so that a forged range cannot wrap.
    function end(Entry memory entry) internal pure returns (uint256) {
        return uint256(entry.first) + entry.count;
    }

    function covers(Entry memory entry, uint256 number) internal pure returns (bool) {
        return entry.first <= number && number < end(entry);
    }

    function isInside(Entry memory entry, Entry memory outer) internal pure returns (bool) {
        return outer.first <= entry.first && end(entry) <= end(outer);
    }

    function overlaps(Entry memory one, Entry memory other) internal pure returns (bool) {
        return one.first < end(other) && other.first < end(one);
    }
}
