"""The rivals: programs that people would pick instead, asked the nearest thing that they know.

None of them answers our question: they keep no window, no second voice and no dispute. What they
are asked is less work than ours, never more. Each runs as a process of its own, and prints as its
last line a JSON object with what it measured itself.
"""

INSTEAD = ("eventsourcing", "beancount", "sqlite-utils", "duckdb")
"""The distributions that are compared; they are installed by the extra ``benchmarks``."""
