"""The page: one file that shows the answer of the replay at every cut of both clocks."""
