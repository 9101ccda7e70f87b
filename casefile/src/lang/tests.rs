//! Both languages say everything, with the same values.

use super::{LANGUAGES, Language, Texts, files};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Resource};
use fluent_syntax::parser::parse;
use std::collections::{BTreeMap, BTreeSet};

type Messages = BTreeMap<String, BTreeSet<String>>;

/// Each message of a language's own files with the names of its values.
fn messages(language: Language) -> Messages {
    let mut found = Messages::new();
    for file in files(language).iter().skip(2) {
        let resource: Resource<&str> = parse(*file).expect("a file without errors");
        for entry in resource.body {
            if let Entry::Message(message) = entry {
                let values = message.value.map(|pattern| values(&pattern)).unwrap_or_default();
                let before = found.insert(message.id.name.to_owned(), values);
                assert_eq!(before, None, "{} stands twice", message.id.name);
            }
        }
    }
    found
}

fn values(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let name = |element: &PatternElement<&str>| match element {
        PatternElement::Placeable {
            expression: Expression::Inline(InlineExpression::VariableReference { id }),
        } => Some(id.name.to_owned()),
        _ => None,
    };
    pattern.elements.iter().filter_map(name).collect()
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_values() {
    let (chinese, english) = (messages(Language::Chinese), messages(Language::English));
    assert!(english.len() > 150, "{}", english.len());
    for (id, values) in &english {
        assert_eq!(chinese.get(id), Some(values), "{id}");
    }
    let only: Vec<_> = chinese.keys().filter(|id| !english.contains_key(*id)).collect();
    assert!(only.is_empty(), "{only:?}");
}

#[test]
fn what_the_command_words_are_borrowed_for_is_there() {
    for language in LANGUAGES {
        let texts = Texts::new(language);
        for id in ["step-history-legal", "result-passed", "kind-Sell", "status-Sold", "role-holder"] {
            assert!(texts.has(id), "{id} in {language:?}");
        }
    }
}
