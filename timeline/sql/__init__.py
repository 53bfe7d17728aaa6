"""The answers within SQL, for Datasette and for whoever opens the index."""
