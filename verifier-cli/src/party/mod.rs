//! What the parties' commands are made of: sealing a batch, naming vouchers, building and signing instructions, keeping
//! receipts. Everything here but files is pure; talking to the node is `commands` with `node_client`.

pub mod batch;
pub mod code_space;
pub mod delivered;
pub mod files;
pub mod instruction;
pub mod manifest;
pub mod memo;
pub mod place;
pub mod receipts;
pub mod selection;
pub mod step;
