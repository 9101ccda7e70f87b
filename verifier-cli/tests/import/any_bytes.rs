//! Any bytes at all: nothing panics, every line is accounted for, and the refused ones can be read again.

use proptest::prelude::*;
use vouchsafe_cli::import::{Import, ImportError, Lengths, Options, read};

/// What holds of every file that was read.
fn holds(file: &[u8], import: &Import) {
    assert!(!import.cards.is_empty());
    let ascending = |lines: &[u64]| lines.windows(2).all(|pair| pair[0] < pair[1]);
    let accepted: Vec<u64> = import.cards.iter().map(|card| card.line).collect();
    let refused: Vec<u64> = import.refused.iter().map(|refused| refused.line).collect();
    assert!(ascending(&accepted) && ascending(&refused));
    assert!(accepted.iter().all(|line| refused.binary_search(line).is_err()));
    assert!(import.cards.iter().all(|card| !card.code.is_empty()));
    let lines: usize = import.refused.iter().map(|refused| file[refused.raw.clone()].len()).sum();
    assert!(import.bad_lines(file).len() >= lines && import.bad_lines(file).len() <= file.len());
}

/// Pieces of supplier files in any order: they reach deeper than noise.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[0-9]{1,20}".prop_map(String::into_bytes),
        proptest::sample::select(vec![
            "----",
            "║",
            "|",
            ",",
            ";",
            "\t",
            ":",
            "：",
            " ",
            "\"",
            "\"\"",
            "=\"",
            "'",
            "{\"secret\": \"",
            "\"}",
            "{",
            "[",
            "卡号",
            "密码",
            "面额",
            "secret",
            "serial",
            "6.1E+14",
            "１２",
            "\u{feff}",
            "\u{378}",
            "\u{1}",
            "\0",
            "30",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        proptest::sample::select(vec![b"\n".to_vec(), b"\r\n".to_vec(), b"\r".to_vec(), b"\n".to_vec()]),
        proptest::collection::vec(any::<u8>(), 1..3),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Fields that CSV has to quote, none blank or damaged.
fn field() -> impl Strategy<Value = String> {
    "[A-Z][A-Z0-9,\" ;卡号|:-]{0,12}[0-9A-Z]"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn noise_never_panics(file in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(import) = read(&file, &Options::default()) {
            holds(&file, &import);
        }
    }

    #[test]
    fn pieces_of_supplier_files_never_panic(file in pieces(), wide in any::<bool>()) {
        let file: Vec<u8> = if wide { file.iter().flat_map(|byte| [*byte, 0]).collect() } else { file };
        match read(&file, &Options::default()) {
            Ok(import) => holds(&file, &import),
            Err(ImportError::EveryLineBad { refused }) => prop_assert!(!refused.is_empty()),
            Err(_) => {}
        }
    }

    #[test]
    fn what_a_csv_writer_quotes_is_read_back(rows in proptest::collection::btree_set((field(), field()), 1..20)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["serial", "secret"]).unwrap();
        for (serial, code) in &rows {
            writer.write_record([serial, code]).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let exact = protocol::voucher::CodeForm::Exact;
        let options = Options { lengths: Lengths::Any, code_form: exact, ..Options::default() };
        let import = read(&file, &options).unwrap();
        let read: Vec<_> = import.cards.iter().map(|card| (card.serial.to_owned(), card.code.to_owned())).collect();
        prop_assert_eq!(read, rows.into_iter().collect::<Vec<_>>());
    }
}
