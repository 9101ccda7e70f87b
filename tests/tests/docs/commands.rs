//! Commands that pages tell to type: each is one that the programs have, with the options that stand behind it.

use super::{file, files_below, pages};
use std::collections::BTreeMap;
use vouchsafe_tests::{Program, Run};

/// What the programs say about a command, asked once.
#[derive(Default)]
struct Helps(BTreeMap<String, Option<String>>);

impl Helps {
    /// The help of a command, or of one below another with a blank between; none where there is no such command.
    async fn of(&mut self, program: Program, command: &str) -> Option<String> {
        let name = format!("{} {command}", program.name());
        if !self.0.contains_key(&name) {
            let said = Run::new(program, command.split(' ').chain(["--help"])).end().await;
            self.0.insert(name.clone(), (said.exit == Some(0)).then_some(said.stdout));
        }
        self.0[&name].clone()
    }
}

/// What stands between backticks, and the lines of blocks of code.
fn typed(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (place, part) in text.split("```").enumerate() {
        if place % 2 == 1 {
            found.extend(part.lines().map(str::to_owned));
        } else {
            found.extend(part.split('`').skip(1).step_by(2).map(|words| words.replace('\n', " ")));
        }
    }
    found
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

#[tokio::test]
async fn commands_and_options_that_pages_name_exist() {
    let mut helps = Helps::default();
    let mut checked = 0;
    for page in pages() {
        for line in typed(&file(&page)) {
            let mut words = line.trim_start_matches("$ ").split_whitespace().peekable();
            let program = match words.next() {
                Some("vouchsafe-node") => Program::Node,
                Some("vouchsafe") => Program::Vouchsafe,
                _ => continue,
            };
            let Some(command) = words.next().filter(|word| is_name(word)) else { continue };
            let missing = |command: &str| panic!("{page}: `{line}`: {} has no {command}", program.name());
            let mut help = helps.of(program, command).await.unwrap_or_else(|| missing(command));
            if help.contains("<COMMAND>")
                && let Some(below) = words.next_if(|word| is_name(word))
            {
                let command = format!("{command} {below}");
                help = helps.of(program, &command).await.unwrap_or_else(|| missing(&command));
            }
            for option in words.filter(|word| word.starts_with("--")) {
                let option = option.split(['=', ']', ',']).next().unwrap_or_default();
                assert!(help.contains(option), "{page}: `{line}`: {command} has no {option}");
            }
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} commands were found");
}

/// What a message tells to do can be done.
#[tokio::test]
async fn commands_that_messages_name_exist() {
    let mut helps = Helps::default();
    let mut checked = 0;
    for name in files_below("node/src", ".rs") {
        // Messages are broken anywhere.
        let text = file(&name).split_whitespace().filter(|word| *word != "\\").collect::<Vec<_>>().join(" ");
        for (before, program) in [
            ("with vouchsafe-node ", Program::Node),
            ("run vouchsafe-node ", Program::Node),
            ("with vouchsafe ", Program::Vouchsafe),
        ] {
            for rest in text.split(before).skip(1) {
                let command =
                    rest.split(|c: char| !c.is_ascii_lowercase() && c != '-').next().unwrap_or_default();
                assert!(helps.of(program, command).await.is_some(), "{name}: {before}{command}");
                checked += 1;
            }
        }
    }
    assert!(checked >= 5, "only {checked} commands were found");
}
