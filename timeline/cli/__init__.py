"""The commands: thin functions that turn what is typed into a call of the library, and write what it returns.

`state` and `explain` ask the log, `append` adds to it, `maintain` looks after it. The composition
root, `cli.py`, lists them and gives them the projections.
"""
