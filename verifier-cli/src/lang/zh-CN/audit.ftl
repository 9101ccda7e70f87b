# 审计所说的话。

audit-progress = 记录
audit-goes-on = 接着上次的审计继续，已查 { $entries } 条记录。
audit-state-unusable = 这个文件夹里上次的审计无法继续，从头开始：{ $why }

audit-clean = 没有问题：账本 { $ledger } 到第 { $checkpoint } 号检查点为止，一切都与链上一致，合法且有签名。
audit-contradicted = 账本 { $ledger } 自相矛盾，或与各方所签不符：共 { $contradictions } 处，已查到第 { $checkpoint } 号检查点。
audit-unchecked = 账本 { $ledger } 未能全部查完。到第 { $checkpoint } 号检查点为止没有发现矛盾。

audit-figure-source = 数据来自
audit-figure-anchored = 链上最新检查点
audit-figure-checkpoints = 已查检查点
audit-figure-entries = 记录
audit-figure-vouchers = 凭证
audit-figure-signatures = 已验签名
audit-figure-receipts = 回执与否认声明

audit-passed-over = --receipts 给出、但没有回执或否认声明的文件：{ $count } 个（{ $names }）

audit-heading-contradictions = 矛盾：{ $count } 处
audit-heading-unchecked = 无法查验：{ $count } 处
audit-more =   另有 { $count } 处
audit-kept = 报告和证据保存在 { $folder }。
audit-challenge = 要把第一处提交给合约：vouchsafe challenge { $path } --rpc URL
audit-challenge-withheld = 交定金之前请先确认：{ $source } 是运营方自己的节点，而不是别人的镜像吗？运营方出示了所问的内容，定金就归他。确认是他的节点后：vouchsafe challenge { $path } --rpc URL
audit-copy = { $source } 是一份副本：它缺少什么，说明不了运营方的任何问题。请用 vouchsafe mirror { $source } --from URL 补全，或用 --from URL 审计运营方的节点。
audit-evidence = 没有对应规则的矛盾，依据的是数据来源所出示的内容：签名和附言不在任何根之下。指控之前，请再审计另一个来源。

audit-looked-clean = 第 { $checkpoint } 号检查点：{ $entries } 条记录，没有矛盾。
audit-looked-unchecked = 第 { $checkpoint } 号检查点：{ $entries } 条记录，目前没有矛盾；有些内容没能查验：
audit-metrics = 指标在 http://{ $address }/metrics
audit-stopped-clean = 已停止。到第 { $checkpoint } 号检查点为止没有矛盾；下次从这里继续。
audit-stopped-unchecked = 已停止。没有看到矛盾，但并非每次都能全部查验；下次从第 { $checkpoint } 号检查点继续。
audit-webhook-sent = { $host } 已收到报告。
audit-webhook-failed = { $host } 没有收到报告：{ $cause }

error-audit-needs-chain = 不知道拿什么来对照账本
    .advice = 用 --rpc URL 给出您信任的链节点，或用 --trusted-checkpoint FILE；也可以设置 VOUCHSAFE_RPC。
error-follow-needs-chain = 文件里的检查点不会变，没有什么可以持续关注
    .advice = 请给出 --rpc URL。
error-follow-no-chain = 不知道在哪条链上持续关注账本
    .advice = 用 --rpc URL 给出您信任的链节点，或设置 VOUCHSAFE_RPC。
error-other-ledger = 要查的是账本 { $asked }，而数据属于账本 { $given }
    .advice = 请检查 --ledger、--trusted-checkpoint 和 --from。
error-audit-locked = 另一个审计正在使用 { $path }
    .advice = 等它结束，或用 --out 另选文件夹。
error-receipts-folder = 无法读取 { $path } 里的回执：{ $cause }
    .advice = 请指定存放回执的文件夹。
error-receipts-none = { $path } 里的 { $count } 个文件都没有回执或否认声明
    .advice = 请指定存放各命令所留回执（vouchsafe-receipts.ndjson）、含未上链步骤的档案或“查无此证”报告的文件夹；或者不用 --receipts。
error-webhook-address = 通知地址不是网址
    .advice = 它应以 http:// 或 https:// 开头。
error-metrics-address = 无法在 { $address } 提供指标：{ $cause }
    .advice = 请给出本机的地址和一个空闲端口，例如 127.0.0.1:9187。
error-checkpoint-chain = 已上链的检查点与之前的检查点之间缺少第 { $number } 号
    .advice = 请换一个有它的来源，或用 --rpc 直接询问链。
