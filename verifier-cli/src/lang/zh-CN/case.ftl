# 制作和核对案件。案件里的文字和核对时的各行文字在 casefile 中。

case-gathering = 收集证据
case-saved = 已保存 { $path }（{ $bytes } 字节）：凭证 { $vouchers } 张，添加的文件 { $files } 个。
case-fingerprint = 它的指纹（哈希清单的 SHA-256）是 { $fingerprint }。请记下来，并通过另一个渠道告诉对方：有了它就知道文件没有被改动。
case-of-node = 这个案件里的检查点只是节点的说法。给出 --rpc 地址，就会从链上读取。
case-holds-codes = 注意：{ $path } 里有 { $lines } 行整行卡密，会原样放进案件。拿到案件的人都能使用这些卡密：如果不是有意为之，请不要放入这个文件。
case-has-file = { $path } 已在案件中，字节完全相同：不再添加。
case-made-refuted = 注意：这个案件的 { $lines } 行中有 { $failed } 行不成立。案件照样做成，其中也写明了：用 vouchsafe case open 文件 查看是哪些。
case-unheld = 没有任何检查点：报告会写明没有对照。请给出 --rpc 地址 或 --node 地址。
case-extracted = 已解开到 { $path }。
case-holds = 全部成立：共 { $lines } 行，报告与证据一致。
    .advice = 证明了什么、没有证明什么，都写在报告里。
case-unknown = 没有自相矛盾，但并非全部都能核对：{ $lines } 行中有 { $unknown } 行无法核对。
    .advice = 请给出您信任的链节点 --rpc 地址，或 --trusted-checkpoint 文件，或 --block-hash 哈希。
case-refuted = 不成立：{ $lines } 行中有 { $failed } 行不成立。
    .advice = 不要依赖这个文件。请保留它，并向给您的人另要一份；或自己制作：vouchsafe case 凭证。

help-case-after = 退出码：0 已制作；3 没有答案，或节点说没有；2 用法不对、证据不能用，或文件已存在。
help-case-open-after = 退出码：0 全部成立；30 有不成立的；3 有无法核对的；2 用法不对，或不是案件。
help-case-add-after = 退出码：0 已制作；2 用法不对、文件不能用，或文件已存在。

help-case = 把凭证的全部证据放进一个文件交给仲裁人，或核对这样的文件。
help-case-vouchers = 凭证：档案文件、公钥，或去掉 # 后半段的链接。
help-case-out = 写到这个文件，- 表示标准输出；不写则是当前文件夹的 case-公钥.zip。
help-case-open = 逐行重新核对一个案件：每个哈希、证明、签名和回执，以及报告是否与证据一致。
help-case-open-case = 案件。
help-case-open-block_hash = 您信任的账本所在链的区块哈希：凭证档案若能说明该区块的内容，就与它对照，无需联网。
help-case-open-extract = 把案件解开到这个新文件夹。
help-case-open-json = 以 JSON 输出各行。
help-case-add = 向一个案件添加文件，并重新生成报告。
help-case-add-case = 案件。
help-case-add-out = 写到这个文件；原来的案件不变。

error-case-no-voucher = 没有写明凭证
    .advice = 请写明案件涉及的凭证：公钥、链接或档案文件。
error-case = 无法制作案件：{ $cause }
    .advice = 请改正它指出的问题。
error-case-key = { $path } 里有私钥：绝不能放进案件
    .advice = 请不要放入：案件是要交给别人的，拿到私钥的人可以冒充它的主人签名。如果文件里只是一个哈希，请在旁边写明是什么的哈希。
error-case-damaged = 案件里的证据缺失或无法读取
    .advice = 请用 vouchsafe case open 文件 查看是哪些；请对方重新给出，或自己制作。
error-case-file = { $path } 不是可以核对的案件：{ $cause }
    .advice = 请从来源处重新取得。
error-case-other-ledger = 节点在同一位置的记录与凭证档案不同：它属于另一个账本，或者两者之中有一个是假的
    .advice = 请写明凭证档案所属账本的节点，或不写 --node。
