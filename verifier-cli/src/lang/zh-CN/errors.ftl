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
