# Headings of the help. The help itself stands in English beside the options.

help-usage = Usage:
help-arguments = Arguments
help-options = Options
help-commands = Commands
help-help = Print this help
help-version = Print the version
