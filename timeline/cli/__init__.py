"""The commands: each turns what is typed into a call of the library, and writes the answer.

`state` and `explain` ask the log, `append` adds to it, `maintain` looks after it. The composition
root, `cli.py`, lists them and gives them the projections.
"""
