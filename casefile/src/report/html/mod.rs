//! The report for browsers: one file without scripts, that fetches nothing and prints well.

mod svg;

use super::document::{Block, Document, Style, Table, Text, Tone};

const STYLES: &str = include_str!("report.css");

/// The page.
pub fn page(document: &Document) -> String {
    let mut html = String::new();
    let (title, language) = (escaped(&document.title), document.language.tag());
    html.push_str(&format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLES}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    ));
    for block in &document.blocks {
        push(&mut html, block);
    }
    html.push_str(&format!("</main>\n<footer>{}</footer>\n</body>\n</html>\n", escaped(&document.foot)));
    html
}

fn push(html: &mut String, block: &Block) {
    match block {
        Block::Chapter(text) => html.push_str(&format!("<h2>{}</h2>\n", escaped(text))),
        Block::Section(text) => html.push_str(&format!("<h3>{}</h3>\n", escaped(text))),
        Block::Paragraph(text) => html.push_str(&format!("<p>{}</p>\n", runs(text))),
        Block::Notice(tone, text) => {
            html.push_str(&format!("<p class=\"notice {}\">{}</p>\n", class(*tone), runs(text)));
        }
        Block::Points(points) => {
            let items: String = points.iter().map(|text| format!("<li>{}</li>\n", runs(text))).collect();
            html.push_str(&format!("<ul>\n{items}</ul>\n"));
        }
        Block::Steps(steps) => {
            let command = |command: &Option<String>| {
                command.as_ref().map(|text| format!("<pre>{}</pre>", escaped(text))).unwrap_or_default()
            };
            let items: String = steps
                .iter()
                .map(|(text, line)| format!("<li>{}{}</li>\n", runs(text), command(line)))
                .collect();
            html.push_str(&format!("<ol>\n{items}</ol>\n"));
        }
        Block::Facts(facts) => {
            let rows: String = facts
                .iter()
                .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), runs(value)))
                .collect();
            html.push_str(&format!("<dl>\n{rows}</dl>\n"));
        }
        Block::Table(table) => push_table(html, table),
        Block::Graph(graph) => {
            html.push_str(&format!("<div class=\"graph\">{}</div>\n", svg::picture(graph)));
        }
    }
}

/// On a narrow screen each row becomes a list, every cell under the head of its column.
fn push_table(html: &mut String, table: &Table) {
    html.push_str("<table>\n<colgroup>");
    for (_, share) in &table.columns {
        html.push_str(&format!("<col style=\"width:{:.1}%\">", share * 100.0));
    }
    html.push_str("</colgroup>\n<thead><tr>");
    for (head, _) in &table.columns {
        html.push_str(&format!("<th scope=\"col\">{}</th>", escaped(head)));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        let cells: String = row
            .iter()
            .zip(&table.columns)
            .map(|(cell, (head, _))| format!("<td data-head=\"{}\">{}</td>", escaped(head), runs(cell)))
            .collect();
        html.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    html.push_str("</tbody>\n</table>\n");
}

fn runs(text: &Text) -> String {
    text.0.iter().map(|(style, run)| run_html(*style, &escaped(run).replace('\n', "<br>"))).collect()
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
