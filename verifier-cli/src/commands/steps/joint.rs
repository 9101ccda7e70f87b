//! Steps that several parties sign: the instructions pass between them in a file.

use super::take::Desk;
use super::with_kind;
use super::words::{party_text, vouchers_text};
use crate::console::{Console, plain};
use crate::failure::Failure;
use crate::lang::Text;
use crate::party::files::{Over, Readers, write};
use crate::party::instruction::{file_text, is_file, read_file_text};
use crate::party::memo::refuse_secrets;
use crate::party::step::role;
use crate::source::read_text;
use std::path::Path;

/// Which file `--sign-only` replaces.
pub const OVER: Over = Over::Kind(is_file);

/// Reads a file of instructions of this command's kind, says what they are, adds a signature and sends them.
pub fn send(desk: &mut Desk<'_>, path: &Path, console: &mut Console) -> Result<(), Failure> {
    let name = path.display().to_string();
    let instructions = read_file_text(&read_text(path)?, desk.operator.ledger, &name)?;
    let kind = desk.wish.kind;
    // Everything is looked at before anything is signed: one foreign step among many must not slip through.
    if let Some(foreign) = instructions.iter().find(|instruction| instruction.entry.kind() != Some(kind)) {
        let text = Failure::refused("party-instructions-other-kind").with("file", name);
        let found = foreign.entry.kind().map_or_else(|| Text::new("party-kind-unknown"), super::kind_text);
        return Err(text.with("found", found).with("kind", super::kind_text(kind)));
    }
    for memo in instructions.iter().filter_map(|instruction| instruction.memo.as_deref()) {
        refuse_secrets(memo, None)?;
    }
    let mut signed = Vec::with_capacity(instructions.len());
    for mut instruction in instructions {
        let entry = instruction.entry;
        let mut others = instruction.signers(desk.operator.ledger);
        others.retain(|signer| *signer != desk.key.public());
        let text = with_kind("party-joins", kind)
            .with("vouchers", vouchers_text(entry.first, entry.count))
            .with("party", party_text(entry.party))
            .with("memo", plain(instruction.memo.as_deref().unwrap_or("-"), 400))
            .with("signers", others.len());
        console.remark(&text);
        let role = role(&entry, &desk.key.public(), !others.is_empty());
        instruction.sign(desk.operator.ledger, role, desk.key.pair());
        signed.push(instruction);
    }
    desk.put(signed, console)
}

/// Writes what was signed and not sent.
pub fn save(desk: &Desk<'_>, path: &Path) -> Result<(), Failure> {
    let text = file_text(desk.operator.ledger, &desk.signed).map_err(std::io::Error::from);
    let text = text.map_err(|error| crate::party::files::unwritable(path, &error))?;
    write(path, Readers::Any, OVER, text.as_bytes())
}
