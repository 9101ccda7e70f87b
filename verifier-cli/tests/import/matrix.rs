//! Every layout in every arrangement, encoding and line ending, without and with faults.

use crate::generate::{Encoding, File, Random, Recipe, Style, generate};
use protocol::voucher::CodeForm;
use vouchsafe_cli::import::{Layout, Lengths, Options, read};

const SEPARATORS: [&str; 16] =
    ["----", "---", "——", "║", "|", "｜", "\t", ";", "；", ",", "，", ":", "：", " ", "   ", "\t\t"];

const TABLE_SEPARATORS: [&str; 4] = [",", ";", "\t", "|"];

/// Reads the file and compares all that is known of it: each card, each refused line, each reason.
fn agrees(recipe: &Recipe, options: &Options) {
    let File { bytes, accepted, refused } = generate(recipe);
    let import = read(&bytes, options).unwrap_or_else(|error| panic!("{error}: {recipe:?}"));
    let got: Vec<(u64, &str)> =
        import.refused.iter().map(|refused| (refused.line, refused.reason.name())).collect();
    assert_eq!(got, refused, "{recipe:?}");
    let form = |text: &str| CodeForm::Strip.apply(text).to_string();
    let cards: Vec<_> = import.cards.iter().map(|card| (form(card.serial), form(card.code))).collect();
    assert_eq!(cards, accepted, "{recipe:?}");
    assert_eq!(import.repeated_serials, 0, "{recipe:?}");
}

#[test]
fn every_layout_style_encoding_and_ending() {
    let mut random = Random(20_260_726);
    for layout in Layout::known() {
        for style in 0..4 {
            for encoding in Encoding::ALL {
                for ending in ["\n", "\r\n", "\r"] {
                    for faults_per_mille in [0, 40, 250] {
                        let style = match style {
                            0 => Style::Lines(random.pick(&SEPARATORS)),
                            1 => Style::Table(random.pick(&TABLE_SEPARATORS)),
                            2 => Style::Labelled,
                            _ => Style::Ndjson,
                        };
                        let seed = random.below(u64::MAX);
                        let recipe =
                            Recipe { layout, rows: 40, style, encoding, ending, faults_per_mille, seed };
                        agrees(&recipe, &Options::default());
                    }
                }
            }
        }
    }
}

#[test]
fn every_separator_and_many_faults() {
    for (seed, separator) in (0..).zip(SEPARATORS) {
        for layout in Layout::known() {
            let style = Style::Lines(separator);
            let (encoding, ending) = (Encoding::Utf8, "\n");
            agrees(
                &Recipe { layout, rows: 100, style, encoding, ending, faults_per_mille: 500, seed },
                &Options::default(),
            );
        }
    }
}

#[test]
fn a_given_layout_judges_files_too_small_to_share_one() {
    for layout in Layout::known() {
        let options = Options { lengths: Lengths::Of(layout), ..Options::default() };
        for (seed, rows) in (0..).zip([1, 2, 3, 5]) {
            let style = Style::Lines("----");
            let (encoding, ending) = (Encoding::Gb18030, "\r\n");
            agrees(&Recipe { layout, rows, style, encoding, ending, faults_per_mille: 0, seed }, &options);
        }
    }
}

#[test]
fn a_hundred_thousand_rows() {
    let layout = "unicom".parse().unwrap();
    let (style, encoding, ending) = (Style::Table(","), Encoding::Utf8Marked, "\r\n");
    agrees(
        &Recipe { layout, rows: 100_000, style, encoding, ending, faults_per_mille: 20, seed: 3 },
        &Options::default(),
    );
}
