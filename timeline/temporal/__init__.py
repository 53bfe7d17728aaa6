"""Vague dates: their grammar, the windows that they allow, the three clocks, and dates as people type them."""
