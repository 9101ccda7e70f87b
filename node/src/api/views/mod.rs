//! What the API shows, in its own types: the shapes of `docs/openapi.json` are made from them.

mod ledger;
mod log;
mod vouchers;

pub use ledger::{
    AnchoredView, BondView, ChainSeen, CheckpointView, Checkpoints, FinalityView, LedgerNameView, LedgerView,
    Live, Ready,
};
pub use log::{
    AcceptedBatch, AcceptedStep, BatchSummary, BatchView, Batches, CensusView, IncidentView, Incidents,
    ReceiptView, SignatureView, StepAnswer, StepAnswers, StepView,
};
pub use vouchers::{AbsenceView, Absent, History, RunView, Runs, VoucherView};
