// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Bonds} from "./Bonds.sol";
import {Checkpoint, Checkpoints} from "./Checkpoints.sol";
import {IAnchors} from "./IAnchors.sol";
import {Phase} from "./IBonds.sol";
import {MerkleTree} from "./MerkleTree.sol";

/// @notice Keeps ledgers append-only. The words are in `IAnchors`; money and judges are in `Bonds`.
contract Anchors is IAnchors, Bonds {
    using Checkpoints for Checkpoint;

    /// @dev All of a ledger's chain state but the ring, in one slot. A ledger cannot reach 2^48 checkpoints (at a
    /// million a second that takes nine years), nor a block time 2^48 seconds.
    struct Tip {
        address anchorer;
        uint48 number;
        uint48 time;
    }

    uint64 internal constant RING = 64;
    uint64 internal constant LIMIT = 2 ** 48;

    mapping(bytes32 ledger => Tip) private _tips;
    /// @dev Checkpoint n lies at n mod 64.
    mapping(bytes32 ledger => bytes32[RING]) private _rings;

    constructor(uint256 minimumBond_) Bonds(minimumBond_) {}

    /// @inheritdoc IAnchors
    function open(bytes32 operatorKey, bytes32 salt) external payable returns (bytes32 ledger) {
        ledger = ledgerId(msg.sender, salt);
        _deposit(ledger);

        _tips[ledger] = Tip(msg.sender, 0, uint48(block.timestamp));
        _rings[ledger][0] = Checkpoints.genesis(operatorKey).hash(ledger);
        emit Opened(ledger, msg.sender, salt, operatorKey);
    }

    /// @inheritdoc IAnchors
    function anchor(bytes32 ledger, Checkpoint calldata prev, Checkpoint calldata next, bytes32[] calldata consistency)
        external
    {
        _requirePhase(ledger, Phase.Open);
        Tip storage tip = _tips[ledger];
        if (msg.sender != tip.anchorer) revert NotAnchorer(msg.sender, tip.anchorer);
        bytes32 latestHash = _rings[ledger][tip.number % RING];
        bytes32 prevHash = prev.hash(ledger);
        if (prevHash != latestHash) revert NotLatest(prevHash, latestHash);
        if (next.previous != latestHash) revert PreviousMismatch(next.previous, latestHash);
        _requireExtension(prev, next, consistency);

        tip.number = uint48(next.number);
        tip.time = uint48(block.timestamp);
        _rings[ledger][next.number % RING] = next.hash(ledger);
        emit Anchored(ledger, next.number, next);
    }

    /// @inheritdoc IAnchors
    function setAnchorer(bytes32 ledger, address anchorer) external {
        _requireOpener(ledger, Phase.Open);

        _tips[ledger].anchorer = anchorer;
        emit AnchorerSet(ledger, anchorer);
    }

    /// @inheritdoc IAnchors
    function anchorerOf(bytes32 ledger) external view returns (address) {
        return _tips[ledger].anchorer;
    }

    /// @inheritdoc IAnchors
    function latest(bytes32 ledger) external view returns (uint64 number, uint64 time, bytes32 hash) {
        Tip storage tip = _tips[ledger];
        return (tip.number, tip.time, _rings[ledger][tip.number % RING]);
    }

    /// @inheritdoc IAnchors
    function checkpointHash(bytes32 ledger, uint64 number) external view returns (bytes32) {
        uint64 newest = _tips[ledger].number;
        if (number > newest || newest - number >= RING) revert NotInRing(number, newest);
        return _rings[ledger][number % RING];
    }

    /// @inheritdoc IAnchors
    function ledgerId(address opener, bytes32 salt) public view returns (bytes32) {
        return Checkpoints.ledgerId(block.chainid, address(this), opener, salt);
    }

    function _requireExtension(Checkpoint calldata prev, Checkpoint calldata next, bytes32[] calldata consistency)
        private
        pure
    {
        if (next.number != prev.number + 1) revert NumberNotNext(next.number, prev.number + 1);
        if (next.size < prev.size) revert SizeShrank(prev.size, next.size);
        if (next.vouchers < prev.vouchers) revert VouchersShrank(prev.vouchers, next.vouchers);
        if (next.size >= LIMIT || next.vouchers >= LIMIT) revert TooLarge(next.size, next.vouchers);
        if (!MerkleTree.extends(prev.logRoot, prev.size, next.logRoot, next.size, consistency)) {
            revert NotAnExtension(prev.size, next.size, consistency.length);
        }
    }
}
