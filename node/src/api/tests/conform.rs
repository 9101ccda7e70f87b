//! Holds answers against the description of the API: every member documented, every required one there, of its type.

use super::Reply;
use crate::api::openapi;
use axum::http::StatusCode;
use serde_json::Value;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(openapi::text()).expect("JSON"));

pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Panics where the answer is not documented.
pub fn hold(method: &str, path: &str, reply: &Reply) {
    if reply.status == StatusCode::NOT_MODIFIED {
        assert!(reply.bytes.is_empty() && operation(method, path).is_some());
        return;
    }
    let media_type = reply.headers["content-type"].to_str().expect("ASCII");
    let status = reply.status.as_u16();
    let Some(operation) = operation(method, path) else {
        assert!(matches!(status, 404 | 405), "{method} {path} is not documented");
        assert_eq!(shape(&reference("Problem"), &reply.json), Ok(()), "{}", reply.text);
        return;
    };
    let answer = &operation["responses"][status.to_string()];
    let content = &answer["content"][media_type];
    assert!(content.is_object(), "{method} {path} gives an undocumented {status} of {media_type}");
    let told = reply.json["type"].as_str().filter(|_| media_type.ends_with("problem+json"));
    if let Some(name) = told {
        let description = answer["description"].as_str().expect("a description");
        assert!(description.contains(name), "{method} {path} gives an undocumented {name}");
    }
    if media_type.ends_with("/json") || media_type.ends_with("+json") {
        assert_eq!(shape(&content["schema"], &reply.json), Ok(()), "{method} {path}: {}", reply.text);
    }
}

fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let fits = |template: &str| {
        // The one template whose parameter has slashes.
        if template == "/data/{path}" {
            return path.starts_with("/data/");
        }
        let (due, given) = (template.split('/'), path.split('/'));
        due.clone().count() == given.clone().count()
            && due.zip(given).all(|(due, given)| due == given || due.starts_with('{'))
    };
    // A template with fewer parameters wins, as it does in the router.
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let fitting = paths.iter().filter(|(template, _)| fits(template));
    let (_, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
    item.get(method)
}

fn reference(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Whether a value has the shape of a schema; if not, where and why.
pub fn shape(schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/components/schemas/").ok_or("a foreign reference")?;
        let found = DOCUMENT["components"]["schemas"].get(name).ok_or(format!("no schema {name}"))?;
        return shape(found, value).map_err(|why| format!("{name}: {why}"));
    }
    for alternatives in ["oneOf", "anyOf"] {
        if let Some(schemas) = schema[alternatives].as_array() {
            let whys: Vec<String> = schemas.iter().filter_map(|one| shape(one, value).err()).collect();
            return if whys.len() < schemas.len() { Ok(()) } else { Err(whys.join("; or ")) };
        }
    }
    of_type(schema, value)?;
    if let Some(allowed) = schema["enum"].as_array().filter(|allowed| !allowed.contains(value)) {
        return Err(format!("{value} is none of {allowed:?}"));
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str()) {
        fits(pattern, text).then_some(()).ok_or_else(|| format!("{text} does not match {pattern}"))?;
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        list.iter().try_for_each(|item| shape(items, item))?;
    }
    match (schema["properties"].as_object(), value.as_object()) {
        (Some(properties), Some(members)) => members_of(schema, properties, members),
        _ => Ok(()),
    }
}

type Members = serde_json::Map<String, Value>;

fn members_of(schema: &Value, properties: &Members, members: &Members) -> Result<(), String> {
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        members.get(name).ok_or(format!("{name} is missing"))?;
    }
    for (name, member) in members {
        match properties.get(name) {
            Some(schema) => shape(schema, member).map_err(|why| format!("{name}: {why}"))?,
            // A problem has members of its type beside its own.
            None if properties.contains_key("title") && properties.contains_key("detail") => {}
            None => return Err(format!("{name} is not documented")),
        }
    }
    Ok(())
}

fn of_type(schema: &Value, value: &Value) -> Result<(), String> {
    let allowed: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => return Ok(()),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if allowed.contains(&is) { Ok(()) } else { Err(format!("{is} where {allowed:?} is due")) }
}

/// Whether a text fits a pattern of the description. Classes, characters, counts and alternatives are all that they have.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('(') else { return fits_plain(pattern, text) };
    let (choices, after) = rest.split_once(')').expect("a closed group");
    match after.strip_prefix('*') {
        // The one group that is repeated is a byte of two digits after `^0x`.
        Some(after) => {
            let bytes = (text.len() + 1).saturating_sub(before.len()) / 2;
            fits_plain(&format!("{before}{}{after}", choices.repeat(bytes)), text)
        }
        None => choices.split('|').any(|choice| fits(&format!("{before}{choice}{after}"), text)),
    }
}

fn fits_plain(pattern: &str, text: &str) -> bool {
    let mut text = text.chars().peekable();
    let mut rest = pattern.trim_start_matches('^').trim_end_matches('$');
    while let Some(first) = rest.chars().next() {
        let (class, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').expect("a closed class"),
            None => rest.split_at(first.len_utf8()),
        };
        let counted = after.strip_prefix('{').and_then(|count| count.split_once('}'));
        let (least, most, after) = match (counted, after.strip_prefix('+')) {
            (Some((count, after)), _) => {
                let count: usize = count.parse().expect("a count");
                (count, count, after)
            }
            (None, Some(after)) => (1, usize::MAX, after),
            (None, None) => (1, 1, after),
        };
        let mut found = 0;
        while found < most && text.next_if(|character| is_in(class, *character)).is_some() {
            found += 1;
        }
        if found < least {
            return false;
        }
        rest = after;
    }
    text.next().is_none()
}

fn is_in(class: &str, character: char) -> bool {
    let listed: Vec<char> = class.chars().collect();
    let in_range = listed.windows(3).any(|part| part[1] == '-' && (part[0]..=part[2]).contains(&character));
    in_range || listed.contains(&character)
}

#[test]
fn patterns_are_read_as_they_are_meant() {
    let entry = "^0x(0[2-9]|0a)[0-9a-f]{4}0{2}$";
    for (pattern, fitting, other) in [
        ("^0x([0-9a-f]{2})*$", "0x00ff", "0x00f"),
        ("^[0-9]+$", "120", "12a"),
        ("^(0x[0-9a-f]{4}|[A-Za-z0-9_-]{2}[AEI])$", "0x12ab", "0x12AB"),
        ("^(0x[0-9a-f]{4}|[A-Za-z0-9_-]{2}[AEI])$", "-_A", "-_B"),
        (entry, "0x0aabcd00", "0x0babcd00"),
        (entry, "0x02abcd00", "0x02abcd01"),
        (entry, "0x09123400", "0x0912340000"),
    ] {
        assert!(fits(pattern, fitting), "{fitting} fits {pattern}");
        assert!(!fits(pattern, other), "{other} does not fit {pattern}");
    }
}
