"""The materialised view of a log: effects as rows in SQLite, built, caught up, and read."""
