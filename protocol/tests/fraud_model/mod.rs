//! The model check of the fraud rules, and the golden cases for whoever judges in another language. The ledgers are those
//! of the crate `vouchsafe-ledgers`.

mod asked;
mod check;
mod golden;
