//! The graph of hands: who had the voucher, one below the other, the steps between them, and the sales that were refused
//! beside the hand that signed them. Shapes alone; `svg` and `pdf` draw the same ones.

use super::words::Words;
use crate::findings::{Contradiction, Found, Row, short};
use protocol::PublicKey;
use protocol::dossier::Step;
use protocol::lifecycle::Kind;

/// Units across; on paper they are points.
pub const WIDTH: f32 = 499.0;
/// A colour by its three bytes.
pub type Colour = [u8; 3];
/// What is in order.
pub const INK: Colour = [0x1f, 0x29, 0x37];
/// What is said beside.
pub const QUIET: Colour = [0x5b, 0x64, 0x73];
/// What was refused.
pub const RED: Colour = [0xb4, 0x23, 0x18];
/// Behind what was refused.
const RED_WASH: Colour = [0xfd, 0xee, 0xec];
/// Behind the hands.
const WASH: Colour = [0xf3, 0xf6, 0xfa];
/// The colours of the letters: apart also for those who do not see red and green apart (after Okabe and Ito).
const LETTERS: [Colour; 6] = [
    [0x00, 0x5f, 0x9e],
    [0x9a, 0x57, 0x00],
    [0x00, 0x6b, 0x4f],
    [0x8a, 0x2f, 0x6b],
    [0x4b, 0x4b, 0x9a],
    [0x5f, 0x5f, 0x1a],
];

const BOX_LEFT: f32 = 4.0;
const BOX_WIDTH: f32 = 236.0;
const BOX_HEIGHT: f32 = 38.0;
const SPINE: f32 = 30.0;
const ARROW: f32 = 44.0;
const SIDE_GAP: f32 = 12.0;
const SIDE_LEFT: f32 = 276.0;
const SIDE_WIDTH: f32 = WIDTH - SIDE_LEFT - 4.0;

/// A drawing in bands: a page may break between two, never within one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// From the top.
    pub bands: Vec<Band>,
    /// What it shows, for who cannot see it.
    pub described: String,
}

/// A part of a drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// How high.
    pub height: f32,
    /// What is in it; from its own top.
    pub shapes: Vec<Shape>,
}

/// Something drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A box.
    Box {
        /// Left, top, width, height.
        at: [f32; 4],
        /// Radius of its corners.
        round: f32,
        /// Inside.
        fill: Option<Colour>,
        /// Its edge.
        edge: Option<Colour>,
        /// Whether the edge is dashed.
        dashed: bool,
    },
    /// A line with an arrow's head at its end.
    Arrow {
        /// From x, y.
        from: [f32; 2],
        /// To x, y.
        to: [f32; 2],
        /// Its colour.
        colour: Colour,
        /// Whether it is dashed.
        dashed: bool,
    },
    /// A line of text.
    Words {
        /// Where it begins on its base line; its middle, where it is centred.
        at: [f32; 2],
        /// Size.
        size: f32,
        /// Its colour.
        colour: Colour,
        /// Heavier.
        strong: bool,
        /// Whether `at` is its middle.
        centred: bool,
        /// What it says.
        text: String,
    },
}

/// Of one voucher.
pub fn of(found: &Found<'_>, words: &Words<'_>) -> Graph {
    let mut bands = Vec::new();
    for (place, row) in found.rows.iter().enumerate() {
        let refused = refused_after(found, row.line.index);
        let last = place.checked_add(1) == Some(found.rows.len());
        if place > 0 {
            bands.push(step_band(row, words));
        }
        let moves = place == 0 || has_new_hand(found.rows.get(place.wrapping_sub(1)), row);
        if moves || !refused.is_empty() || last {
            bands.push(hand_band(row, &refused, words));
        }
    }
    let key = short(&found.facts.key);
    Graph { bands, described: words.with("case-graph-described", &[("voucher", &key)]) }
}

fn has_new_hand(before: Option<&Row<'_>>, row: &Row<'_>) -> bool {
    before.is_none_or(|before| before.line.party != row.line.party)
        || matches!(row.kind(), Some(Kind::Transfer | Kind::Sell | Kind::Claim | Kind::Return))
}

/// The refused sales that were signed against this entry, with who signed.
fn refused_after<'a>(found: &Found<'a>, index: u64) -> Vec<(&'a Step, PublicKey)> {
    let of_it = |contradiction: &Contradiction<'a>| match contradiction {
        Contradiction::SecondSale { refused, by, prev, .. } if *prev == index => Some((*refused, *by)),
        _ => None,
    };
    found.contradictions.iter().filter_map(of_it).collect()
}

/// Who has it, with what was refused beside.
fn hand_band(row: &Row<'_>, refused: &[(&Step, PublicKey)], words: &Words<'_>) -> Band {
    let mut shapes = vec![Shape::Box {
        at: [BOX_LEFT, 0.0, BOX_WIDTH, BOX_HEIGHT],
        round: 6.0,
        fill: Some(WASH),
        edge: Some(INK),
        dashed: !row.line.anchored,
    }];
    hand(&mut shapes, row.line.party.as_ref(), [BOX_LEFT, 0.0], words, &words.status(Some(row.line.status)));
    let mut top = 0.0;
    for (step, by) in refused {
        refused_box(&mut shapes, top, step, by, words);
        top += BOX_HEIGHT + SIDE_GAP;
    }
    Band { height: BOX_HEIGHT.max(top - SIDE_GAP), shapes }
}

/// A letter in its colour, the key beside it, and a line below.
fn hand(
    shapes: &mut Vec<Shape>,
    party: Option<&PublicKey>,
    [left, top]: [f32; 2],
    words: &Words<'_>,
    below: &str,
) {
    let place = party.and_then(|key| words.hands().place(key));
    let colour = place.and_then(|place| LETTERS.get(place % LETTERS.len())).copied().unwrap_or(QUIET);
    let name = party.map_or_else(|| "?".to_owned(), |key| words.hands().letter(key));
    let dot = [left + 10.0, top + 8.0, 22.0, 22.0];
    shapes.push(Shape::Box { at: dot, round: 11.0, fill: Some(colour), edge: None, dashed: false });
    shapes.push(Shape::Words {
        at: [left + 21.0, top + 23.0],
        size: if name.len() > 1 { 9.0 } else { 11.0 },
        colour: [0xff; 3],
        strong: true,
        centred: true,
        text: name,
    });
    let title = match party {
        Some(key) => {
            format!("{} · {}", short(key), words.get(&format!("case-role-{}", main_role(key, words))))
        }
        None => words.get("case-nobody"),
    };
    shapes.push(line([left + 40.0, top + 17.0], 9.5, INK, title));
    shapes.push(line([left + 40.0, top + 30.0], 8.0, QUIET, below.to_owned()));
}

/// The first thing that a key did.
fn main_role(key: &PublicKey, words: &Words<'_>) -> &'static str {
    let role = words.hands().find(key).and_then(|hand| hand.roles.first());
    role.map_or("holder", |role| role.name())
}

fn refused_box(shapes: &mut Vec<Shape>, top: f32, step: &Step, by: &PublicKey, words: &Words<'_>) {
    let middle = top + BOX_HEIGHT / 2.0;
    let begin = [BOX_LEFT + BOX_WIDTH, BOX_HEIGHT / 2.0];
    shapes.push(Shape::Arrow { from: begin, to: [SIDE_LEFT, middle], colour: RED, dashed: true });
    shapes.push(Shape::Box {
        at: [SIDE_LEFT, top, SIDE_WIDTH, BOX_HEIGHT],
        round: 6.0,
        fill: Some(RED_WASH),
        edge: Some(RED),
        dashed: true,
    });
    let named = step.entry.party != PublicKey::NOBODY;
    let buyer = if named {
        format!("{} {}", words.hands().letter(&step.entry.party), short(&step.entry.party))
    } else {
        words.get("case-nobody")
    };
    let title = words.with("case-graph-refused", &[("buyer", &buyer)]);
    let signer = words.hands().letter(by);
    let below = words.with("case-graph-refused-by", &[("signer", &signer)]);
    shapes.push(line([SIDE_LEFT + 10.0, top + 17.0], 9.5, RED, title));
    shapes.push(line([SIDE_LEFT + 10.0, top + 30.0], 8.0, RED, below));
}

/// The arrow to what comes next, and what it was.
fn step_band(row: &Row<'_>, words: &Words<'_>) -> Band {
    let arrow = Shape::Arrow {
        from: [SPINE, 2.0],
        to: [SPINE, ARROW - 2.0],
        colour: INK,
        dashed: !row.line.anchored,
    };
    let title = format!("#{} {}", row.line.index, words.kind(row));
    let signers: Vec<String> = row.line.signed_by.iter().map(|key| words.hands().letter(key)).collect();
    let signed = words.with("case-graph-signed", &[("signers", &signers.join("+"))]);
    let below = format!("{} · {signed}", words.time(row.line.at));
    let shapes = vec![
        arrow,
        Shape::Words {
            at: [SPINE + 14.0, 19.0],
            size: 9.5,
            colour: INK,
            strong: true,
            centred: false,
            text: title,
        },
        line([SPINE + 14.0, 32.0], 8.0, QUIET, below),
    ];
    Band { height: ARROW, shapes }
}

fn line(at: [f32; 2], size: f32, colour: Colour, text: String) -> Shape {
    Shape::Words { at, size, colour, strong: false, centred: false, text }
}

impl Graph {
    /// All bands, one below the other.
    pub fn height(&self) -> f32 {
        self.bands.iter().map(|band| band.height).sum()
    }
}

impl Shape {
    /// The two corners behind the point of an arrow's head. Whole thirds of a unit are enough, and every machine rounds
    /// them alike.
    pub fn head(from: [f32; 2], to: [f32; 2]) -> [[f32; 2]; 2] {
        const LENGTH: f32 = 7.0;
        const HALF: f32 = 3.5;
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let length = (dx * dx + dy * dy).sqrt().max(1.0);
        let (ux, uy) = (dx / length, dy / length);
        let back = [to[0] - ux * LENGTH, to[1] - uy * LENGTH];
        let third = |value: f32| (value * 3.0).round() / 3.0;
        [
            [third(back[0] - uy * HALF), third(back[1] + ux * HALF)],
            [third(back[0] + uy * HALF), third(back[1] - ux * HALF)],
        ]
    }
}
