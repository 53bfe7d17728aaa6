"""Other people's tables become events: a mapping says what their columns mean."""
