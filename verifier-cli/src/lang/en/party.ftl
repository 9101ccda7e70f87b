# Texts of the parties' commands.
