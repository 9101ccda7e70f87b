//! What is wrong with a command line. Values are never repeated: what stands in the wrong place may be a code.

use super::Stop;
use crate::failure::Failure;
use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Why clap runs nothing, in our own words.
pub(super) fn stop(error: &Error) -> Stop {
    let named = |kind| named(error, kind);
    let failure = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return Stop::Asked(error.to_string()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Failure::usage("error-no-command")
        }
        ErrorKind::InvalidSubcommand => Failure::usage("error-unknown-command"),
        ErrorKind::UnknownArgument => match named(ContextKind::InvalidArg) {
            Some(option) if option.starts_with('-') => {
                let name = option.split('=').next().unwrap_or_default();
                Failure::usage("error-unknown-option").with("option", name)
            }
            _ => Failure::usage("error-too-many-arguments"),
        },
        ErrorKind::MissingRequiredArgument => Failure::usage("error-missing-argument")
            .with("option", named(ContextKind::InvalidArg).unwrap_or_default()),
        ErrorKind::ArgumentConflict => Failure::usage("error-conflict")
            .with("option", named(ContextKind::InvalidArg).unwrap_or_default())
            .with("other", named(ContextKind::PriorArg).unwrap_or_default()),
        ErrorKind::InvalidUtf8 => Failure::usage("error-argument-not-utf8"),
        _ => {
            let option = named(ContextKind::InvalidArg).unwrap_or_default();
            match named(ContextKind::ValidValue) {
                Some(valid) => {
                    Failure::usage("error-option-choice").with("option", option).with("valid", valid)
                }
                None => Failure::usage("error-option-value").with("option", option),
            }
        }
    };
    Stop::Wrong(failure)
}

/// The names of options in the error; never their values.
fn named(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(name) => Some(name.clone()),
        ContextValue::Strings(names) => Some(names.join(", ")),
        _ => None,
    }
}
