//! Help in the asker's language: where a language has a text for a command or an option, it takes the place of the
//! English one.

use crate::lang::Texts;
use clap::{Arg, ArgAction, Command};

/// The command with its help in this language.
pub(super) fn in_language(command: Command, texts: &Texts) -> Command {
    let version = Arg::new("version").long("version").short('V').action(ArgAction::Version);
    let command = worded(command, texts, "help-vouchsafe").arg(version.help(texts.get("help-version")));
    subcommands(command, texts, "help")
}

/// The commands below a command, and those below them.
fn subcommands(command: Command, texts: &Texts, id: &str) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        let id = format!("{id}-{name}");
        command.mut_subcommand(&name, |sub| subcommands(worded(sub, texts, &id), texts, &id))
    })
}

fn worded(mut command: Command, texts: &Texts, id: &str) -> Command {
    if let Some(about) = find(texts, &[id]) {
        command = command.about(about.clone()).long_about(about);
    }
    let ids: Vec<String> = command.get_arguments().map(|arg| arg.get_id().to_string()).collect();
    for arg in ids {
        let of_this = format!("{id}-{arg}");
        let of_any = format!("help-arg-{arg}");
        command = command.mut_arg(&arg, |option| {
            let heading = if option.is_positional() { "help-arguments" } else { "help-options" };
            let option = option.help_heading(texts.get(heading));
            match find(texts, &[&of_this, &of_any]) {
                Some(help) => option.help(help.clone()).long_help(help),
                None => option,
            }
        });
    }
    let help = Arg::new("help").long("help").short('h').action(ArgAction::Help);
    let help = help.help(texts.get("help-help")).help_heading(texts.get("help-options"));
    let template =
        format!("{{about-with-newline}}\n{}{{usage}}\n\n{{all-args}}{{after-help}}", texts.get("help-usage"));
    if let Some(after) = find(texts, &[&format!("{id}-after")]) {
        command = command.after_help(after);
    }
    command.arg(help).help_template(template).subcommand_help_heading(texts.get("help-commands"))
}

/// The first of these messages that the language has; a party's command has them under `party-`.
fn find(texts: &Texts, ids: &[&str]) -> Option<String> {
    let with_party = ids.iter().flat_map(|id| [(*id).to_owned(), format!("party-{id}")]);
    with_party.into_iter().find(|id| texts.has(id)).map(|id| texts.say(&crate::lang::Text::new(id)))
}
