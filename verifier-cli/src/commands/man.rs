//! `vouchsafe man`: the manual pages, one for each command, in the asker's language.

use crate::cli;
use crate::console::{Console, plain};
use crate::failure::Failure;
use crate::lang::Text;
use std::path::PathBuf;

/// The options of `man`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to write them to; it is made if it is not there.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// Writes the pages.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let command = cli::command(&console.texts);
    let written =
        std::fs::create_dir_all(&args.folder).and_then(|()| clap_mangen::generate_to(command, &args.folder));
    written.map_err(|error| {
        Failure::usage("error-out-unwritable")
            .with_foreign("path", args.folder.display())
            .with_foreign("cause", error)
    })?;
    let folder = plain(&args.folder.display().to_string(), 200);
    console.say(&Text::new("man-written").with("path", folder));
    Ok(0)
}
