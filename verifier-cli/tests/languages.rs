//! Every text is there in every language, with the same placeholders; whatever the protocol can say has its words.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use fluent_syntax::ast::{self, Entry, Expression, InlineExpression, PatternElement};
use protocol::disclosure::Standing;
use protocol::lifecycle::{Kind, Role, Status};
use protocol::verify::{Reason, StepCode, Verdict};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Placeholders by message, and by attribute as `message.attribute`.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn messages(language: &str) -> Messages {
    let mut found = Messages::new();
    for file in std::fs::read_dir(source().join("lang").join(language)).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let parsed = fluent_syntax::parser::parse(text).unwrap_or_else(|(_, errors)| {
            panic!("{}: {errors:?}", path.display());
        });
        for entry in &parsed.body {
            let Entry::Message(message) = entry else { continue };
            let id = message.id.name.clone();
            let attributes = message.attributes.iter();
            let attributes = attributes.map(|item| (format!("{id}.{}", item.id.name), &item.value));
            let value = message.value.iter().map(|value| (id.clone(), value));
            for (name, pattern) in value.chain(attributes) {
                let before = found.insert(name.clone(), placeholders(pattern));
                assert!(before.is_none(), "{language}: {name} stands twice");
            }
        }
    }
    found
}

fn placeholders(pattern: &ast::Pattern<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            expression_placeholders(expression, &mut found);
        }
    }
    found
}

fn expression_placeholders(expression: &Expression<String>, found: &mut BTreeSet<String>) {
    let inline = match expression {
        Expression::Inline(inline) => inline,
        Expression::Select { selector, variants } => {
            found.extend(variants.iter().flat_map(|variant| placeholders(&variant.value)));
            selector
        }
    };
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.clone());
        }
        InlineExpression::Placeable { expression } => expression_placeholders(expression, found),
        _ => {}
    }
}

/// English stands in the code for these: help beside the options, reasons where they are defined.
fn has_english_in_code(id: &str) -> bool {
    let is_help = id.starts_with("help-") || id.starts_with("party-help-");
    is_help || id.starts_with("detail-")
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_placeholders() {
    let (english, chinese) = (messages("en"), messages("zh-CN"));
    for (id, placeholders) in &english {
        assert_eq!(chinese.get(id), Some(placeholders), "{id}");
    }
    for id in chinese.keys().filter(|id| !has_english_in_code(id)) {
        assert!(english.contains_key(id), "{id} has no English text");
    }
}

#[test]
fn whatever_the_protocol_can_say_has_its_words() {
    for language in ["en", "zh-CN"] {
        let messages = messages(language);
        let verdicts = Verdict::ALL.iter().map(|verdict| verdict.name());
        let verdicts =
            verdicts.flat_map(|name| ["", ".meaning", ".advice"].map(|part| format!("verdict-{name}{part}")));
        let steps = StepCode::ALL.iter().map(|step| format!("step-{}", step.code().replace('.', "-")));
        let results = ["passed", "failed", "skipped", "unknown"].map(|result| format!("result-{result}"));
        let kinds = Kind::ALL.iter().map(|kind| format!("kind-{}", kind.name()));
        let statuses = Status::ALL.iter().map(|status| format!("status-{}", status.name()));
        let all = verdicts.chain(steps).chain(results).chain(kinds).chain(statuses).chain(roles());
        let standings = Standing::ALL
            .iter()
            .flat_map(|standing| ["", ".meaning"].map(|part| format!("standing-{}{part}", standing.name())));
        for id in all.chain(standings).chain(unopened()) {
            assert!(messages.contains_key(&id), "{language}: {id}");
        }
    }
}

/// Why a disclosure does not open: every code that the golden ones lead to.
fn unopened() -> BTreeSet<String> {
    let path = source().join("../../tests/vectors/disclosures.json");
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let codes = golden["cases"].as_array().unwrap().iter().filter_map(|case| case["expect"]["why"].as_str());
    codes.map(|code| format!("unopened-{code}")).collect()
}

fn roles() -> impl Iterator<Item = String> {
    let all = [
        Role::Issuer,
        Role::Holder,
        Role::Owner,
        Role::Voucher,
        Role::Claimant,
        Role::Seller,
        Role::Redeemer,
        Role::Arbiter,
        Role::IssuerOrArbiter,
    ];
    all.into_iter().map(|role| format!("role-{}", role.name().replace(' ', "-")))
}

#[test]
fn every_reason_has_a_chinese_text_with_the_placeholders_of_the_english_one() {
    let chinese = messages("zh-CN");
    for reason in Reason::ALL {
        let in_english = |n: &usize| reason.english().contains(&format!("{{{n}}}"));
        let expected: BTreeSet<String> = (0..4).filter(in_english).map(|n| format!("a{n}")).collect();
        assert_eq!(chinese.get(&format!("detail-{}", reason.code())), Some(&expected), "{}", reason.code());
    }
    let details = chinese.keys().filter(|id| id.starts_with("detail-")).count();
    assert_eq!(details, Reason::ALL.len(), "a text for a reason that is none");
}

#[test]
fn every_text_that_the_code_names_exists_and_every_failure_says_what_to_do() {
    let english = messages("en");
    let mut named = 0;
    for (path, code) in code() {
        for opening in ["Text::new(\"", "texts.get(\"", "heading(console, \""] {
            for id in literals_after(&code, opening) {
                assert!(english.contains_key(id), "{}: {id}", path.display());
                named += 1;
            }
        }
        for opening in ["Failure::usage(\"", "Failure::unknown(\"", "Failure::refused(\""] {
            for id in literals_after(&code, opening) {
                assert!(english.contains_key(&format!("{id}.advice")), "{}: {id}.advice", path.display());
                named += 1;
            }
        }
    }
    assert!(named > 80, "{named} texts found in the code");
}

fn literals_after<'a>(code: &'a str, opening: &'a str) -> impl Iterator<Item = &'a str> {
    code.split(opening).skip(1).filter_map(|rest| rest.split('"').next())
}

fn code() -> Vec<(PathBuf, String)> {
    let mut folders = vec![source()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found
}

#[test]
fn every_command_and_option_has_chinese_help() {
    let chinese = messages("zh-CN");
    let has = |id: &str| chinese.contains_key(id) || chinese.contains_key(&format!("party-{id}"));
    let cli = <vouchsafe_cli::cli::Cli as clap::CommandFactory>::command();
    let mut missing = Vec::new();
    let named = |id: &str, command: &clap::Command| (format!("{id}-{}", command.get_name()), command.clone());
    let mut commands: Vec<_> = cli.get_subcommands().map(|command| named("help", command)).collect();
    while let Some((id, command)) = commands.pop() {
        commands.extend(command.get_subcommands().map(|below| named(&id, below)));
        let options = command.get_arguments().map(|arg| arg.get_id().as_str());
        for option in options.filter(|name| !matches!(*name, "help" | "version")) {
            if !has(&format!("{id}-{option}")) && !has(&format!("help-arg-{option}")) {
                missing.push(format!("{id}-{option}"));
            }
        }
        if !has(&id) {
            missing.push(id);
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
