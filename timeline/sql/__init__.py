"""Answers within SQL, for Datasette and for programs that open the index as a database."""
