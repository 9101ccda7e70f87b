//! The last part: one file is enough. An altered dossier is refuted, and the genuine one is judged with the node stopped.

use super::DemoError;
use super::stage::Stage;
use super::story::{SOLD_AND_REDEEMED, TRUST, World};
use super::transcript::Lines;
use protocol::digest::bytes_to_hex;
use protocol::dossier::Dossier;
use protocol::verify::{StepCode, Verdict};
use serde_json::Value;

/// Where the first byte of an entry's party stands in its hex: after `0x` and 34 bytes (docs/protocol.md section 5).
const PARTY_IN_HEX: usize = 2 + 2 * 34;

/// Saves the dossier of the voucher that went through all hands, with the checkpoint that the chain has, and a copy with one
/// byte changed.
pub async fn altered(stage: &mut Stage, world: &World) -> Result<(), DemoError> {
    stage.transcript.chapter(
        "The redeemed voucher's dossier is saved. In a copy, one byte is changed: the first of the key to which the issuer\n   \
         handed it. The step that does not hold is named.",
        "保存这张已核销卡的档案，并在副本中改动一个字节：发行方所转给的那个公钥的首字节。验证会指出不成立的那一步。",
    )?;
    let save = format!("vouchsafe dossier {} --out dossier.json", world.vouchers[SOLD_AND_REDEEMED]);
    stage.types(&save, 0, Lines::None).await?;
    let text = stage.read("dossier.json")?;
    let dossier = Dossier::parse(&text)
        .map_err(|error| DemoError::otherwise(&save, format!("no dossier: {error}"), ""))?;
    let copy = with_another_receiver(&text, &dossier)
        .ok_or_else(|| DemoError::otherwise("dossier.json", "no transfer in it", ""))?;
    stage.write("altered.json", &copy)?;
    let typed = format!("vouchsafe verify altered.json {TRUST}");
    let report = stage.verdict(&typed, Verdict::Refuted, 2).await?;
    let failed = failed_step(&report);
    if failed != Some(StepCode::HistoryIncluded.code()) {
        return Err(DemoError::otherwise(
            &typed,
            format!("failed at {failed:?}, not at history.included"),
            "",
        ));
    }
    let keeping = format!("vouchsafe verify dossier.json {TRUST} --save-checkpoint checkpoint.json");
    stage.types(&keeping, i32::from(Verdict::Spent.exit()), Lines::First(2)).await?;
    Ok(())
}

/// The dossier's text with one byte of its second entry changed.
fn with_another_receiver(text: &str, dossier: &Dossier) -> Option<String> {
    let entry = bytes_to_hex(&dossier.history.get(1)?.step.entry.encode());
    let mut place = text.find(&entry)? + PARTY_IN_HEX;
    let (before, rest) = text.split_at_checked(place)?;
    place += 2;
    let byte = u8::from_str_radix(rest.get(..2)?, 16).ok()? ^ 1;
    Some(format!("{before}{byte:02x}{}", text.get(place..)?))
}

fn failed_step(report: &Value) -> Option<&str> {
    let steps = report.get("steps")?.as_array()?;
    let failed = |step: &&Value| step.get("result").and_then(Value::as_str) == Some("failed");
    steps.iter().find(failed)?.get("code")?.as_str()
}

/// Stops the node, and judges the dossier again.
pub async fn without_node(stage: &mut Stage, world: &World, stay: bool) -> Result<(), DemoError> {
    stage.transcript.chapter(
        "The node is stopped, and its development chain with it. A public chain would still be there to ask; here the\n   \
         checkpoint that the command read from the contract before was kept in checkpoint.json. That file and the dossier\n   \
         are enough.",
        "停掉节点，它的开发链也随之停止。公链此时仍可查询；这里命令事先从合约读出的检查点已存为 checkpoint.json。\n   \
         有这个文件和档案就够了。",
    )?;
    stage.transcript.command("kill %1")?;
    let exit = stage.stop_node().await?;
    if exit != Some(0) {
        return Err(DemoError::otherwise("vouchsafe-node serve", format!("ended with {exit:?}, not 0"), ""));
    }
    let voucher = world.vouchers[SOLD_AND_REDEEMED];
    stage.types(&format!("vouchsafe history {voucher}"), 3, Lines::First(1)).await?;
    let typed = "vouchsafe verify dossier.json --trusted-checkpoint checkpoint.json --policy policy.json";
    stage.verdict(typed, Verdict::Spent, 2).await?;
    stage
        .types("vouchsafe-node fsck --data node", 0, Lines::Beginning(&["entries", "vouchers", "in order"]))
        .await?;
    if stay { stage.start_node("vouchsafe-node serve --data node").await } else { Ok(()) }
}

/// Says where the node is that stays, and how it is stopped.
pub fn stays(stage: &mut Stage, seconds: &str) -> Result<(), DemoError> {
    let address = stage.address();
    let folder = stage.folder().display().to_string();
    let id = stage.node_id().unwrap_or_default();
    stage.transcript.chapter(
        &format!("Done in {seconds} s. The node was started again, and stays:"),
        &format!("完成，用时 {seconds} 秒。节点已重新启动，继续运行："),
    )?;
    stage.transcript.say(
        &format!("   address  http://{address}\n   folder   {folder}\n   to stop  kill {id}; sleep 2; rm -r {folder}"),
        &format!("   地址    http://{address}\n   文件夹  {folder}\n   停止    kill {id}; sleep 2; rm -r {folder}"),
    )?;
    Ok(())
}
