# `challenge`：把说谎的运营方告到合约。

challenge-charge =
    指控：{ $rule }
    账本 { $ledger }，检查点 { $number }
    裁决合约 { $judge }
challenge-stake = 押金：{ $bond }。指控成立时，{ $reward } 归举报人，{ $burned } 销毁。
challenge-deposit = 质询需要交 { $deposit } 定金。三天内没有人回答，定金退还；有人出示了内容，定金归运营方。
challenge-costs = 交易：最多约 { $gas } gas，按现价是 { $cost }。
challenge-long-walk = 这个检查点很旧：要先用 { $steps ->
       *[other] { $steps } 笔交易
    } 走到那里。下面的费用没有全部算上它们。
challenge-nothing-sent = 什么都没有发送。加上 --key-file 文件 和 --yes 才会发送。
challenge-ask = 发送吗？[y/N]
challenge-foreign-judge = { $judge } 不是本版本的裁决合约：代码不同。交给它看的东西，它可能拿去给别人用。请先看懂它。
challenge-commits = 正在登记承诺：两个区块之后，别人抄袭举报也拿不到钱……
challenge-waits = 等待两个区块……
challenge-walks = 正在走到检查点 { $number }，还有 { $left } 步……
challenge-reports = 正在举报……
challenge-taken = 已证明：{ $rule }。押金 { $bond } 已被没收，这个账本再也不能锚定。
challenge-collected = 已向 { $account } 支付 { $amount }。
challenge-pending = 运营方要在 { $until } 之前出示内容。到时再运行一次这条命令：它会结案，或告诉您出示了什么。
challenge-over = 期限已过，没有人回答：可以没收押金了。
challenge-unanswered = 没有人回答，质询已经结案。
challenge-answered =
    内容已经出示（{ $bytes } 字节），运营方保住押金，人人都能看到内容：
    { $leaf }
challenge-bond-taken = 这个账本的押金早已被没收，其中没有欠这个账户的。账本再也不能锚定。
challenge-bond-withdrawn = 账本已关闭，押金已取回：没有可没收的了。
challenge-bond-none = 这个账本没有押金。

challenge-file = { $path } 不是质询文件：{ $cause }
    .advice = 请使用 `vouchsafe audit` 写出的原文件；格式见 docs/protocol.md 第 15 节。
challenge-does-not-hold = 指控不成立：{ $cause }
    .advice = 什么都没有发送，也没有损失。请重新审计账本，再提交新发现的问题。
challenge-needs-rpc = 没有可以提交的链
    .advice = 请给出 --rpc 地址，或设置 VOUCHSAFE_RPC。
challenge-judge = --judge 不是地址
    .advice = 请写 0x 加 40 位十六进制。
challenge-other-judge = { $judge } 不是这个账本的裁决合约，不能没收它的押金
    .advice = 去掉 --judge：程序会从合约的事件里找到账本自己的裁决合约。
challenge-no-judge = 账本 { $ledger } 没有本版本认识的裁决合约：它的押金在这里不能为任何事担保
    .advice = 请保留文件：谁读它都能看出谎言。只有账本的开设者能添加裁决合约。链节点不保留旧事件时，用 --judge 指明。
challenge-key = { $file }：{ $cause }
    .advice = 请放入一个有少量 ether 的账户的私钥：64 位十六进制，没有别的。
challenge-commitment-damaged = { $file } 已损坏：里面是一次承诺的盐值
    .advice = 把它移开，再运行一次：会登记新的承诺，只损失旧承诺的 gas。
challenge-commitment-other = { $file } 属于另一份举报，或属于账户 { $account }
    .advice = 请用那个账户的私钥，或把文件移开。
challenge-needs-yes = 无法询问是否发送
    .advice = 加上 --yes 就不再询问；加上 --dry-run 只看会发送什么。
challenge-not-mined = 十分钟后交易仍不在任何区块里
    .advice = 请稍后再运行同一条命令：它会查看现状，接着做下去。
challenge-refused = 合约拒绝：{ $cause }
    .advice = 请再运行同一条命令：它会查看现状。

help-challenge = 把质询文件提交给合约，没收说谎的运营方的押金。
help-challenge-file = `vouchsafe audit` 写出的质询文件。
help-challenge-judge = 提交给这个裁决合约；不写则用账本的裁决合约里第一个本版本认识的。
help-challenge-from_block = 这个区块之前没有合约的事件：在长链上省去搜索。
help-challenge-key_file = 存放付费并领奖账户私钥的文件：64 位十六进制，权限 600；- 表示从标准输入读取。不写则用环境变量 VOUCHSAFE_REPORTER_KEY；都没有时什么都不发送。
help-challenge-yes = 不询问，直接发送。
help-challenge-dry_run = 只显示会发送什么，不发送。
help-challenge-json = 以 JSON 输出结果。
help-challenge-after = 退出码：0 押金已没收，或质询已提出在等待，或没有要发送的；1 指控不成立、已被回答，或别人先到；3 链无法访问；2 用法不对。
