//! The dishonest part: a shop that sells one voucher twice, codes that are not what they seem, and what each asker is told.

use super::DemoError;
use super::stage::Stage;
use super::story::{FRESH, SOLD, SOLD_AND_REDEEMED, SOLD_TWICE, TRUST, World, link, until_anchored};
use super::supplier;
use super::transcript::Lines;
use protocol::signing::KeyPair;
use protocol::verify::Verdict;
use protocol::voucher::{Stamp, secret_link, voucher_key};
use protocol::{PublicKey, keccak};

/// More lines than any report has: one is told in full.
const ALL: usize = 100;

/// A sale that was signed before another one, and sent after it.
pub async fn second_sale(stage: &mut Stage, world: &World) -> Result<(), DemoError> {
    stage.transcript.chapter(
        "A dishonest shop: it signs a sale of voucher 102 to one customer and holds it back, sells the voucher to another,\n   \
         and then sends the first sale too. The node answers with the evidence of the sale that stands, and keeps the\n   \
         signed attempt: everybody who asks about voucher 102 sees it.",
        "不诚实的商店：它先为 102 号卡签好一笔销售却压住不发，把卡卖给另一个人，再把先前那笔发出去。\n   \
         节点拒绝，并出示已成立那笔销售的证据，同时保留这次有签名的企图：凡查询 102 号卡的人都会看到。",
    )?;
    let held_back = format!(
        "vouchsafe sell --range {SOLD_TWICE} --order ORDER-2001 --key shop.key --sign-only kept.json"
    );
    stage.types(&held_back, 0, Lines::First(1)).await?;
    let sold = format!("vouchsafe sell --range {SOLD_TWICE} --order ORDER-2002 --key shop.key");
    stage.types(&sold, 0, Lines::First(1)).await?;
    stage.types("vouchsafe sell --from kept.json --key shop.key", 1, Lines::First(9)).await?;
    let voucher = world.vouchers[SOLD_TWICE];
    stage.verdict(&format!("vouchsafe verify {voucher} {TRUST}"), Verdict::ResaleSuspected, 2).await?;
    Ok(())
}

/// A fresh, a sold, a spent, a borrowed and a foreign one.
pub async fn all_kinds(stage: &mut Stage, world: &World) -> Result<(), DemoError> {
    stage.transcript.chapter(
        "What an asker is told. A voucher that nobody has sold yet:",
        "询问者会得到什么答复。一张尚未售出的卡：",
    )?;
    let asked = |number: usize| format!("vouchsafe verify {} {TRUST}", world.vouchers[number]);
    stage.verdict(&asked(FRESH), Verdict::GenuineUnclaimed, ALL).await?;
    let typed = format!("vouchsafe sell --range {SOLD} --order ORDER-1002 --key shop.key");
    stage.transcript.say(
        "   One that was sold to somebody else; the asker shows neither the order nor a key:",
        "   一张已售给别人的卡；询问者既没有订单也没有密钥：",
    )?;
    stage.types(&typed, 0, Lines::First(1)).await?;
    stage.verdict(&asked(SOLD), Verdict::Sold, 2).await?;
    stage
        .transcript
        .say("   The one that was redeemed, and its way:", "   已核销的那张，以及它经过的每一只手：")?;
    until_anchored(stage, world.vouchers[SOLD_AND_REDEEMED]).await?;
    stage.verdict(&asked(SOLD_AND_REDEEMED), Verdict::Spent, 2).await?;
    let history = format!("vouchsafe history {} {TRUST}", world.vouchers[SOLD_AND_REDEEMED]);
    stage.types(&history, 0, Lines::First(12)).await?;
    foreign(stage, world).await
}

async fn foreign(stage: &mut Stage, world: &World) -> Result<(), DemoError> {
    let (serial, code) = supplier::foreign_card();
    let unreadable = || DemoError::otherwise("shop-ready.txt", "a line without its link", "");
    let borrowed = link(&world.lines[FRESH]).ok_or_else(unreadable)?;
    stage.write("forged.txt", &format!("{serial}----{code}----{borrowed}\n"))?;
    stage.transcript.say(
        "   A forger's line: a code of his own before the link of a genuine voucher:",
        "   伪造者的一行：自己编的卡密，配上真卡的链接：",
    )?;
    let verify = |file| format!("vouchsafe verify --line-file {file} {TRUST}");
    stage.verdict(&verify("forged.txt"), Verdict::Mismatch, 2).await?;
    let line = line_of_another_issuer(stage, &serial, &code)?;
    stage.write("foreign.txt", &line)?;
    stage.transcript.say(
        "   A line of an issuer who has issued nothing here; the operator signs that there is no such voucher:",
        "   另一发行方的一行，他在这里什么也没有发行过；运营方签名声明没有这张卡：",
    )?;
    stage.verdict(&verify("foreign.txt"), Verdict::NotFound, 2).await?;
    Ok(())
}

/// What an issuer's tool would write for a card of his, without sealing it anywhere.
fn line_of_another_issuer(stage: &Stage, serial: &str, code: &str) -> Result<String, DemoError> {
    let issuer: PublicKey =
        KeyPair::from_seed(keccak(&[b"vouchsafe/demo/another issuer"]).as_bytes()).public();
    let stamp = Stamp::new([7; 16]);
    let voucher = voucher_key(&issuer, &stamp, serial, code)
        .map_err(|error| DemoError::otherwise("foreign.txt", format!("a field of {} bytes", error.0), ""))?;
    let link = secret_link(&format!("http://{}", stage.address()), &voucher.public(), &stamp);
    Ok(format!("{serial}----{code}----{}\n", *link))
}
