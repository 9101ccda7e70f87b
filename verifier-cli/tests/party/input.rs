//! Standard input: all of it counts, or it is said that there is too much of it.

use crate::steps::{Trade, counts};

#[test]
fn nothing_of_standard_input_is_cut_off_in_silence() {
    let trade = Trade::of_shop(2);
    let (first, second) = (trade.desk.line("out.txt", 0), trade.desk.line("out.txt", 1));
    let sell = ["sell", "--lines", "-", "--key", "shop.key", "--order", "A", "--json"];
    let much = format!("{first}\n{}{second}\n", format!("#{}\n", "-".repeat(1 << 20)).repeat(64));
    let ran = trade.desk.run_with(&sell, &much).exits(2);
    assert!(ran.err.contains("standard input has more than 64 MiB"), "{}", ran.err);
    let some = format!("{first}\n{}{second}\n", format!("#{}\n", "-".repeat(1 << 20)).repeat(2));
    assert_eq!(counts(&trade.desk.run_with(&sell, &some).exits(0)), (2, 0, 0));
    let far = format!("{}{first}\n", "\n".repeat(300 << 10));
    let claim = ["claim", "--key", "buyer.key", "--json"];
    assert_eq!(counts(&trade.desk.run_with(&claim, &far).exits(0)), (1, 0, 0));
}

#[test]
fn a_key_is_not_written_to_standard_output() {
    let desk = crate::desk::Desk::without_node();
    for json in [&[][..], &["--json"]] {
        let ran = desk.run(&[&["keygen", "--out", "-"], json].concat()).exits(2);
        assert!(ran.err.contains("Name a file: --out FILE"), "{ran:?}");
    }
    assert_eq!(desk.files(), Vec::<String>::new());
}
