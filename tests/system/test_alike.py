"""What is alike: compared, hashed and shown by its fields, as attrs would have it."""

import importlib

import attrs
import pytest
from attrs import frozen

from projections import PROJECTIONS
from timeline.alike import Alike

CORE = (
    "domain.events",
    "replay.cells",
    "replay.state",
    "replay.answers",
    "text.tables",
    "timeline",
)
MODULES = sorted(
    {*(f"timeline.{name}" for name in CORE), *(one.effects.__module__ for one in PROJECTIONS)}
)


@frozen(eq=False, repr=False)
class Point(Alike):
    """A class of two fields."""

    x: int
    y: str = ""


@frozen(eq=False, repr=False)
class Place(Point):
    """A class that adds one."""

    z: int = 0


@frozen
class Generated:
    """The same fields, with what attrs makes."""

    x: int
    y: str = ""


def test_what_has_the_same_fields_is_alike():
    """The hash follows."""
    assert Point(1, "a") == Point(1, "a") != Point(1, "b")
    assert {Point(1, "a"), Point(1, "a"), Point(2)} == {Point(1, "a"), Point(2)}


def test_no_field_is_passed_over():
    """What a class adds counts, and so does what it inherits."""
    assert Place(1, "a", 2) == Place(1, "a", 2)
    assert Place(1, "a", 2) not in (Place(1, "a", 3), Place(2, "a", 2))


def test_another_class_is_never_alike():
    """Not even one that was made of it."""
    assert Point(1) != Place(1)
    assert Place(1) != Point(1)
    assert Point(1) != 1


def test_it_is_shown_as_attrs_shows():
    """By the names of its fields."""
    assert repr(Point(1, "a")) == repr(Generated(1, "a")).replace("Generated", "Point")


@pytest.mark.parametrize("module", MODULES)
def test_no_class_is_compared_by_the_fields_of_another(module):
    """What says ``eq=False`` is `Alike`: else it would be compared by the fields that it inherits alone, or not by its fields at all."""
    classes = [
        one
        for one in vars(importlib.import_module(module)).values()
        if isinstance(one, type) and attrs.has(one)
    ]
    assert [
        one for one in classes if "__eq__" not in vars(one) and one.__eq__ is not Alike.__eq__
    ] == []
