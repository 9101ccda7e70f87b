// docs/protocol.md 第 11 節的結論：名稱、含義、怎麼辦。佔位符與英文相同。

import type { VerdictTexts } from "../index.ts";

export const verdicts: VerdictTexts = {
  refuted: {
    word: "證明不成立",
    meaning: "有一項證明不成立：{detail}（{step}）。這份憑證檔有錯或被改動過；它說明不了這張憑證本身的真假。",
    advice: "不要相信這份憑證檔。請留作證據，並從憑證連結重新取得憑證檔。",
  },
  mismatch: {
    word: "卡片密碼不符",
    meaning: "這組卡號、卡片密碼和印記不是這張憑證的。",
    advice: "請核對輸入與收到的內容。如果完全一致，說明給您的卡片密碼是錯的：不要付款，已付款請要求退款。",
  },
  not_found: {
    word: "查無此證",
    meaning: "截至 {asof}，這個帳本裡沒有這張憑證，有營運方的簽名為證。",
    advice: "請先核對連結。如果沒有錯，不要付款。營運方的簽名聲明可以作為追究他的證據，請在下面儲存。",
  },
  voided: {
    word: "已作廢",
    meaning: "發行方已於 {at} 將它永久作廢。",
    advice: "不要付款。已付款請向賣家要求退款，下面的歷史就是證據。",
  },
  on_hold: {
    word: "已凍結",
    meaning: "自 {at} 起被凍結，由{by}提出。",
    advice: "解凍之前不要付款。請詢問是誰凍結的、為什麼。",
  },
  spent: {
    word: "已核銷",
    meaning: "已於 {at} 核銷，由{by}上報。",
    advice: "如果不是您本人使用，它對您已沒有價值：請出示這個結論，向賣家要求退款。",
  },
  resale_suspected: {
    word: "疑似賣給了別人",
    meaning: "記錄顯示它已於 {at} 售出，但不是售給您給出的公鑰或訂單。",
    advice: "不要付款。已付款請出示這個結論，向賣家要求退款。",
  },
  sold_before: {
    word: "曾經售出",
    meaning: "它曾於 {sold} 售出，又於 {returned} 退回：當時的買家可能看過卡片密碼。",
    advice: "只向願意負責的賣家購買，並且立即兌換。",
  },
  sold: {
    word: "已售出",
    meaning: "記錄顯示它已於 {at} 售出；只有買家是您，它才是您的。",
    advice: "如果是您買的，請在下面出示訂單或您的公鑰。如果您正要購買，請不要買。",
  },
  unknown: {
    word: "無法判斷",
    meaning: "有些內容沒能查驗，所以不下結論：既沒有被推翻，也沒有被證實。",
    advice: "請看缺少什麼，補上後再查一次。連不上鏈絕不說明憑證是假的。",
  },
  untrusted_issuer: {
    word: "發行方身分未知",
    meaning: "各項證明都成立，但沒有您信任的人為發行方的公鑰或帳本作保。",
    advice: "請在下面詢問發行方的網域，或與發行方公布的公鑰和帳本核對。",
  },
  expired: {
    word: "已過期",
    meaning: "它是真的，但只在 {at} 之前有效。",
    advice: "不要付款。請詢問發行方是否還能兌付。",
  },
  genuine_pending: {
    word: "真實，但尚未最終確認",
    meaning: "它是真的，但記載它的區塊還有可能從鏈上消失。",
    advice: "請在大約一刻鐘後再查一次，然後再放心使用。",
  },
  genuine_unclaimed: {
    word: "真實，尚無主人",
    meaning: "它是真的，而且還不屬於任何人。",
    advice: "如果已經賣給您，請立即認領或兌換：在那之前，知道卡片密碼的人都可以搶先。",
  },
  genuine: {
    word: "真實",
    meaning: "它是真的，自 {at} 起記在您名下。",
    advice: "請到發行方指定的地方兌換。",
  },
};

/** 有被拒的再次出售時，代替 `resale_suspected` 的含義。 */
export const secondSales = "曾經持有它的人又簽了 {incidents} 次出售，都被拒絕了。";
