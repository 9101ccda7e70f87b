//! The graph of hands as SVG.

use super::super::graph::{Colour, Graph, Shape, WIDTH};
use super::escaped;

/// The picture, to stand in a page.
pub fn picture(graph: &Graph) -> String {
    let height: f32 = graph.bands.iter().map(|band| band.height).sum();
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
        escaped(&graph.described)
    );
    let mut top = 0.0;
    for band in &graph.bands {
        svg.push_str(&format!("<g transform=\"translate(0 {top})\">"));
        band.shapes.iter().for_each(|shape| push(&mut svg, shape));
        svg.push_str("</g>");
        top += band.height;
    }
    svg.push_str("</svg>");
    svg
}

fn push(svg: &mut String, shape: &Shape) {
    match shape {
        Shape::Box { at: [x, y, width, height], round, fill, edge, dashed } => svg.push_str(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\" fill=\"{}\" \
             stroke=\"{}\"{}/>",
            fill.map_or_else(|| "none".to_owned(), hex),
            edge.map_or_else(|| "none".to_owned(), hex),
            dashes(*dashed),
        )),
        Shape::Arrow { from, to, colour, dashed } => {
            let colour = hex(*colour);
            let [left, right] = Shape::head(*from, *to);
            svg.push_str(&format!(
                "<path d=\"M{} {}L{} {}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\"{}/>\
                 <path d=\"M{} {}L{} {}L{} {}Z\" fill=\"{colour}\"/>",
                from[0],
                from[1],
                to[0],
                to[1],
                dashes(*dashed),
                left[0],
                left[1],
                to[0],
                to[1],
                right[0],
                right[1],
            ));
        }
        Shape::Words { at: [x, y], size, colour, strong, centred, text } => svg.push_str(&format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{}\"{}{}>{}</text>",
            hex(*colour),
            if *strong { " font-weight=\"bold\"" } else { "" },
            if *centred { " text-anchor=\"middle\"" } else { "" },
            escaped(text),
        )),
    }
}

const fn dashes(dashed: bool) -> &'static str {
    if dashed { " stroke-dasharray=\"4 3\"" } else { "" }
}

fn hex([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
