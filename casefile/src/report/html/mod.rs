//! The report for browsers: one file without scripts, that fetches nothing and prints well.

mod svg;

use super::document::{Block, Document, Style, Table, Text, Tone};

const STYLES: &str = include_str!("report.css");

/// The page.
pub fn page(document: &Document) -> String {
    let (title, language) = (escaped(&document.title), document.language.tag());
    let blocks = all(&document.blocks, block);
    let foot = escaped(&document.foot);
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLES}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         {blocks}</main>\n<footer>{foot}</footer>\n</body>\n</html>\n"
    )
}

/// Each of them, one behind the other.
fn all<T>(items: &[T], html: impl Fn(&T) -> String) -> String {
    items.iter().map(html).collect::<Vec<_>>().concat()
}

fn block(block: &Block) -> String {
    match block {
        Block::Chapter(text) => format!("<h2>{}</h2>\n", escaped(text)),
        Block::Section(text) => format!("<h3>{}</h3>\n", escaped(text)),
        Block::Paragraph(text) => format!("<p>{}</p>\n", runs(text)),
        Block::Notice(tone, text) => format!("<p class=\"notice {}\">{}</p>\n", class(*tone), runs(text)),
        Block::Points(points) => {
            format!("<ul>\n{}</ul>\n", all(points, |text| format!("<li>{}</li>\n", runs(text))))
        }
        Block::Steps(steps) => format!("<ol>\n{}</ol>\n", all(steps, step)),
        Block::Facts(facts) => {
            let row = |(name, value): &(String, Text)| {
                format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), runs(value))
            };
            format!("<dl>\n{}</dl>\n", all(facts, row))
        }
        Block::Table(table) => rows(table),
        Block::Graph(graph) => format!("<div class=\"graph\">{}</div>\n", svg::picture(graph)),
    }
}

fn step((text, command): &(Text, Option<String>)) -> String {
    let command = command.as_ref().map(|text| format!("<pre>{}</pre>", escaped(text)));
    format!("<li>{}{}</li>\n", runs(text), command.unwrap_or_default())
}

/// On a narrow screen each row becomes a list, every cell under the head of its column.
fn rows(table: &Table) -> String {
    let columns = &table.columns;
    let widths = all(columns, |(_, share)| format!("<col style=\"width:{:.1}%\">", share * 100.0));
    let heads = all(columns, |(head, _)| format!("<th scope=\"col\">{}</th>", escaped(head)));
    let row = |row: &Vec<Text>| {
        let cells = row
            .iter()
            .zip(columns)
            .map(|(cell, (head, _))| format!("<td data-head=\"{}\">{}</td>", escaped(head), runs(cell)));
        format!("<tr>{}</tr>\n", cells.collect::<Vec<_>>().concat())
    };
    format!(
        "<table>\n<colgroup>{widths}</colgroup>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
        all(&table.rows, row)
    )
}

fn runs(text: &Text) -> String {
    all(&text.0, |(style, run)| run_html(*style, &escaped(run).replace('\n', "<br>")))
}

fn run_html(style: Style, text: &str) -> String {
    match style {
        Style::Plain => text.to_owned(),
        Style::Mono => format!("<code>{text}</code>"),
        Style::Strong => format!("<strong>{text}</strong>"),
        Style::Quiet => format!("<small>{text}</small>"),
        Style::Toned(tone) => format!("<span class=\"{}\">{text}</span>", class(tone)),
    }
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Care => "care",
        Tone::Bad => "bad",
    }
}

/// Text as it may stand between tags and in quotes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_tag() {
        let text = Text::mono("<img src=x onerror='a'>&\"");
        assert_eq!(runs(&text), "<code>&lt;img src=x onerror=&#39;a&#39;&gt;&amp;&quot;</code>");
    }
}
