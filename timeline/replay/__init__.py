"""From events to answers: visibility, effects, cells, policies, the state, and its changes."""
