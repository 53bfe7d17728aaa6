"""Vague dates: their grammar, their windows, the three clocks, and dates as people type them."""
