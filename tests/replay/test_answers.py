"""Answers as JSON are those of the plain definition, however they are made."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, instants, logs, texts, timeline_of

from timeline.replay.answers import UNGROUNDED, Grounds, Since, plain
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Slot
from timeline.temporal.dates import FUTURE, PAST, When, rfc3339
from timeline.text import tables
from timeline.text.phrases import safe

ZONES = st.sampled_from([UTC, CITY.zone, ZoneInfo("America/New_York")])
NUMBERS = st.integers() | st.booleans() | st.none() | st.floats()


def by_field(value: Any, zone: Any) -> Any:
    """Return an answer as JSON values, each class asked for its fields each time."""
    if isinstance(value, datetime):
        return rfc3339(value, zone)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: by_field(item, zone) for key, item in value.items()}
    if isinstance(value, tuple):
        return [by_field(item, zone) for item in value]
    if attrs.has(type(value)):
        ordered = sorted(attrs.fields(type(value)), key=lambda f: f.inherited)
        return {f.name: by_field(getattr(value, f.name), zone) for f in ordered}
    return value


@attrs.frozen(kw_only=True)
class Answer(Grounds):
    """What adds a field to those that it inherits."""

    value: Any


def answers() -> st.SearchStrategy[Any]:
    """Draw values of every kind that an answer holds, in each other."""
    ends = st.sampled_from([PAST, FUTURE])
    leaves = (
        NUMBERS
        | texts()
        | instants()
        | ends
        | st.builds(Since, texts(), instants(), st.none())
        | st.just(When("2016-11~"))
    )
    own = attrs.asdict(UNGROUNDED, recurse=False)
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4).map(tuple)
            | st.dictionaries(texts(), inner, max_size=4)
            | st.builds(Slot, texts(), inner, st.booleans())
            | inner.map(lambda value: Answer(value=value, **own))
        ),
    )


def shown(value: Any) -> str:
    """Return values with types and the order of keys: NaN is not equal to itself."""
    return repr(value)


@given(answers(), ZONES)
def test_an_answer_as_json_values_is_that_of_the_plain_definition(answer, zone):
    assert shown(plain(answer, zone)) == shown(by_field(answer, zone))


def test_what_a_class_adds_comes_before_what_it_inherits():
    assert list(plain(Answer(value=1.0, **attrs.asdict(UNGROUNDED, recurse=False)), UTC))[:2] == [
        "value",
        "status",
    ]


@pytest.mark.parametrize("value", [date(2016, 11, 28), [PAST], {1}, b"x"], ids=repr)
def test_what_no_answer_holds_stays_as_it_is(value):
    assert plain(value, UTC) is value


def plainly(value: Any) -> str:
    """Return JSON as the standard library indents it, in which no text steers a terminal."""
    return "\n".join(map(safe, json.dumps(value, ensure_ascii=False, indent=2).split("\n")))


@given(st.data())
def test_a_state_is_written_as_the_plain_definition_has_it(data: DataObject):
    log = data.draw(logs(max_size=16))
    state = timeline_of(log).state(
        cut=data.draw(cuts_around(log) | cuts()), policy=data.draw(st.sampled_from(list(POLICIES)))
    )
    assert shown(state.answers()) == shown(
        {name: by_field(section, CITY.zone) for name, section in state.sections.items()}
    )
    assert tables.to_json(state.json()) == plainly(state.json())


JSON = st.recursive(
    NUMBERS | st.text(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
@example(
    {
        "a": [],
        "b": {},
        "c": (),
        "d": [{}],
        "e": {"f": [[1], [True, None, 1.5, -0.0, float("nan")]]},
        "": "",
    }
)
@example(["a\x9b31mb\u202ec\x7f", '\u2028\ud800\n\t\x00"\\', "حلب – 👨‍👩‍👧", When("2016-11~")])
def test_json_is_written_as_the_plain_way_writes_it(value):
    assert tables.to_json(value) == plainly(value)
