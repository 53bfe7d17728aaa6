"""The event store: lines are read, validated, appended, merged and checked here."""
