//! Wrong usage: exit code 2, one clear line, and a line that says what to do. No secret is ever repeated.

use crate::made::{CODE, Made, SERIAL};
use crate::run::{Folder, Ran};
use crate::vectors;

const SITE: &str = "https://shop.example";

fn refused(folder: &Folder, line: &str) -> Ran {
    let ran = folder.run(line);
    assert_eq!((ran.exit, ran.out.as_str()), (2, ""), "{line}: {ran:?}");
    let lines: Vec<&str> = ran.err.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("✖ error: ") && lines[1].starts_with("  → "), "{ran:?}");
    ran
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let made = Made::on_paper("");
    let folder = made.folder();
    let delivered = Made::line(SITE);
    let link = delivered.splitn(3, "----").nth(2).unwrap();
    let stamp = link.split('#').nth(1).unwrap();
    for arguments in [
        format!("verify {delivered}"),
        format!("verify {link}"),
        format!("verify {SERIAL}----{CODE}"),
        format!("history {link}"),
        format!("dossier {link}"),
        delivered.clone(),
        format!("verify dossier.json --order {delivered} --salt 00"),
    ] {
        let ran = refused(&folder, &arguments);
        assert!(ran.err.contains("holds a voucher's secret"), "{ran:?}");
        assert!(ran.err.contains("--line-file") && ran.err.contains("history"), "{ran:?}");
        assert!(!ran.err.contains(CODE) && !ran.err.contains(stamp), "{ran:?}");
    }
}

#[test]
fn a_bare_code_in_the_wrong_place_is_not_repeated_either() {
    let folder = Folder::new();
    for arguments in [
        format!("verify {CODE}"),
        CODE.to_owned(),
        format!("verify {SERIAL} {CODE}"),
        format!("verify x.json --my-key {CODE}"),
        format!("verify x.json --lang {CODE}"),
        format!("verify x.json --order A --salt {CODE}"),
        format!("dossier {CODE}"),
    ] {
        let ran = refused(&folder, &arguments);
        assert!(!ran.err.contains(CODE), "{ran:?}");
    }
}

#[test]
fn files_that_cannot_be_judged_are_each_told_in_one_line() {
    let folder =
        vectors::folder("ok-untouched").with("latin.json", b"{\"serial\": \"\xe9\"}").with("list.json", "[]");
    let file = std::fs::File::create(folder.path().join("huge.json")).unwrap();
    file.set_len(65 << 20).unwrap();
    for (arguments, said) in [
        ("verify missing.json", "A voucher is also named by its key"),
        ("verify ./", "is a folder, not a file"),
        ("verify huge.json", "has more than 64 MiB"),
        ("verify dossier.json --trusted-checkpoint missing.json", "there is no file missing.json"),
        ("verify dossier.json --trusted-checkpoint list.json", "is not a trusted checkpoint"),
        ("verify dossier.json --opening latin.json", "is not UTF-8 text: byte 13"),
        ("verify dossier.json --opening list.json", "is not an opening"),
        ("verify dossier.json --policy list.json", "is not a policy"),
        ("verify dossier.json --line-file list.json", "does not end with the voucher's link"),
        ("verify dossier.json --rpc nonsense", "--rpc is not the address of a chain node"),
        ("verify dossier.json --rpc http://x --trusted-checkpoint trusted.json", "does not go together"),
        ("verify dossier.json --order A", "--salt <HEX> is missing"),
        ("verify dossier.json --nonsense", "no option --nonsense"),
        ("verify dossier.json two.json", "an argument too many"),
        ("verify dossier.json --lang fr", "--lang <zh|en> has no value, or one that it does not know"),
        ("verify https://shop.example/v/short", "not the link of a voucher"),
        ("verify short", "no voucher key, no link, and no file"),
        ("nonsense", "no command of that name"),
        ("", "no command was given"),
        ("history list.json", "is not a dossier"),
        ("dossier dossier.json", "a dossier already"),
    ] {
        let ran = refused(&folder, arguments);
        assert!(ran.err.contains(said), "{arguments}: {ran:?}");
    }
}

#[test]
fn what_is_no_utf8_text_is_told_with_its_place_and_what_to_do() {
    const GBK: &[u8] = b"{\"title\":\n \"\xbf\xa8\"}";
    let utf16: Vec<u8> = "\u{feff}{\"a\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = vectors::folder("ok-untouched")
        .with("gbk.json", GBK)
        .with("utf16.json", &utf16)
        .with("line.txt", b"\xbf\xa8----1234----https://shop.example/v/x")
        .with("dossier.png", b"\x89PNG\r\n\x1a\n");
    for (arguments, place) in [
        ("history gbk.json", "gbk.json is not UTF-8 text: byte 3 of line 2"),
        ("status gbk.json --at 2026-09-21", "gbk.json is not UTF-8 text: byte 3 of line 2"),
        ("case gbk.json", "gbk.json is not UTF-8 text: byte 3 of line 2"),
        ("disclose serial gbk.json", "gbk.json is not UTF-8 text: byte 3 of line 2"),
        ("verify utf16.json", "utf16.json is not UTF-8 text: byte 1 of line 1"),
        ("verify line.txt", "line.txt is not UTF-8 text: byte 1 of line 1"),
        ("verify dossier.png", "dossier.png is not UTF-8 text: byte 1 of line 1"),
        ("dossier dossier.png", "dossier.png is not UTF-8 text: byte 1 of line 1"),
        ("verify dossier.json --line-file line.txt", "line.txt is not UTF-8 text: byte 1 of line 1"),
    ] {
        let ran = refused(&folder, arguments);
        assert!(ran.err.contains(place) && ran.err.contains("save it as UTF-8"), "{arguments}: {ran:?}");
    }
    for input in [utf16.as_slice(), b"\x89PNG\r\n"] {
        let ran = folder.run_with("verify -", input);
        assert_eq!((ran.exit, ran.err.contains("standard input is not UTF-8 text")), (2, true), "{ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_utf8_text_is_told() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_vouchsafe"));
    let ran = command.arg("verify").arg(std::ffi::OsStr::from_bytes(b"\xbf\xa8.json")).output().unwrap();
    let err = String::from_utf8(ran.stderr).unwrap();
    assert_eq!((ran.status.code(), err.contains("an argument is not UTF-8 text")), (Some(2), true), "{err}");
}

#[test]
fn what_is_no_dossier_is_refuted_at_its_format() {
    let folder = vectors::folder("ok-untouched")
        .with("latin.json", b"{\"format\": \"\xe9\"}")
        .with("list.json", "[]")
        .with("empty.json", "");
    for name in ["latin.json", "list.json", "empty.json"] {
        let report = folder.report(&format!("verify {name} --trusted-checkpoint trusted.json"));
        assert_eq!(report["verdict"], "refuted", "{name}");
        assert_eq!(report["steps"][0]["result"], "failed", "{name}");
        assert_eq!(report["steps"][1]["result"], "skipped", "{name}");
    }
}

#[test]
fn help_and_version_go_to_standard_output_in_both_languages() {
    let folder = Folder::new();
    for (line, said) in [
        ("--help", "Usage: vouchsafe"),
        ("--lang zh --help", "用法：vouchsafe"),
        ("verify --help", "--trusted-checkpoint <FILE>"),
        ("verify --help --lang zh", "退出码"),
        ("--version", env!("CARGO_PKG_VERSION")),
    ] {
        let ran = folder.run(line);
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{line}: {ran:?}");
        assert!(ran.out.contains(said), "{line}: {ran:?}");
    }
}

#[test]
fn colour_is_for_terminals_alone() {
    let folder = vectors::folder("ok-redeemed");
    let ran = folder.run("verify dossier.json --trusted-checkpoint trusted.json");
    assert!(!ran.out.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn foreign_words_cannot_steer_the_terminal() {
    let made = Made::on_paper(r#","redeem_url":"https://x\u001b[2J\u202e""#);
    let ran = made.folder().run("verify dossier.json --trusted-checkpoint trusted.json --policy policy.json");
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.out.contains("https://x") && !ran.out.contains(['\u{1b}', '\u{202e}']), "{ran:?}");
}
