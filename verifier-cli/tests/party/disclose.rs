//! Serials out of the supplier file, however it was issued.

use crate::desk::Desk;

#[test]
fn a_serial_is_disclosed_from_every_supplier_file_that_can_be_issued() {
    let desk = Desk::with_node();
    desk.key("issuer.key");
    let card = |card: u32| format!("{}~~QX7{card}ZP4M9KD2WT6{card}RB8HC3VN5", 1000 + card);
    desk.write("cards.txt", &(0..3).map(card).collect::<Vec<_>>().join("\n"));
    let issue = "issue cards.txt --separator ~~ --key issuer.key --product GC --issuer-name A";
    let run = |line: &str| desk.run(&line.split_whitespace().collect::<Vec<_>>());
    for (out, more, key) in [("out.txt", "", "--key issuer.key"), ("bare.txt", "--unstamped", "")] {
        run(&format!("{issue} --out {out} {more}")).exits(0);
        let voucher = desk.line(out, 1).split("/v/").nth(1).unwrap()[..43].to_owned();
        let disclose = format!("disclose serial {voucher} --cards cards.txt --separator ~~ {key} --out -");
        assert_eq!(run(&disclose).exits(0).json["serial"]["serial"], "1001");
        run(&disclose.replace("--separator ~~", "--separator none")).exits(20);
    }
    let voucher = desk.line("out.txt", 1).split("/v/").nth(1).unwrap()[..43].to_owned();
    let without_key = run(&format!("disclose serial {voucher} --cards cards.txt --separator ~~")).exits(2);
    assert!(without_key.err.contains("--key is missing"), "{}", without_key.err);
    let without_cards = run(&format!("disclose serial {voucher} --lines out.txt --separator ~~")).exits(2);
    assert!(without_cards.err.contains("--cards is missing"), "{}", without_cards.err);
}
