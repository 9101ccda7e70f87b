//! `make bench`: how fast Vouchsafe is, beside what a user would take instead, each pair within one run.
//!
//! One file an area; `measure` knows rounds and spreads, `report` writes docs/performance.md.
#![expect(clippy::print_stdout, reason = "a measurement is there to be read")]
#![expect(clippy::expect_used, reason = "a measurement that can not be made ends the run")]

mod claims;
mod dossier;
mod growth;
mod http;
mod issue;
mod measure;
mod process;
mod report;
mod restart;
mod tree;

use clap::Parser;
use measure::Figure;

/// Measures, prints, and with --write keeps what it measured.
#[derive(Parser)]
#[command(version, max_term_width = 110)]
struct Cli {
    /// Little work and few rounds: shows that everything is still measured, and says nothing of speed.
    #[arg(long)]
    small: bool,
    /// Issue so many cards, where the report says 1,000,000.
    #[arg(long, value_name = "NUMBER", conflicts_with = "write")]
    cards: Option<usize>,
    /// Only the areas of these names.
    #[arg(long, value_name = "AREA")]
    only: Vec<String>,
    /// Write the report to this file.
    #[arg(long, value_name = "FILE")]
    write: Option<std::path::PathBuf>,
    /// One measurement in a process of its own: prints a number.
    #[arg(long, num_args = 1.., hide = true)]
    probe: Vec<String>,
}

/// How much work is measured.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Little.
    pub small: bool,
    cards: Option<usize>,
}

impl Scale {
    /// Cards of the ledger.
    pub const fn cards(self) -> usize {
        match self.cards {
            Some(cards) => cards,
            None if self.small => 2_000,
            None => 1_000_000,
        }
    }

    /// Rounds of each pair.
    pub const fn rounds(self) -> usize {
        if self.small { 1 } else { 9 }
    }
}

/// What was measured so far, each figure with its area. It is printed at once: a later one may fail.
#[derive(Default)]
pub struct Told(Vec<(&'static str, Figure)>);

impl Told {
    fn tell(&mut self, area: &'static str, figures: Vec<Figure>) {
        for figure in figures {
            println!("{}", report::line(&figure));
            assert!(figure.measured.median.is_finite(), "{} was not measured", figure.what);
            self.0.push((area, figure));
        }
    }
}

/// Measures one area.
type Area = fn(Scale, &mut Told);

/// What is measured, by name.
const AREAS: &[(&str, Area)] = &[
    ("tree", |scale, told| told.tell("tree", tree::figures(scale))),
    ("ledger", ledger),
    ("growth", |scale, told| told.tell("growth", growth::figures(scale))),
];

/// One ledger from its first card to the check of everything, because each area needs what the one before left.
fn ledger(scale: Scale, told: &mut Told) {
    runtime().block_on(async {
        let (figures, mut issued) = issue::figures(scale).await;
        told.tell("ledger", figures);
        told.tell("ledger", claims::figures(&issued).await);
        told.tell("ledger", dossier::figures(scale, &mut issued).await);
        told.tell("ledger", restart::figures(scale, issued).await);
    });
}

/// Where the clients run.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

fn main() {
    let cli = Cli::parse();
    match cli.probe.as_slice() {
        [] => {}
        [tree, which, size] if tree == "tree" => {
            return println!("{}", tree::probe(which, size.parse().expect("a size")));
        }
        [constant, size] if constant == "constant" => {
            return runtime().block_on(dossier::serve_constant(size.parse().expect("a size")));
        }
        other => panic!("no probe {other:?}"),
    }
    let scale = Scale { small: cli.small, cards: cli.cards };
    for only in &cli.only {
        assert!(AREAS.iter().any(|(name, _)| name == only), "no area {only}");
    }
    let wanted = |name: &str| cli.only.is_empty() || cli.only.iter().any(|only| only == name);
    let mut told = Told::default();
    for (name, measure) in AREAS.iter().filter(|(name, _)| wanted(name)) {
        println!("== {name}");
        measure(scale, &mut told);
    }
    if let Some(path) = &cli.write {
        std::fs::write(path, report::page(&told.0)).expect("the report can be written");
        println!("written: {}", path.display());
    }
}
