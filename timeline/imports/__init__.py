"""Bringing other people's tables in: a mapping says what their columns mean, and rows become events through the gate of the log.

`rows` reads tables, `mapping` the TOML that describes one, `values`, `dates` and `places` what a cell says, `building` and `revisions` make
events of rows, `editions` tells what a later edition of a table changed, `running` appends them, and `drafting` writes a first mapping.
"""
