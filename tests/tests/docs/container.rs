//! The container file, held against the sources that it builds. No image is built here.

use super::{file, section};
use std::collections::BTreeSet;
use std::process::Command;
use vouchsafe_tests::{Node, repository};

const CONTAINERFILE: &str = "deploy/Containerfile";

/// Its instructions with what stands behind them, lines that go on put together.
fn instructions() -> Vec<(String, String)> {
    let text = file(CONTAINERFILE).replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parts = lines.map(|line| line.split_once(' ').unwrap_or_else(|| panic!("{CONTAINERFILE}: {line}")));
    parts.map(|(name, rest)| (name.to_owned(), rest.trim().to_owned())).collect()
}

/// What stands behind each instruction of this name.
fn all(name: &str) -> Vec<String> {
    let of_name = instructions().into_iter().filter(|(instruction, _)| instruction == name);
    of_name.map(|(_, rest)| rest).collect()
}

fn only(name: &str) -> String {
    let found = all(name);
    let [one] = found.as_slice() else { panic!("{CONTAINERFILE}: {} times {name}", found.len()) };
    one.clone()
}

/// A list of words, as a program is named.
fn words(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{CONTAINERFILE}: {error}: {json}"))
}

/// The value of a name at the beginning of a line: `name = "value"`.
fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut lines = text.lines();
    lines.find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix("= \"")?.split('"').next())
}

#[test]
fn it_builds_with_the_oldest_rust_that_will_do_and_runs_on_the_same_debian() {
    let images = all("FROM");
    let [build, run] = images.as_slice() else { panic!("{images:?}") };
    let tag = |image: &str, of: &str| {
        let image = image.split(' ').next().and_then(|name| name.strip_prefix(of)).map(str::to_owned);
        image.unwrap_or_else(|| panic!("{images:?}: no {of}"))
    };
    let manifest = file("Cargo.toml");
    let rust = value(&manifest, "rust-version").expect("the oldest Rust");
    let suite = tag(run, "docker.io/library/debian:");
    let suite = suite.strip_suffix("-slim").expect("a slim Debian");
    // A program that was linked against a newer C library than it meets does not start.
    assert_eq!(tag(build, "docker.io/library/rust:"), format!("{rust}-slim-{suite}"));
}

#[test]
fn what_it_builds_and_copies_exists() {
    let build = all("RUN").into_iter().find(|run| run.starts_with("cargo build")).expect("a build");
    let packages: BTreeSet<&str> =
        build.split("--package ").skip(1).filter_map(|rest| rest.split(' ').next()).collect();
    assert!(build.contains("--release --locked"), "{build}");
    let mut programs = BTreeSet::new();
    for member in ["node", "verifier-cli"] {
        let manifest = file(&format!("{member}/Cargo.toml"));
        let package = value(&manifest, "name").expect("a name");
        assert!(packages.contains(package), "{package} is not built");
        let named = manifest.split("[[bin]]").nth(1).and_then(|bin| value(bin, "name"));
        assert!(repository().join(member).join("src/main.rs").is_file());
        programs.insert(named.unwrap_or(package).to_owned());
    }
    assert_eq!(packages.len(), programs.len());
    let copies = all("COPY");
    let [sources, programs_of_build] = copies.as_slice() else { panic!("{copies:?}") };
    assert_eq!(sources, ". .");
    let mut paths: Vec<&str> =
        programs_of_build.strip_prefix("--from=build ").expect("of the build").split(' ').collect();
    assert_eq!(paths.pop(), Some("/usr/local/bin/"));
    let workdir = only("WORKDIR");
    let of_build = |path: &&str| path.strip_prefix(&format!("{workdir}/target/release/")).map(str::to_owned);
    assert_eq!(paths.iter().filter_map(of_build).collect::<BTreeSet<_>>(), programs);
    assert!(programs.contains(&words(&only("ENTRYPOINT"))[0]));
}

#[test]
fn its_build_gets_all_that_version_control_has_and_nothing_else() {
    let names = |of: &str| -> BTreeSet<String> {
        let text = file(of);
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let plain = |line: &str| line.trim_start_matches("**/").trim_matches('/').to_owned();
        lines.map(plain).collect()
    };
    let mut due = names(".gitignore");
    due.insert(".git".to_owned());
    assert_eq!(names(".dockerignore"), due);
}

#[test]
fn it_runs_as_nobody_who_could_harm_and_keeps_its_data_where_it_may_write() {
    let user = only("USER");
    assert!(user != "root" && user != "0", "{user}");
    let made = all("RUN").join(" ");
    assert!(made.contains("useradd") && made.contains(&format!(" {user} ")), "{made}");
    let volume = only("VOLUME");
    assert!(made.contains(&format!("install -d -o {user} -m 700 {volume}")), "{made}");
    let data = only("ENV");
    assert!(data.starts_with(&format!("VOUCHSAFE_DATA={volume}/")), "{data}");
    let place = |name: &str| instructions().iter().position(|(instruction, _)| instruction == name);
    assert!(place("USER") < place("ENTRYPOINT"));
}

#[test]
fn the_page_tells_to_type_what_it_says_itself() {
    let text = file(CONTAINERFILE);
    let page = section("docs/operations.md", "## Install");
    let typed = text.lines().filter_map(|line| line.strip_prefix("# podman "));
    let typed: Vec<&str> = typed.filter_map(|line| line.split("  ").next()).collect();
    assert_eq!(typed.len(), 3, "{typed:?}");
    for command in typed {
        assert!(page.contains(&format!("\npodman {command}")), "no `podman {command}` in:\n{page}");
    }
}

/// The check itself, at a node that runs and at a port where none does.
#[tokio::test]
async fn its_health_check_tells_a_node_that_answers_from_none() {
    let port = only("EXPOSE");
    assert!(only("CMD").contains(&format!(":{port}\"")));
    let check = only("HEALTHCHECK");
    let check = words(check.split_once("CMD ").expect("a command").1);
    let mut node = Node::on_devnet(&[]).await;
    let own = node.url().rsplit(':').next().expect("a port").to_owned();
    let healthy = || {
        let check: Vec<String> = check.iter().map(|word| word.replace(&port, &own)).collect();
        assert!(check.iter().any(|word| word.contains(&own)), "{check:?}");
        Command::new(&check[0]).args(&check[1..]).output().expect("bash").status.success()
    };
    assert!(!healthy(), "nobody listens");
    node.start().await;
    assert!(healthy(), "a node that answers");
    assert!(node.stop().await.success());
}
