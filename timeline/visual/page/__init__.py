"""The page: one file in which a reader moves both clocks, and which looks up what the replay answered at every cut that it can show."""
