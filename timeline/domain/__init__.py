"""The vocabulary: the types of events, and the city whose places, actors and sources they name."""
