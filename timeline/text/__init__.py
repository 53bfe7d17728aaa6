"""Words, numbers, tables and trees for people; nothing here knows an event."""
