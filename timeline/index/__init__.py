"""The materialised view of a log: effects as rows in SQLite, built, caught up with the log, and read."""
