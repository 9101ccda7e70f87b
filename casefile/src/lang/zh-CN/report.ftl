# 案件报告的中文文字。

case-title = 案件报告
case-foot = 案件报告 · { $tool } · { $at }
case-made = 由 { $tool } 于 { $at }（北京时间）生成。本报告中的时间均为北京时间（UTC+8）。
case-what-this-is = 本报告说明本档案包中的证据显示了什么：每张凭证经过谁的手、在什么时候、由谁签名，以及哪些记录互相矛盾。凡是能够证明的，都不采信任何一方的说法；没有证明的，都逐条列出。同样的证据总是得出同样的报告，最后一节说明如何核对。
case-development = 账本在开发用的链上（编号 31337）：运行它的人可以改写它。这里的内容对外人没有任何证明力。
case-in-short = 概要
case-short-refuted = 这份凭证档案有一项证明不成立，它的内容不足为据。见“互相矛盾之处”。
case-short-state = 记录的状态：{ $state }，自 { $at } 起。
case-short-second-sale = 公钥 { $who } 持有它时，对同一状态签了不止一次出售；被拒绝 { $count } 次。
case-short-sold-before = 它曾经售出又被退回，当时的买家可能看过卡密。
case-short-late = 运营方违背了自己签名的承诺。
case-short-other-entry = 运营方签名的回执与日志中该位置的记录不符。
case-short-clean = 证据之间没有互相矛盾之处。
case-short-unheld = 案件中没有可以对照的检查点：是否有遗漏，只是一面之词。
case-files-count = 各方添加的文件：{ $count } 个，哈希见附录。
case-unnamed-product = 未命名的商品
case-nobody = 未指明
case-and = 、

case-voucher = 凭证 { $number }：{ $title }
case-fact-voucher = 凭证
case-fact-number = 编号
case-fact-product = 商品
case-fact-issuer = 发行方
case-fact-ledger = 账本
case-fact-contract = 合约
case-fact-checkpoint = 判断依据
case-fact-status = 状态
case-fact-holder = 目前归谁
case-fact-terms = 条款
case-fact-redeem-by = 有效期至
case-says-product = { $title }（发行方自述）
case-says-issuer = （自称 { $name }）
case-on-chain = ，在链 { $chain } 上
case-checkpoint-of = 第 { $number } 号检查点，即日志的前 { $size } 条记录
case-terms-uses = 可用 { $uses } 次
case-terms-transferable = ；持有人可以转让
case-terms-sold-first = ；售出之后才能认领
case-terms-stamped = ；卡密须连同随附的印记使用

case-hands = 经手图
case-graph-described = 凭证 { $voucher } 先后由谁持有，中间的步骤，以及旁边被拒绝的出售
case-graph-signed = 签名：{ $signers }
case-graph-refused = 被拒绝：出售给 { $buyer }
case-graph-refused-by = { $signer } 对同一状态的签名

case-when = 何时由谁持有，由谁签名
case-when-how = “运营方的时钟”是运营方自己的说法。区块是链上的事实：在前一个区块所载的状态里还没有这条记录，在后一个区块所载的状态里已经有它，因此它的记入不晚于后一个区块产生的时间。每个签名都已核对。
case-col-entry = 记录
case-col-clock = 运营方的时钟
case-col-blocks = 链上的区块
case-col-after = 之后归谁
case-col-signed = 签名人
case-range = 同时涉及 { $count } 张
case-code-shown = （凭证自己的密钥：当时有卡密）
case-not-in = 尚不在区块 { $block }（{ $time }，第 { $checkpoint } 号检查点）
case-first-in = 已在区块 { $block }（{ $time }，第 { $checkpoint } 号检查点）
case-no-block = 案件中没有包含它的检查点
case-not-tight = 案件缺少中间的检查点：它可能更早就已上链
case-time-unknown = 时间不详
case-pending = 尚未上链：有运营方的回执承诺
case-receipt = 运营方的回执：承诺不晚于 { $by }
case-receipt-bad = 有一份与此记录不符的回执（承诺不晚于 { $by }）

case-contradictions = 互相矛盾之处
case-no-contradiction = 证据之间没有互相矛盾之处。
case-second-held = {" "}凭第 { $prev } 号记录持有这张凭证，并对这同一状态签了两个不同的步骤。
case-second-accepted = 被接受的是第 { $index } 号记录（{ $kind }），此后它归{" "}
case-second-refused = 。被拒绝的是出售给{" "}
case-second-signed = ，带有有效签名：
case-second-proof = 。两个签名针对的是同一状态（第 { $prev } 号记录的叶哈希），所以是同一个人把同一件东西卖了两次。签名所针对的原始字节见 { $file }。
case-second-memo = 随被拒绝的出售所写的文字：{ $memo }
case-other-entry = 运营方签名的第 { $index } 号回执，与日志中该位置的记录不是同一条。
case-late = 运营方签名承诺第 { $index } 号记录不晚于 { $by } 上链，而它到 { $in } 才进入区块。
case-sold-before = 它由第 { $sold } 号记录售出，又由第 { $returned } 号记录退回。这是允许的，双方都签了名；但最初的买家可能看过卡密。
case-refuted = 有一项证明不成立（{ $step }）：{ $detail }

case-written = 各方写下的文字
case-written-how = 每条记录所附文字的原文；它的哈希是记录的一部分，所以它在签名时就已写下。它的内容是否属实，没有人能证明。
case-col-memo = 文字
case-memo-issue = （一批凭证，见凭证档案中的批次说明）
case-memo-none = （没有）
case-memo-withheld = （未出示：记录带有一段文字，哈希已知，但凭证档案没有给出原文）

case-proven = 证明了什么，凭什么证明
case-proven-how = 协议第 10 节的各个步骤，均按检查点当时的状态判断。
case-col-statement = 结论
case-col-result = 结果
case-col-by = 凭什么
case-step-format-valid = 证据完整可读
case-step-checkpoint-anchored = 检查点在链上
case-step-block-holds = 档案所示的区块里有这个检查点
case-step-manifest-included = 商品和条款属于这一批
case-step-voucher-included = 这张凭证属于这一批
case-step-history-included = 每条记录都在日志里
case-step-history-linked = 各条记录首尾相接，没有缺漏
case-step-history-legal = 每一步在当时都符合规则
case-step-history-authorised = 每一步都由有权的人签名
case-step-head-current = 没有隐瞒更新的记录
case-step-pending-promised = 尚未上链的都有承诺
case-step-terms-current = 生成案件时仍在有效期内
case-by-format-valid = 凭证档案本身；账本名称由链、合约和开设者算出。
case-by-checkpoint-chain = 由案件的制作者从链上读取。附录第 3 步可以重新读取。
case-by-checkpoint-file = 案件制作者提供的文件。附录第 3 步可以与链上对照。
case-by-checkpoint-node = 提供证据的节点的说法。附录第 3 步可以与链上对照。
case-by-checkpoint-anchored = 没有依据：案件中没有这个编号的检查点。
case-by-block = 凭证档案自带的链上证明（eth_getProof）：从区块 { $block } 的区块头到合约存储的 Merkle 证明。只要知道 { $hash } 是该区块的哈希，就不需要任何链节点，也不需要听信任何人。
case-by-block-none = 没有依据：凭证档案不带链上证明。
case-by-block-other = 凭证档案中的链上证明指向区块 { $block }（哈希 { $hash }）里另一个同号的检查点。两者必有一假。
case-by-block-broken = 凭证档案中的链上证明不成立，什么也说明不了：{ $why }
case-by-manifest-included = 到批次根的 Merkle 证明；批次根由发行方签名。
case-by-voucher-included = 到批次根的 Merkle 证明；批次根由发行方签名。
case-by-history-included = 到检查点日志根的 Merkle 证明；合约不允许任何人改写日志。
case-by-history-linked = 每条记录都写明前一条记录。
case-by-history-legal = 协议第 6 节的生命周期，以及每段文字的哈希。
case-by-history-authorised = 对每条记录及其之前状态的 Ed25519 签名。它证明的是密钥，不是人。
case-by-head-current = 最新记录的数组，它的根在检查点里：它指向这里所示的最后一条记录。
case-by-pending-promised = 运营方签名的回执。
case-by-no-pending = 没有尚未上链的记录。
case-by-terms-current = 批次说明中的日期，与案件制作者的时钟对照。

case-unproven = 没有证明的内容
case-unproven-people = 公钥背后是谁。签名只证明掌握该密钥的人签了名。
case-unproven-outside = 账本之外发生的事：是否付款、是否交付卡密、看过卡密的人是否又给了别人。
case-unproven-clock = 某一步的准确时间。运营方的时钟是他的说法，区块只给出界限。
case-unproven-refused-when = 被拒绝的出售是何时签的。它晚于它所指的记录；除了案件生成的时间，没有更早的上限。
case-unproven-nobody = 出售没有指明买家时买家是谁：此时有卡密的人都可以认领。
case-unproven-withheld = 未出示的文字写了什么。
case-unproven-pending = 尚未上链的记录将会上链：可以凭回执追究运营方。
case-unproven-node = 检查点确实在链上：这里只是节点的说法。
case-unproven-file = 检查点确实在链上：这里只是来自文件。
case-unproven-unheld = 没有遗漏：案件中没有这张凭证的检查点。
case-unproven-final = 最新的检查点不会消失：读取时它在链上尚未最终确认。
case-unproven-block = 链上证明所指的区块确实在链上：证明只写明是哪个区块，不能说明它属于谁。附录写明了如何确定。
case-unproven-development = 对外人的任何证明：开发用的链可以被改写。
case-unproven-files = 所添加文件的内容。自案件生成之时起，只有它们的字节是固定的。
case-unproven-issuer = 发行方的名称属实：那是他的自述。请与他公布的公钥核对。
case-unproven-later = 最新检查点之后的任何事，列为已承诺的除外。

case-annex = 附录
case-keys = 公钥
case-keys-how = 在整份报告中，一个字母就是一个公钥。
case-col-letter = 字母
case-col-key = 公钥（Ed25519）
case-col-did = 在本案中的行为
case-role-issuer = 发行方
case-role-holder = 持有方
case-role-buyer = 买家
case-role-claimant = 认领人
case-role-refused-buyer = 被拒绝的出售中的买家
case-role-voucher = 凭证自己的密钥
case-role-redeemer = 条款规定的核销方
case-role-arbiter = 条款规定的仲裁人
case-role-operator = 日志的运营方
case-checkpoints = 检查点
case-checkpoints-how = 每个检查点都以哈希写明前一个；合约不接受不延续日志的检查点。
case-col-number = 编号
case-col-read = 大小、时间、来源
case-col-place = 在链上的位置
case-entries = { $size } 条记录
case-source-chain = 从链上读取
case-source-file = 来自文件
case-source-node = 节点的说法
case-final = 已最终确认
case-not-final = 尚未最终确认
case-no-place = 链上位置不详
case-block-and-tx =
    区块 { $block }
    区块哈希 { $hash }
    交易 { $tx }
case-hash-and-place =
    { $hash }
    { $place }
case-files = 各方的文件
case-files-how = 在证据之外添加。“添加人”是添加者自己的说法。
case-no-files = 没有人添加文件。
case-col-added-by = 添加人
case-col-file = 文件
case-col-sha = SHA-256，以及在档案包中的位置
case-bytes = { $size } 字节
case-repeat = 专家可以重复的步骤
case-step-tool = 取得 { $tool }：自行从源代码构建，或从您信任的人处取得。只有同一版本才能重新生成完全相同的报告。
case-step-hashes = 解开档案包，核对每个哈希。
case-step-open = 重新核对一切，除链之外无需联网：哈希、签名、Merkle 证明、与您自选的链节点对照的检查点；并重新生成本报告，逐字节比较。
case-step-verify = 单独判断一份凭证档案，与本档案包中的检查点对照。
case-step-block = 不用任何链节点：向您信任的一方（区块浏览器、图书馆、报纸）取得链 { $chain } 上区块 { $block } 的哈希，与下面的哈希对照，然后离线重新核对一切。
case-step-chain = 用任何链工具：查询这笔交易以及合约 { $contract } 的 Anchored 事件；其中第 { $number } 号检查点的数字和根必须与 checkpoints/ 中的文件一致。
case-step-signatures = 用任何能核对 Ed25519 的程序：incidents/ 中的签名针对 instruction 所列的字节；记录的签名针对协议第 7 节所述的字节。
case-step-protocol = 协议 docs/protocol.md 规定了每一个字节；只需 Keccak-256 和 Ed25519 两个库就能重新核对。

case-read-me =
    案件档案包
    请打开 report.zh-CN.html 或 report.zh-CN.pdf 阅读报告。
    dossiers/     每张凭证的全部证据，含证明和签名
    incidents/    被拒绝的再次出售，含双方签名
    checkpoints/  读取到的账本检查点
    receipts/     运营方签名的回执
    files/        各方添加的文件
    case.json     索引
    SHA256SUMS    全部内容的哈希，核对命令：sha256sum -c SHA256SUMS
    重新核对全部内容：vouchsafe case open CASE.zip --rpc 地址
    由 { $tool } 生成。
