//! Instructions: entries before the operator puts his clock on them, with their memos and the signatures so far; and
//! files of them, which pass between parties who sign one step together (docs/protocol.md section 7).

use super::files::has_format;
use crate::failure::Failure;
use protocol::digest::{Digest, LedgerId, PublicKey, bytes_to_hex};
use protocol::entry::{Entry, Signed, memo_content, signers};
use protocol::json::{At, JsonError, parse};
use protocol::lifecycle::Role;
use protocol::signing::KeyPair;
use serde::Serialize;

/// The `format` of a file of instructions.
pub const FORMAT: &str = "vouchsafe/instructions@1";

/// One step, to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// What is to happen; its clock is zero.
    pub entry: Entry,
    /// Leaf hash of the entry at its `prev`.
    pub prev_leaf: Digest,
    /// The memo's exact text.
    pub memo: Option<String>,
    /// Signatures so far.
    pub signatures: Vec<Signed>,
}

impl Instruction {
    /// Adds a signature; a second one of the same key takes the place of the first.
    pub fn sign(&mut self, ledger: LedgerId, role: Role, signer: &KeyPair) {
        let instruction = self.entry.instruction(ledger, self.prev_leaf);
        self.signatures.retain(|other| other.key != signer.public());
        self.signatures.push(Signed::new(role.name(), signer, &instruction));
    }

    /// Who truly signed.
    pub fn signers(&self, ledger: LedgerId) -> Vec<PublicKey> {
        signers(&self.signatures, &self.entry.instruction(ledger, self.prev_leaf))
    }

    fn read(at: &At<'_>) -> Result<Self, JsonError> {
        let entry = at.member("entry")?;
        let decoded = Entry::decode(&entry.bytes()?).ok_or_else(|| entry.error("98 bytes are due"))?;
        let memo = at.nullable("memo")?.map(|memo| memo.text().map(str::to_owned)).transpose()?;
        if memo_content(memo.as_deref()) != decoded.content {
            return Err(at.error("the memo is not the one that the entry names"));
        }
        let signature = |at: &At<'_>| {
            Ok(Signed {
                role: at.member("role")?.text()?.to_owned(),
                key: at.member("key")?.parsed()?,
                signature: at.member("signature")?.parsed()?,
            })
        };
        let signatures =
            at.member("signatures")?.items()?.iter().map(signature).collect::<Result<_, JsonError>>()?;
        Ok(Self {
            entry: decoded.without_clock(),
            prev_leaf: at.member("prev_leaf")?.parsed()?,
            memo,
            signatures,
        })
    }
}

#[derive(Serialize)]
struct Written<'i> {
    entry: String,
    prev_leaf: Digest,
    memo: Option<&'i str>,
    signatures: &'i [Signed],
}

impl<'i> Written<'i> {
    fn of(instruction: &'i Instruction) -> Self {
        Self {
            entry: bytes_to_hex(&instruction.entry.encode()),
            prev_leaf: instruction.prev_leaf,
            memo: instruction.memo.as_deref(),
            signatures: &instruction.signatures,
        }
    }
}

#[derive(Serialize)]
struct File<'i> {
    format: &'static str,
    ledger: LedgerId,
    instructions: Vec<Written<'i>>,
}

/// The text of a file of instructions. It holds no secret.
pub fn file_text(ledger: LedgerId, instructions: &[Instruction]) -> Result<String, serde_json::Error> {
    let instructions = instructions.iter().map(Written::of).collect();
    serde_json::to_string_pretty(&File { format: FORMAT, ledger, instructions }).map(|text| text + "\n")
}

/// Whether a file that begins so is one of instructions.
pub fn is_file(head: &[u8]) -> bool {
    has_format(head, FORMAT)
}

/// Reads a file of instructions for this ledger; `name` is the file's, for errors.
pub fn read_file_text(text: &str, ledger: LedgerId, name: &str) -> Result<Vec<Instruction>, Failure> {
    let read = || {
        let value = parse(text)?;
        let root = At::root(&value, "file");
        let format = root.member("format")?;
        if format.text()? != FORMAT {
            return Err(format.error(format!("{FORMAT:?} is due")));
        }
        let of_ledger: LedgerId = root.member("ledger")?.parsed()?;
        let instructions = root.member("instructions")?.items()?;
        let instructions =
            instructions.iter().map(Instruction::read).collect::<Result<Vec<_>, JsonError>>()?;
        Ok((of_ledger, instructions))
    };
    let (of_ledger, instructions) = read().map_err(|error: JsonError| {
        Failure::usage("party-instructions-malformed").with("file", name).with("problem", error.to_string())
    })?;
    if of_ledger == ledger {
        return Ok(instructions);
    }
    Err(Failure::refused("party-instructions-other-ledger")
        .with("file", name)
        .with("named", of_ledger.to_string())
        .with("node", ledger.to_string()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;

    const LEDGER: LedgerId = LedgerId::new([4; 32]);

    fn instruction() -> Instruction {
        let memo = Some(r#"{"reason":"unused"}"#.to_owned());
        let entry = Entry {
            kind: 10,
            status: 1,
            first: 5,
            count: 1,
            prev: 7,
            at: 0,
            party: PublicKey::new([2; 32]),
            content: memo_content(memo.as_deref()),
        };
        Instruction { entry, prev_leaf: Digest::new([3; 32]), memo, signatures: Vec::new() }
    }

    #[test]
    fn two_parties_sign_one_after_the_other_through_a_file() {
        let (owner, seller) = (KeyPair::from_seed(&[1; 32]), KeyPair::from_seed(&[2; 32]));
        let mut first = instruction();
        first.sign(LEDGER, Role::Owner, &owner);
        let text = file_text(LEDGER, &[first.clone()]).unwrap();
        let mut read = read_file_text(&text, LEDGER, "return.json").unwrap();
        assert_eq!(read, [first]);
        read[0].sign(LEDGER, Role::Seller, &seller);
        read[0].sign(LEDGER, Role::Seller, &seller);
        assert_eq!(read[0].signatures.len(), 2);
        assert_eq!(read[0].signers(LEDGER), [owner.public(), seller.public()]);
        assert!(read[0].signers(LedgerId::new([5; 32])).is_empty());
    }

    #[test]
    fn a_file_of_another_ledger_or_with_another_memo_is_refused() {
        let text = file_text(LEDGER, &[instruction()]).unwrap();
        let other = read_file_text(&text, LedgerId::new([5; 32]), "f").unwrap_err();
        assert_eq!(other.text.id(), "party-instructions-other-ledger");
        for bad in [
            text.replace("unused", "used up"),
            text.replace("instructions@1", "x"),
            text.replace("0x0a01", "0x"),
        ] {
            let failure = read_file_text(&bad, LEDGER, "f").unwrap_err();
            assert_eq!(failure.text.id(), "party-instructions-malformed", "{bad}");
        }
    }
}
