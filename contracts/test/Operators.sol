// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Anchors} from "../src/Anchors.sol";
import {Checkpoint, Checkpoints} from "../src/Checkpoints.sol";
import {FraudProofs} from "../src/FraudProofs.sol";
import {IAnchors} from "../src/IAnchors.sol";
import {Bond, IBonds, Phase} from "../src/IBonds.sol";
import {Ask, IChallenges, Tree} from "../src/IChallenges.sol";
import {IEvidence, ProvenEntry, ProvenHead, ProvenRecord, Shown} from "../src/IEvidence.sol";
import {IFraudProofs} from "../src/IFraudProofs.sol";
import {Accusation, Accusations} from "./Accusations.sol";
import {Harness} from "./Harness.sol";
import {Mirror} from "./Mirror.sol";

/// @notice Two operators of one golden honest log, who anchor it as far and as often as chance will, and a crowd that
/// accuses them of everything, with true evidence under any of their checkpoints, and challenges any leaf. The first
/// operator answers in time; the second never does. What must succeed and what must not is said beforehand.
contract Operators is Harness {
    using Accusations for Accusation;
    using Checkpoints for Checkpoint;

    uint256 public constant HONEST = 0;
    uint256 public constant SILENT = 1;
    uint256 public constant BOND = 3 ether + 1 wei;
    uint256 public constant DEPOSIT = 0.01 ether;
    address public constant OPENER = address(0x09e4e3);
    address public constant CHALLENGER = address(0xc4a11);
    bytes32 private constant SALT = keccak256("salt");

    struct Asked {
        uint256 which;
        uint64 among;
        uint64 issue;
        uint256 until;
        Ask ask;
    }

    Anchors public immutable anchors;
    FraudProofs public immutable judge;
    Mirror private immutable mirror;
    mapping(uint256 which => bytes32) public ledgers;
    mapping(uint256 which => Checkpoint[]) private chains;
    mapping(bytes32 id => bool) private isAsked;
    Asked[] private pending;
    /// @notice What the contract said before the latest call. Kept here, because forge drops what an invariant writes.
    mapping(uint256 which => Phase) public phaseBefore;
    uint256 public turns;
    uint256 public accused;
    uint256 public answered;
    uint256 public slashed;
    uint256 private now_ = 1_790_000_000;
    uint256 private block_ = 1;

    constructor(uint256 golden) payable {
        anchors = new Anchors(1 ether);
        judge = new FraudProofs(anchors, DEPOSIT);
        mirror = new Mirror(golden);
        for (uint256 which = 0; which < 2; ++which) {
            vm.deal(OPENER, BOND);
            vm.prank(OPENER);
            ledgers[which] = anchors.open{value: BOND}(0, bytes32(which));
            vm.prank(OPENER);
            anchors.addJudge(ledgers[which], address(judge));
            chains[which].push(Checkpoints.genesis(0));
        }
    }

    modifier remembers() {
        ++turns;
        for (uint256 which = 0; which < 2; ++which) {
            phaseBefore[which] = phaseOf(which);
        }
        _;
    }

    function anchor(uint256 which, uint256 growth, uint256 heartbeats) external remembers {
        which %= 2;
        if (phaseOf(which) != Phase.Open) return;
        Checkpoint memory tip = _tip(which);
        uint64 size = tip.size + uint64(bound(growth, 0, 6));
        if (size > mirror.size()) size = mirror.size();
        _anchor(which, mirror.checkpoint(tip.number + 1, size, tip.hash(ledgers[which])));
        // Now and then so many that the ring turns over; once for a ledger, since long walks are slow.
        for (uint256 i = heartbeats % 16 == 0 && tip.size > 0 && tip.number < 66 ? 66 : 0; i > 0; --i) {
            Checkpoint memory next = _tip(which);
            (next.previous, next.number) = (next.hash(ledgers[which]), next.number + 1);
            _anchor(which, next);
        }
    }

    function accuse(uint256 which, uint256 rule, uint256 dice) external remembers {
        which %= 2;
        Checkpoint[] storage chain = chains[which];
        Shown memory shown = _shown(which, dice % chain.length);
        if (shown.checkpoint.size == 0) return;
        Accusation memory said = _accusation(Accusations.all()[rule % 12], shown.checkpoint, dice >> 32);
        anchors.commit(keccak256(abi.encode(CHALLENGER, SALT, said.proofHash(shown.checkpoint.hash(shown.ledger)))));
        vm.roll(block_ += 2);
        vm.prank(CHALLENGER);
        (bool holds, bytes memory reason) = address(judge).call(said.call(shown, SALT));
        assertTrue(!holds, "an honest log was found to lie");
        // Refused for what the evidence says, not for being badly made.
        bytes4 selector = bytes4(reason);
        assertTrue(
            selector != IEvidence.NotInLog.selector && selector != IEvidence.NotInHeads.selector
                && selector != IEvidence.NotInBatch.selector && selector != IEvidence.NotAnchored.selector
                && selector != IEvidence.NotPrevious.selector && selector != IAnchors.NotInRing.selector
                && selector != IEvidence.WrongWidth.selector && selector != IEvidence.NoHead.selector,
            "evidence"
        );
        ++accused;
    }

    function challenge(uint256 which, uint256 tree, uint256 dice) external remembers {
        which %= 2;
        Shown memory shown = _shown(which, dice % chains[which].length);
        if (shown.checkpoint.size == 0) return;
        (Asked memory asked, bytes memory data) = _challenge(which, Tree(tree % 3), shown, dice >> 32);
        bytes32 id = keccak256(abi.encode(asked.ask));
        anchors.commit(keccak256(abi.encode(CHALLENGER, SALT, id)));
        vm.roll(block_ += 2);
        bool legal = !isAsked[id] && _isHeard(which);
        vm.deal(CHALLENGER, DEPOSIT);
        if (!_call(CHALLENGER, DEPOSIT, data, legal)) return;
        isAsked[id] = true;
        pending.push(asked);
    }

    function settle(uint256 place) external remembers {
        if (pending.length == 0) return;
        place %= pending.length;
        Asked memory asked = pending[place];
        Phase phase = phaseOf(asked.which);
        if (!_call(address(this), 0, abi.encodeCall(IChallenges.settle, (asked.ask)), now_ > asked.until)) return;
        assertEq(asked.which, SILENT, "a challenge of the honest operator is never unanswered");
        if (phase == Phase.Open || phase == Phase.Closed) ++slashed;
        _drop(place);
    }

    /// @dev Seldom, and not before something stands: under an empty log there is nothing to accuse and to ask for.
    function close(uint256 which, uint256 chance) external remembers {
        which %= 2;
        // Not before there was time to ask.
        if (turns < 24 || chance % 16 != 0 || phaseOf(which) != Phase.Open || _tip(which).size == 0) return;
        _callAnchors(OPENER, abi.encodeCall(IBonds.close, (ledgers[which])));
    }

    function collect() external remembers {
        _call(OPENER, 0, abi.encodeCall(IChallenges.collect, ()), judge.owedTo(OPENER) > 0);
        _call(CHALLENGER, 0, abi.encodeCall(IChallenges.collect, ()), judge.owedTo(CHALLENGER) > 0);
    }

    /// @dev The honest operator looks at what is asked of him at least this often.
    function pass(uint256 time) external remembers {
        _answerAll();
        vm.warp(now_ += bound(time, 1 hours, 4 days));
    }

    /// @dev From wherever things stand: the bonds that were not taken, the rewards and all deposits leave.
    function windUp() external {
        _answerAll();
        for (uint256 which = 0; which < 2; ++which) {
            if (phaseOf(which) == Phase.Open) _callAnchors(OPENER, abi.encodeCall(IBonds.close, (ledgers[which])));
        }
        vm.warp(now_ += 14 days);
        while (pending.length > 0) {
            judge.settle(pending[pending.length - 1].ask);
            pending.pop();
        }
        for (uint256 which = 0; which < 2; ++which) {
            if (phaseOf(which) == Phase.Closed) {
                _callAnchors(OPENER, abi.encodeCall(IBonds.withdraw, (ledgers[which])));
            }
        }
        _call(OPENER, 0, abi.encodeCall(IChallenges.collect, ()), judge.owedTo(OPENER) > 0);
        _call(CHALLENGER, 0, abi.encodeCall(IChallenges.collect, ()), judge.owedTo(CHALLENGER) > 0);
        if (anchors.owedTo(CHALLENGER) > 0) _callAnchors(CHALLENGER, abi.encodeCall(IBonds.collect, ()));
    }

    function phaseOf(uint256 which) public view returns (Phase) {
        return anchors.bondOf(ledgers[which]).phase;
    }

    function pendingCount() external view returns (uint256) {
        return pending.length;
    }

    /// @dev An ask is heard while its three days and one to settle it end before the bond can leave.
    function _isHeard(uint256 which) private view returns (bool) {
        Bond memory bond = anchors.bondOf(ledgers[which]);
        bool inTime = now_ + 4 days <= bond.closedAt + 14 days;
        return bond.phase == Phase.Open || (bond.phase == Phase.Closed && inTime);
    }

    function _anchor(uint256 which, Checkpoint memory next) private {
        Checkpoint memory tip = _tip(which);
        bytes32[] memory proof = mirror.consistency(tip.size, next.size);
        vm.prank(OPENER);
        anchors.anchor(ledgers[which], tip, next, proof);
        chains[which].push(next);
    }

    function _answerAll() private {
        for (uint256 i = pending.length; i > 0; --i) {
            if (pending[i - 1].which == HONEST) _answer(i - 1);
        }
    }

    function _answer(uint256 place) private {
        Asked memory asked = pending[place];
        bytes memory leaf;
        bytes32[] memory path;
        if (asked.ask.tree == Tree.Log) {
            ProvenEntry memory entry = mirror.provenEntry(asked.ask.index, asked.among);
            (leaf, path) = (entry.entry, entry.path);
        } else if (asked.ask.tree == Tree.Heads) {
            ProvenHead memory head = mirror.provenHead(16 * asked.ask.index, asked.among);
            (leaf, path) = (head.chunk, head.path);
        } else {
            ProvenRecord memory record = mirror.provenRecord(asked.issue, asked.ask.index, asked.among);
            (leaf, path) = (record.record, record.path);
        }
        judge.answer(asked.ask, leaf, path);
        ++answered;
        _drop(place);
    }

    function _drop(uint256 place) private {
        pending[place] = pending[pending.length - 1];
        pending.pop();
    }

    /// @dev True evidence, whatever it proves. Chance picks which.
    function _accusation(bytes4 selector, Checkpoint memory under, uint256 dice)
        private
        view
        returns (Accusation memory said)
    {
        said.selector = selector;
        bool ofRecords = selector == IFraudProofs.doubleIssue.selector;
        bool alone = selector == IFraudProofs.illegalAlone.selector || selector == IFraudProofs.forwardLink.selector
            || selector == IFraudProofs.uncountedVoucher.selector;
        bool ofHead = selector == IFraudProofs.staleHead.selector || selector == IFraudProofs.forgedHead.selector;
        bool headAlone = selector == IFraudProofs.headPastLog.selector;
        said.entries = new ProvenEntry[](ofRecords || headAlone ? 0 : alone || ofHead ? 1 : 2);
        said.heads = new ProvenHead[](ofHead || headAlone ? 1 : 0);
        said.records = new ProvenRecord[](ofRecords ? 2 : 0);
        for (uint256 i = 0; i < said.entries.length; ++i) {
            said.entries[i] = mirror.provenEntry(uint64((dice >> 16 * i) % under.size), under.size);
        }
        said.number = uint64((dice >> 64) % under.vouchers);
        if (said.heads.length == 1) said.heads[0] = mirror.provenHead(said.number, under.size);
        for (uint256 i = 0; i < said.records.length; ++i) {
            uint64 issue = mirror.issues((dice >> 16 * i) % mirror.issuesAt(under.size));
            uint64 leaf = uint64(1 + (dice >> (64 + 16 * i)) % mirror.countOf(issue));
            said.records[i] = mirror.provenRecord(issue, leaf, under.size);
        }
    }

    function _challenge(uint256 which, Tree tree, Shown memory shown, uint256 dice)
        private
        view
        returns (Asked memory asked, bytes memory data)
    {
        Checkpoint memory under = shown.checkpoint;
        (asked.which, asked.among, asked.until) = (which, under.size, now_ + 3 days);
        if (tree == Tree.Log) {
            uint64 index = uint64(dice % under.size);
            asked.ask = Ask(shown.ledger, tree, under.logRoot, under.size, index);
            data = abi.encodeCall(IChallenges.challengeEntry, (shown, index, SALT));
        } else if (tree == Tree.Heads) {
            uint64 chunk = uint64((dice % under.vouchers) / 16);
            asked.ask = Ask(shown.ledger, tree, under.headRoot, under.vouchers, chunk);
            data = abi.encodeCall(IChallenges.challengeChunk, (shown, chunk, SALT));
        } else {
            asked.issue = mirror.issues(dice % mirror.issuesAt(under.size));
            ProvenEntry memory issue = mirror.provenEntry(asked.issue, under.size);
            uint64 count = mirror.countOf(asked.issue);
            uint64 leaf = uint64((dice >> 16) % (count + 1));
            asked.ask = Ask(shown.ledger, tree, mirror.decode(issue.entry).content, count, leaf);
            data = abi.encodeCall(IChallenges.challengeRecord, (shown, issue, leaf, SALT));
        }
    }

    /// @dev With a walk where the ring has forgotten it.
    function _shown(uint256 which, uint256 number) private view returns (Shown memory shown) {
        Checkpoint[] storage chain = chains[which];
        uint256 latest = chain.length - 1;
        uint256 walk = latest - number < 64 ? 0 : latest - number - 63;
        shown = Shown(ledgers[which], chain[number], new Checkpoint[](walk));
        for (uint256 i = 0; i < walk; ++i) {
            shown.newer[i] = chain[number + 1 + i];
        }
    }

    function _tip(uint256 which) private view returns (Checkpoint memory) {
        return chains[which][chains[which].length - 1];
    }

    function _call(address sender, uint256 value, bytes memory data, bool legal) private returns (bool ok) {
        vm.prank(sender);
        (ok,) = address(judge).call{value: value}(data);
        assertTrue(ok == legal, legal ? "a legal call was refused" : "an illegal call was accepted");
    }

    function _callAnchors(address sender, bytes memory data) private {
        vm.prank(sender);
        (bool ok,) = address(anchors).call(data);
        assertTrue(ok, "a legal call was refused");
    }
}
