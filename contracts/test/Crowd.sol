// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Anchors} from "../src/Anchors.sol";
import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {IAnchors} from "../src/IAnchors.sol";
import {IBonds, Phase} from "../src/IBonds.sol";
import {Harness, Log} from "./Harness.sol";
import {NaiveTree} from "./NaiveTree.sol";
import {UniformTree} from "./UniformTree.sol";

/// @notice Random parties doing random things, legal or not, to a few ledgers; where one ended, a new one can begin. A
/// model of the protocol page says beforehand whether each call must succeed; any other outcome fails the run.
contract Crowd is Harness {
    using Checkpoints for Checkpoint;

    struct Model {
        Phase phase;
        uint256 amount;
        uint256 closedAt;
        uint256 anchoredAt;
        Checkpoint tip;
    }

    /// @dev What the contract itself says of a ledger: its phase, and the checkpoint of its last event.
    struct Told {
        Phase phase;
        uint64 number;
        uint64 size;
        uint64 vouchers;
    }

    uint256 public constant SLOTS = 3;
    address public constant REPORTER = address(0x4e904e4);
    address public constant JUDGE = address(0x10d6e);
    bytes32 private constant SALT = keccak256("salt");
    /// @dev The first of the steps of `anchor` that are lies, and one past the last.
    uint256 private constant LIES = 6;
    uint256 private constant STEPS = 12;

    Anchors public immutable anchors;
    uint256 public owed;
    uint256 public anchored;
    uint256 public refused;
    uint256 public rewarded;
    uint256 public burned;
    uint256 public withdrawn;
    uint256 public collected;
    /// @notice Ledgers so far, and which of them the calls now go to.
    uint256 public count = SLOTS;
    uint256[SLOTS] private current = [0, 1, 2];
    mapping(uint256 ledger => Model) private models;
    mapping(uint256 ledger => Checkpoint) private announced;
    mapping(uint256 ledger => Told) private before;
    uint256 public turns;
    uint256 private now_ = 1_790_000_000;
    uint256 private block_ = 1;

    constructor(Anchors anchors_) {
        anchors = anchors_;
    }

    /// @dev Kept here, because forge drops what an invariant writes.
    modifier remembers() {
        ++turns;
        for (uint256 which = 0; which < count; ++which) {
            before[which] = told(which);
        }
        _;
    }

    function open(uint256 which, uint256 value) external remembers {
        which %= SLOTS;
        if (models[current[which]].phase >= Phase.Withdrawn && value % 4 != 0) current[which] = count++;
        which = current[which];
        value = bound(value, 0.9 ether, 3 ether);
        Model storage model = models[which];
        bool legal = model.phase == Phase.Unopened && value >= anchors.minimumBond();
        vm.deal(opener(which), value);
        if (!_call(opener(which), value, abi.encodeCall(IAnchors.open, (0, SALT)), legal)) return;

        model.phase = Phase.Open;
        model.amount = value;
        model.anchoredAt = now_;
        model.tip = Checkpoints.genesis(0);
        _call(opener(which), 0, abi.encodeCall(IBonds.addJudge, (id(which), JUDGE)), true);
    }

    /// @param step below `LIES`: an honest one; else one member of the next checkpoint, or the proof, is wrong
    function anchor(uint256 which, uint256 growth, uint256 step) external remembers {
        which = current[which % SLOTS];
        step %= STEPS;
        Model storage model = models[which];
        uint256 size = model.tip.size + bound(growth, 0, 2 ** 40);
        Checkpoint memory next = Checkpoint(
            model.tip.number + 1, uint64(size), uint64(size), UniformTree.root(size), 0, 0, model.tip.hash(id(which))
        );
        bytes32[] memory proof = UniformTree.consistency(model.tip.size, size);
        if (step == 6) next.number = model.tip.number;
        if (step == 7) next.previous = next.logRoot;
        if (step == 8) next.vouchers = 2 ** 48;
        if (step == 9) next.size = model.tip.size == 0 ? 2 ** 48 : model.tip.size - 1;
        if (step == 10) next.vouchers = model.tip.vouchers == 0 ? 2 ** 48 : model.tip.vouchers - 1;
        if (step == 11) proof = NaiveTree.append(proof, next.logRoot);
        bool legal = model.phase == Phase.Open && step < LIES && size < 2 ** 48;
        bytes memory data = abi.encodeCall(IAnchors.anchor, (id(which), model.tip, next, proof));
        if (!_call(opener(which), 0, data, legal)) return;

        model.tip = next;
        model.anchoredAt = now_;
        ++anchored;
    }

    function topUp(uint256 which, uint256 value) external remembers {
        which = current[which % SLOTS];
        value = bound(value, 0, 1 ether);
        vm.deal(opener(which), value);
        bool legal = models[which].phase == Phase.Open;
        if (!_call(opener(which), value, abi.encodeCall(IBonds.topUp, (id(which))), legal)) return;
        models[which].amount += value;
    }

    /// @dev One call in four closes, so that ledgers live long enough to be anchored.
    function close(uint256 which, uint256 chance) external remembers {
        which = current[which % SLOTS];
        if (chance % 4 != 0) return;
        bool legal = models[which].phase == Phase.Open;
        if (!_call(opener(which), 0, abi.encodeCall(IBonds.close, (id(which))), legal)) return;
        models[which].phase = Phase.Closed;
        models[which].closedAt = now_;
    }

    function withdraw(uint256 which) external remembers {
        which = current[which % SLOTS];
        Model storage model = models[which];
        bool legal = model.phase == Phase.Closed && now_ >= model.closedAt + 14 days;
        if (!_call(opener(which), 0, abi.encodeCall(IBonds.withdraw, (id(which))), legal)) return;
        model.phase = Phase.Withdrawn;
        model.amount = 0;
        ++withdrawn;
    }

    function slash(uint256 which, uint256 chance, bool committed) external remembers {
        which = current[which % SLOTS];
        if (chance % 8 != 0) return;
        Model storage model = models[which];
        bytes32 proof = keccak256(abi.encode(which, block_, committed));
        if (committed) {
            anchors.commit(keccak256(abi.encode(REPORTER, SALT, proof)));
            vm.roll(block_ += 2);
        }
        bool legal = model.phase == Phase.Open || model.phase == Phase.Closed;
        bytes memory data = abi.encodeCall(IBonds.slash, (id(which), REPORTER, SALT, proof));
        if (!_call(JUDGE, 0, data, legal)) return;
        if (committed) owed += model.amount / 2;
        if (committed) ++rewarded;
        else ++burned;
        model.phase = Phase.Slashed;
        model.amount = 0;
    }

    function collect() external remembers {
        if (!_call(REPORTER, 0, abi.encodeCall(IBonds.collect, ()), owed > 0)) return;
        owed = 0;
        ++collected;
    }

    function pass(uint256 time) external remembers {
        vm.warp(now_ += bound(time, 1 hours, 10 days));
        vm.roll(++block_);
    }

    function opener(uint256 which) public pure returns (address) {
        return address(uint160(0x09e4e3 + which));
    }

    function id(uint256 which) public view returns (bytes32) {
        return anchors.ledgerId(opener(which), SALT);
    }

    function modelOf(uint256 which) external view returns (Model memory) {
        return models[which];
    }

    function told(uint256 which) public view returns (Told memory) {
        Phase phase = anchors.bondOf(id(which)).phase;
        (uint64 number,,) = anchors.latest(id(which));
        return Told(phase, number, announced[which].size, announced[which].vouchers);
    }

    /// @notice What the contract said before the latest call.
    function toldBefore(uint256 which) external view returns (Told memory) {
        return before[which];
    }

    /// @notice The checkpoint that the ledger's last `Anchored` shows.
    function announcedOf(uint256 which) external view returns (Checkpoint memory) {
        return announced[which];
    }

    function _call(address sender, uint256 value, bytes memory data, bool legal) private returns (bool ok) {
        vm.recordLogs();
        vm.prank(sender);
        (ok,) = address(anchors).call{value: value}(data);
        assertTrue(ok == legal, legal ? "a legal call was refused" : "an illegal call was accepted");
        if (!ok) ++refused;
        _listen();
    }

    function _listen() private {
        Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IAnchors.Anchored.selector) continue;
            for (uint256 which = 0; which < count; ++which) {
                if (logs[i].topics[1] == id(which)) announced[which] = abi.decode(logs[i].data, (Checkpoint));
            }
        }
    }
}
