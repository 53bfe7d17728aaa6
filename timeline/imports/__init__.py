"""Bringing other people's tables in: a mapping says what their columns mean, and rows become events through the gate of the log.

`table_files` reads tables, `mapping` the TOML that describes one, `expressions`, `dates` and
`places` what a cell says, `builder` and `revisions` make events of rows, `editions` tells what a
later edition of a table changed, `pipeline` appends them, and `scaffold` writes a first mapping.
"""
