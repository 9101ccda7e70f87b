//! Which public data a command reads.

use super::{DataError, FolderData, HttpData, PublicData};
use crate::failure::Failure;
use crate::node_client::NodeError;
use crate::source::NODE_VARIABLE;

/// Where the public data of a ledger is read.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DataArgs {
    /// A node, a web server with a mirror, or the folder of a mirror; without it the environment's `VOUCHSAFE_NODE`.
    #[arg(long, visible_alias = "node", value_name = "URL|DIR")]
    pub from: Option<String>,
}

impl DataArgs {
    /// Opens it: an address is asked at once, a folder must have a `ledger.json`.
    pub fn open(&self) -> Result<Box<dyn PublicData>, Failure> {
        let variable = || std::env::var(NODE_VARIABLE).ok().filter(|value| !value.is_empty());
        let text = self.from.clone().or_else(variable).ok_or_else(|| Failure::usage("error-no-data"))?;
        if text.starts_with("http://") || text.starts_with("https://") {
            let address = text.parse().map_err(|error: NodeError| Failure::from(error))?;
            return Ok(Box::new(HttpData::open(address)?));
        }
        let folder = FolderData::new(text);
        match folder.ledger() {
            Ok(_) => Ok(Box::new(folder)),
            Err(DataError::Missing { whence, .. }) => {
                Err(Failure::usage("error-no-mirror").with_foreign("path", whence))
            }
            Err(error) => Err(error.into()),
        }
    }
}
