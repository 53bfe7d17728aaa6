"""Pictures of a state of the city: what the map and the page draw is computed here, once.

Nothing here weighs claims. What the engine answers is given a place, a colour, a letter and a
pattern; where it doubts, the picture does.
"""
