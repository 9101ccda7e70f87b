// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {MerkleTree} from "./MerkleTree.sol";

/// @notice What an operator says about his whole ledger at one moment (docs/protocol.md section 8).
/// @param number 0 at opening, then one more each time
/// @param size entries in the log
/// @param vouchers words in the head array
/// @param logRoot Merkle root over exactly `size` entries
/// @param headRoot Merkle root over the chunks of the head array after exactly `size` entries
/// @param operatorKey the Ed25519 key that signs receipts from here on
/// @param previous hash of the checkpoint before; zero for number 0
struct Checkpoint {
    uint64 number;
    uint64 size;
    uint64 vouchers;
    bytes32 logRoot;
    bytes32 headRoot;
    bytes32 operatorKey;
    bytes32 previous;
}

/// @title The hashes that name ledgers and checkpoints (docs/protocol.md sections 2 and 8)
library Checkpoints {
    function ledgerId(uint256 chainId, address anchors, address opener, bytes32 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(chainId, anchors, opener, salt));
    }

    /// @notice The checkpoint that every ledger starts from: nothing logged, nothing issued.
    function genesis(bytes32 operatorKey) internal pure returns (Checkpoint memory) {
        return Checkpoint(0, 0, 0, MerkleTree.EMPTY, MerkleTree.EMPTY, operatorKey, 0);
    }

    /// @dev A struct of static members encodes as its members in order, so this is the flat encoding of section 8.
    function hash(Checkpoint memory checkpoint, bytes32 ledger) internal pure returns (bytes32) {
        return keccak256(abi.encode(ledger, checkpoint));
    }
}
