"""How often a law is tried, in the measure of the profile that tests/conftest.py has chosen."""

from hypothesis import settings


def times(factor: int) -> settings:
    """Return settings for so many times the examples of the profile: for what is quick to try."""
    return settings(max_examples=factor * settings().max_examples)
