"""Questions about answers: why they are what they are, what would change them, how they differ."""
