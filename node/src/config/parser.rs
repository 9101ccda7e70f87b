//! What a parser says of a configuration, fit for a log.

/// Where and what is wrong with this text, without the line and its values: they may hold the access key of an endpoint.
pub(super) fn said(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}: {}", before.matches('\n').count() + 1, without_values(error.message()))
}

/// What a parser says, without the values that it quotes: texts stand in `"`, what should be a name in backticks.
fn without_values(said: &str) -> String {
    let mut kept = String::with_capacity(said.len());
    let mut rest = said.chars();
    while let Some(char) = rest.next() {
        kept.push(char);
        match char {
            '"' => {
                while let Some(hidden) = rest.next().filter(|hidden| *hidden != '"') {
                    // What follows a backslash ends no text.
                    if hidden == '\\' {
                        rest.next();
                    }
                }
                kept.push_str("…\"");
            }
            '`' => {
                let name: String = rest.by_ref().take_while(|char| *char != '`').collect();
                if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
                    kept.push_str("…`");
                    return kept;
                }
                kept.push_str(&name);
                kept.push('`');
            }
            _ => {}
        }
    }
    kept
}
