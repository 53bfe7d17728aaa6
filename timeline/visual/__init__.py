"""Pictures of the city: a state as a map, and every state as a page."""
