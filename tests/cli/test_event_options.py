"""Event classes as forms: every field has its option, and what is typed becomes a line."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from strategies import events

from timeline.cli.event_options import fill, options
from timeline.domain.event_fields import field_names
from timeline.domain.events import EVENT_TYPES, ControlChange
from timeline.domain.quantities import parse_range, parse_share
from timeline.errors import UsageError
from timeline.log.codec import CODEC

TYPES = [pytest.param(event_type, id=event_type.type) for event_type in EVENT_TYPES]

RANGES = {
    "6000..10000": {"low": 6000, "high": 10000},
    "..2000": {"high": 2000},
    "219..": {"low": 219},
    "200..250..300": {"low": 200, "best": 250, "high": 300},
    "..250..300": {"best": 250, "high": 300},
    "200..250..": {"low": 200, "best": 250},
    "..250..": {"best": 250},
    "250": {"best": 250},
    "0": {"best": 0},
    "5..5": {"low": 5, "high": 5},
    "10..5": {"low": 10, "high": 5},  # its fault is told on admission, as that of a file is
    "0.25..0.5": {"low": 0.25, "high": 0.5},
}
NO_RANGES = [
    *("", " ", "..", "...", "....", "1...2", "1..2..3..4", "1…2", "1-2", "-5", "-5..3"),
    *("many", "nan", "150%", "~5", " 5", "5 ", "5\n", "1e3", "0x10", ".5", "5."),
]
SHARES = {
    "0.33..0.4": {"low": 0.33, "high": 0.4},
    "0.5": {"low": 0.5, "high": 0.5},
    "1": {"low": 1, "high": 1},
    "..0.5": {"high": 0.5},
    "0.33..": {"low": 0.33},
}


@pytest.mark.parametrize(
    ("text", "value"), [pytest.param(*row, id=row[0]) for row in RANGES.items()]
)
def test_ranges(text, value):
    """A range is its bounds, each of which may be left out, with the best between them or alone."""
    assert parse_range(text) == value


@pytest.mark.parametrize("text", [pytest.param(text, id=repr(text)) for text in NO_RANGES])
def test_what_is_no_range(text):
    """Anything else is refused with the ways to write one."""
    with pytest.raises(UsageError) as caught:
        parse_range(text)
    assert "6000..10000" in str(caught.value)
    assert f"'{text}'" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"), [pytest.param(*row, id=row[0]) for row in SHARES.items()]
)
def test_shares(text, value):
    """A share is a range of two bounds; one number is both."""
    assert parse_share(text) == value


def test_a_share_has_no_best():
    """A share of three numbers is refused, for a share has two bounds."""
    with pytest.raises(UsageError):
        parse_share("0.3..0.35..0.4")


def test_what_is_no_share_is_told_how_to_write_one():
    """Who writes 150% is shown a share, not 6000 people."""
    with pytest.raises(UsageError, match=r"0\.\d"):
        parse_share("150%")


@pytest.mark.parametrize("event_type", TYPES)
def test_every_field_has_an_option(event_type):
    """All but the one that the log sets, in the order of a line, each under a flag of its own."""
    form = options(event_type)
    fields = dict.fromkeys(option.path[0] for option in form)
    assert list(fields) == [name for name in field_names(event_type) if name != "recorded"]
    assert len({option.flag for option in form}) == len(form)
    for option in form:
        assert option.help
        assert option.flag.startswith("--")
        assert "_" not in option.flag


@pytest.mark.parametrize("event_type", TYPES)
def test_an_id_need_not_be_given(event_type):
    """The source and both dates are always asked for; the id is random when it is left out."""
    required = {option.flag for option in options(event_type) if option.required}
    assert required >= {"--occurred", "--reported", "--source"}
    assert not required & {"--id", "--note", "--supersedes"}


FORMS = {
    "--occurred": "DATE",
    "--source": "SOURCE",
    "--place": "PLACE",
    "--actor": "ACTOR",
    "--people": "LOW..HIGH",
    "--share": "LOW..HIGH",
    "--note": "TEXT",
}


def test_words_to_choose_from_and_several_values():
    """A literal is a choice, a list takes several, and what names something says what."""
    by_flag = {option.flag: option for kind in EVENT_TYPES for option in options(kind)}
    assert by_flag["--ground"].form == ("held", "contested")
    several = {flag for flag, option in by_flag.items() if option.several}
    assert several == {"--cites", "--excepting", "--parts", "--about"}
    assert {flag: by_flag[flag].form for flag in FORMS} == FORMS
    assert by_flag["--archive-sha256"].path == ("archive", "sha256")


def test_one_actor_stands_alone_and_several_are_a_list():
    """Who holds a place together is given by one option, several times."""
    [actor] = (option for option in options(ControlChange) if option.flag == "--actor")
    assert (actor.form, actor.several, actor.required) == ("ACTOR", True, False)
    assert actor.joined(["a"]) == "a"
    assert actor.joined(["a", "b"]) == ["a", "b"]
    assert fill(ControlChange, {actor.path: actor.joined([])}).keys() == {"type", "v"}


def test_filling_in_leaves_out_what_was_not_given():
    """None and an empty list were not given; parts make an object."""
    given_ = {
        ("id",): "a",
        ("about",): [],
        ("note",): None,
        ("archive", "sha256"): "f",
        ("archive", "collector"): None,
    }
    assert fill(EVENT_TYPES[0], given_) == {
        "type": "control_change",
        "v": 1,
        "id": "a",
        "archive": {"sha256": "f"},
    }


def typed(value):
    """Return a JSON value as it is typed into its option: text, or a range."""
    if not isinstance(value, dict):
        return value
    low, best, high = (written(value.get(name)) for name in ("low", "best", "high"))
    return f"{low}..{best}..{high}" if best else f"{low}..{high}"


def written(number) -> str:
    """Return a number in decimals; nothing for None."""
    return "" if number is None else format(Decimal(number), "f")


@given(events(kinds=EVENT_TYPES))
def test_every_event_can_be_typed(event):
    """A form that is given what a line holds gives back the line."""
    raw = CODEC.unstructure(event)
    raw.pop("recorded", None)
    assume({} not in raw.values())  # a number of which nothing is said cannot be typed
    given_ = {}
    for option in options(type(event)):
        value = raw.get(option.path[0])
        for part in option.path[1:]:
            value = value and value.get(part)
        if value is not None and option.several:
            values = value if isinstance(value, list) else [value]
            given_[option.path] = option.joined(list(map(option.parse, values)))
        elif value is not None:
            given_[option.path] = option.parse(typed(value))
    assert fill(type(event), given_) == raw
