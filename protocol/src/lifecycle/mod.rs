//! The life of a voucher: kinds, statuses, the one transition table, and the one function that takes a step
//! (docs/protocol.md section 6). The operator decides by it, every verifier judges by it.
//!
//! Here stand kinds, statuses and the table; `state` folds a history by it.

mod state;

pub use state::{Demand, Illegal, Role, State, issue_demand};

macro_rules! byte_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $byte:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$item_doc])* $item = $byte),* }

        impl $name {
            /// All of them, by their bytes.
            pub const ALL: &[Self] = &[$(Self::$item),*];

            /// As it is written in an entry.
            pub const fn byte(self) -> u8 {
                self as u8
            }

            /// From the byte of an entry; `None` if section 6 does not list it.
            pub fn from_byte(byte: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|item| item.byte() == byte)
            }

            /// Its name in section 6.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$item => stringify!($item)),* }
            }
        }
    };
}

byte_enum! {
    /// What a step is.
    Kind {
        /// Vouchers come into being, held by their issuer.
        Issue = 1,
        /// To another holder.
        Transfer = 2,
        /// To a buyer.
        Sell = 3,
        /// The buyer shows that he holds the code, and names his key.
        Claim = 4,
        /// One of several uses.
        Use = 5,
        /// The last use.
        Redeem = 6,
        /// Called back for good.
        Void = 7,
        /// Frozen.
        Hold = 8,
        /// No longer frozen.
        Release = 9,
        /// Back to the seller.
        Return = 10,
    }
}

byte_enum! {
    /// What a voucher is after a step.
    Status {
        /// With a holder who may sell it.
        InTrade = 1,
        /// Sold, to a named key or to nobody named.
        Sold = 2,
        /// Claimed by whoever held the code.
        Claimed = 3,
        /// Used up.
        Redeemed = 4,
        /// Called back.
        Voided = 5,
        /// In trade, frozen.
        InTradeOnHold = 9,
        /// Sold, frozen.
        SoldOnHold = 10,
        /// Claimed, frozen.
        ClaimedOnHold = 11,
    }
}

impl Status {
    /// The one transition table: the status after a step of this kind, `None` where section 6 lists no such step.
    /// An Issue begins a history, so it follows nothing.
    #[expect(
        clippy::match_same_arms,
        reason = "one arm a line of section 6, so that the two can be compared"
    )]
    pub const fn after(self, kind: Kind) -> Option<Self> {
        use Status::{Claimed, ClaimedOnHold, InTrade, InTradeOnHold, Redeemed, Sold, SoldOnHold, Voided};
        match (self, kind) {
            (InTrade, Kind::Transfer | Kind::Use) => Some(InTrade),
            (InTrade, Kind::Sell) => Some(Sold),
            (InTrade | Sold, Kind::Claim) => Some(Claimed),
            (Sold, Kind::Use) => Some(Sold),
            (Claimed, Kind::Transfer | Kind::Use) => Some(Claimed),
            (InTrade | Sold | Claimed, Kind::Redeem) => Some(Redeemed),
            (InTrade | Sold | Claimed | InTradeOnHold | SoldOnHold | ClaimedOnHold, Kind::Void) => {
                Some(Voided)
            }
            (InTrade, Kind::Hold) => Some(InTradeOnHold),
            (Sold, Kind::Hold) => Some(SoldOnHold),
            (Claimed, Kind::Hold) => Some(ClaimedOnHold),
            (InTradeOnHold, Kind::Release) => Some(InTrade),
            (SoldOnHold, Kind::Release) => Some(Sold),
            (ClaimedOnHold, Kind::Release) => Some(Claimed),
            (Sold | Claimed, Kind::Return) => Some(InTrade),
            (InTrade, Kind::Issue | Kind::Release | Kind::Return)
            | (Sold, Kind::Issue | Kind::Transfer | Kind::Sell | Kind::Release)
            | (Claimed, Kind::Issue | Kind::Sell | Kind::Claim | Kind::Release)
            | (
                InTradeOnHold | SoldOnHold | ClaimedOnHold,
                Kind::Issue
                | Kind::Transfer
                | Kind::Sell
                | Kind::Claim
                | Kind::Use
                | Kind::Redeem
                | Kind::Hold
                | Kind::Return,
            )
            | (
                Redeemed | Voided,
                Kind::Issue
                | Kind::Transfer
                | Kind::Sell
                | Kind::Claim
                | Kind::Use
                | Kind::Redeem
                | Kind::Void
                | Kind::Hold
                | Kind::Release
                | Kind::Return,
            ) => None,
        }
    }

    /// Whether it is frozen.
    pub const fn is_on_hold(self) -> bool {
        matches!(self, Self::InTradeOnHold | Self::SoldOnHold | Self::ClaimedOnHold)
    }
}
