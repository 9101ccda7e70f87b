# 帮助。

help-usage = 用法：
help-arguments = 参数
help-options = 选项
help-commands = 命令
help-help = 显示帮助
help-version = 显示版本
