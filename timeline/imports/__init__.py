"""Other people's tables become events: a mapping says what their columns mean.

`pipeline` runs an import, `table_files` reads the table and `mapping` its description; `builder`
and `revisions` make events of rows, and `editions` compares them with earlier ones.
"""
