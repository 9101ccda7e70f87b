//! `keygen`: a new key in a file of its own; its public half is printed, and is the owner's name everywhere.

use crate::console::Console;
use crate::failure::Failure;
use crate::keys::PartyKey;
use crate::lang::Text;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Its options.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file to make; one that is there is never overwritten.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// For an issuer: adds the secret from which the stamps of his vouchers follow.
    #[arg(long)]
    pub issuer: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Makes the key.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    // Standard output goes to terminals and logs, and a file of that name is hardly ever meant.
    if args.out == Path::new("-") {
        return Err(Failure::usage("party-key-no-file"));
    }
    let key = PartyKey::create(&args.out, args.issuer)?;
    let file = args.out.display().to_string();
    if args.json {
        console.json(&json!({ "public_key": key.public(), "file": file }));
        return Ok(0);
    }
    console.line(&key.public().to_string());
    let kept = if args.issuer { "party-key-made-issuer" } else { "party-key-made" };
    console.remark(&Text::new(kept).with("file", file));
    Ok(0)
}
