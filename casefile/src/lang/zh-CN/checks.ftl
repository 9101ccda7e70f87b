# 核对案件时的各行文字。

case-check-index = 索引与内容一致：{ $member }
case-check-hashes = 哈希清单：{ $member }
case-check-hash = { $member } 的哈希
case-check-file = 添加的文件 { $member }
case-check-disclosure = 披露文件 { $member }
case-check-dossier = { $member } 的证明与签名
case-check-chain-proof = { $member } 的链上证明
case-check-checkpoint = 检查点 { $member }
case-check-receipt = 运营方回执 { $member }
case-check-derived = 由证据重新生成：{ $member }

case-problem-missing = 档案包里没有它
case-problem-surplus = 按索引它不属于本案
case-problem-unlisted = 哈希清单里没有它
case-problem-hash = 它的字节不是当初计入哈希的字节
case-problem-damaged = 档案包在此处损坏：{ $what }
case-problem-unreadable = 无法读取：{ $what }
case-problem-index = 索引与内容不一致
case-problem-step = { $step }：{ $detail }
case-problem-other-checkpoint = 您的来源有另一个同号的检查点
case-problem-other-time = 它的区块时间不同
case-problem-not-linked = 案件中的下一个检查点写明的前一个不是它
case-problem-not-held = 没有与您的任何来源对照
case-problem-linked-only = 内容已确认；区块时间是案件制作者的说法
case-problem-no-chain-proof = 其中没有链上证明：您的区块里是否有这个检查点，无从得知
case-problem-unproven = 它不成立，什么也说明不了：{ $what }
case-problem-other-block = 它针对的区块是 { $shown }，不是您给出的任何一个
case-problem-shown-other = 它所指的区块里是另一个同号的检查点
case-problem-receipt-unsigned = 不是案件中任何运营方密钥签的
case-problem-receipt-other = 运营方签的是另一条记录，与日志该处不符
case-problem-receipt-stray = 案件中没有凭证档案含有该位置的记录
case-problem-other-voucher = 案件中没有凭证 { $voucher } 的档案
case-problem-dossier-open = 内容一致，但它所依据的凭证档案不成立或没能查验
case-problem-other-tool = 由 { $tool } 生成；本程序版本不同，不重新生成
case-problem-differs = 证据得不出这些字节：报告说的不是证据所说的
case-problem-incomplete = 证据缺失或无法读取，不能重新生成

case-disclosed-serial-proven = 证明：发行方发行凭证 { $voucher } 时封存的卡号就是 { $serial }
case-disclosed-serial-claimed = 声称：凭证 { $voucher } 的卡号是 { $serial }
case-disclosed-order-proven = 证明：凭证 { $voucher } 的记录 { $entries } 的签名人当时写明了订单 { $order }
case-disclosed-order-claimed = 声称：凭证 { $voucher } 的某一步写有订单 { $order }
