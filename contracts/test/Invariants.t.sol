// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Anchors} from "../src/Anchors.sol";
import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {IAnchors} from "../src/IAnchors.sol";
import {Bond, IBonds, Phase} from "../src/IBonds.sol";
import {Harness} from "./Harness.sol";
import {UniformTree} from "./UniformTree.sol";

/// @notice Random parties doing random things, legal or not, to a few ledgers. A model of the protocol page says
/// beforehand whether each call must succeed; any other outcome fails the run.
contract Crowd is Harness {
    using Checkpoints for Checkpoint;

    struct Model {
        Phase phase;
        uint256 amount;
        uint256 closedAt;
        uint256 anchoredAt;
        Checkpoint tip;
    }

    uint256 public constant LEDGERS = 3;
    address public constant REPORTER = address(0x4e904e4);
    address private constant JUDGE = address(0x10d6e);
    bytes32 private constant SALT = keccak256("salt");

    Anchors public immutable anchors;
    uint256 public owed;
    uint256 public anchored;
    uint256 public ended;
    Model[LEDGERS] private models;
    uint256 private now_ = 1_790_000_000;
    uint256 private block_ = 1;

    constructor(Anchors anchors_) {
        anchors = anchors_;
    }

    function open(uint256 which, uint256 value) external {
        which %= LEDGERS;
        value = bound(value, 0, 3 ether);
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

    /// @param lie 0 to 3: an honest step; else one member of the next checkpoint is wrong
    function anchor(uint256 which, uint256 growth, uint256 lie) external {
        which %= LEDGERS;
        lie %= 8;
        Model storage model = models[which];
        uint256 size = model.tip.size + bound(growth, 0, 2 ** 40);
        Checkpoint memory next = Checkpoint(
            model.tip.number + 1, uint64(size), uint64(size), UniformTree.root(size), 0, 0, model.tip.hash(id(which))
        );
        if (lie == 4) next.number = model.tip.number;
        if (lie == 5) next.previous = next.logRoot;
        if (lie == 6) next.vouchers = 2 ** 48;
        if (lie == 7) next.size = model.tip.size == 0 ? 2 ** 48 : model.tip.size - 1;
        bool legal = model.phase == Phase.Open && lie < 4 && size < 2 ** 48;
        bytes32[] memory proof = UniformTree.consistency(model.tip.size, size);
        bytes memory data = abi.encodeCall(IAnchors.anchor, (id(which), model.tip, next, proof));
        if (!_call(opener(which), 0, data, legal)) return;

        model.tip = next;
        model.anchoredAt = now_;
        ++anchored;
    }

    function topUp(uint256 which, uint256 value) external {
        which %= LEDGERS;
        value = bound(value, 0, 1 ether);
        vm.deal(opener(which), value);
        bool legal = models[which].phase == Phase.Open;
        if (!_call(opener(which), value, abi.encodeCall(IBonds.topUp, (id(which))), legal)) return;
        models[which].amount += value;
    }

    /// @dev One call in four closes, so that ledgers live long enough to be anchored.
    function close(uint256 which, uint256 chance) external {
        which %= LEDGERS;
        if (chance % 4 != 0) return;
        bool legal = models[which].phase == Phase.Open;
        if (!_call(opener(which), 0, abi.encodeCall(IBonds.close, (id(which))), legal)) return;
        models[which].phase = Phase.Closed;
        models[which].closedAt = now_;
    }

    function withdraw(uint256 which) external {
        which %= LEDGERS;
        Model storage model = models[which];
        bool legal = model.phase == Phase.Closed && now_ >= model.closedAt + 14 days;
        if (!_call(opener(which), 0, abi.encodeCall(IBonds.withdraw, (id(which))), legal)) return;
        model.phase = Phase.Withdrawn;
        model.amount = 0;
        ++ended;
    }

    function slash(uint256 which, uint256 chance, bool committed) external {
        which %= LEDGERS;
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
        model.phase = Phase.Slashed;
        model.amount = 0;
        ++ended;
    }

    function collect() external {
        if (!_call(REPORTER, 0, abi.encodeCall(IBonds.collect, ()), owed > 0)) return;
        owed = 0;
    }

    function pass(uint256 time) external {
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

    function _call(address sender, uint256 value, bytes memory data, bool legal) private returns (bool ok) {
        vm.prank(sender);
        (ok,) = address(anchors).call{value: value}(data);
        assertTrue(ok == legal, legal ? "a legal call was refused" : "an illegal call was accepted");
    }
}

/// @notice What holds after any sequence of calls.
contract InvariantsTest is Harness {
    using Checkpoints for Checkpoint;

    Anchors private anchors;
    Crowd private crowd;
    mapping(uint256 which => uint256) private numberSeen;
    mapping(uint256 which => uint256) private phaseSeen;

    function setUp() external {
        vm.warp(1_790_000_000);
        vm.roll(1);
        anchors = new Anchors(1 ether);
        crowd = new Crowd(anchors);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(crowd);
    }

    /// @dev To the wei: nothing else is ever in the contract, and nothing is missing.
    function invariant_the_balance_is_the_bonds_and_what_is_owed() external view {
        uint256 due = crowd.owed();
        assertEq(anchors.owedTo(crowd.REPORTER()), due, "owed");
        for (uint256 which = 0; which < crowd.LEDGERS(); ++which) {
            due += anchors.bondOf(crowd.id(which)).amount;
        }
        assertEq(address(anchors).balance, due, "balance");
    }

    function invariant_every_ledger_stands_where_the_model_says() external view {
        for (uint256 which = 0; which < crowd.LEDGERS(); ++which) {
            Crowd.Model memory model = crowd.modelOf(which);
            bytes32 ledger = crowd.id(which);
            Bond memory bond = anchors.bondOf(ledger);
            assertEq(uint256(bond.phase), uint256(model.phase), "phase");
            assertEq(bond.amount, model.amount, "amount");
            assertEq(bond.closedAt, model.closedAt, "closed at");
            (uint64 number, uint64 time, bytes32 hash) = anchors.latest(ledger);
            bytes32 expected = model.phase == Phase.Unopened ? bytes32(0) : model.tip.hash(ledger);
            assertEq(number, model.tip.number, "number");
            assertEq(time, model.anchoredAt, "time");
            assertEq(hash, expected, "hash");
        }
    }

    function invariant_numbers_and_phases_never_go_back() external {
        for (uint256 which = 0; which < crowd.LEDGERS(); ++which) {
            (uint64 number,,) = anchors.latest(crowd.id(which));
            uint256 phase = uint256(anchors.bondOf(crowd.id(which)).phase);
            assertTrue(number >= numberSeen[which] && phase >= phaseSeen[which], "went back");
            (numberSeen[which], phaseSeen[which]) = (number, phase);
        }
    }

    /// @dev The crowd does reach what the invariants speak of; without this they could hold over nothing.
    function test_the_crowd_anchors_and_ends_ledgers() external {
        for (uint256 i = 0; i < 400; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(i)));
            uint256 turn = dice % 8;
            uint256 which = dice >> 8;
            if (turn == 0) crowd.open(which, dice >> 16);
            if (turn <= 3) crowd.anchor(which, dice >> 32, dice >> 16);
            if (turn == 4) crowd.close(which, dice >> 16);
            if (turn == 5) crowd.slash(which, dice >> 16, dice & 256 == 0);
            if (turn == 6) crowd.pass(dice);
            if (turn == 7) crowd.withdraw(which);
            if (turn == 7) crowd.collect();
        }
        assertTrue(crowd.anchored() > 0 && crowd.ended() == crowd.LEDGERS(), "reached");
    }
}
