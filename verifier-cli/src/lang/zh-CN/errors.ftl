# 出了什么问题；.advice 说明怎么办。

error-label = 错误：

error-secret-argument = 参数里有卡密：整行卡密，或带 # 后半段的链接
    .advice = 请在提示下输入（vouchsafe verify），或用标准输入（-），或用 --line-file 文件。命令行可能已被终端记入历史：请到历史里删掉，并当作本机所有用户都已看到这张卡密。
error-no-command = 没有给出命令
    .advice = 输入 vouchsafe --help 查看所有命令。
error-unknown-command = 没有这个命令
    .advice = 输入 vouchsafe --help 查看所有命令。
error-unknown-option = 这里没有 { $option } 这个选项
    .advice = 在命令后加 --help 查看它的选项。
error-too-many-arguments = 参数多了
    .advice = 在命令后加 --help 查看它需要什么。
error-missing-argument = 缺少 { $option }
    .advice = 在命令后加 --help 查看它需要什么。
error-conflict = { $option } 不能与 { $other } 同时使用
    .advice = 去掉其中一个。
error-option-value = { $option } 没有给值，或给的值不认识
    .advice = { $valid ->
        [""] 在命令后加 --help 查看它需要什么。
       *[other] 可用的值：{ $valid }。
    }
error-output = 结果写不出去：{ $cause }
    .advice = 请腾出空间，或写到别处。

error-node-address = 这不是节点的地址
    .advice = 请写成 http://主机:端口 或 https://主机，也就是链接里 /v/ 前面的部分。
error-node-out-of-reach = 连不上节点 { $node }：{ $cause }
    .advice = 请检查地址和网络，或稍后再试。已保存的凭证档案不需要节点也能验证。
error-node-unreadable = { $node } 的回答不像一个节点：{ $cause }
    .advice = 请检查地址：它是链接里 /v/ 前面的部分。
error-node-busy = 节点 { $node } 现在无法回答（{ $problem }）：{ $detail }
    .advice = 请稍后再试。
error-node-refuses = 节点 { $node } 拒绝（{ $problem }）：{ $detail }
    .advice = 请按它所说的改正。

error-no-such-file = 没有 { $path } 这个文件
    .advice = 请检查文件名。也可以用凭证公钥（0x… 或链接里的写法）或链接来指明凭证。
error-directory = { $path } 是文件夹，不是文件
    .advice = 请指明里面的档案文件。
error-unreadable-file = { $path } 读不了：{ $cause }
    .advice = 请检查您是否有权读取它。
error-huge-file = { $path } 超过 { $limit } MiB：这类文件不会这么大
    .advice = 请检查是不是拿错了文件。
error-not-utf8 = { $path } 不是 UTF-8 文本：第 { $at } 个字节不对
    .advice = 请从来源处重新获取，不要用编辑器打开再保存。
error-what = 这不是凭证公钥，不是链接，也没有这个名字的文件
    .advice = 文件请写成 ./文件名。如果是卡密：绝不要写在参数里；请输入 vouchsafe verify，再按提示粘贴整行卡密。
error-no-link = 这不是凭证的链接
    .advice = 链接的形式是 https://主机/v/ 加 43 个字母、数字、- 或 _。请不要带 # 后半段。
error-no-line = 读不到内容：{ $cause }
    .advice = 请写进只有您能读的文件，再用 --line-file 文件。
error-line-empty = 内容是空的
    .advice = 请粘贴整行卡密：卡号----卡密----链接，或凭证的链接。
error-line-no-link = 这一行末尾没有凭证的链接
    .advice = 请粘贴整行卡密：卡号----卡密----链接，或凭证的链接。
error-line-no-code = 这一行的链接前面没有卡密
    .advice = 请粘贴整行卡密：卡号----卡密----链接。
error-no-node = 不知道该问哪个节点
    .advice = 请给出 --node 地址，或凭证的链接，或设置 VOUCHSAFE_NODE；也可以给出已保存的档案文件。
error-rpc-address = --rpc 不是链节点的地址
    .advice = 请写成 http://主机:端口 或 https://主机/路径。
error-no-trust = 没有给出可以对照的内容
    .advice = 请给出 --rpc 地址 或 --trusted-checkpoint 文件。
error-checkpoint-file = { $path } 不是可信检查点：{ $cause }
    .advice = 它应是 JSON 文件，含 ledger、number、size、vouchers、log_root、head_root、operator_key 和 previous。
error-opening-file = { $path } 不是开卡文件：{ $cause }
    .advice = 它应是 JSON 文件，含 serial、code 和 stamp（0x 加 32 位十六进制）。
error-policy-file = { $path } 不是信任策略：{ $cause }
    .advice = 它应是 JSON 文件，含 chains（chain_id、contract、ledgers）和 issuers（key、name）。
error-salt = --salt 不是 16 字节的十六进制
    .advice = 请照抄商店随订单给的 32 位十六进制。
error-my-key = --my-key 不是公钥
    .advice = 请写成 0x 加 64 位十六进制。
error-out-exists = { $path } 已经存在
    .advice = 请用 --out 换个文件名，或用 --force 覆盖。
error-out-unwritable = { $path } 写不了：{ $cause }
    .advice = 请用 --out 换个文件。
error-no-such-voucher = 节点 { $node } 没有这张凭证
    .advice = 请检查公钥。要核对它的签名声明，请用 vouchsafe verify。
error-not-a-dossier = { $node } 给的不是这张凭证的档案：{ $cause }
    .advice = 没有保存任何内容。请检查地址，或问另一个节点。
error-needs-voucher = 这已经是一份档案了
    .advice = 请用公钥或链接指明凭证。
error-not-json-dossier = 这不是凭证档案：{ $cause }
    .advice = 请从节点重新获取：vouchsafe dossier 凭证公钥。
