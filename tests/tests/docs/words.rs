//! Words that stand in two places: what code and docs call a thing, where comments point, what a page tells to type.

use super::{file, files_below, pages, rows, section};
use std::collections::BTreeSet;
use std::path::Path;
use vouchsafe_tests::repository;

/// Words in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The texts that separate one use of the hash from another: `"vouchsafe/v1/…"`.
fn separators(text: &str) -> BTreeSet<String> {
    let uses = text.split("\"vouchsafe/v1/").skip(1);
    uses.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn hashes_are_told_apart_by_the_same_texts() {
    let sources = files_below("protocol/src", ".rs");
    let used: BTreeSet<_> = sources.iter().flat_map(|name| separators(&file(name))).collect();
    assert!(used.len() > 6, "{used:?}");
    assert_eq!(separators(&file("docs/protocol.md")), used);
}

#[test]
fn comments_point_at_sections_that_exist() {
    let page = file("docs/protocol.md");
    let exists = |number: &str| page.contains(&format!("\n## {number} "));
    let folders = ["protocol", "anchors/src", "node/src", "verifier-cli/src", "contracts/src", "tests/src"];
    let sources = folders.iter().flat_map(|folder| {
        files_below(folder, ".rs").into_iter().chain(files_below(folder, ".sol")).collect::<Vec<_>>()
    });
    let mut pointers = 0;
    for name in sources {
        let text = file(&name);
        for rest in text.split("docs/protocol.md section").skip(1) {
            let words = rest.trim_start_matches('s').split(|c: char| !c.is_ascii_alphanumeric());
            let numbers = words.filter(|word| !word.is_empty()).take_while(|word| {
                *word == "and" || *word == "to" || word.bytes().all(|byte| byte.is_ascii_digit())
            });
            for number in numbers.filter(|word| *word != "and" && *word != "to") {
                assert!(exists(number), "{name} points at section {number}");
                pointers += 1;
            }
        }
    }
    assert!(pointers > 50, "only {pointers} pointers were found");
}

#[test]
fn chinese_words_are_the_commands() {
    let said: String =
        files_below("verifier-cli/src/lang/zh-CN", ".ftl").iter().map(|name| file(name)).collect();
    let glossary = file("docs/GLOSSARY.md");
    let (mut words, mut others): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for part in glossary.split("\n## ").skip(1) {
        for row in rows(part) {
            others.extend(row.get(3).into_iter().flat_map(|not| not.split(", ")).map(str::to_owned));
            words.extend(row.into_iter().nth(1));
        }
    }
    let life = section("docs/GLOSSARY.md", "## Life cycle");
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    words.extend(life.split(|c| !is_chinese(c)).map(str::to_owned));
    words.retain(|word| !word.is_empty());
    assert!(words.len() > 40, "{words:?}");
    let unsaid: Vec<_> = words.into_iter().filter(|word| !said.contains(word)).collect();
    assert!(unsaid.is_empty(), "the command does not say {unsaid:?}");
    // A list of hashes is called by a word that no manifest is called by.
    let said = said.replace("哈希清单", "");
    others.retain(|word| word.chars().all(is_chinese) && !word.is_empty());
    assert!(others.len() > 3, "{others:?}");
    let astray: Vec<_> = others.into_iter().filter(|word| said.contains(word)).collect();
    assert!(astray.is_empty(), "the command says {astray:?}, which the glossary has other words for");
}

#[test]
fn commands_of_make_exist() {
    let makefile = file("Makefile");
    for page in pages() {
        let text = file(&page);
        let typed = quoted(&text).chain(text.lines().filter(|line| line.starts_with("make ")));
        for command in typed.filter_map(|words| words.strip_prefix("make ")) {
            let words: Vec<_> = command.split_whitespace().collect();
            let (makefile, target) = match *words {
                ["-C", folder, target, ..] => (&file(&format!("{folder}/Makefile")), target),
                [target, ..] => (&makefile, target),
                [] => continue,
            };
            assert!(makefile.contains(&format!("\n{target}:")), "{page} says `make {command}`");
        }
    }
}

#[test]
fn folders_that_a_page_names_exist() {
    for page in pages() {
        let text = file(&page);
        let is_folder = |word: &&str| {
            word.ends_with('/')
                && !word.starts_with('/')
                && word.chars().all(|c| c.is_ascii_alphanumeric() || "./-_".contains(c))
        };
        for folder in quoted(&text).filter(is_folder) {
            assert!(repository().join(folder).is_dir(), "{page} names {folder}");
        }
    }
}

#[test]
fn decisions_are_numbered_and_say_what_was_decided() {
    let mut numbers = Vec::new();
    for name in files_below("docs/decisions", ".md") {
        let text = file(&name);
        let stem = Path::new(&name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let number: u32 = stem.split('-').next().and_then(|number| number.parse().ok()).expect("a number");
        assert!(text.starts_with(&format!("# {number}. ")), "{name}: its title");
        assert!(text.contains("**Decided:**"), "{name}: what was decided");
        numbers.push(number);
    }
    let due: Vec<u32> = (1..=u32::try_from(numbers.len()).expect("few")).collect();
    assert_eq!(numbers, due);
}

#[test]
fn the_readme_has_a_place_for_the_transcript() {
    let readme = file("README.md");
    let begin = readme.find("<!-- transcript:begin -->").expect("a begin");
    let end = readme.find("<!-- transcript:end -->").expect("an end");
    assert!(begin < end);
}
