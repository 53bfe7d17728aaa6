"""Pictures of a state of the city: what is drawn is computed here once, for the map and for the page.

Nothing here weighs claims. What the engine answers is given a place, a colour, a letter and a
pattern; where it doubts, the picture does.
"""
