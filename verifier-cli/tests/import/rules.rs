//! The rules of reading, one by one.

use protocol::voucher::CodeForm;
use vouchsafe_cli::import::{
    Encoding, Import, ImportError, Layout, Lengths, Options, Reason, Separator, Style, read,
};

fn import(text: &str) -> Import {
    read(text.as_bytes(), &Options::default()).unwrap()
}

fn refusal(text: &str) -> ImportError {
    read(text.as_bytes(), &Options::default()).unwrap_err()
}

fn cards(import: &Import) -> Vec<(&str, &str)> {
    import.cards.iter().map(|card| (card.serial, card.code)).collect()
}

fn reasons(import: &Import) -> Vec<(u64, &'static str)> {
    import.refused.iter().map(|refused| (refused.line, refused.reason.name())).collect()
}

#[test]
fn serial_and_code_stay_as_given() {
    let import = import("卡号,卡密\n 12-34 , ab cd-EF \n");
    assert_eq!(cards(&import), [("12-34", "ab cd-EF")]);
}

#[test]
fn line_numbers_are_physical_whatever_ends_a_line() {
    for ending in ["\n", "\r\n", "\r"] {
        let text = ["", "1111----2222", " ", "3333----", "5555----6666"].join(ending);
        let import = import(&text);
        assert_eq!(import.cards.iter().map(|card| card.line).collect::<Vec<_>>(), [2, 5]);
        assert_eq!(reasons(&import), [(4, "missing-secret")]);
    }
}

#[test]
fn a_pair_again_is_a_duplicate_in_the_code_form() {
    let text = "1111----AB-CD\n１１１１----A B C D\n1111----abcd\n";
    assert_eq!(reasons(&import(text)), [(2, "duplicate")]);
    assert_eq!(import(text).refused[0].reason, Reason::Duplicate { first: 1 });

    let upper = Options { code_form: CodeForm::StripUpper, ..Options::default() };
    assert_eq!(reasons(&read(text.as_bytes(), &upper).unwrap()), [(2, "duplicate"), (3, "duplicate")]);
    let exact = Options { code_form: CodeForm::Exact, ..Options::default() };
    assert_eq!(reasons(&read(text.as_bytes(), &exact).unwrap()), []);
}

#[test]
fn one_code_under_two_serials_is_two_cards() {
    let import = import("1111----9999\n2222----9999\n3333----8888\n");
    assert_eq!((import.cards.len(), import.repeated_serials), (3, 0));
}

#[test]
fn one_serial_under_two_codes_is_two_cards_and_counted() {
    let import = import("1111----9999\n1111----8888\n3333----7777\n1111----6666\n");
    assert_eq!((import.cards.len(), import.repeated_serials), (4, 2));
}

#[test]
fn a_refused_line_is_no_first_occurrence() {
    let import = import("1111----22\n1111----2222\n1111----2222\n3333----4444\n5555----6666\n");
    assert_eq!(reasons(&import), [(1, "length"), (3, "duplicate")]);
}

#[test]
fn lengths_that_two_thirds_share_bind_the_rest() {
    assert_eq!(reasons(&import("11----2222\n33----4444\n55----666\n")), [(3, "length")]);
    assert_eq!(reasons(&import("11----2222\n33----4444\n55----666\n77----888\n")), []);
    assert_eq!(reasons(&import("11----2222\n33----444\n")), [], "two lines share nothing");
}

#[test]
fn serial_and_secret_share_their_lengths_each_for_itself() {
    let import = import("1----2222\n22----4444\n333----666\n4444----8888\n5----7777\n");
    assert_eq!(reasons(&import), [(3, "length")]);
    assert_eq!(import.layout, None);
}

#[test]
fn any_length_is_an_option() {
    let options = Options { lengths: Lengths::Any, ..Options::default() };
    let import = read(b"11----2222\n33----4444\n55----666\n", &options).unwrap();
    assert_eq!((reasons(&import), import.layout), (vec![], None));
}

#[test]
fn a_given_layout_binds_even_the_only_line() {
    let given = |word: &str| Options { lengths: Lengths::Of(word.parse().unwrap()), ..Options::default() };
    let line = b"123456789----12345678901O\n123456789----123456789012";
    let named = read(line, &given("qcoin")).unwrap();
    assert_eq!(reasons(&named), [(1, "not-digits")]);
    assert_eq!(reasons(&read(line, &given("9-12")).unwrap()), []);
    assert!(
        matches!(read(line, &given("9-13")), Err(ImportError::EveryLineBad { refused }) if refused.len() == 2)
    );
}

#[test]
fn layouts_are_named_or_given_by_lengths() {
    assert_eq!("16-18".parse::<Layout>().unwrap().to_string(), "16-18");
    assert_eq!("cmcc-zhejiang".parse::<Layout>().unwrap().serial, 10);
    assert_eq!(
        import("AAAAA-BBBBB-CCCCC\n11111-22222-33333\nDDDDD-EEEEE-FFFFF").layout.unwrap().to_string(),
        "licence"
    );
    for word in ["", "cmc", "16-", "16-0", "-16", "16-18-20", "99999-1"] {
        assert!(word.parse::<Layout>().is_err(), "{word}");
    }
}

#[test]
fn spreadsheet_damage_is_found_in_either_field() {
    let import = import(
        "serial,secret\n319382613000000,6.1E+18\n3.19383E+14,2467080321147837825\n31938261300002,####\n1,2\n",
    );
    assert_eq!(reasons(&import), [(2, "damaged-number"), (3, "damaged-number"), (4, "damaged-number")]);
}

#[test]
fn a_column_of_rounded_secrets_is_damaged() {
    let rows = (0..9).map(|n| format!("{}----{}43957205873{}00\n", 1000 + n, 100 + n * 91, n % 10));
    let error = read(rows.collect::<String>().as_bytes(), &Options::default()).unwrap_err();
    assert!(
        matches!(error, ImportError::EveryLineBad { refused } if refused.iter().all(|r| r.reason == Reason::DamagedNumber))
    );
    let honest = (0..9).map(|n| format!("{}----{}43957205873{n}00{n}\n", 1000 + n, 100 + n * 91));
    assert_eq!(reasons(&import(&honest.collect::<String>())), []);
}

#[test]
fn numbers_guarded_from_spreadsheets_are_taken_bare() {
    let import = import("卡号,卡密\n=\"0012\",'0034\n\"=\"\"0056\"\"\",\"0078\"\n");
    assert_eq!(cards(&import), [("0012", "0034"), ("0056", "0078")]);
}

#[test]
fn quotes_damage_their_own_line_alone() {
    let import = import("serial,secret\n\"1111,2222\n\"3333\"x,4444\n\"55\"\"55\",\"66,66\"\n");
    assert_eq!(reasons(&import), [(2, "quotes"), (3, "quotes")]);
    assert_eq!(cards(&import), [("55\"55", "66,66")]);
}

#[test]
fn a_field_with_half_a_pair_of_quotes_is_never_taken() {
    let table = import("serial,secret\n1111,\"22\n22\",3333\n4444,5555\n6666,77\"77\n8888,99\"\n");
    assert_eq!(reasons(&table), [(2, "quotes"), (3, "quotes"), (6, "quotes")]);
    assert_eq!(cards(&table), [("4444", "5555"), ("6666", "77\"77")]);
    let lines = import("ABCD1\nABCD2\"\n\"ABCD3\n=\"ABCD4\"\n");
    assert_eq!(reasons(&lines), [(2, "quotes"), (3, "quotes")]);
    assert_eq!(cards(&lines), [("", "ABCD1"), ("", "ABCD4")]);
}

#[test]
fn headers_name_columns_in_any_order() {
    for (header, expected) in [
        ("密码;批次;卡号", ("33", "11")),
        ("Card Pwd;SKU;Card No.", ("33", "11")),
        ("PIN;x;code", ("33", "11")),
        ("code;x;y", ("", "11")),
        ("序列号;面额;商品", ("", "11")),
        ("secret;cardNo;meta", ("22", "11")),
    ] {
        assert_eq!(cards(&import(&format!("{header}\n11;22;33\n"))), [expected], "{header}");
    }
}

#[test]
fn headers_that_leave_the_secret_open_are_refused() {
    assert_eq!(refusal("面额,商品\n30,11\n"), ImportError::NoSecretColumn { line: 1 });
    assert_eq!(refusal("\n卡密,密码\n30,11\n"), ImportError::TwoSecretColumns { line: 2 });
    assert_eq!(refusal("Nummer;Geheimnis\n1234;5678\n1235;5679\n"), ImportError::UnknownHeader { line: 1 });
}

#[test]
fn late_value_in_a_column_that_was_empty_is_not_passed_over() {
    let lines: Vec<String> = (1000..2200).map(|n| format!("{n},88123456{n},\n")).collect();
    let text = lines.concat() + "2200,881234562200,771234562200\n";
    assert_eq!(reasons(&import(&text)), [(1201, "columns")]);
}

#[test]
fn lines_without_header_hold_serial_secret_and_face_value() {
    let import = import("1111|2222|30\n3333|4444|30\n");
    assert_eq!(
        (cards(&import), import.common_face()),
        (vec![("1111", "2222"), ("3333", "4444")], Some("30"))
    );
    assert_eq!(cards(&self::import("AAAA1,30\nBBBB2,50\n")), [("", "AAAA1"), ("", "BBBB2")]);
    assert_eq!(self::import("AAAA1,30\nBBBB2,50\n").common_face(), None);
    assert_eq!(refusal("1111|30|2222\n1112|30|3333\n1113|30|4444\n"), ImportError::UnclearColumns);
}

#[test]
fn a_column_without_name_or_meaning_is_not_dropped() {
    for text in [
        "1,AAAA1,XKCD-1\n2,AAAA2,XKCD-2\n",
        "1111|2222|30|x\n3333|4444|30|y\n",
        "1111----2222----https://shop.example/v/1\n",
        "1111\t2222\t128.50\n3333\t4444\t30\n",
    ] {
        assert_eq!(refusal(text), ImportError::UnclearColumns, "{text}");
        let named = text.replace("----", ",").replace(['|', '\t'], ",");
        let header = ["serial", "secret", "note", "meta"];
        let columns = named.lines().next().unwrap().split(',').count();
        assert!(!import(&format!("{}\n{named}", header[..columns].join(","))).cards.is_empty(), "{text}");
    }
    assert_eq!(cards(&import("1111,2222,,\n3333,4444,,\n")), [("1111", "2222"), ("3333", "4444")]);
}

#[test]
fn a_code_printed_in_groups_is_one_code() {
    assert_eq!(
        cards(&import("1234 5678 9012\n3456 7890 1234\n")),
        [("", "1234 5678 9012"), ("", "3456 7890 1234")]
    );
    assert_eq!(refusal("1234 567 89012\n345 7890 1234\n"), ImportError::UnclearColumns);
    assert_eq!(cards(&import("12 34   56 78\n")), [("12 34", "56 78")]);
}

#[test]
fn single_codes_are_not_cut_and_hide_no_pairs() {
    let import = import("https://shop.example/redeem?code=A1\nhttps://shop.example/redeem?code=B2\n");
    assert_eq!(import.cards.get(0).unwrap().code, "https://shop.example/redeem?code=A1");
    let import = self::import("AAAA1\nBBBB2\nCCCC3\nDDDD4----EEEE5\n");
    assert_eq!(reasons(&import), [(4, "columns")]);
    assert_eq!(refusal("AAAA1\nBBBB2\nCCCC3----DDDD4\nEEEE5----FFFF6\n"), ImportError::UnclearColumns);
}

#[test]
fn a_given_separator_is_used() {
    let given = |word: &str| Options { separator: Some(word.parse().unwrap()), ..Options::default() };
    assert_eq!(cards(&read(b"11/22\n33/44", &given("/")).unwrap()), [("11", "22"), ("33", "44")]);
    assert_eq!(cards(&read(b"11,22\n33,44", &given("none")).unwrap()), [("", "11,22"), ("", "33,44")]);
    assert_eq!(cards(&read(b"11\t22", &given("tab")).unwrap()), [("11", "22")]);
    assert_eq!(cards(&read(b"11 22", &given("blank")).unwrap()), [("11", "22")]);
    assert_eq!("".parse::<Separator>(), Err(ImportError::UnclearColumns));
}

#[test]
fn labels_name_their_fields() {
    let import = import("卡号：1111 密码：AB:CD\n卡号: 2222, 密码: EFGH\n卡号:3333密码:IJKL\n");
    assert_eq!(import.style, Style::Labelled);
    assert_eq!(cards(&import), [("2222", "EFGH"), ("3333", "IJKL")]);
    assert_eq!(reasons(&import), [(1, "columns")]);
}

#[test]
fn ndjson_takes_texts_and_whole_numbers() {
    let import = import(concat!(
        "{\"serial\": 319382613000000, \"secret\": \"0012\", \"face\": 30}\n",
        "{\"secret\": \"00\\u00312\", \"serial\": \"319382613000001\", \"more\": [\"secret\"]}\n",
        "{\"serial\": 3.2e14, \"secret\": \"0013\"}\n",
        "{\"serial\": \"319382613000003\", \"secret\": null}\n",
        "{\"serial\": \"319382613000004\", \"secret\": \"0014\", \"secret\": \"0015\"}\n",
        "{\"serial\": \"319382613000005\", \"secret\": [\"0016\"]}\n",
        "{\"serial\": \"319382613000006\", \"secret\": \"0017\"} x\n",
    ));
    assert_eq!(cards(&import), [("319382613000000", "0012"), ("319382613000001", "0012")]);
    assert_eq!(
        reasons(&import),
        [(3, "damaged-number"), (4, "missing-secret"), (5, "json"), (6, "json"), (7, "json")]
    );
    assert_eq!(refusal("[\n{\"secret\": \"1\"}]"), ImportError::NotNdjson);
    assert_eq!(refusal("{\"note\": \"1\"}"), ImportError::NoSecretColumn { line: 1 });
}

#[test]
fn a_serial_missing_everywhere_is_not_missed() {
    assert_eq!(reasons(&import("卡号,卡密\n,1234\n,5678\n")), []);
    assert_eq!(reasons(&import("卡号,卡密\n,1234\n77,5678\n")), [(2, "missing-serial")]);
}

#[test]
fn the_encoding_can_be_given() {
    let big5 = Encoding::for_label(b"big5").unwrap();
    let (bytes, _, unmapped) = big5.encode("卡號,密碼,面額\n1111,2222,30\n");
    assert!(!unmapped);
    let options = Options { encoding: Some(big5), ..Options::default() };
    assert_eq!(cards(&read(&bytes, &options).unwrap()), [("1111", "2222")]);
    let stateful = Options { encoding: Encoding::for_label(b"iso-2022-jp"), ..Options::default() };
    assert_eq!(read(b"1----2", &stateful).unwrap_err(), ImportError::Encoding("ISO-2022-JP"));
}

#[test]
fn the_mark_of_an_earlier_wrong_decoding_is_refused() {
    assert_eq!(reasons(&import("1111----22\u{fffd}2\n3333----4444\n")), [(1, "undecodable")]);
}

#[test]
fn damaged_bytes_do_not_turn_utf8_into_gb18030() {
    let file = [b"\xEF\xBB\xBF".as_slice(), "卡号,卡密\n1,2\n".as_bytes(), b"3,\xFF\n5,\xFF\n"].concat();
    for file in [&file[..], &file[3..]] {
        let import = read(file, &Options::default()).unwrap();
        assert_eq!((import.encoding.name(), import.cards.len()), ("UTF-8", 1));
        assert_eq!(reasons(&import), [(3, "undecodable"), (4, "undecodable")]);
    }
}

#[test]
fn long_lines_are_refused_one_by_one() {
    let text = format!("1111----2222\n3333----{}\n", "x".repeat(20_000));
    assert_eq!(reasons(&import(&text)), [(2, "too-long")]);
    // One character that NFKC makes eighteen: 12,000 bytes of it pass the line's limit, its form the protocol's.
    let text = format!("1111----2222\n3333----{}\n", "\u{fdfa}".repeat(4_000));
    assert_eq!(reasons(&import(&text)), [(2, "too-long")]);
}

#[test]
fn files_without_cards_say_what_they_are() {
    for empty in ["", "\n \n", "\u{feff}\r\n", "卡号,卡密\n"] {
        assert_eq!(refusal(empty), ImportError::Empty, "{empty:?}");
    }
    let spreadsheet = read(b"PK\x03\x04\x14\0", &Options::default()).unwrap_err();
    assert!(spreadsheet.to_string().contains("save it as CSV"), "{spreadsheet}");
    let utf32 = read(b"\xFF\xFE\0\0\x31\0\0\0", &Options::default()).unwrap_err();
    assert_eq!(utf32, ImportError::Encoding("UTF-32"));
    let unreadable = read(b"\xFF\n\xFF\xFF", &Options::default()).unwrap_err();
    assert_eq!(
        unreadable.to_string(),
        "no line of the file can be used: 2 refused, the first of them, line 1, holds bytes that the file's encoding \
         does not know"
    );
}

#[test]
fn bad_lines_make_a_file_of_the_same_kind() {
    let text = "卡号,卡密\r\n1111,2222\r\n3333,\r\n5555,6666\r\n7777,8888\r\n9999,000";
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let import = read(&utf16, &Options::default()).unwrap();
    let bad = import.bad_lines(&utf16);
    let expected = "卡号,卡密\r\n3333,\r\n9999,000";
    let expected: Vec<u8> =
        [0xFEFF].into_iter().chain(expected.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(*bad, expected);
}

#[test]
fn no_message_and_no_debug_text_holds_a_field() {
    let text =
        "serial,secret\nS3R1AL,C0DE\nS3R1AL,C0DE\nS3R1AL,C0DEC0DE\n\"C0DE,\nC0DE\nS3R1AL,C0DE\u{1}\n,C0DE\n";
    let import = import(text);
    assert_eq!(import.refused.len(), 6);
    let refused = import.refused.iter().map(|refused| format!("{refused:?} {}", refused.reason));
    let mut said = refused.collect::<String>() + &format!("{import:?} {:?}", import.cards.get(0));
    said += &refusal("serial,secret\nC0DE,").to_string();
    said += &refusal("面额,C0DE\n30,11\n").to_string();
    assert!(!said.contains("C0DE") && !said.contains("S3R1AL"), "{said}");
}
