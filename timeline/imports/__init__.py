"""Other people's tables become events: a mapping says what their columns mean.

`table_files` reads a table, and `mapping` the TOML that describes it. `expressions`, with
`templates`, `dates` and `places`, says what a cell means. `builder` and `revisions` make events of
rows, `editions` compares them with an earlier edition, and `pipeline` appends them. `scaffold`
drafts a mapping, and `gazetteer` the places that a city file lacks.
"""
