//! A machine that does not give what is needed: a port, a folder, room on the disk. Each is told in one line that says
//! what to do, and nothing is lost.

use crate::scene::{Scene, one_clear_line};
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use vouchsafe_tests::{Finished, Node, Program, Run, free_port, left_out, path};

async fn node(command: &str, data: &Path, options: &[&str]) -> Finished {
    Run::new(Program::Node, [command, "--data"]).args([data]).args(options).end().await
}

#[tokio::test]
async fn a_port_in_use_is_named_with_what_to_do() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let made = Node::on_devnet(&[]).await;
    let said = node("serve", &made.data(), &["--listen", &address]).await.exits(1);
    one_clear_line(&said.stderr, &["can not listen on", &address, "--listen"]);
}

#[tokio::test]
async fn a_folder_without_a_node_and_one_that_another_node_holds() {
    let folder = TempDir::new().unwrap();
    let said = node("serve", folder.path(), &[]).await.exits(1);
    one_clear_line(&said.stderr, &["holds no node", "vouchsafe-node init"]);

    let scene = Scene::on_devnet().await;
    let listen = format!("127.0.0.1:{}", free_port());
    let said = node("serve", &scene.node.data(), &["--listen", &listen]).await.exits(1);
    one_clear_line(&said.stderr, &["vouchsafe-node: ", "in use"]);
    let said = node("fsck", &scene.node.data(), &[]).await.exits(1);
    one_clear_line(&said.stderr, &["in use"]);
    scene.in_order().await;
}

#[tokio::test]
async fn a_store_that_can_not_be_read_is_not_in_order() {
    let mut scene = Scene::on_devnet().await;
    scene.issuer().await;
    scene.node.stop().await;
    let engine = scene.node.data().join("store/engine");
    let journal = std::fs::read_dir(&engine).unwrap().flatten().map(|file| file.path());
    let journal = journal.filter(|path| path.extension().is_some_and(|kind| kind == "jnl")).last().unwrap();
    let mut bytes = std::fs::read(&journal).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    let said = node("fsck", &scene.node.data(), &[]).await.exits(4);
    one_clear_line(&said.stderr, &["store", "is damaged", "restore a backup"]);
}

#[tokio::test]
async fn a_key_that_others_can_read_is_not_used() {
    let made = Node::on_devnet(&[]).await;
    let key = made.data().join("operator.key");
    std::fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let said = node("serve", &made.data(), &[]).await.exits(1);
    one_clear_line(&said.stderr, &["operator.key", "can be read by others", "chmod 600"]);
}

/// A small disk in the place of a folder.
struct Disk {
    at: PathBuf,
}

impl Disk {
    /// With what the folder holds. None where this user may not mount one: then it is said what was not checked.
    fn over(at: PathBuf, mebibytes: u32, unchecked: &str) -> Option<Self> {
        let before = at.with_extension("before");
        std::fs::rename(&at, &before).unwrap();
        std::fs::create_dir(&at).unwrap();
        let size = format!("size={mebibytes}m");
        if !done("mount", &["-t", "tmpfs", "-o", &size, "tmpfs"], &at) {
            left_out(unchecked, "mounting a small disk takes root");
            return None;
        }
        let disk = Self { at };
        assert!(done("cp", &["-a", &format!("{}/.", before.display())], &disk.at));
        Some(disk)
    }

    fn remount(&self, how: &str) {
        assert!(done("mount", &["-o", &format!("remount,{how}")], &self.at), "{how}");
    }

    fn fill(&self, mebibytes: u64) -> PathBuf {
        let ballast = self.at.join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        let zeros = vec![0; 1 << 20];
        (0..mebibytes).for_each(|_| file.write_all(&zeros).unwrap());
        ballast
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        done("umount", &["-l"], &self.at);
    }
}

fn done(program: &str, options: &[&str], last: &Path) -> bool {
    Command::new(program).args(options).arg(last).status().is_ok_and(|status| status.success())
}

#[tokio::test]
async fn an_unwritable_folder_is_named_with_what_to_do() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    let said = node("init", &file.join("node"), &[]).await.exits(1);
    one_clear_line(&said.stderr, &[&file.display().to_string(), "check the path and its rights"]);

    let made = Node::on_devnet(&[]).await;
    let Some(disk) = Disk::over(made.data(), 400, "a node in a folder that is read-only") else { return };
    disk.remount("ro");
    let said = node("serve", &made.data(), &[]).await.exits(1);
    one_clear_line(&said.stderr, &["vouchsafe-node: ", &made.data().display().to_string()]);
    let said = node("init", &made.data().join("other"), &[]).await.exits(1);
    one_clear_line(&said.stderr, &["Read-only file system", "check the path and its rights"]);
    disk.remount("rw");
    made.fsck().await.exits(0);
    drop(disk);
}

#[tokio::test]
async fn a_full_disk_refuses_steps_and_goes_on_when_there_is_room() {
    let made = Node::on_devnet(&["--anchor-interval", "1"]).await;
    let Some(disk) = Disk::over(made.data(), 512, "a node whose disk fills up") else { return };
    let mut scene = Scene::of(made, String::new()).await;
    scene.issuer().await;
    let batch = scene.issue("stock", 5, "").await;
    scene.types("sell --range 0 --order ORDER-0 --key issuer.key", 0).await;
    let size = scene.size().await;

    let ballast = disk.fill(400);
    let sell = "sell --range 1 --order ORDER-1 --key issuer.key";
    let said = scene.types(sell, 3).await.stderr;
    assert!(said.contains("storage") && said.contains("disk") && said.contains("later"), "{said}");
    scene.write("late.supplier", "late1----0000000000000001\nlate2----0000000000000002\n");
    let issue = "issue late.supplier --key issuer.key --product P --issuer-name T --out late.txt";
    scene.types(issue, 3).await;
    assert_eq!(scene.size().await, size, "nothing half done");
    scene.node.is_unready().await;
    scene.node.http().get(&format!("/v1/vouchers/{}", batch.vouchers[0])).await.is(200);

    std::fs::remove_file(ballast).unwrap();
    scene.types(sell, 0).await;
    scene.types(issue, 0).await;
    assert_eq!(scene.size().await, size + 2);
    scene.ends_in_order().await;
    drop(disk);
}

#[test]
fn who_reads_no_further_takes_nothing_from_what_is_done() {
    let folder = TempDir::new().unwrap();
    let mut init = Command::new(path(Program::Node));
    init.args(["init", "--data"])
        .arg(folder.path().join("node"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = init.spawn().unwrap();
    drop(running.stdout.take());
    let ended = running.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(folder.path().join("node/node.toml").exists());
}
