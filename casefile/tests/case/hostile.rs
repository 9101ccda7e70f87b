//! Archives that somebody made to harm whoever opens them.

use crate::unpacked::{Unpacked, golden, problems, trusted};
use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use std::io::Write as _;
use vouchsafe_casefile::archive::{ArchiveError, read};
use vouchsafe_casefile::{OpenError, Opened};

/// An archive with members of exactly these names.
fn named(names: &[&str]) -> Vec<u8> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for name in names {
        let (mut entry, config) =
            archive.new_file(EntryPath::verbatim(name.as_bytes().to_vec())).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(b"x").unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap()
}

/// Bytes at every place where `from` stands, replaced.
fn patched(bytes: &[u8], from: &[u8], to: &[u8], which: impl Fn(usize) -> bool) -> Vec<u8> {
    let mut patched = bytes.to_vec();
    let found: Vec<usize> =
        (0..bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert!(!found.is_empty());
    for (place, at) in found.into_iter().enumerate().filter(|(place, _)| which(*place)) {
        let _ = place;
        patched[at..at + to.len()].copy_from_slice(to);
    }
    patched
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in ["../x", "/etc/passwd", "a/../../b", "a//b", "./a", "a\\b", "C:x", "a\nb", "a\0b"] {
        let error = read(&named(&["case.json", name])).unwrap_err();
        assert!(matches!(error, ArchiveError::Name(_)), "{name:?}: {error}");
    }
}

#[test]
fn a_name_that_is_there_twice_is_refused_also_in_other_letters() {
    for names in [["a.txt", "a.txt"], ["a.txt", "A.TXT"]] {
        assert!(matches!(read(&named(&names)).unwrap_err(), ArchiveError::Twice(_)));
    }
}

#[test]
fn a_folder_is_no_member_and_no_reason_to_refuse() {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    archive.new_dir("files/").create().unwrap();
    assert_eq!(read(&archive.finish().unwrap()).unwrap(), []);
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    let file = archive.new_file("case.json").compression_method(CompressionMethod::DEFLATE);
    let (mut entry, config) = file.start().unwrap();
    let packer = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
    let mut writer = config.wrap(packer);
    let zeros = vec![0; 1 << 20];
    for _ in 0..65 {
        writer.write_all(&zeros).unwrap();
    }
    let (packer, descriptor) = writer.finish().unwrap();
    packer.finish().unwrap();
    entry.finish(descriptor).unwrap();
    let bomb = archive.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    let error = read(&bomb).unwrap_err();
    assert_eq!(error, ArchiveError::Bomb { name: "case.json".to_owned(), size: 65 << 20 });
    // One that says that it is small is unpacked no further than it says.
    let lying = patched(&bomb, &(65_u32 << 20).to_le_bytes(), &7_u32.to_le_bytes(), |_| true);
    let members = read(&lying).unwrap();
    assert!(members[0].content.is_err(), "{:?}", members[0].content.as_ref().map(Vec::len));
}

#[test]
fn more_members_than_a_case_can_have_are_refused() {
    let names: Vec<String> = (0..4_097).map(|number| format!("m{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(read(&named(&names)).unwrap_err(), ArchiveError::Members);
}

#[test]
fn what_is_no_archive_or_half_of_one_is_said_to_be_none() {
    for bytes in [&b""[..], b"%PDF-1.7", &golden()[..1_000]] {
        let error = Opened::read(bytes).unwrap_err();
        assert!(matches!(error, OpenError::Archive(ArchiveError::NotZip(_))), "{error}");
    }
    let begins_late = [b"#!/bin/sh\n".as_slice(), &golden()].concat();
    assert!(Opened::read(&begins_late).is_err());
}

#[test]
fn a_member_of_two_names_is_refused() {
    // The first place of the name is the member's own header.
    let two = patched(&golden(), b"report.en.html", b"report.xx.html", |place| place == 0);
    let error = Opened::read(&two).unwrap_err();
    assert!(matches!(error, OpenError::Archive(ArchiveError::TwoNames(_))), "{error}");
}

#[test]
fn a_damaged_member_is_named_and_the_others_are_still_judged() {
    let bytes = golden();
    let name = b"report.en.pdf";
    let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(name)).unwrap() + name.len() + 2_000;
    let mut damaged = bytes.clone();
    damaged[at] ^= 0xff;
    let found = problems(&Opened::read(&damaged).unwrap().judge(&trusted()));
    assert_eq!(found, ["failed hash damaged", "failed derived damaged"]);
}

#[test]
fn an_archive_packed_again_in_another_order_is_the_same_case() {
    let mut members = Unpacked::golden();
    members.0.reverse();
    assert_eq!(members.problems(), Vec::<String>::new());
}

/// What the members of an archive hold; none for one that can not be unpacked.
fn contents(archive: &[u8]) -> Vec<(String, Option<Vec<u8>>)> {
    let members = read(archive).unwrap();
    members.into_iter().map(|member| (member.name, member.content.ok())).collect()
}

#[test]
fn any_damage_at_all_ends_in_a_line_and_never_in_a_panic() {
    let bytes = golden();
    let (mut refused, mut named, mut harmless) = (0, 0, 0);
    for step in 0..160 {
        let mut damaged = bytes.clone();
        let at = step * bytes.len() / 160;
        damaged[at] ^= 0x55;
        match Opened::read(&damaged) {
            Err(_) => refused += 1,
            Ok(opened) if !problems(&opened.judge(&trusted())).is_empty() => named += 1,
            Ok(_) => {
                // Bytes that no member and no reader looks at (a time, a flag of a system) may change.
                assert_eq!(contents(&damaged), contents(&bytes), "byte {at}");
                harmless += 1;
            }
        }
        assert!(Opened::read(&damaged[..at]).is_err(), "the first {at} bytes are no case");
    }
    assert!(refused + named >= 140, "{refused} refused, {named} named, {harmless} harmless");
}
