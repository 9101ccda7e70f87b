//! Everything that the command says to people, in every language it speaks.
//!
//! A text is a message of the `.ftl` files beside this one (Project Fluent), named by its id; the files of each language
//! hold the same ids with the same placeholders, and a test sees to it. Ids of the parties' commands begin with `party-`
//! and stand in `party.ftl`. `--json` is for machines and is not translated.

mod language;
mod texts;

pub use casefile::lang::Language;
pub use language::spoken;
pub use texts::{Arg, Text, Texts};

/// The files of each language, in the same order.
const FILES: &[(Language, &[&str])] = &[
    (
        Language::English,
        &[
            include_str!("en/challenge.ftl"),
            include_str!("en/audit.ftl"),
            include_str!("en/case.ftl"),
            include_str!("en/errors.ftl"),
            include_str!("en/help.ftl"),
            include_str!("en/mirror.ftl"),
            include_str!("en/party.ftl"),
            include_str!("en/steps.ftl"),
            include_str!("en/verdicts.ftl"),
            include_str!("en/report.ftl"),
        ],
    ),
    (
        Language::Chinese,
        &[
            include_str!("zh-CN/challenge.ftl"),
            include_str!("zh-CN/audit.ftl"),
            include_str!("zh-CN/case.ftl"),
            include_str!("zh-CN/errors.ftl"),
            include_str!("zh-CN/help.ftl"),
            include_str!("zh-CN/mirror.ftl"),
            include_str!("zh-CN/party.ftl"),
            include_str!("zh-CN/steps.ftl"),
            include_str!("zh-CN/verdicts.ftl"),
            include_str!("zh-CN/report.ftl"),
        ],
    ),
];
