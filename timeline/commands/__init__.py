"""The commands: thin functions that turn what is typed into a call of the library, and write what it returns.

`reading` asks the log, `writing` adds to it, `keeping` looks after it. The composition root, `cli.py`, lists them and gives them the
projections.
"""
