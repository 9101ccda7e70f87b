# 结论周围的文字，以及经手记录的表格。

label = { $name }：
prompt-line = 请输入整行卡密或链接（不会显示）：

heading-facts = 已证实的内容
heading-claims = 档案自述的内容，未与链上对照
heading-steps = 步骤
heading-advice = 怎么办

fact-product = 商品
fact-issuer = 发行方
fact-domain = 域名
fact-voucher = 凭证
fact-number = 编号
fact-ledger = 账本
fact-status = 状态
fact-holder = 持有人
fact-redemption = 核销
fact-redeem-by = 有效期至
fact-redeem-at = 兑换地址
fact-incidents = 被拒的再次出售
fact-checkpoint = 检查点
fact-asked = 档案来源

value-product-priced = { $title }，{ $amount } { $currency }（发行方自述）
value-product = { $title }（发行方自述）
value-issuer-known = { $name }（依您的信任策略）{ $key }
value-issuer-claims = 自称 { $name } { $key }
value-issuer = { $key }
value-ledger = 链 { $chain } 上的 { $ledger }
value-domain-vouches = { $domain } 为这个公钥（“{ $said }”）和账本作保
value-domain-vouches-key = { $domain } 为这个公钥（“{ $said }”）作保，但没有为这个账本作保
value-domain-does-not = { $domain } 没有为这个公钥作保
value-domain-silent = { $domain } 没有给出有效回答，这不能说明什么：{ $said }
value-status = { $status }，自 { $at } 起
value-status-promised = { $status }，自 { $at } 起（有回执承诺，尚未上链）
value-nobody = 未指明
value-you = 您 { $key }
value-no-redemption = 截至 { $asof } 没有核销记录
value-no-redemption-checkpoint = 截至第 { $number } 号检查点没有核销记录（未给出它的时间）
value-redeemed = 已于 { $at } 核销，由 { $by } 上报
value-presented = ；当时出示了卡密
value-owner-signed = ；持有人也签了名
value-checkpoint-chain = 第 { $number } 号，从链上读取
value-checkpoint-pending = { $number }，读自链上：尚未最终确认，{ $confirmations } 次确认
value-checkpoint-block = { $number }，由您给出哈希的第 { $block } 号区块证明：{ $hash }
value-checkpoint-file = 第 { $number } 号，与您的文件对照
value-checkpoint-none = 第 { $number } 号，没有对照
value-node = { $node }

who-you = 您
who-issuer = 发行方
who-issuer-named = { $name }
who-voucher = 凭证自己的密钥
who-key = 公钥 { $key }

status-InTrade = 流通中
status-Sold = 已售出
status-Claimed = 已认领
status-Redeemed = 已核销
status-Voided = 已作废
status-InTradeOnHold = 流通中，已冻结
status-SoldOnHold = 已售出，已冻结
status-ClaimedOnHold = 已认领，已冻结

kind-Issue = 发行
kind-Transfer = 转让
kind-Sell = 售出
kind-Claim = 认领
kind-Use = 使用
kind-Redeem = 核销
kind-Void = 作废
kind-Hold = 冻结
kind-Release = 解冻
kind-Return = 退回

role-issuer = 发行方
role-holder = 持有方
role-owner = 主人
role-voucher = 凭证密钥
role-claimant = 认领人
role-seller = 卖家
role-redeemer = 核销方
role-arbiter = 仲裁人
role-issuer-or-arbiter = 发行方或仲裁人

note-development = 这是开发用的链（编号 31337）：运行它的人可以改写它。这个结论对外人没有任何证明力。
note-clock = 时钟被 VOUCHSAFE_NOW_MS 设为 { $now }：这个结论说的不是今天。
note-as-of = 您要的是检查点当时的状态，不论它有多旧。
note-final = 您只接受最终确认的检查点：请等它确认。

advice-no_trusted_checkpoint = 请说明用什么来对照：您信任的链节点 --rpc 地址，或您信任的人给的 --trusted-checkpoint 文件。
advice-other_number = 请给出与档案同号的可信检查点，或按您的检查点重新获取档案：vouchsafe dossier 凭证公钥 --checkpoint 编号。
advice-stale = 请重新获取档案（vouchsafe dossier 凭证公钥），或用 --as-of 查询当时的状态。
advice-unknown_critical = 请使用更新版本的 vouchsafe。
advice-promise_broken = 请保存此文件：它能证明运营方没有履行自己签名的承诺。请稍后再查。

absence-nothing-to-hold-against = 节点说没有这张凭证，但没有给出可以对照的检查点
    .advice = 请给出您信任的链节点 --rpc 地址，或 --trusted-checkpoint 文件。
absence-not-signed = 节点说没有这张凭证，却没有签名
    .advice = 请问同一账本的其他节点；没有答案之前不要付款。
absence-ledger-name = 节点给出的账本名称与它所说的位置不符
    .advice = 不要相信这个节点。
absence-unproven = 节点说没有这张凭证，但它的说法站不住脚：{ $reason }
    .advice = 请保留它的回答，并用 --rpc 地址 按最新的检查点再查一次，或用 --node 地址 询问信任策略里账本的节点。

not-anchored = 节点已收下这张凭证，但链上还没有检查点包含它
    .advice = { $seconds ->
        [0] 请几分钟后再查。
       *[other] 请 { $seconds } 秒后再查。
    }

chain-out-of-reach = 通过 { $endpoint } 连不上链：{ $cause }
    .advice = 请检查地址和网络，或换一个 --rpc。连不上链绝不说明凭证是假的。
chain-wrong = { $endpoint } 服务的是链 { $actual }，而档案的账本在链 { $expected } 上
    .advice = 请给出链 { $expected } 的节点作为 --rpc。
chain-no-contract = 链 { $chain } 的 { $contract } 处没有 Anchors 合约
    .advice = 请检查 --rpc。如果没有错，说明档案写的合约不存在：不要相信它。
chain-no-judge = 链 { $chain } 的 { $judge } 处没有裁决 { $contract } 账本的合约
    .advice = 请检查 --judge 和 --rpc：账本的裁决合约由运营方公布，也记在合约的事件里。
chain-no-ledger = 链 { $chain } 上从未开设账本 { $ledger }
    .advice = 请检查 --rpc。如果没有错，说明档案写的账本不存在：不要相信它。
chain-no-checkpoint = 链上还没有这个账本的第 { $number } 号检查点，最新的是第 { $latest } 号
    .advice = 请等您的链节点同步，或换一个 --rpc。
checkpoint-other-ledger = 可信检查点属于账本 { $given }，档案属于账本 { $meant }
    .advice = 请给出那个账本的检查点，或用 --rpc。
chain-declines = 链节点拒绝回答：{ $cause }
    .advice = 请换一个 --rpc。
chain-no-funds = 账户 { $account } 有 { $balance } wei，下一笔交易需要 { $due }
    .advice = 请给它转入更多，再运行同一条命令：它会从停下的地方继续。要换账户，请先移走质询文件旁边的 .commitment 文件。
block-no-proof = 档案里没有可供区块哈希核对的证明
    .advice = 请连证明一起取档案：vouchsafe dossier 公钥 --with-proof。或给出您信任的链节点：--rpc 地址。
block-other = 档案里的证明属于区块 { $shown }，不是您给出的那个
    .advice = 请在您信任的来源查该账本所在链上的这个区块：查得到就给出它的哈希；查不到就不要相信这个文件。
block-unproven = 档案里的证明没有证出检查点：{ $cause }
    .advice = 请重新取档案：vouchsafe dossier 公钥 --with-proof。或给出您信任的链节点：--rpc 地址。
dossier-without-proof = 节点的链没有给出证明：保存的档案不带证明
    .advice = 请稍后再试，或换一个节点：--node 地址。仍可用 --rpc 查验这份档案。
chain-disagreement = { $first } 与 { $second } 说法互相矛盾，两者都不采信：{ $cause }
    .advice = 请再给一个 --rpc，并去掉与另外两个矛盾的那一个。
chain-inconsistent = 链节点自相矛盾：{ $cause }
    .advice = 请再试一次，不行就换一个 --rpc。

history-title = 凭证 { $key }，编号 { $number }
history-utc = UTC 时间
history-local = 当地时间
history-kind = 步骤
history-signed = 签名人
history-party = 之后归谁
history-range = 编号范围
history-memo = 附言
history-anchored = 上链
history-yes = 已上链
history-promised = 已承诺
history-no-memo = –
history-refuted = 这份历史不成立（{ $step }）：{ $detail }
history-unheld = 没有与检查点对照：是否有遗漏，只是节点或文件的一面之词。请给出 --rpc 地址 或 --trusted-checkpoint 文件。
history-held = 截至 { $asof } 是完整的。
history-held-checkpoint = 截至第 { $number } 号检查点是完整的。
history-incidents = 另有 { $incidents } 次被拒绝的再次出售。

past-title = { $at } 时：{ $state }
past-not-issued = 尚未发行
past-not-known = 无法得知
past-by-chain = 由链作证：当时链上的内容与之后的内容一致。
past-by-clock = 只有运营方的时钟这样说：链只给出时间的上下限。
past-by-nobody = 没有人为此作证。
past-refuted = 有一项证明不成立：{ $detail }。这些文件说明不了当时的状态。
past-contradiction = 两份文件各自都成立，却在第 { $index } 条记录处互相矛盾。请把两份都保存好：它们是追究运营方的证据。
past-bound = 第 { $number } 号，{ $at } 上链
past-bound-unheld = 第 { $number } 号，{ $at } 上链（文件自述）
past-no-bound = 无
past-under = 第 { $number } 号检查点下
heading-past = 当时可知的情况
heading-past-certain = 当时已上链：确定
heading-past-accepted = 之后才上链，按运营方的时钟当时已受理
heading-past-later = 之后上链，按运营方的时钟当时尚未受理
heading-past-limits = 无法得知的内容，以及这个答案的限度
fact-past-verdict = 当时的结论
fact-past-before = 之前的检查点
fact-past-after = 之后的检查点
fact-past-certain = 确定的状态
fact-past-holder = 持有人
past-limit-between = 这些步骤究竟在那个时间之前还是之后：在两个区块之间，只有运营方的时钟能说。
past-limit-newest = 运营方在最新检查点之后受理、却没有给任何人看的内容。
past-limit-first = 所给的第一个检查点之前的情况：请同时给出更早检查点下的档案。
past-limit-future = 那个时间还没有到。

standing-proven = 已证实
    .meaning = 披露的内容与封存的一致，相关证明也都成立。
standing-untrusted_issuer = 内容一致，发行方身份未知
    .meaning = 内容一致，证明成立，但没有您信任的人为发行方的公钥或账本作保：请给出列有它们的信任策略（--policy 文件）。
standing-unknown = 无法判断
    .meaning = 有些内容没能查验，所以不下结论。
standing-mismatch = 内容不符
    .meaning = 按凭证自己的档案，披露的内容并非如此。
standing-refuted = 证明不成立
    .meaning = 档案不成立：它说明不了披露的内容。
unopened-other_ledger = 披露文件与档案说的是不同的账本。
unopened-other_voucher = 披露文件与档案说的是不同的凭证。
unopened-other_serial = 发行方为这张凭证封存的是另一个卡号，或者文件被改动过。
unopened-memo_other_order = 披露的附言写的是另一个订单。
unopened-no_such_memo = 凭证没有哪一步带有披露的附言。
unopened-no_such_order = 凭证没有哪一步写有这个订单。
unopened-memo_withheld = 档案隐去了一条可能写有该订单的附言：请取一份显示附言的档案（vouchsafe dossier 凭证公钥），或带有附言的披露文件（--with-memo）。
heading-disclosed = 披露的内容，与封存的一致
heading-disclosed-claim = 声称的内容
heading-disclosure-limits = 它不能证明什么
fact-serial = 卡号
fact-order = 订单
fact-step = 步骤
value-step = { $kind }，{ $count ->
        [1] 只有这张凭证
       *[other] 共 { $count } 张凭证，包括这张
    }，{ $at }，签名人 { $signers }
value-step-promised = { $kind }，{ $count ->
        [1] 只有这张凭证
       *[other] 共 { $count } 张凭证，包括这张
    }，{ $at }，签名人 { $signers }（有回执承诺，尚未上链）
disclosure-limit-card = 印有这个卡号的卡就装着这张凭证的卡密：只有卡密连同印记才能证明（vouchsafe verify）。
disclosure-limit-delivery = 订单已经付款或交付，以及交付给了谁。
disclosure-limit-who = 文件出自谁手：知道其中内容的人都可以转交它。
disclosure-saved = 已保存 { $path }：里面既没有卡密也没有印记。请连同凭证档案一起交给对方；用 vouchsafe disclosure 查验。
disclosure-unchecked = 未经核对：档案隐去了附言。查验的人需要一份显示附言的档案，或者把附言一并披露（--with-memo）。

man-written = 手册页已写入 { $path }：man -l { $path }/vouchsafe.1
dossier-saved = 已保存 { $path }（{ $bytes } 字节，第 { $number } 号检查点）。
dossier-proof = 只凭第 { $block } 号区块就能证明它的检查点：{ $hash }。请在您信任的地方核对这个哈希，然后运行：vouchsafe verify 文件 --block-hash 哈希。
checkpoint-saved = 检查点已保存在 { $path }：有了它和凭证档案，没有网络也能查验。
checkpoint-not-saved = { $path } 没有写入：没有从链上读到检查点。
