"""Numbers of people and shares as they are typed: a range, an open range, or one number."""

import re
from typing import Any

from timeline.domain.events import MAX_INTEGER
from timeline.errors import UsageError, quoted

_NUMBER = r"\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})?\.\.(?:({_NUMBER})\.\.)?({_NUMBER})?|({_NUMBER})")
_MAX_DIGITS = 20


def parse_range(text: str) -> dict[str, Any]:
    """Return a range of people as an object with low, best and high; raise `UsageError` for none.

    A range is ``LOW..HIGH``, ``..HIGH``, ``LOW..``, ``LOW..BEST..HIGH`` or a single best number;
    thousands may have commas: ``6,000..10,000``.
    """
    numbers = _range(text)
    if numbers is None:
        expected = "a range: 6000..10000, ..2000, 219.., 200..250..300, or one number for the best"
        raise UsageError.because(quoted(text), expected)
    low, best, high, alone = numbers
    named = {"low": low, "best": best or alone, "high": high}
    return {name: _number(number) for name, number in named.items() if number is not None}


def parse_share(text: str) -> dict[str, Any]:
    """Return a share, from ``LOW..HIGH``, ``..HIGH``, ``LOW..`` or a number; raise `UsageError`."""
    numbers = _range(text)
    if numbers is None or numbers[1] is not None:
        expected = "a share from 0 to 1: 0.3..0.4, ..0.5, 0.5.., or 0.5"
        raise UsageError.because(quoted(text), expected)
    low, _, high, alone = numbers
    named = {"low": low or alone, "high": high or alone}
    return {name: _number(number) for name, number in named.items() if number is not None}


def _range(text: str) -> tuple[str | None, ...] | None:
    match = _RANGE.fullmatch(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text))
    return None if match is None or text == ".." else match.groups()


def _number(text: str) -> int | float:
    """Return the number that a text says; one too large for a float is still refused later."""
    return min(float(text), float(MAX_INTEGER * 10)) if "." in text else whole(text)


def whole(text: str) -> int:
    """Return the number that digits say; too many digits give a number that every check refuses."""
    return int(text) if len(text) <= _MAX_DIGITS else MAX_INTEGER * 10
