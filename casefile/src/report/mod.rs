//! The report: what the findings say, in one language, as a page for browsers and as one for paper.

mod content;
mod document;
mod graph;
mod html;
mod pdf;
mod words;

pub use pdf::PdfError;
pub use words::detail_text;

use crate::findings::Findings;
use crate::lang::Language;

/// A report in one language.
pub struct Rendered {
    /// For browsers: one file, no script, nothing fetched.
    pub html: String,
    /// For paper.
    pub pdf: Vec<u8>,
}

/// The report of these findings.
pub fn render(findings: &Findings<'_>, language: Language) -> Result<Rendered, PdfError> {
    let document = content::write(findings, language);
    Ok(Rendered { html: html::page(&document), pdf: pdf::pages(&document)? })
}
