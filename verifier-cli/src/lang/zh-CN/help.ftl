# 帮助。

help-usage = 用法：
help-arguments = 参数
help-options = 选项
help-commands = 命令
help-help = 显示帮助
help-version = 显示版本

help-verify-after = 退出码：0 真实（未最终确认也是 0，除非用 --final）；10 已核销；11 已售出；12 疑似卖给了别人或曾经售出；13 已作废、已冻结或已过期；20 卡密不符；21 查无此证；22 发行方身份未知；30 证明不成立；3 无法判断；2 用法不对。
help-history-after = 退出码：0 已显示；30 已显示，但证明不成立；3 没有答案，或节点说没有；2 用法不对。
help-status-after = 退出码：与 verify 相同，针对那个时间的状态；21 当时尚未发行；3 无法判断，或那个时间还没有到；2 用法不对。
help-disclosure-after = 退出码：0 已证实；20 内容不符；22 内容一致，但发行方身份未知；30 档案证明不成立；3 无法判断；2 用法不对，或不是披露文件。
help-disclose-serial-after = 退出码：0 已写入；20 这一行或这张卡不是该凭证的；3 节点没有答案；2 用法不对，或文件已存在。
help-disclose-order-after = 退出码：0 已写入；20 凭证没有哪一步写有这个订单；3 节点没有答案；2 用法不对，或文件已存在。
help-dossier-after = 退出码：0 已保存；3 没有答案，或节点说没有；2 用法不对，或文件已存在。

help-vouchsafe = 对照区块链查验预付凭证，并完成交易各方的每一步。
help-arg-lang = 使用的语言；不写则按系统语言。

help-verify = 查验一张凭证：是真的吗，用过了吗，是我的吗。
help-verify-what = 档案文件、凭证公钥，或去掉 # 后半段的链接。不写或写 - 时，会提示输入或从标准输入读取整行卡密：卡号----卡密----链接。卡密绝不写在参数里。
help-verify-line_file = 只有整行卡密的文件。
help-verify-opening = 含卡号、卡密和印记的文件，用来核对它们是不是这张凭证的。
help-verify-order = 您购买时的订单号。
help-verify-salt = 商店随订单给您的盐值：32 位十六进制。
help-verify-my_key = 您的公钥，用来核对凭证是不是记在您名下。
help-verify-check_domain = 询问发行方自称的域名是否为其公钥作保：域名会看到您的网络地址，看不到凭证。它的回答不改变结论。
help-verify-require_final = 只接受链上最终确认的检查点。
help-verify-as_of = 按检查点当时的状态判断，不论它有多旧。
help-verify-save_checkpoint = 把链上读到的检查点保存到这个文件；以后没有网络时，用 --trusted-checkpoint 查验。
help-verify-block_hash = 账本所在链上一个区块的哈希，来自您信任的地方，例如区块浏览器：档案里的证明会说明那个区块记着什么，不必再问链节点。
help-verify-json = 以 JSON 输出报告。

help-history = 显示凭证经过了谁的手。
help-history-what = 档案文件、凭证公钥，或去掉 # 后半段的链接。不写或写 - 时从标准输入读取。
help-history-json = 以 JSON 输出历史。

help-status = 说明一张凭证在某个时间是什么状态。
help-status-what = 同一张凭证在那个时间之前和之后的检查点下保存的档案文件；或凭证公钥，或去掉 # 后半段的链接（这时去问节点）。不写或写 - 时从标准输入读取。
help-status-at = 时间：2026-09-21T08:00:00+08:00、2026-09-21（当天零点），或 Unix 毫秒数。不写时区则按您的时区。
help-status-trusted_checkpoint = 您信任的人给的检查点文件；每份档案一个。
help-status-my_key = 您的公钥，用来核对凭证当时是不是记在您名下。
help-status-json = 以 JSON 输出状态。

help-disclose = 向别人出示凭证的一个卡号或一个订单，此外什么都不给。
help-disclose-serial = 证明一张凭证有这个卡号；供发行方或持有整行卡密的人使用。
help-disclose-serial-voucher = 凭证的档案文件、公钥，或去掉 # 后半段的链接。
help-disclose-serial-out = 写到这个文件，- 表示标准输出；不写则是当前文件夹的 公钥.serial.json。
help-disclose-serial-force = 文件已存在时覆盖它。
help-disclose-serial-lines = 整行卡密的文件，例如上架文件：按链接找到这张凭证；- 表示标准输入。不写它和 --cards 时会提示输入一行。
help-disclose-serial-cards = 供货文件，在上架文件已不在时使用：印记由您的密钥推出。
help-disclose-serial-layout = { party-help-issue-layout }
help-disclose-serial-separator = { party-help-issue-separator }
help-disclose-serial-encoding = { party-help-issue-encoding }
help-disclose-serial-key = 发行方的密钥文件，用于 --cards；- 表示标准输入。没有印记的卡密不需要它。
help-disclose-serial-generation = 该批次发行时的代次。
help-disclose-order = 证明凭证的某一步属于这个订单；供卖家或知道订单盐值的人使用。
help-disclose-order-voucher = 凭证的档案文件、公钥，或去掉 # 后半段的链接。
help-disclose-order-out = 写到这个文件，- 表示标准输出；不写则是当前文件夹的 公钥.order.json。
help-disclose-order-force = 文件已存在时覆盖它。
help-disclose-order-order = 订单号。
help-disclose-order-salt = 订单的盐值，32 位十六进制，即 sell 显示的那个；不写则由您的密钥推出。
help-disclose-order-key = 您的密钥文件（如果没有给 sell 指定盐值，盐值由它推出）；- 表示标准输入。
help-disclose-order-with_memo = 把整条附言也披露出来，供持有隐去附言的档案的人查验：其中若有价格和理由也会一并披露。
help-disclose-order-receipts = 您的各步骤保存的回执文件；档案隐去附言时从中查找。

help-disclosure = 查验别人选择性披露的凭证内容。
help-disclosure-file = 披露文件。
help-disclosure-dossier = 凭证的档案；不写则向节点获取。
help-disclosure-json = 以 JSON 输出结果。

help-completions = 输出 shell 补全命令和选项所需的脚本。
help-completions-shell = shell：bash、zsh、fish、elvish 或 powershell。

help-man = 写出手册页。
help-man-folder = 写到这个文件夹；没有就新建。

help-dossier = 保存档案文件：任何人都能用它查验凭证。
help-dossier-voucher = 凭证公钥，或去掉 # 后半段的链接。
help-dossier-out = 写到这个文件，- 表示标准输出；不写则是当前文件夹的 公钥.dossier.json。
help-dossier-checkpoint = 用这个检查点而不是最新的。
help-dossier-with_proof = 附上只凭一个区块哈希就能证明检查点的证明，供 verify 的 --block-hash 使用。

help-arg-trusted_checkpoint = 您信任的人给的检查点文件。
help-arg-rpc = 您信任的链节点的 JSON-RPC 地址；可给多个，凡回答的都必须说法一致。地址里有访问密钥时，不要写在命令行上：没有给出时，用环境变量 VOUCHSAFE_RPC。
help-arg-files = 要添加的文件：收据、聊天记录、图片。
help-arg-by = 谁添加这些文件，用您自己的话写。
help-arg-force = 文件已存在时覆盖它。
help-arg-node = 要问的节点；不写则用链接里的地址，再不然用环境变量 VOUCHSAFE_NODE。
help-arg-policy = 列有您信任的账本和发行方的文件。

help-audit = 对照区块链查验整个账本，一次或持续进行。
help-audit-after = 退出码：0 没有问题；30 有矛盾；3 未能全部查完；2 用法不对。
help-audit-ledger = 您要查的账本，以免查错。
help-audit-receipts = 存放回执、含未上链步骤的档案和“查无此证”报告的文件夹：拿运营方自己说过的话来对照日志。
help-audit-out = 存放报告、证据和续查所需内容的文件夹；不写则为本文件夹下的 audit-账本。
help-audit-fresh = 不管文件夹里上次的审计，从第一条记录开始。
help-audit-json = 以 JSON 输出报告。
help-audit-follow = 持续关注，直到发现矛盾。
help-audit-interval = 两次查看链之间的秒数。
help-audit-metrics = 在这个地址提供 Prometheus 指标，例如 127.0.0.1:9187。
help-audit-webhook = 一发现矛盾就把报告发送到这个地址。地址里含有密钥时，最好放在环境变量 VOUCHSAFE_WEBHOOK 里。
