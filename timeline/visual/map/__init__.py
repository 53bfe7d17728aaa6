"""The look of answers on a map: places, colours, letters and patterns, for every picture."""
