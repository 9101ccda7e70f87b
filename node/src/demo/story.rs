//! The honest part of the story: a node, four parties, 1,000 cards issued, anchored, handed on, sold, claimed, redeemed.

use super::DemoError;
use super::stage::{Came, Stage};
use super::transcript::Lines;
use super::{offline, supplier, verdicts};
use crate::config::Folder;
use anchors::Devnet;
use protocol::PublicKey;
use protocol::dossier::Dossier;
use protocol::verify::Verdict;
use protocol::voucher::Link;
use serde_json::json;
use std::time::Instant;

/// The number of the voucher that goes through all hands; the batch is the first, so it is also its line, from 0.
pub const SOLD_AND_REDEEMED: usize = 100;
/// Sold, and not claimed.
pub const SOLD: usize = 101;
/// Sold twice by its holder.
pub const SOLD_TWICE: usize = 102;
/// Never handed on.
pub const FRESH: usize = 700;

/// What a verdict is asked with: the chain, and whom the asker trusts.
pub const TRUST: &str = "--rpc $VOUCHSAFE_NODE/rpc --policy policy.json";

/// The public keys of the parties.
struct Parties {
    issuer: PublicKey,
    wholesaler: PublicKey,
    shop: PublicKey,
    buyer: PublicKey,
}

/// What the later chapters need of the earlier ones.
pub struct World {
    /// The lines of the shop-ready file; they hold codes, and are never told.
    pub lines: Vec<String>,
    /// The vouchers, by number.
    pub vouchers: Vec<PublicKey>,
}

/// Tells the whole story; `stay` leaves the node at work at its end.
pub async fn tell(stage: &mut Stage, stay: bool) -> Result<(), DemoError> {
    let begin = Instant::now();
    stage.transcript.say(
        "Vouchsafe, shown on a supplier's file of 1,000 prepaid cards. Everything is real: a node, a chain inside it, and\n\
         the commands that the parties type. Of what they print the first lines are shown, long keys and hashes shortened;\n\
         codes are never shown.",
        "Vouchsafe 演示：一份有 1,000 张预付卡的供货文件。一切都是真实的：一个节点、节点内的链，以及各方输入的命令。\n\
         输出只显示前几行，较长的公钥与哈希只显示首尾；卡密从不显示。",
    )?;
    make_node(stage).await?;
    let parties = make_keys(stage).await?;
    let world = issue(stage, &parties).await?;
    anchor(stage, &world).await?;
    hand_on(stage, &parties).await?;
    let order = sell(stage).await?;
    claim(stage, &parties, &order).await?;
    redeem(stage).await?;
    verdicts::second_sale(stage, &world).await?;
    verdicts::all_kinds(stage, &world).await?;
    offline::altered(stage, &world).await?;
    offline::without_node(stage, &world, stay).await?;
    let seconds = format!("{:.1}", begin.elapsed().as_secs_f64());
    if stay {
        return offline::stays(stage, &seconds);
    }
    stage.transcript.chapter(
        &format!("Done in {seconds} s. Nothing is left running, and the demo's folder is removed."),
        &format!("完成，用时 {seconds} 秒。没有留下任何进程，演示用的文件夹已删除。"),
    )?;
    Ok(())
}

async fn make_node(stage: &mut Stage) -> Result<(), DemoError> {
    stage.transcript.chapter(
        "An operator makes a node and starts it. Its chain is for development here; a public one takes --rpc.",
        "运营方建立并启动一个节点。这里使用节点内的开发链；接公链时用 --rpc。",
    )?;
    let address = stage.address();
    let init = format!("vouchsafe-node init --data node --listen {address} --anchor-interval 1");
    stage.types(&init, 0, Lines::Beginning(&["ledger", "contract", "The chain"])).await?;
    stage.start_node("vouchsafe-node serve --data node").await?;
    Ok(stage.transcript.command(&format!("export VOUCHSAFE_NODE=http://{address}"))?)
}

async fn make_keys(stage: &mut Stage) -> Result<Parties, DemoError> {
    stage.transcript.chapter(
        "Whoever takes a step signs it: issuer, wholesaler, shop and buyer each make a key. The public half is their name.",
        "每一步都要签名：发行方、批发商、商店、买家各自生成密钥，公钥就是各自的名字。",
    )?;
    Ok(Parties {
        issuer: key(stage, "vouchsafe keygen --out issuer.key --issuer").await?,
        wholesaler: key(stage, "vouchsafe keygen --out wholesaler.key").await?,
        shop: key(stage, "vouchsafe keygen --out shop.key").await?,
        buyer: key(stage, "vouchsafe keygen --out buyer.key").await?,
    })
}

async fn key(stage: &Stage, typed: &str) -> Result<PublicKey, DemoError> {
    let printed = stage.types(typed, 0, Lines::First(1)).await?;
    let key = printed.lines().find_map(|line| line.trim().parse().ok());
    key.ok_or_else(|| DemoError::otherwise(typed, "no key", &printed))
}

async fn issue(stage: &mut Stage, parties: &Parties) -> Result<World, DemoError> {
    stage.write("supplier.csv", &supplier::file())?;
    stage.transcript.chapter(
        "The issuer seals his supplier's file. Codes stay with him: the node gets public keys. shop-ready.txt has the same\n   \
         cards in the same order as serial----code----link; the link carries the stamp without which nobody can try codes.",
        "发行方封存供货文件。卡密不离开发行方，节点只得到公钥。shop-ready.txt 里是同样顺序的同一批卡：\n   \
         卡号----卡密----链接；链接带有印记，没有它谁也无法试猜卡密。",
    )?;
    let typed = "vouchsafe issue supplier.csv --key issuer.key --product TOPUP-30 --issuer-name \"Example Telecom\" \
                 --out shop-ready.txt";
    stage.types(typed, 0, Lines::First(2)).await?;
    let lines: Vec<String> = stage.read("shop-ready.txt")?.lines().map(str::to_owned).collect();
    let vouchers: Vec<PublicKey> =
        lines.iter().filter_map(|line| Some(Link::parse(link(line)?)?.voucher)).collect();
    if vouchers.len() as u64 != supplier::CARDS {
        let what = format!("{} vouchers, not {}", vouchers.len(), supplier::CARDS);
        return Err(DemoError::otherwise(typed, what, ""));
    }
    let config = Folder::new(stage.folder().join("node")).load()?;
    let origin = config.origin(Devnet::chain());
    let policy = json!({
        "chains": [{ "chain_id": origin.chain_id, "contract": origin.contract, "ledgers": [origin.ledger()] }],
        "issuers": [{ "key": parties.issuer, "name": "Example Telecom" }],
    });
    stage.write("policy.json", &format!("{policy:#}\n"))?;
    Ok(World { lines, vouchers })
}

/// The link of a delivered line.
pub fn link(line: &str) -> Option<&str> {
    line.find("http").and_then(|start| line.get(start..))
}

async fn anchor(stage: &mut Stage, world: &World) -> Result<(), DemoError> {
    stage.transcript.chapter(
        "A batch is anchored at once: the contract checks that the log was only appended to, and keeps its roots. From\n   \
         then on one file proves a voucher to anybody who can read the chain.",
        "批次立即上链锚定：合约检查日志只增不改，并保存其根。此后，只要能读链，一份文件就能向任何人证明一张凭证。",
    )?;
    let voucher = world.vouchers[FRESH];
    stage
        .until(&format!("vouchsafe dossier {voucher} --out waiting.json"), |came| came.ended_with(0))
        .await?;
    stage.types(&format!("vouchsafe dossier {voucher} --out fresh.json"), 0, Lines::First(1)).await?;
    Ok(())
}

async fn hand_on(stage: &mut Stage, parties: &Parties) -> Result<(), DemoError> {
    let Parties { wholesaler, shop, .. } = parties;
    stage.transcript.chapter(
        "Wholesale: 500 vouchers go to the wholesaler and 50 of them on to a shop. A range is one entry and one signature.",
        "批发：500 张转给批发商，其中 50 张再转给商店。一段连续编号只需一条记录、一个签名。",
    )?;
    let sold = format!("vouchsafe transfer --range 0:500 --to {wholesaler} --key issuer.key");
    stage.types(&sold, 0, Lines::First(1)).await?;
    let sold = format!("vouchsafe transfer --range 100:50 --to {shop} --key wholesaler.key");
    stage.types(&sold, 0, Lines::First(1)).await?;
    Ok(())
}

/// Gives the options by which the buyer shows that the order is his.
async fn sell(stage: &mut Stage) -> Result<String, DemoError> {
    stage.transcript.chapter(
        "The shop sells voucher 100 and sends its line to the buyer, with the salt that opens the order in the record.",
        "商店卖出 100 号卡，把这一行发给买家，并附上能打开记录中订单的盐。",
    )?;
    let typed = format!("vouchsafe sell --range {SOLD_AND_REDEEMED} --order ORDER-1001 --key shop.key");
    let printed = stage.types(&typed, 0, Lines::First(2)).await?;
    let salt = printed.split_whitespace().find(|word| word.len() == 34 && word.starts_with("0x"));
    let salt = salt.ok_or_else(|| DemoError::otherwise(&typed, "no salt", &printed))?;
    let line = SOLD_AND_REDEEMED + 1;
    stage.types(&format!("sed -n {line}p shop-ready.txt > delivered.txt"), 0, Lines::None).await?;
    Ok(format!("--order ORDER-1001 --salt {salt}"))
}

async fn claim(stage: &mut Stage, parties: &Parties, order: &str) -> Result<(), DemoError> {
    stage.transcript.chapter(
        "The buyer checks what he got, with the code and against the chain: it is genuine, and the sale is his. He claims\n   \
         it with a key of his own: from now on nobody else can be its owner.",
        "买家用卡密并对照链来检查：卡是真的，这笔销售也是他的。他用自己的密钥认领，此后别人不能再成为它的所有者。",
    )?;
    let verify = format!("vouchsafe verify --line-file delivered.txt {TRUST}");
    stage.verdict(&format!("{verify} {order}"), Verdict::GenuineUnclaimed, 2).await?;
    stage.types("vouchsafe claim --lines delivered.txt --key buyer.key", 0, Lines::First(1)).await?;
    stage.verdict(&format!("{verify} --my-key {}", parties.buyer), Verdict::Genuine, 2).await?;
    Ok(())
}

async fn redeem(stage: &mut Stage) -> Result<(), DemoError> {
    stage.transcript.chapter(
        "The buyer types the code in at the issuer's, who gives the value and records the redemption. The code signs too.",
        "买家在发行方处输入卡密；发行方兑付并记录核销，卡密本身也参与签名。",
    )?;
    let typed = "vouchsafe redeem --lines delivered.txt --presented --order TOPUP-7 --key issuer.key";
    stage.types(typed, 0, Lines::First(1)).await?;
    Ok(())
}

/// Waits until everything that happened to a voucher is anchored.
pub async fn until_anchored(stage: &Stage, voucher: PublicKey) -> Result<(), DemoError> {
    let is_anchored = |came: &Came| {
        let text = stage.read("waiting.json").unwrap_or_default();
        came.ended_with(0) && Dossier::parse(&text).is_ok_and(|dossier| dossier.pending.is_empty())
    };
    stage.until(&format!("vouchsafe dossier {voucher} --force --out waiting.json"), is_anchored).await
}
