"""Questions about answers: why one is what it is, what would change it, and what differs between two."""
