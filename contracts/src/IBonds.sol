// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice Where a ledger stands. It only ever moves forward: Unopened, Open, then Slashed, or Closed and from there
/// Slashed or Withdrawn. Only an Open ledger anchors.
enum Phase {
    Unopened,
    Open,
    Closed,
    Withdrawn,
    Slashed
}

/// @dev How long fraud is heard after `close`: longer than the three days that a challenged leaf may take.
uint256 constant HEARING = 14 days;

/// @param opener who opened the ledger, manages it, and gets the bond back
/// @param phase where the ledger stands
/// @param closedAt block time (seconds) of `close`; zero before
/// @param amount wei at stake; zero once withdrawn or slashed
struct Bond {
    address opener;
    Phase phase;
    uint64 closedAt;
    uint256 amount;
}

/// @title The bond behind a ledger: an operator who lies loses half of it at the least (docs/protocol.md sections 12 and 13)
/// @notice Who may take it is decided by judges: contracts that check fraud proofs, added by the opener and never
/// removed. A judge may slash, and nothing else. What counts as fraud is no matter of this interface; that there is a
/// `slash` is, because the contract never changes, and a rule written later must still reach a ledger opened today.
/// Whoever relies on a bond reads which judges `JudgeAdded` named: the opener's own could slash for nothing, and even
/// then half is burned.
///
/// A reporter first commits to `keccak256(abi.encode(reporter, salt, keccak256(proof)))`. Shown to a judge two blocks
/// later, the proof takes the whole bond: half is owed to the reporter, half is burned; earlier it is refused. Without a
/// commitment all of it is burned, so that copying a report out of the mempool earns nothing. A liar who commits to his
/// own lie in time keeps half.
interface IBonds {
    /// @notice More wei lies behind the ledger; `amount` is what was added, the bond in full is in `bondOf`.
    event BondToppedUp(bytes32 indexed ledger, address indexed from, uint256 amount);
    event JudgeAdded(bytes32 indexed ledger, address indexed judge);
    /// @param withdrawableAt block time in seconds from which the bond can leave
    event Closed(bytes32 indexed ledger, uint256 withdrawableAt);
    event Withdrawn(bytes32 indexed ledger, address indexed opener, uint256 amount);
    event Committed(bytes32 indexed commitment, uint256 blockNumber);
    /// @notice The ledger was proven to lie: it never anchors again, and its bond is gone.
    /// @param rewarded wei owed to the reporter from now on; zero without a commitment in time
    /// @param burned wei that nobody gets
    event Slashed(
        bytes32 indexed ledger, address indexed judge, address indexed reporter, uint256 rewarded, uint256 burned
    );
    event Collected(address indexed reporter, uint256 amount);

    /// @notice The ledger is in `phase`, which does not allow the call.
    error WrongPhase(bytes32 ledger, Phase phase);
    error BondTooSmall(uint256 given, uint256 minimum);
    error NotOpener(address sender, address opener);
    error NotJudge(bytes32 ledger, address sender);
    /// @notice Fraud is still heard until `withdrawableAt`; both times are seconds.
    error StillHeard(uint256 time, uint256 withdrawableAt);
    /// @notice The reporter committed in block `committed`, and two blocks have not passed: the same call holds then.
    error TooYoung(uint256 committed);
    error NothingOwed(address reporter);
    /// @notice The receiver refused the wei; nothing changed, it can be tried again.
    error TransferFailed(address to, uint256 amount);

    /// @notice Adds the value to the bond of an open ledger. Anybody may; only the opener ever gets it back.
    function topUp(bytes32 ledger) external payable;

    /// @notice Lets `judge` slash an open ledger from now on, for good. Only the opener. Adding one twice is no error.
    function addJudge(bytes32 ledger, address judge) external;

    /// @notice Ends anchoring for good and starts the 14 days in which fraud is still heard. Only the opener.
    function close(bytes32 ledger) external;

    /// @notice Pays the bond of a closed ledger back, 14 days after `close`. Only the opener, once.
    function withdraw(bytes32 ledger) external;

    /// @notice Records a reporter's commitment at this block. The first block counts: committing again changes nothing.
    function commit(bytes32 commitment) external;

    /// @notice Takes the ledger's whole bond. Only a judge of the ledger, while the bond is there: also later than 14
    /// days after `close`, if it was not withdrawn. The caller vouches that the proof holds against this ledger.
    /// Reverts with `TooYoung` where the reporter committed less than two blocks ago.
    /// @param reporter who is owed half, if he committed to (himself, `salt`, `proofHash`) at least two blocks ago
    /// @param proofHash Keccak-256 of the proof in the form that the judge demands
    function slash(bytes32 ledger, address reporter, bytes32 salt, bytes32 proofHash) external;

    /// @notice Pays the sender all that slashing has earned him.
    function collect() external;

    /// @notice The least bond in wei with which a ledger is opened.
    function minimumBond() external view returns (uint256);

    /// @notice All zero (phase Unopened) for a ledger that was never opened.
    function bondOf(bytes32 ledger) external view returns (Bond memory);

    function isJudge(bytes32 ledger, address judge) external view returns (bool);

    /// @notice The block number of a commitment; zero if there is none.
    function committedAt(bytes32 commitment) external view returns (uint256);

    /// @notice Wei that `collect` would pay to the reporter.
    function owedTo(address reporter) external view returns (uint256);
}
