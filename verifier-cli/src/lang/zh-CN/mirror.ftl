# vouchsafe mirror：账本公开数据的副本。

help-mirror = 保存一份账本公开数据的副本，并对照区块链核对。
help-mirror-dir = 镜像所在的目录；里面已有的文件会核对后保留。
help-mirror-jobs = 同时取多少个文件，1 到 64。
help-mirror-follow = 持续跟上账本，直到被要求停止：每有新检查点，就复制并核对新增的内容；整个目录每天核对一次。
help-mirror-interval = 两次查看链之间的秒数。
help-mirror-json = 以 JSON 输出结果。
help-mirror-after = 退出码：0 全部齐备且相符；30 运营方上链的内容与他自己的日志矛盾，证据已保存；3 有内容取不到，或来源落后于链；2 用法不对。中途停止后，用同一条命令继续。用 --follow 时，链或来源中断会等待，发现矛盾也会继续，直到被要求停止：见过矛盾则退出码为 30，否则按那时镜像里的内容为 0 或 3。
help-mirror-from = 节点、存有镜像的网站，或镜像目录；不写则用环境变量 VOUCHSAFE_NODE。

mirror-progress = 正在复制
mirror-whole = { $path } 存有账本 { $ledger } 直到检查点 { $number } 的数据：{ $entries } 条记录，{ $vouchers } 张凭证
mirror-not-whole = { $path } 只存有账本 { $ledger } 直到检查点 { $number } 的一部分数据，该检查点共有 { $entries } 条记录、{ $vouchers } 张凭证
mirror-files = 取得 { $fetched } 个文件，{ $bytes } 字节；{ $kept } 个已在本地
mirror-damaged = 本地文件已损坏，重新取回：{ $path }
mirror-unavailable = 取不到：{ $problem }
mirror-more = 另有 { $count } 项
mirror-contradicted-log = 检查点 { $number } 与日志矛盾：它的日志根不是这些记录的根
mirror-contradicted-heads = 检查点 { $number } 与自己的日志矛盾：从凭证 { $voucher } 所在的状态块起，状态与记录不符。证据保存在 head/{ $number } 下。
mirror-contradicted-heads-hidden = 检查点 { $number } 与自己的日志矛盾：状态与记录不符，而来源不出示这些状态。
mirror-behind = 来源落后于链：它有检查点 { $source }，链上已有 { $newest }
mirror-stopped = 已停止。用同一条命令继续。
mirror-again = 用同一条命令可以继续；如果这个来源隐瞒了数据，请换一个来源。

error-mirror-busy = 另一个进程正在使用 { $path }
    .advice = 请等它结束，或换一个目录。
error-mirror-ledger = { $path } 是账本 { $kept } 的镜像，不是 { $ledger } 的
    .advice = 请换一个目录。
error-mirror-foreign = { $path } 里有文件，但不是账本的镜像
    .advice = 请用一个空目录。
error-mirror-itself = { $path } 不能从它自己复制
    .advice = 请用 --from 指明节点或另一个镜像。
error-mirror-checkpoint = 可信检查点属于账本 { $trusted }，而来源是账本 { $ledger }
    .advice = 请提供同一账本的检查点。
error-mirror-behind = 来源最多只有检查点 { $number }，而文件不能为它作证
    .advice = 请提供该检查点的文件，或用 --rpc URL。
error-threads = 无法启动线程：{ $cause }
    .advice = 请减小 --jobs，或结束其他程序。
