"""Numbers of people and shares as they are typed: a range, an open range, or one number."""

import re
from typing import Any

from timeline.domain.events import MAX_INTEGER
from timeline.errors import Problem, UsageError, quoted

_NUMBER = r"\d+(?:\.\d+)?"


_RANGE = re.compile(rf"({_NUMBER})?\.\.(?:({_NUMBER})\.\.)?({_NUMBER})?|({_NUMBER})")


def parse_range(text: str) -> dict[str, Any]:
    """Return ``LOW..HIGH``, ``..HIGH``, ``LOW..``, ``LOW..BEST..HIGH`` or a single best number as an object; raise `UsageError` else.

    Commas between thousands are read over: ``6,000..10,000``.
    """
    numbers = _range(text)
    if numbers is None:
        raise UsageError(
            Problem(
                quoted(text),
                "a range: 6000..10000, ..2000, 219.., 200..250..300, or one number for the best",
            )
        )
    low, best, high, alone = numbers
    named = {"low": low, "best": best or alone, "high": high}
    return {name: _number(number) for name, number in named.items() if number is not None}


def parse_share(text: str) -> dict[str, Any]:
    """Return ``LOW..HIGH`` or a single share as an object with low and high; raise `UsageError` for anything else."""
    numbers = _range(text)
    if numbers is None or numbers[1] is not None:
        raise UsageError(
            Problem(quoted(text), "a share from 0 to 1: 0.3..0.4, ..0.5, 0.5.., or 0.5")
        )
    low, _, high, alone = numbers
    named = {"low": low or alone, "high": high or alone}
    return {name: _number(number) for name, number in named.items() if number is not None}


def _range(text: str) -> tuple[str | None, ...] | None:
    match = _RANGE.fullmatch(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text))
    return None if match is None or text == ".." else match.groups()


def _number(text: str) -> int | float:
    """Return a number as the gate is to judge it: one that is too large for a float is beyond all that the gate takes."""
    return min(float(text), float(MAX_INTEGER * 10)) if "." in text else whole(text)


_MAX_DIGITS = 20


def whole(text: str) -> int:
    """Return the number that digits say; of more digits than anything counts, one that is refused wherever numbers are checked."""
    return int(text) if len(text) <= _MAX_DIGITS else MAX_INTEGER * 10
