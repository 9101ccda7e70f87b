//! `vouchsafe case add`: a party adds files to a case that is there. The evidence stays as it is; the report, which lists
//! the files, is made anew.

use super::{failed, files, open};
use crate::console::{Console, plain};
use crate::failure::Failure;
use crate::lang::Text;
use casefile::Case;
use std::path::PathBuf;

/// The options of `case add`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The case.
    pub case: PathBuf,
    /// Files to add: receipts, chats, pictures.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub files: Vec<PathBuf>,
    /// Who adds these files, in your own words.
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// The file to write; the case stays as it is.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
}

/// Adds.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let opened = open::opened(&args.case)?;
    let evidence = opened.evidence().ok_or_else(|| Failure::usage("error-case-damaged"))?;
    let mut evidence = evidence.clone();
    let mut contents = files::read(&args.files, console)?;
    let known: Vec<[u8; 32]> = evidence.files.iter().map(|file| file.sha256).collect();
    for (path, file) in args.files.iter().zip(files::named(&args.files, &contents, &args.by)) {
        if evidence.files.iter().any(|there| there.sha256 == file.sha256) {
            let path = plain(&path.display().to_string(), 200);
            console.remark(&Text::new("case-has-file").with("path", path));
        } else {
            evidence.files.push(file);
        }
    }
    casefile::TOOL.clone_into(&mut evidence.tool);
    // Bytes that are not those of the index stay out: the file is then awaited again.
    contents.extend(opened.contents().filter_map(|(name, bytes)| {
        let is_added = known.contains(&casefile::sha256(bytes)) && name.starts_with("files/");
        is_added.then(|| bytes.to_vec())
    }));
    let case = Case::of(evidence).map_err(failed)?;
    super::write(&case, &contents, &args.out, args.force, console)?;
    Ok(0)
}
