//! Blocks onto pages: where everything stands, before anything is drawn.

use super::lines::{Faces, Line, lines, tone_colour};
use crate::report::document::{Block, Document, Style, Table, Text};
use crate::report::graph::{Graph, INK, Shape};

/// A4 in points.
pub const PAGE: [f32; 2] = [595.0, 842.0];
/// Left and right.
pub const MARGIN: f32 = 48.0;
const TOP: f32 = 50.0;
const BOTTOM: f32 = 62.0;
const INNER: f32 = PAGE[0] - 2.0 * MARGIN;
const BODY: f32 = 9.5;
const SMALL: f32 = 8.2;
/// From one line to the next, where the size is 1.
const LEADING: f32 = 1.45;
const CELL_GAP: f32 = 4.0;
const RULE: [u8; 3] = [0xd5, 0xda, 0xe1];
const WASH: [u8; 3] = [0xf3, 0xf6, 0xfa];

/// Something at a place of a page.
pub enum Item {
    /// A line of text: left, base line, size.
    Line([f32; 2], f32, Line),
    /// A shape, moved by this much.
    Shape([f32; 2], Shape),
}

/// A page.
#[derive(Default)]
pub struct Page {
    /// From behind to the front.
    pub items: Vec<Item>,
}

/// All pages, and where the chapters begin.
pub struct Layout<'a> {
    faces: &'a Faces,
    /// The pages.
    pub pages: Vec<Page>,
    /// Each chapter's name, its page from 0, and how far down it begins.
    pub chapters: Vec<(String, usize, f32)>,
    y: f32,
}

impl<'a> Layout<'a> {
    /// Of this document.
    pub fn of(document: &Document, faces: &'a Faces) -> Self {
        let mut layout = Self { faces, pages: vec![Page::default()], chapters: Vec::new(), y: TOP };
        layout.text(&Text::of(Style::Strong, document.title.clone()), 18.0, 0.0);
        layout.y += 4.0;
        for (place, block) in document.blocks.iter().enumerate() {
            if let (Block::Section(_), Some(Block::Graph(graph))) = (block, document.blocks.get(place + 1)) {
                layout.room_for_whole(graph);
            }
            layout.block(block);
        }
        layout
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Chapter(text) => self.chapter(text),
            Block::Section(text) => {
                self.room_for(90.0);
                self.y += 9.0;
                self.text(&Text::of(Style::Strong, text.clone()), 11.0, 0.0);
                self.y += 2.0;
            }
            Block::Paragraph(text) => {
                self.text(text, BODY, 0.0);
                self.y += 4.0;
            }
            Block::Notice(tone, text) => self.notice(text, tone_colour(*tone)),
            Block::Points(points) => {
                for text in points {
                    self.point("•", text);
                }
            }
            Block::Steps(steps) => {
                for (place, (text, command)) in steps.iter().enumerate() {
                    self.point(&format!("{}.", place + 1), text);
                    if let Some(command) = command {
                        self.text(&Text::mono(command.clone()), BODY, 16.0);
                        self.y += 4.0;
                    }
                }
            }
            Block::Facts(facts) => {
                for (name, value) in facts {
                    self.row(
                        &[Text::of(Style::Quiet, name.clone()), value.clone()],
                        &[0.2, 0.8],
                        SMALL,
                        None,
                    );
                }
            }
            Block::Table(table) => self.table(table),
            Block::Graph(graph) => self.graph(graph),
        }
    }

    fn chapter(&mut self, text: &str) {
        self.room_for(130.0);
        self.y += 12.0;
        self.chapters.push((text.to_owned(), self.pages.len() - 1, self.y));
        self.text(&Text::of(Style::Strong, text.to_owned()), 14.0, 0.0);
        self.rule(self.y + 1.0, INK);
        self.y += 8.0;
    }

    /// Begins a page, if less than this is left of the present one.
    fn room_for(&mut self, height: f32) {
        if self.y + height > PAGE[1] - BOTTOM && self.y > TOP {
            self.pages.push(Page::default());
            self.y = TOP;
        }
    }

    /// A graph that fits on one page stays on one, with its heading.
    fn room_for_whole(&mut self, graph: &Graph) {
        const HEADING: f32 = 40.0;
        let height = graph.height() + HEADING;
        if height <= PAGE[1] - TOP - BOTTOM {
            self.room_for(height);
        }
    }

    fn put(&mut self, item: Item) {
        if let Some(page) = self.pages.last_mut() {
            page.items.push(item);
        }
    }

    fn rule(&mut self, y: f32, colour: [u8; 3]) {
        self.filled([MARGIN, y, INNER, 0.7], colour);
    }

    fn filled(&mut self, at: [f32; 4], colour: [u8; 3]) {
        let shape = Shape::Box { at, round: 0.0, fill: Some(colour), edge: None, dashed: false };
        self.put(Item::Shape([0.0, 0.0], shape));
    }

    /// A text over the whole width, from `indent` on.
    fn text(&mut self, text: &Text, size: f32, indent: f32) {
        for line in lines(text, size, INNER - indent, self.faces) {
            self.room_for(size * LEADING);
            self.line(line, MARGIN + indent, size);
        }
    }

    fn line(&mut self, line: Line, left: f32, size: f32) {
        self.put(Item::Line([left, self.y + size * 1.08], size, line));
        self.y += size * LEADING;
    }

    fn point(&mut self, mark: &str, text: &Text) {
        self.room_for(BODY * LEADING);
        let y = self.y;
        self.text(&Text::from(mark), BODY, 2.0);
        self.y = y;
        self.text(text, BODY, 16.0);
        self.y += 3.0;
    }

    /// A paragraph with a bar of its colour beside it.
    fn notice(&mut self, text: &Text, colour: [u8; 3]) {
        const PAD: f32 = 6.0;
        let broken = lines(text, BODY, INNER - 24.0, self.faces);
        for part in broken.chunks(40) {
            let height = lines_height(part.len(), BODY) + 2.0 * PAD;
            self.room_for(height + 4.0);
            self.filled([MARGIN, self.y, INNER, height], WASH);
            self.filled([MARGIN, self.y, 3.0, height], colour);
            self.y += PAD;
            for line in part {
                self.line(line.clone(), MARGIN + 12.0, BODY);
            }
            self.y += PAD + 4.0;
        }
    }

    fn table(&mut self, table: &Table) {
        let shares: Vec<f32> = table.columns.iter().map(|(_, share)| *share).collect();
        let head: Vec<Text> =
            table.columns.iter().map(|(name, _)| Text::of(Style::Strong, name.clone())).collect();
        self.room_for(80.0);
        self.row(&head, &shares, SMALL, Some(WASH));
        for row in &table.rows {
            let height = self.row_height(row, &shares, SMALL);
            let page = self.pages.len();
            self.room_for(height.min(PAGE[1] - TOP - BOTTOM - 40.0));
            if self.pages.len() > page {
                self.row(&head, &shares, SMALL, Some(WASH));
            }
            self.row(row, &shares, SMALL, None);
        }
        self.y += 6.0;
    }

    fn cells(&self, row: &[Text], shares: &[f32], size: f32) -> Vec<Vec<Line>> {
        let width = |share: f32| INNER * share - 2.0 * CELL_GAP;
        row.iter().zip(shares).map(|(cell, share)| lines(cell, size, width(*share), self.faces)).collect()
    }

    fn row_height(&self, row: &[Text], shares: &[f32], size: f32) -> f32 {
        let most = self.cells(row, shares, size).iter().map(Vec::len).max().unwrap_or(0);
        lines_height(most, size) + 2.0 * CELL_GAP
    }

    /// A row, on as many pages as it needs.
    fn row(&mut self, row: &[Text], shares: &[f32], size: f32, fill: Option<[u8; 3]>) {
        let mut cells: Vec<std::collections::VecDeque<Line>> =
            self.cells(row, shares, size).into_iter().map(Into::into).collect();
        loop {
            let most = cells.iter().map(std::collections::VecDeque::len).max().unwrap_or(0);
            self.room_for(size * LEADING + 2.0 * CELL_GAP);
            let room = (PAGE[1] - BOTTOM - self.y - 2.0 * CELL_GAP) / (size * LEADING);
            let fitting =
                (1..=most).take_while(|count| lines_height(*count, 1.0) <= room * LEADING).count().max(1);
            let shown = most.min(fitting);
            let height = lines_height(shown, size) + 2.0 * CELL_GAP;
            let top = self.y;
            if let Some(colour) = fill {
                self.filled([MARGIN, top, INNER, height], colour);
            }
            let mut left = MARGIN + CELL_GAP;
            for (cell, share) in cells.iter_mut().zip(shares) {
                self.y = top + CELL_GAP;
                for line in cell.drain(..shown.min(cell.len())) {
                    self.line(line, left, size);
                }
                left += INNER * share;
            }
            self.y = top + height;
            self.rule(self.y, RULE);
            if cells.iter().all(std::collections::VecDeque::is_empty) {
                return;
            }
        }
    }

    fn graph(&mut self, graph: &Graph) {
        self.y += 4.0;
        for band in &graph.bands {
            self.room_for(band.height + 4.0);
            for shape in &band.shapes {
                self.put(Item::Shape([MARGIN, self.y], shape.clone()));
            }
            self.y += band.height;
        }
        self.y += 6.0;
    }
}

#[expect(clippy::cast_precision_loss, reason = "a page has a few hundred lines")]
fn lines_height(count: usize, size: f32) -> f32 {
    count as f32 * size * LEADING
}
