//! What the binary makes for those who install it: completions and manual pages.

use crate::run::Folder;

#[test]
fn every_shell_gets_its_completions() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = folder.run(&format!("completions {shell}"));
        assert_eq!(ran.exit, 0, "{ran:?}");
        for word in ["verify", "disclose", "serial", "--trusted-checkpoint"] {
            assert!(ran.out.contains(word.trim_start_matches("--")), "{shell} does not know {word}");
        }
    }
    let other = folder.run("completions tcsh");
    assert_eq!((other.exit, other.err.contains("tcsh")), (2, false), "{other:?}");
}

#[test]
fn every_command_has_a_manual_page_in_the_language_that_was_asked_for() {
    let folder = Folder::new();
    for (language, word) in [("en", "Judge a voucher"), ("zh", "查验一张凭证")] {
        let ran = folder.run(&format!("man pages/{language} --lang {language}"));
        assert_eq!(ran.exit, 0, "{ran:?}");
        let read = |name: &str| {
            std::fs::read_to_string(folder.path().join("pages").join(language).join(name)).unwrap()
        };
        assert!(read("vouchsafe.1").contains("verify"));
        assert!(read("vouchsafe-verify.1").contains(word));
        assert!(read("vouchsafe-disclose-serial.1").contains("generation"));
    }
    let in_the_way = folder.with("file", "");
    assert_eq!(in_the_way.run("man file").exit, 2);
}
