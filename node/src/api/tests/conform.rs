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
        hex(pattern, text)?;
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

/// The patterns of the description are all of hex: of one width, or of any.
fn hex(pattern: &str, text: &str) -> Result<(), String> {
    let width: Option<usize> =
        pattern.split(['{', '}']).nth(1).and_then(|n| n.parse().ok()).filter(|n| *n > 2);
    // A SHA-256 is written as `sha256sum` writes it.
    let digits = if pattern.contains("0x") { text.strip_prefix("0x").ok_or("no 0x")? } else { text };
    let lower = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if lower && width.map_or(digits.len() % 2 == 0, |width| digits.len() == width) {
        Ok(())
    } else {
        Err(format!("{text} does not match {pattern}"))
    }
}
