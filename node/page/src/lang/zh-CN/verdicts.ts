// docs/protocol.md 第 11 节的结论：名称、含义、怎么办。占位符与英文相同。

import type { VerdictTexts } from "../index.ts";

export const verdicts: VerdictTexts = {
  refuted: {
    word: "证明不成立",
    meaning: "有一项证明不成立：{detail}（{step}）。这份档案有错或被改动过；它说明不了这张凭证本身的真假。",
    advice: "不要相信这份档案。请留作证据，并从凭证链接重新获取档案。",
  },
  mismatch: {
    word: "卡密不符",
    meaning: "这组卡号、卡密和印记不是这张凭证的。",
    advice: "请核对输入与收到的内容。如果完全一致，说明给您的卡密是错的：不要付款，已付款请要求退款。",
  },
  not_found: {
    word: "查无此证",
    meaning: "截至 {asof}，这个账本里没有这张凭证，有运营方的签名为证。",
    advice: "请先核对链接。如果没有错，不要付款。运营方的签名声明可以作为追究他的证据，请在下面保存。",
  },
  voided: {
    word: "已作废",
    meaning: "发行方已于 {at} 将它永久作废。",
    advice: "不要付款。已付款请向卖家要求退款，下面的历史就是证据。",
  },
  on_hold: {
    word: "已冻结",
    meaning: "自 {at} 起被冻结，由{by}提出。",
    advice: "解冻之前不要付款。请询问是谁冻结的、为什么。",
  },
  spent: {
    word: "已核销",
    meaning: "已于 {at} 核销，由{by}上报。",
    advice: "如果不是您本人使用，它对您已没有价值：请出示这个结论，向卖家要求退款。",
  },
  resale_suspected: {
    word: "疑似卖给了别人",
    meaning: "记录显示它已于 {at} 售出，但不是售给您给出的公钥或订单。",
    advice: "不要付款。已付款请出示这个结论，向卖家要求退款。",
  },
  sold_before: {
    word: "曾经售出",
    meaning: "它曾于 {sold} 售出，又于 {returned} 退回：当时的买家可能看过卡密。",
    advice: "只向愿意负责的卖家购买，并且立即兑换。",
  },
  sold: {
    word: "已售出",
    meaning: "记录显示它已于 {at} 售出；只有买家是您，它才是您的。",
    advice: "如果是您买的，请在下面出示订单或您的公钥。如果您正要购买，请不要买。",
  },
  unknown: {
    word: "无法判断",
    meaning: "有些内容没能查验，所以不下结论：既没有被推翻，也没有被证实。",
    advice: "请看缺少什么，补上后再查一次。连不上链绝不说明凭证是假的。",
  },
  untrusted_issuer: {
    word: "发行方身份未知",
    meaning: "各项证明都成立，但没有您信任的人为发行方的公钥或账本作保。",
    advice: "请在下面询问发行方的域名，或与发行方公布的公钥和账本核对。",
  },
  expired: {
    word: "已过期",
    meaning: "它是真的，但只在 {at} 之前有效。",
    advice: "不要付款。请询问发行方是否还能兑付。",
  },
  genuine_pending: {
    word: "真实，但尚未最终确认",
    meaning: "它是真的，但记载它的区块还有可能从链上消失。",
    advice: "请在大约一刻钟后再查一次，然后再放心使用。",
  },
  genuine_unclaimed: {
    word: "真实，尚无主人",
    meaning: "它是真的，而且还不属于任何人。",
    advice: "如果已经卖给您，请立即认领或兑换：在那之前，知道卡密的人都可以抢先。",
  },
  genuine: {
    word: "真实",
    meaning: "它是真的，自 {at} 起记在您名下。",
    advice: "请到发行方指定的地方兑换。",
  },
};

/** 有被拒的再次出售时，代替 `resale_suspected` 的含义。 */
export const secondSales = "曾经持有它的人又签了 {incidents} 次出售，都被拒绝了。";
