//! The report for paper. `font` measures, `lines` breaks, `layout` places, `draw` draws; krilla writes the file.

mod draw;
mod font;
mod layout;
mod lines;

use super::document::{Document, Style, Text};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use layout::{Layout, MARGIN, PAGE};
use lines::Faces;

/// Why there is no PDF: a defect of this crate, never of the evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// The typeface of this crate cannot be read.
    #[error("the typeface of the report cannot be read")]
    Font,
    /// A page of no size.
    #[error("the report has a page of no size")]
    Page,
    /// The library that writes the file refuses.
    #[error("the report cannot be written as PDF: {0}")]
    Krilla(String),
}

/// The file. It holds no time and no random id, so that the same report is the same bytes.
pub fn pages(document: &Document) -> Result<Vec<u8>, PdfError> {
    let faces = Faces::open()?;
    let layout = Layout::of(document, &faces);
    let mut pdf = krilla::Document::new();
    pdf.set_metadata(
        Metadata::new()
            .title(document.title.clone())
            .language(document.language.tag().to_owned())
            .creator(crate::TOOL.to_owned()),
    );
    let count = layout.pages.len();
    for (place, page) in layout.pages.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE[0], PAGE[1]).ok_or(PdfError::Page)?;
        let mut sheet = pdf.start_page_with(settings);
        let mut surface = sheet.surface();
        page.items.iter().for_each(|item| draw::item(&mut surface, item, &faces));
        let foot = Text::of(Style::Quiet, format!("{} · {} / {count}", document.foot, place + 1));
        for line in lines::lines(&foot, 8.0, PAGE[0] - 2.0 * MARGIN, &faces).iter().take(1) {
            draw::set(&mut surface, [MARGIN, PAGE[1] - 34.0], 8.0, line, &faces);
        }
        surface.finish();
        sheet.finish();
    }
    let mut outline = Outline::new();
    for (name, page, y) in layout.chapters {
        let there = XyzDestination::new(page, Point::from_xy(MARGIN, y));
        outline.push_child(OutlineNode::new(name, there));
    }
    pdf.set_outline(outline);
    pdf.finish().map_err(|error| PdfError::Krilla(format!("{error:?}")))
}
