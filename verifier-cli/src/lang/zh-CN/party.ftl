# 各方命令的文字。

party-exit-codes = 退出码：0 完成；1 全部或部分被拒绝；2 用法错误，或文件无法读写；3 节点或链无法访问：稍后重复同一命令即可，已完成的仍然有效。
party-help-keygen-after = { party-exit-codes }
party-help-issue-after = { party-exit-codes }
    使用 --dry-run 时，1 表示该文件照原样不会被发行。
party-help-transfer-after = { party-exit-codes }
party-help-sell-after = { party-exit-codes }
    多张凭证中，能售出的都会售出；被拒绝的会逐一说明原因，退出码为 1。
    没有 --order 时，重复的命令无法与另一次出售区分，会被拒绝；有了它，就能认出已完成的步骤。
party-help-claim-after = { party-exit-codes }
party-help-use-after = { party-exit-codes }
    没有 --order 时，重复的命令无法与另一次使用区分，只要还有剩余次数就会再用一次；有了它，就能认出已完成的步骤。
party-help-redeem-after = { party-exit-codes }
    没有 --order 时，重复的命令无法与另一次核销区分，会被拒绝；有了它，就能认出已完成的步骤。
party-help-void-after = { party-exit-codes }
party-help-hold-after = { party-exit-codes }
party-help-release-after = { party-exit-codes }
party-help-return-after = { party-exit-codes }

party-help-vouch = 输出发行方域名为其公钥作保而发布的文件。
party-help-vouch-key = 发行方的公钥，即 vouchsafe keygen 输出的那一行；多把公钥可重复写。
party-help-vouch-name = 发行方的名称。
party-help-keygen = 生成自己的密钥。
party-help-keygen-out = 要生成的文件；已存在的文件绝不覆盖。
party-help-keygen-issuer = 供发行方使用：同时生成印记密钥，卡密的印记由它得出。
party-help-arg-json = 输出 JSON。
party-help-arg-key = 您的密钥文件，只有您可读；- 表示标准输入。不写时使用环境变量 VOUCHSAFE_KEY 所指的文件。
party-help-arg-node = 要询问的节点；不写时用链接中的网站，再不然用环境变量 VOUCHSAFE_NODE。
party-help-issue = 把供货文件封存为一个批次，并写出可直接上架的文件。
party-help-issue-file = 卡密文件：文本行、CSV 或 NDJSON，任何常见编码。
party-help-issue-out = 要写出的上架文件；旁边会写 FILE.receipt.json，其中没有秘密。
party-help-issue-dry_run = 只报告文件内容：不需要密钥和节点，什么也不封存。
party-help-issue-code_form = 卡密在计算哈希前的写法：strip（去掉空格和连字符）、strip-upper 或 exact。
party-help-issue-layout = 卡的种类（cmcc、unicom、junnet……），或卡号与卡密的长度如 16-18，或 any。
party-help-issue-separator = 字段之间的分隔：文字本身、tab、blank 或 none。
party-help-issue-encoding = 编码判断有误时指定：big5、gb18030、utf-16le……
party-help-issue-skip_bad = 把坏行留在单独的文件 OUT.bad（扩展名同供货文件）里，发行其余的；坏行达到一半时不发行。
party-help-issue-product = 商品编号。
party-help-issue-title = 商品名称；不写时用编号。
party-help-issue-issuer_name = 您的名称。
party-help-issue-issuer_domain = 您的域名。
party-help-issue-face = 面值，如 50.00；不写时用文件中每行一致的面值。
party-help-issue-currency = 面值的货币。
party-help-issue-redeem_by = 有效期至：2027-12-31T23:59:59+08:00。
party-help-issue-redeem_url = 在哪里输入卡密。
party-help-issue-uses = 每张可用几次；最后一次即核销。
party-help-issue-transferable = 允许主人把认领过的凭证再转让。
party-help-issue-claims_after_sale = 只有登记过出售之后才能认领。
party-help-issue-redeemer = 另一把可以登记使用和核销的公钥。
party-help-issue-arbiter = 裁决冻结凭证的公钥。
party-help-issue-generation = 作废后重新发行同一批卡密时，每次加一。
party-help-issue-unstamped = 卡密早已印好、没有印记：仅限无法猜到的卡密。
party-help-issue-rpc = 链的 JSON-RPC 地址：批次说明会写明最新的最终区块，谁也不能说这一批更早。
party-help-issue-site = 链接中 /v/ 之前的部分；不写时以节点所说为准。
party-help-transfer = 把凭证转给下一个持有人。
party-help-transfer-to = 接收方的公钥。
party-help-sell = 登记一次出售。
party-help-sell-to = 买家的公钥（如果有）。
party-help-claim = 凭卡密认领一张凭证。
party-help-use = 登记多次使用中的一次。
party-help-redeem = 登记核销。
party-help-void = 永久作废。
party-help-hold = 冻结。
party-help-release = 解冻。
party-help-return = 退回给卖家；主人和卖家都要签名。
party-help-arg-vouchers = 凭证的公钥，或不带 # 之后部分的链接。
party-help-arg-range = 凭证编号：FIRST:COUNT 或 FIRST-LAST。
party-help-arg-lines = 文件，每行一个公钥、链接或整行卡密；- 表示标准输入。
party-help-arg-memo = 随步骤写下的 JSON 对象；人人可见，所以不要写卡密和个人信息。
party-help-arg-not_after = 超过这个时间步骤就不得再被接受：RFC 3339 或 Unix 毫秒。
party-help-arg-price = 写入附言。
party-help-arg-reason = 写入附言。
party-help-arg-receipts = 回执追加到的文件，每行一个 JSON 对象。
party-help-arg-sign_only = 不发送：把已签名的指令写入文件，交给另一方签名或以后使用。
party-help-arg-from = 给这种文件里的指令也签上名并发送。
party-help-arg-order = 订单号；只记下与盐值一起算出的哈希，本身不泄露任何内容。
party-help-arg-salt = 订单哈希的盐值，16 字节十六进制；不写时由您的密钥得出。请交给买家。
party-help-arg-presented = 行里有卡密：也用它签名，表明卡密曾被出示。

party-kind-unknown = 未知步骤

party-nobody = 未具名
party-key-name = { $key }

party-bar-asking = 查询凭证
party-bar-steps = 办理步骤
party-bar-sealing = 计算密钥
party-bar-sending = 发送批次

# 密钥
party-key-made = 密钥已写入 { $file }，只有您可读。请在安全处另存一份：丢了谁也补不了。
party-key-made-issuer = 密钥和印记密钥已写入 { $file }，只有您可读。请在安全处另存一份：没有它就无法再为同样的卡密加印记，丢了谁也补不了。
party-key-exists = { $file } 已经存在
    .advice = 密钥绝不覆盖。请换个文件名。
party-key-unreadable = 无法读取密钥文件 { $file }：{ $error }
    .advice = 请检查文件名；vouchsafe keygen 可生成密钥。
party-key-exposed = 本机其他人可以读取密钥文件 { $file }
    .advice = 请收回权限（chmod 600），并想想谁读过它；若有疑虑，请换新密钥。
party-key-malformed = { $file } 不是密钥文件
    .advice = 请使用 vouchsafe keygen 生成、未经改动的文件。
party-key-no-file = 密钥不会写到标准输出
    .advice = 请指明文件：--out 文件。文件只有您能读；请在别人拿不到的地方另存一份。
party-key-without-stamps = 这把密钥没有印记密钥
    .advice = 请用 vouchsafe keygen --issuer 生成的密钥发行。
party-no-randomness = 系统给不出随机数：{ $error }
    .advice = 请修复系统；没有随机数就不生成密钥。
party-two-from-stdin = 密钥和整行卡密都要从标准输入读取
    .advice = 请把其中之一改为文件。

# 文件
party-file-unwritable = 无法写入 { $file }：{ $error }
    .advice = 请腾出空间，或换个位置。
party-file-unreadable = 无法读取 { $file }：{ $error }
    .advice = 请检查文件名和权限。
party-out-exists = { $file } 已经存在，且不是发行所写
    .advice = 请换一个 --out，或移走该文件。
party-out-of-other-batch = { $file } 旁边的回执属于另一个批次
    .advice = 请换一个 --out：上架文件和它的回执要放在一起。
party-sidecar-malformed = { $file } 不是批次回执：{ $problem }
    .advice = 请移走它，或换一个 --out。
party-site-malformed = { $site } 不能放在链接的 /v/ 之前
    .advice = 请写 --site https://HOST，后面不带别的。
party-card-unwritable = 第 { $line } 行：在整行卡密里无法分清卡号和卡密
    .advice = 请用 --code-form strip 发行，或去掉卡密中的四个连字符。
party-card-too-long = 卡号或卡密有 { $bytes } 字节：最多 65,535
    .advice = 请检查文件：这不是卡密。

# 读取供货文件
party-file-read = 读到 { $count } 张卡；编码 { $encoding }，分隔 { $separator }，格式 { $layout }
party-dry-run = 可发行 { $accepted } 张，拒绝 { $refused } 行。没有封存也没有发送任何内容。
party-repeated-serials = 有 { $count } 张卡的卡号重复而卡密不同：请确认是否有意
party-lines-more = ……还有 { $count } 行（--json 列出全部）
party-line = 第 { $line } 行：{ $reason }
party-line-undecodable = 含有文件编码无法识别的字节
party-line-too-long = 太长，不像一张卡
party-line-quotes = 引号不成对（引号里的字段不能换行）
party-line-json = 不是一个名称不重复、值为简单类型的 JSON 对象
party-line-columns = 有 { $found } 个字段，而文件有 { $expected } 列
party-line-missing-secret = 没有卡密
party-line-missing-serial = 没有卡号，而文件中的卡都有卡号
party-line-damaged-number = 数字被表格软件损坏：请把这些列设为文本后重新导出
party-line-control-character = 字段中有控制字符
party-line-unassigned-character = 含有 Unicode 15 未分配的字符
party-line-length = { $field }有 { $found } 个字符，应为 { $expected } 个
party-line-not-digits = 该格式只有数字，这里有字母或符号
party-line-duplicate = 与第 { $first } 行重复
party-field-serial = 卡号
party-field-code = 卡密
party-import-empty = { $file } 是空的，没有卡
    .advice = 请确认文件是否正确。
party-import-not-text = { $file } 不是文本，而是表格、压缩包或别的文件（{ $kind }）
    .advice = 请导出为 CSV 或文本，卡密列设为文本；压缩或加密的请先解开。
party-import-too-large = { $file } 超过 { $limit } MiB
    .advice = 请拆分。
party-import-encoding = 不读取 { $encoding } 编码的文件
    .advice = 请把 { $file } 另存为 UTF-8。
party-import-not-ndjson = { $file } 是一整段 JSON
    .advice = 请每行写一个对象（NDJSON）。
party-import-no-secret = { $file } 第 { $line } 行是列名，但没有卡密列
    .advice = 请命名为 secret、pin、卡密或密码。
party-import-two-secrets = { $file } 第 { $line } 行有两个卡密列
    .advice = 请去掉一个。
party-import-header = { $file } 第 { $line } 行像是列名，但用词不认识
    .advice = 请命名为 卡号、卡密、面额（serial、secret、face）；若文字是乱码，请用 --encoding 指定编码。
party-import-unclear = 看不出 { $file } 的行如何分成卡号和卡密
    .advice = 请用 --separator 指定（整行为卡密时写 none），或在首行写出每一列的列名；没有列名时，除卡号、卡密和面额外，其他列都必须为空。

# 发行
party-issue-no-card = 文件中没有可用的行；拒绝了 { $count } 行
    .advice = 写 --dry-run 可查看原因。
party-issue-bad-lines = { $count ->
       *[other] 有 { $count } 行有问题
    }：没有封存也没有发送任何内容
    .advice = 请更正，或写 --skip-bad 把它们留在单独的文件里。
party-issue-mostly-bad = { $lines } 行中有 { $count } 行有问题：文件与所认定的不符，没有封存也没有发送任何内容
    .advice = 写 --dry-run 可查看原因。请检查是不是拿错了文件；如果读法不对，请写明 --separator、--layout 或 --encoding。--skip-bad 只用于个别坏行。
party-issue-guessable = 猜得到的卡密不得不带印记：按长度和字符种类至多 2^{ $bits } 种，需要 2^80
    .advice = 计算依据：最短卡密 { $length } 个字符，其中 { $free } 个可变，共 { $alphabet } 种字符。请带印记发行，并连同链接一起交付。
party-bad-lines-kept = { $count } 个坏行在 { $file } 中，更正后可单独发行
party-face-contrary = --face 写的是 { $option }，而文件每行写的是 { $file }
    .advice = 请核对哪个正确。
party-terms-wrong = 这样的条款不成立：{ $problem }
    .advice = 请检查 --uses、--redeemer 和 --arbiter。
party-manifest-malformed = 运营方会拒绝这份批次说明：{ $problem }
    .advice = 请更正它指出的选项；时间写作 2027-12-31T23:59:59+08:00，金额写作 50.00。
party-redeem-by-over = --redeem-by 已经过去
    .advice = 请检查年份和时区：2027-12-31T23:59:59+08:00。
party-receipts-foreign = { $path } 已存在，而且里面不是回执
    .advice = 请换一个 --receipts，或把那个文件移走。
party-issuer-domain-wrong = --issuer-domain 不是域名：没有封存任何内容
    .advice = 请只写小写的域名，如 studio.example，不要带 https:// 和路径；中文等域名请写成 xn-- 形式。
party-text-unfit = { $option } 是空的，或含有换行等控制字符：没有封存任何内容
    .advice = 请用一行写明要给拿到凭证的人看的内容。
party-redeem-url-wrong = --redeem-url 不是网页地址
    .advice = 请写 https://主机/路径，即输入卡密的网页。
party-manifest-unreadable = 无法读取该批次的批次说明：{ $problem }
    .advice = 请询问凭证的发行方。
party-chain-silent = 链没有回答：{ $cause }
    .advice = 请检查 --rpc，或不写它：批次说明就不写区块。
party-chain-not-final = 链上还没有最终区块：批次说明不写区块。
party-ledger-misnamed = 节点 { $node } 给出的账本名称与其开立处算出的不符
    .advice = 什么都不要相信；请检查地址。
party-first-moved = 另一批次先到；从编号 { $first } 起重新签名
party-first-moves-on = 编号 { $tries } 次被其他批次占用
    .advice = 请重复同一命令。
party-issue-done = 已封存：{ $count } 张，编号 { $first } 至 { $last }，为第 { $index } 条记录，时间 { $time }。批次 { $root }。运营方承诺最迟 { $anchor_by } 上链。
party-issue-already = 这一批次早已在账本中：{ $count } 张，编号 { $first } 至 { $last }，为第 { $index } 条记录，时间 { $time }。批次 { $root }。没有重复发行；文件已重新写出。
party-issue-files = 上架文件（机密）：{ $out }。回执和批次说明（公开）：{ $sidecar }。
party-issue-duplicate = 文件中第 { $place } 张卡已经是凭证：编号 { $number }，批次 { $root }
    .advice = 每个卡密只发行一次。请从文件中去掉那一批的卡；已作废批次的卡密，用 --generation 加一重新发行。
party-issue-other-options = 这些卡密已发行，但当时的写法不同：{ $members }
    .advice = 已封存的不会改变。请用当时的选项重复命令以取回文件；当时的批次说明是 { $manifest }
party-issue-denied = 节点 { $node } 说没有这一批次，却曾为它出具第 { $index } 条记录的回执
    .advice = 请保留 { $file }：它是对运营方不利的证据。查清之前不要在那里发行。
party-receipt-earlier-key = 回执不是运营方现用密钥签的；可能是他以前的密钥。记录本身带有您的签名。

# 回答
party-answer-unreadable = 节点 { $node } 答非所问
    .advice = 什么都不要相信；请检查地址并询问运营方。
party-receipt-wrong = 运营方的回答站不住脚：{ $problem }
    .advice = 请保留 { $file }：它是对运营方不利的证据。不要依赖这一步骤。
party-receipts-unkept = 节点已接受的步骤都在账本中；只是回执无法写入 { $file }：{ $error }
    .advice = 请腾出空间，再执行一次同样的命令：它会认出已完成的步骤，并取回回执。
party-receipts-unkept-once = 节点已接受的步骤都在账本中；只是回执无法写入 { $file }：{ $error }
    .advice = 请腾出空间，但不要重复这条命令：没有 --order 时，它会要求另一个步骤。各条回执在 { $node }/v1/entries/ 后接记录编号处。
party-receipt-wrong-entry = 记录不是所签的那一条
party-receipt-wrong-leaf = 回执对应的是另一条记录
party-receipt-wrong-signature = 回执不是运营方密钥签的

# 指明凭证
party-voucher-unknown = 有一个参数不是凭证：既不是公钥也不是链接
    .advice = 请给出公钥（0x……）、不带 # 之后部分的链接、--range 或 --lines FILE。
party-line-unknown = 第 { $line } 行没有指明凭证
    .advice = 每行是公钥、链接，或 卡号----卡密----链接。
party-nothing-named = 没有指明凭证
    .advice = 请给出公钥、不带 # 之后部分的链接、--range FIRST:COUNT 或 --lines FILE。
party-code-needed = 这一步骤需要卡密
    .advice = 请按提示输入整行卡密（卡号----卡密----链接），或用 --lines FILE。
party-code-does-not-open = 卡密和印记不属于凭证 { $voucher }
    .advice = 请确认这一行完整、与交付时一致。若是，则卡密不是真的，或节点说的发行方不是该凭证的发行方：请留作证据。
party-no-such-voucher = { $node } 没有凭证 { $voucher }
    .advice = 请检查链接，并确认节点正确。
party-voucher-unproven = { $node } 没有证明凭证 { $voucher } 的编号：没有为它签名
    .advice = 请看 vouchsafe verify 怎么说；不要为自相矛盾的节点签名。
party-number-not-anchored = 凭证 { $voucher } 尚未上链，无法证明它的编号：没有为它签名
    .advice = 请等 vouchsafe verify 显示它已上链后，再执行一次同样的命令。
party-numbers-unproven = { $count ->
       *[other] { $count } 张凭证
    }尚未上链：所签的编号只是节点的说法
party-no-such-number = { $node } 没有编号为 { $number } 的凭证
    .advice = 请检查范围；发行回执写明了编号。

# 附言
party-memo-malformed = 附言不是 JSON 对象：{ $problem }
    .advice = 请写 {"{"}"note": "…"{"}"} 这样的对象，名称不重复。
party-memo-secret-member = 附言里有名为 { $member } 的成员，这是机密的名称：任何人永远都能读到附言
    .advice = 请去掉它；如果不是机密，请换个名称。没有签名。
party-memo-holds-code = 附言、--price 或 --reason 里写有凭证 { $voucher } 的卡密或印记：任何人永远都能读到它
    .advice = 请去掉它；指明凭证请用编号或公钥。没有签名。
party-memo-twice = 附言里已有 { $member }
    .advice = 写在文件里或作为选项，不要两处都写。
party-memo-too-long = 附言有 { $bytes } 字节：最多发送 { $limit }
    .advice = 文件请另存，附言里放它的哈希。
party-order-unfit = 订单号是空的，或含有换行等控制字符
    .advice = 请把买家所知道的订单号写成一行：--order 订单号。
party-order-too-long = 订单号太长
    .advice = 最多 65,535 字节。
party-not-a-time = { $option } 不是时间
    .advice = 请写 2027-12-31T23:59:59+08:00，或 Unix 毫秒。

# 步骤
party-vouchers-one = 凭证 { $first }
party-vouchers-many = 凭证 { $first } 至 { $last }
party-done = { $count ->
       *[other] { $count } 张：已登记{ $kind }
    }；回执已核对并存入 { $receipts }
party-already = { $count ->
       *[other] { $count } 张：早已由同一命令登记{ $kind }
    }；这次没有新的操作
party-unkept = { $vouchers }：已登记{ $kind }，为第 { $index } 条记录；回执没有存下
party-refused-total = { $count ->
       *[other] { $count } 张：{ $kind }被拒绝
    }
party-signed-only = { $count ->
       *[other] { $count } 张：已签名、未发送
    }；指令在 { $file }
party-order-sold = 订单 { $order }：请把盐值 { $salt } 交给买家；凭它可以证明这笔出售是他的
party-order-spent = 订单 { $order }：盐值是 { $salt }；凭它可以向任何人证明这一步属于该订单
party-joins = { $signers ->
        [0] 签名：
       *[other] 与另外 { $signers } 方共同签名：
    }{ $vouchers } 的{ $kind }，之后归 { $party }；附言：{ $memo }
party-instructions-malformed = { $file } 不是指令文件：{ $problem }
    .advice = 请给出 --sign-only 写出、未经改动的文件。
party-instructions-other-ledger = { $file } 属于账本 { $named }，而节点的账本是 { $node }
    .advice = 请给出该账本的节点。
party-instructions-other-kind = { $file } 里有{ $found }，不是{ $kind }：没有签名
    .advice = 请看清对方要您签什么，并使用对应步骤的命令。

party-refused-transition = { $vouchers }：{ $status }，不能{ $kind }
    .advice = 下面是现有的步骤。
party-refused-status = { $vouchers }：节点给出了不存在的状态 { $status }
    .advice = 什么都不要相信；请询问运营方。
party-refused-not-yours = { $vouchers }：只有持有人能{ $kind }，持有人是 { $party }
    .advice = 请使用持有它们的密钥。
party-refused-sold-to-another = { $vouchers }：已卖给 { $party }，只有该密钥可以认领
    .advice = 如果这个卡密是您买的，它就被卖了两次：请保留整行卡密，并保存档案（vouchsafe dossier）。
party-refused-no-seller = { $vouchers }：账本上没有人卖过它们，所以没有可退回的对象
    .advice = 只有登记过的出售才能退回。
party-refused-by-another = { $vouchers }：同样的{ $kind }已由另一把密钥登记；您的密钥没有签过它
    .advice = 下面是现有的步骤和此后的持有方。这里已没有要做的事。
party-refused-moved = { $vouchers }：别人先到
    .advice = 下面是现有的步骤及其回执。
party-refused-moved-incident = { $vouchers }：别人先到；这次尝试带有签名，已作为事件留存
    .advice = 下面是现有的步骤及其回执。今后查询这些凭证的人都会看到这次尝试。
party-refused-unauthorised = { $vouchers }：缺少 { $role } 的签名
    .advice = 请使用该方的密钥；需要两方签名时，先写 --sign-only FILE，再由另一方写 --from FILE。
party-refused-expired = { $vouchers }：已过 --not-after 的时间
    .advice = 请用更晚的时间重新签名。
party-refused-node = { $vouchers }：节点拒绝（{ $problem }）：{ $detail }
    .advice = 请更正它指出的内容。

party-winner-stands = 第 { $index } 条记录：{ $kind }，时间 { $time }；此后归：{ $party }
party-winner-receipt = 其回执由运营方签名。
party-winner-receipt-wrong = 其回执在运营方现用密钥下不成立：{ $problem }
party-winner-signed-by = 签名者 { $key }
party-winner-memo = 附言：{ $memo }
party-winner-unreadable = 节点给出的证据无法读取：什么都不要相信。

vouch-publish = 请发布在 { $path }：不要重定向，并带上响应头 Access-Control-Allow-Origin: *
