// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {IEvidence, ProvenEntry, Shown} from "./IEvidence.sol";

/// @notice The trees whose leaves an operator must be able to show.
enum Tree {
    Log,
    Heads,
    Batch
}

/// @notice The leaf that is asked for. Its id is `keccak256(abi.encode(ask))`; each is asked for once.
/// @param ledger whose
/// @param tree of which kind the tree is
/// @param root its root: a checkpoint's `logRoot` or `headRoot`, or an Issue entry's `content`
/// @param size what stands beside that root: `size`, `vouchers`, or the entry's `count`
/// @param index of the leaf: an entry, a chunk, or a record; 0 of a batch is manifest digest and terms
struct Ask {
    bytes32 ledger;
    Tree tree;
    bytes32 root;
    uint64 size;
    uint64 index;
}

/// @notice Where an ask stands. It only ever moves forward: Unasked, Pending, then Answered or Unanswered.
enum Stand {
    Unasked,
    Pending,
    Answered,
    Unanswered
}

/// @param challenger who asked, and whose the deposit is unless it is answered
/// @param answerableUntil the last block time (seconds) at which an answer counts
/// @param stand where the ask stands
/// @param salt of the challenger's commitment
struct Challenge {
    address challenger;
    uint64 answerableUntil;
    Stand stand;
    bytes32 salt;
}

/// @title F8: challenge and answer for what an operator withholds (docs/protocol.md section 13)
/// @notice Whoever cannot get a leaf of an anchored tree asks for it here. The operator, or anybody, answers with the
/// leaf and its path within three days, and the deposit goes to the ledger's opener for his trouble; else the ledger's
/// bond is taken and the deposit goes back. An answer publishes the leaf for everybody.
///
/// A leaf that nobody can show is also what a root over nothing, a false size, a leaf of another width, a surplus chunk
/// and a padding that is not zero look like. Signatures are not asked for: that is for a judge that checks Ed25519. Nor
/// is the manifest's text, which has no length that would be sure to fit a transaction.
interface IChallenges is IEvidence {
    event Challenged(
        bytes32 indexed ledger, bytes32 indexed id, address indexed challenger, Ask ask, uint256 answerableUntil
    );
    event Answered(bytes32 indexed ledger, bytes32 indexed id, bytes leaf);
    /// @notice Nobody answered in time. `slashed` is false where the bond had gone another way meanwhile.
    event Unanswered(bytes32 indexed ledger, bytes32 indexed id, bool slashed);
    event Collected(address indexed owner, uint256 amount);

    /// @notice This contract is no judge of the ledger, so that it could not take its bond.
    error NoJudgeOf(bytes32 ledger);
    /// @notice There is no bond left to take.
    error NoBond(bytes32 ledger);
    /// @notice The ledger was closed, and its bond could leave less than a day after the last answer: times in seconds.
    error HearingEnds(uint256 answerableUntil, uint256 withdrawableAt);
    error NoLeaf(uint64 index, uint64 size);
    error WrongDeposit(uint256 given, uint256 expected);
    /// @notice The challenger has not committed to this ask at least two blocks before.
    error NotCommitted(bytes32 commitment);
    /// @notice The ask stands elsewhere than the call needs.
    error WrongStand(bytes32 id, Stand stand);
    error TooLate(uint256 time, uint256 answerableUntil);
    error StillAnswerable(uint256 time, uint256 answerableUntil);
    /// @notice This is not the leaf that was asked for, or not of the form that such a leaf has.
    error NotTheLeaf(bytes32 id);
    error NothingOwed(address owner);
    /// @notice The receiver refused the wei; nothing changed, it can be tried again.
    error TransferFailed(address to, uint256 amount);

    /// @notice Asks for the entry at `index` of the log of S. The value is the deposit. The sender has committed in
    /// `anchors` to (himself, `salt`, the id of the ask) at least two blocks ago, so that nobody who saw the ask can ask in his place.
    /// Of a ledger that was closed, until ten days after `close`: three for the answer and one to settle are left then, so
    /// that no bond leaves over an ask.
    /// @return id of the ask
    function challengeEntry(Shown calldata shown, uint64 index, bytes32 salt) external payable returns (bytes32 id);

    /// @notice Asks for chunk `chunk` of the head array of S; for the rest as `challengeEntry`.
    function challengeChunk(Shown calldata shown, uint64 chunk, bytes32 salt) external payable returns (bytes32 id);

    /// @notice Asks for leaf `leaf` of the batch of an Issue entry; for the rest as `challengeEntry`.
    function challengeRecord(Shown calldata shown, ProvenEntry calldata issue, uint64 leaf, bytes32 salt)
        external
        payable
        returns (bytes32 id);

    /// @notice Shows the leaf that was asked for. Anybody may.
    /// @param leaf 98 bytes of an entry; 128 of a chunk, zero past the last voucher; 64 of a record; for leaf 0 of a batch
    /// the manifest's digest and terms, as long as the terms say
    /// @param path from the leaf upwards, under the root of the ask
    function answer(Ask calldata ask, bytes calldata leaf, bytes32[] calldata path) external;

    /// @notice Ends a challenge that was not answered in time: takes the bond for the challenger. Anybody may.
    function settle(Ask calldata ask) external;

    /// @notice Pays the sender the deposits that are his.
    function collect() external;

    function challengeOf(bytes32 id) external view returns (Challenge memory);

    /// @notice Wei that `collect` would pay.
    function owedTo(address owner) external view returns (uint256);

    /// @notice The deposit in wei that a challenge takes; about what an answer costs.
    function deposit() external view returns (uint256);
}
