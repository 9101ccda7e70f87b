//! The graph of hands as SVG.

use super::super::graph::{Colour, Graph, Shape, WIDTH};
use super::{all, escaped};

/// The picture, to stand in a page.
pub fn picture(graph: &Graph) -> String {
    let mut top = 0.0;
    let bands = graph.bands.iter().map(|band| {
        let from = top;
        top += band.height;
        format!("<g transform=\"translate(0 {from})\">{}</g>", all(&band.shapes, drawn))
    });
    let bands = bands.collect::<Vec<_>>().concat();
    let (height, described) = (graph.height(), escaped(&graph.described));
    format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{described}\">{bands}</svg>")
}

fn drawn(shape: &Shape) -> String {
    match shape {
        Shape::Box { at: [x, y, width, height], round, fill, edge, dashed } => {
            let colour = |colour: &Option<Colour>| colour.map_or_else(|| "none".to_owned(), hex);
            format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\" fill=\"{}\" \
                 stroke=\"{}\"{}/>",
                colour(fill),
                colour(edge),
                dashes(*dashed),
            )
        }
        Shape::Arrow { from: [x, y], to: [tip_x, tip_y], colour, dashed } => {
            let [[left_x, left_y], [right_x, right_y]] = Shape::head([*x, *y], [*tip_x, *tip_y]);
            let (colour, dashes) = (hex(*colour), dashes(*dashed));
            format!(
                "<path d=\"M{x} {y}L{tip_x} {tip_y}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\"{dashes}/>\
                 <path d=\"M{left_x} {left_y}L{tip_x} {tip_y}L{right_x} {right_y}Z\" fill=\"{colour}\"/>"
            )
        }
        Shape::Words { at: [x, y], size, colour, strong, centred, text } => format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{}\"{}{}>{}</text>",
            hex(*colour),
            if *strong { " font-weight=\"bold\"" } else { "" },
            if *centred { " text-anchor=\"middle\"" } else { "" },
            escaped(text),
        ),
    }
}

const fn dashes(dashed: bool) -> &'static str {
    if dashed { " stroke-dasharray=\"4 3\"" } else { "" }
}

fn hex([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
