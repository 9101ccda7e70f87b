//! Lines and shapes onto a surface.

use super::layout::Item;
use super::lines::{Faces, Line, Piece, colour, scale};
use crate::report::document::{Style, Text};
use crate::report::graph::{Colour, Shape};
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};

/// How much a heavier letter grows, where its height is 1: the collection has no bold face.
const WEIGHT: f32 = 0.035;

/// Draws an item.
pub fn item(surface: &mut Surface<'_>, item: &Item, faces: &Faces) {
    match item {
        Item::Line(at, size, line) => set(surface, *at, *size, line, faces),
        Item::Shape(offset, shape) => draw(surface, *offset, shape, faces),
    }
}

/// Sets a line of text.
pub fn set(surface: &mut Surface<'_>, [left, base]: [f32; 2], size: f32, line: &Line, faces: &Faces) {
    let mut x = left;
    for piece in &line.pieces {
        let strong = matches!(piece.style, Style::Strong | Style::Toned(_));
        set_piece(surface, [x, base], size, piece, (colour(piece.style), strong), faces);
        x += piece.width(size);
    }
}

fn set_piece(
    surface: &mut Surface<'_>,
    [x, y]: [f32; 2],
    size: f32,
    piece: &Piece,
    (colour, strong): (Colour, bool),
    faces: &Faces,
) {
    let size = size * scale(piece.style);
    let glyphs: Vec<KrillaGlyph> = piece
        .text
        .char_indices()
        .zip(&piece.glyphs)
        .map(|((begin, character), glyph)| {
            let range = begin..begin + character.len_utf8();
            KrillaGlyph::new(GlyphId::new(glyph.id), glyph.width, 0.0, 0.0, 0.0, range, None)
        })
        .collect();
    surface.set_fill(Some(fill(colour)));
    surface.set_stroke(strong.then(|| stroke(colour, size * WEIGHT, false)));
    let font = faces.of(piece.style).font.clone();
    surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, &piece.text, size, false);
}

fn draw(surface: &mut Surface<'_>, [dx, dy]: [f32; 2], shape: &Shape, faces: &Faces) {
    match shape {
        Shape::Box { at: [x, y, width, height], round, fill: inside, edge, dashed } => {
            surface.set_fill(inside.map(fill));
            surface.set_stroke(edge.map(|colour| stroke(colour, 1.0, *dashed)));
            if let Some(path) = rounded([x + dx, y + dy, *width, *height], *round) {
                surface.draw_path(&path);
            }
        }
        Shape::Arrow { from, to, colour, dashed } => {
            let moved = |[x, y]: [f32; 2]| [x + dx, y + dy];
            surface.set_fill(None);
            surface.set_stroke(Some(stroke(*colour, 1.4, *dashed)));
            if let Some(path) = polygon(&[moved(*from), moved(*to)], false) {
                surface.draw_path(&path);
            }
            let [left, right] = Shape::head(*from, *to);
            surface.set_fill(Some(fill(*colour)));
            surface.set_stroke(None);
            if let Some(path) = polygon(&[moved(left), moved(*to), moved(right)], true) {
                surface.draw_path(&path);
            }
        }
        Shape::Words { at: [x, y], size, colour, strong, centred, text } => {
            let line = super::lines::lines(&Text::from(text.as_str()), *size, f32::MAX, faces);
            let pieces: Vec<Piece> = line.into_iter().flat_map(|line| line.pieces).collect();
            let width: f32 = pieces.iter().map(|piece| piece.width(*size)).sum();
            let mut left = x + dx - if *centred { width / 2.0 } else { 0.0 };
            for piece in &pieces {
                set_piece(surface, [left, y + dy], *size, piece, (*colour, *strong), faces);
                left += piece.width(*size);
            }
        }
    }
}

fn fill([red, green, blue]: Colour) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

fn stroke([red, green, blue]: Colour, width: f32, dashed: bool) -> Stroke {
    let dash = dashed.then(|| StrokeDash { array: vec![4.0, 3.0], offset: 0.0 });
    Stroke { paint: rgb::Color::new(red, green, blue).into(), width, dash, ..Stroke::default() }
}

fn polygon(points: &[[f32; 2]], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    let (first, rest) = points.split_first()?;
    path.move_to(first[0], first[1]);
    for [x, y] in rest {
        path.line_to(*x, *y);
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// A box with round corners, each a quarter of a circle as Bézier curves draw one.
fn rounded([x, y, width, height]: [f32; 4], radius: f32) -> Option<Path> {
    const CIRCLE: f32 = 0.552_284_8;
    let mut path = PathBuilder::new();
    if radius <= 0.0 {
        path.push_rect(Rect::from_xywh(x, y, width, height)?);
        return path.finish();
    }
    let (right, bottom, bend) = (x + width, y + height, radius * (1.0 - CIRCLE));
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - bend, y, right, y + bend, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - bend, right - bend, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + bend, bottom, x, bottom - bend, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + bend, x + bend, y, x + radius, y);
    path.close();
    path.finish()
}
