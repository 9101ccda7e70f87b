//! Every supplier file that comes with the tests: clean ones are issued and issued again, faulty ones are refused whole, or
//! leave their faults in a file of their own.

use crate::scene::Scene;
use protocol::verify::Verdict;
use serde_json::{Value, json};
use std::path::PathBuf;
use vouchsafe_tests::{Anvil, repository};

struct SupplierFile {
    path: PathBuf,
    name: String,
    expected: Value,
}

fn files() -> Vec<SupplierFile> {
    let folder = repository().join("tests/data/supplier");
    let paths = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let read = |path: PathBuf| {
        let beside = format!("{}.expect.json", path.display());
        let expected = serde_json::from_str(&std::fs::read_to_string(beside).ok()?).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        Some(SupplierFile { path, name, expected })
    };
    let mut files: Vec<SupplierFile> = paths.filter_map(read).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

#[tokio::test]
async fn every_supplier_file_is_issued_or_refused_with_its_lines_and_reasons() {
    let anvil = Anvil::start().await;
    let scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let files = files();
    assert!(files.len() >= 6, "{} files", files.len());
    let mut issued = 0;
    for file in &files {
        let faulty = file.expected["refused"] != json!([]);
        reported_by_a_dry_run(&scene, file, faulty).await;
        if faulty {
            refused_whole(&scene, file).await;
        }
        issued_and_issued_again(&scene, file, if faulty { "--skip-bad" } else { "" }, issued).await;
        issued += file.expected["accepted"].as_u64().unwrap();
    }
    assert_eq!(scene.size().await, files.len() as u64, "one entry a batch");
    scene.in_order().await;
}

async fn reported_by_a_dry_run(scene: &Scene, file: &SupplierFile, faulty: bool) {
    let typed = format!("issue {} --dry-run --json", file.path.display());
    let told = scene.types(&typed, i32::from(faulty)).await.json();
    for member in ["accepted", "refused"] {
        assert_eq!(told[member], file.expected[member], "{member} of {}", file.name);
    }
}

async fn refused_whole(scene: &Scene, file: &SupplierFile) {
    let SupplierFile { path, name, .. } = file;
    let before = scene.size().await;
    let path = path.display();
    let typed = format!("issue {path} --key issuer.key --product SKU --issuer-name Telecom --out {name}.txt");
    let said = scene.types(&typed, 1).await.stderr;
    assert!(said.contains("nothing was sealed or sent") && said.contains("--skip-bad"), "{said}");
    assert!(!scene.file(&format!("{name}.txt")).exists(), "a shop-ready file without a batch");
    assert_eq!(scene.size().await, before);
}

async fn issued_and_issued_again(scene: &Scene, file: &SupplierFile, options: &str, first: u64) {
    let SupplierFile { path, name, expected } = file;
    let path = path.display().to_string();
    let batch = scene.issue_file(&path, name, options).await;
    assert_eq!(batch.first, first, "{name}");
    assert_eq!(json!(batch.lines.len()), expected["accepted"], "{name}");
    let refused = expected["refused"].as_array().unwrap().len();
    if refused > 0 {
        let ending = path.rsplit('.').next().unwrap();
        let bad = std::fs::read(scene.file(&format!("{name}.txt.bad.{ending}")));
        let bad = bad.unwrap_or_else(|error| panic!("{name}: no file of bad lines: {error}"));
        let lines = String::from_utf8_lossy(&bad).lines().count();
        assert!(
            (refused..=refused + 1).contains(&lines),
            "{name}: {refused} bad lines, perhaps with a header, not {lines}"
        );
    }

    let typed = format!(
        "issue {path} --key issuer.key --product SKU-1 --issuer-name Telecom --out {name}.txt --json {options}"
    );
    let again = scene.types(&typed, 0).await.json();
    assert_eq!((&again["already"], &again["first"]), (&json!(true), &json!(first)), "{name}");
    assert_eq!(scene.batch(name, first).lines, batch.lines, "{name}");

    let last = batch.vouchers.len() - 1;
    scene.anchored(&batch.vouchers[last], "dossier.json").await;
    for place in [0, last] {
        scene.write("delivered.txt", &batch.lines[place]);
        // The newest block is not final yet.
        let report = scene.verdict("--line-file delivered.txt", Verdict::GenuinePending).await;
        assert_eq!(report["voucher"]["number"], first + place as u64, "{name}");
    }
}
