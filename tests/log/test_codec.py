"""The codec refuses every wrong value by its path and encodes each event in one way."""

import json
from typing import ClassVar

import pytest
from attrs import field, frozen
from effort import times
from hypothesis import given
from strategies import events

from timeline.domain.event_fields import field_names
from timeline.domain.events import EVENT_TYPES, Event
from timeline.errors import InvalidEvent
from timeline.log.codec import CODEC, Codec

HEAD = {
    "id": "sakhour-seized",
    "v": 1,
    "occurred": "2016-11-28",
    "reported": "2016-11-28",
    "source": "sohr",
}
OWN = {
    "control_change": {"place": "sakhour", "actor": "government"},
    "displacement": {
        "origin": "sakhour",
        "destination": "west-aleppo",
        "people": {"low": 1, "best": 2, "high": 3},
    },
    "statement": {
        "stance": "disagree",
        "about": ["sakhour-seized-sohr"],
        "topic": "sakhour",
        "summary": "Denies it.",
    },
    "aid_negotiation": {"negotiation": "un-plan", "party": "government", "move": "accept"},
    "casualties": {"place": "sakhour", "killed": {"best": 10}},
    "siege": {
        "place": "east-aleppo",
        "move": "begin",
        "by": "government",
        "trapped": {"low": 250_000},
    },
    "condition": {"place": "east-aleppo", "subject": "food", "level": "critical"},
    "assessment": {
        "measure": "share_lost",
        "actor": "opposition",
        "place": "east-aleppo",
        "share": {"low": 0.33},
        "since": "2016-11",
    },
    "retraction": {"target": "sakhour-seized-sohr", "reason": "An error."},
}
ARCHIVE = {"sha256": "0123456789abcdef" * 4}
MISSING = object()
BEYOND = 2**53


def raw(event_type, **changes):
    """Return the object of a valid event with fields changed, added or (MISSING) left out."""
    values = HEAD | {"type": event_type} | OWN[event_type] | changes
    return {name: value for name, value in values.items() if value is not MISSING}


def line(event_type, **changes):
    return json.dumps(raw(event_type, **changes), ensure_ascii=False).encode()


def refusal(text, codec=CODEC):
    with pytest.raises(InvalidEvent) as refused:
        codec.decode(text)
    return refused.value


WRONG = [
    # a number where a number stands, but of another kind
    ("displacement", {"people": {"low": 3.9}}, "$.people.low: 3.9; expected a whole number"),
    ("displacement", {"people": {"low": 3.0}}, "$.people.low: 3.0; expected a whole number"),
    ("displacement", {"people": {"best": True}}, "$.people.best: true; expected a whole number"),
    (
        "displacement",
        {"people": {"best": None}},
        "$.people.best: null; expected a value, or the field left out",
    ),
    ("displacement", {"people": {"high": "3"}}, '$.people.high: "3"; expected a whole number'),
    ("displacement", {"people": {"high": [3]}}, "$.people.high: [3]; expected a whole number"),
    (
        "displacement",
        {"people": {"low": -1}},
        "$.people: low -1; expected whole numbers, 0 or more",
    ),
    ("displacement", {"people": {"high": BEYOND}}, f"$.people.high: a number beyond {BEYOND - 1}"),
    (
        "displacement",
        {"people": {"low": 5, "high": 3}},
        "$.people: low 5 high 3; expected low ≤ best ≤ high",
    ),
    (
        "displacement",
        {"people": {"low": 5, "best": 4}},
        "$.people: low 5 best 4; expected low ≤ best ≤ high",
    ),
    (
        "displacement",
        {"people": {"best": 5, "high": 4}},
        "$.people: best 5 high 4; expected low ≤ best ≤ high",
    ),
    ("displacement", {"people": 3}, "$.people: 3; expected an object with low, best, high"),
    (
        "displacement",
        {"people": [1, 2, 3]},
        "$.people: [1, 2, 3]; expected an object with low, best, high",
    ),
    ("siege", {"trapped": {"low": False}}, "$.trapped.low: false; expected a whole number"),
    # shares
    ("control_change", {"extent": {"low": "0.5"}}, '$.extent.low: "0.5"; expected a number'),
    ("control_change", {"extent": {"low": True}}, "$.extent.low: true; expected a number"),
    (
        "control_change",
        {"extent": {"high": 1.5}},
        "$.extent: a share from 0 to 1.5; expected 0 ≤ low ≤ high ≤ 1",
    ),
    (
        "control_change",
        {"extent": {"low": -0.1}},
        "$.extent: a share from -0.1 to 1; expected 0 ≤ low ≤ high ≤ 1",
    ),
    ("control_change", {"extent": {"low": 0.6, "high": 0.4}}, "$.extent: a share from 0.6 to 0.4"),
    ("control_change", {"extent": 0.5}, "$.extent: 0.5; expected an object with low, high"),
    ("assessment", {"share": {"low": 33}}, "$.share: a share from 33 to 1"),
    # texts
    ("control_change", {"note": 3}, "$.note: 3; expected a text"),
    ("control_change", {"note": True}, "$.note: true; expected a text"),
    ("control_change", {"note": {}}, "$.note: {}; expected a text"),
    ("control_change", {"note": None}, "$.note: null; expected a value, or the field left out"),
    ("control_change", {"note": ""}, '$.note: "", an empty text'),
    ("control_change", {"wording": "  "}, '$.wording: "  ", an empty text'),
    ("control_change", {"source": 1}, "$.source: 1; expected a text"),
    ("control_change", {"place": ["sakhour"]}, '$.place: ["sakhour"]; expected a text'),
    # lists
    (
        "statement",
        {"about": "sakhour-seized-sohr"},
        '$.about: "sakhour-seized-sohr"; expected a list',
    ),
    ("statement", {"about": ["a", 1]}, "$.about[1]: 1; expected a text"),
    ("statement", {"about": ["a", "B C"]}, "$.about[1]: 'B C'; expected lower-case letters"),
    ("displacement", {"parts": ["x", ["y"]]}, '$.parts[1]: ["y"]; expected a text'),
    # dates
    ("control_change", {"occurred": "2016-13"}, "$.occurred: 2016-13 is not a month"),
    ("control_change", {"occurred": 2016}, "$.occurred: 2016; expected a date as text"),
    ("control_change", {"reported": "2016~"}, "$.reported: 2016~ is vague"),
    ("control_change", {"reported": True}, "$.reported: true; expected a date as text"),
    (
        "control_change",
        {"recorded": "2016-11-28"},
        "$.recorded: 2016-11-28; expected a time with an offset",
    ),
    (
        "control_change",
        {"recorded": "2016-11-28T18:00"},
        "$.recorded: 2016-11-28T18:00; expected a time with an offset",
    ),
    ("assessment", {"since": "last week"}, "$.since: 'last week' is not a date"),
    (
        "control_change",
        {"archive": ARCHIVE | {"collected_at": "2016?"}},
        "$.archive.collected_at: 2016? is vague",
    ),
    # choices
    (
        "control_change",
        {"ground": "hold"},
        '$.ground: "hold"; expected one of held, contested (did you mean held?)',
    ),
    ("control_change", {"how": 1}, "$.how: 1; expected one of change, observation"),
    ("statement", {"stance": "disagrees"}, "(did you mean disagree?)"),
    ("siege", {"move": ["begin"]}, '$.move: ["begin"]; expected one of begin, tighten'),
    (
        "condition",
        {"level": "None"},
        '$.level: "None"; expected one of normal, strained, critical, none',
    ),
    # fields
    (
        "control_change",
        {"colour": "red"},
        '$: unknown field "colour"; expected one of id, occurred',
    ),
    ("control_change", {"plase": "sakhour"}, 'unknown field "plase"'),
    ("control_change", {"plase": "sakhour"}, "(did you mean place?)"),
    (
        "displacement",
        {"people": {"least": 3}},
        '$.people: unknown field "least"; expected one of low, best, high',
    ),
    ("displacement", {"people": {"hihg": 3}}, "(did you mean high?)"),
    ("control_change", {"archive": ARCHIVE | {"sha": "x"}}, '$.archive: unknown field "sha"'),
    ("control_change", {"place": MISSING}, "$.place: missing; expected a value"),
    ("control_change", {"id": MISSING}, "$.id: missing"),
    ("control_change", {"source": MISSING}, "$.source: missing"),
    ("control_change", {"archive": {"collector": "me"}}, "$.archive.sha256: missing"),
    ("assessment", {"share": MISSING}, "$.share: missing"),
    # type and version
    (
        "control_change",
        {"type": "control_chang"},
        '$.type: unknown type "control_chang"; expected one of control_change, displacement',
    ),
    ("control_change", {"type": "control_chang"}, "(did you mean control_change?)"),
    ("control_change", {"type": "ControlChange"}, '$.type: unknown type "ControlChange"'),
    ("control_change", {"type": 3}, "$.type: 3; expected the type of the event"),
    ("control_change", {"type": MISSING}, "$.type: missing; expected the type of the event"),
    ("control_change", {"v": MISSING}, "$.v: missing; expected the version of the type, 1 or more"),
    (
        "control_change",
        {"v": 2},
        "$.v: version 2 of control_change; expected 1 to 1 (a newer release may know it)",
    ),
    ("control_change", {"v": 0}, "$.v: version 0 of control_change; expected 1 to 1"),
    ("control_change", {"v": True}, "$.v: true; expected the version of the type"),
    ("control_change", {"v": 1.0}, "$.v: 1.0; expected the version of the type"),
    ("control_change", {"v": "1"}, '$.v: "1"; expected the version of the type'),
    # the envelope
    (
        "control_change",
        {"id": "Sakhour Seized"},
        "$.id: 'Sakhour Seized'; expected lower-case letters, digits",
    ),
    ("control_change", {"id": "sakhour--seized"}, "$.id: 'sakhour--seized'"),
    ("control_change", {"id": "-sakhour"}, "$.id: '-sakhour'"),
    ("control_change", {"id": "الصاخور"}, "$.id: 'الصاخور'"),
    ("control_change", {"id": "a" * 121}, "$.id: 'aaa"),
    (
        "control_change",
        {"grade": "Z9"},
        "$.grade: 'Z9'; expected an Admiralty code, A to F and 1 to 6, as B2",
    ),
    ("control_change", {"grade": "b2"}, "$.grade: 'b2'"),
    ("control_change", {"grade": "B7"}, "$.grade: 'B7'"),
    (
        "control_change",
        {"url": "www.theguardian.com"},
        "$.url: 'www.theguardian.com'; expected an address that begins with https://",
    ),
    ("control_change", {"url": "https://a b"}, "$.url: 'https://a b'"),
    ("control_change", {"archive": {"sha256": "ABCDEF" * 11}}, "$.archive.sha256: 'ABCDEF"),
    (
        "control_change",
        {"archive": {"sha256": "0" * 63}},
        "expected 64 hexadecimal digits in lower case",
    ),
    ("control_change", {"archive": ARCHIVE | {"url": "ftp://x"}}, "$.archive.url: 'ftp://x'"),
    (
        "control_change",
        {"archive": "copy.html"},
        '$.archive: "copy.html"; expected an object with sha256',
    ),
    (
        "control_change",
        {"supersedes": "sakhour-seized"},
        "$.supersedes: sakhour-seized supersedes itself",
    ),
    ("control_change", {"supersedes": "No Slug"}, "$.supersedes: 'No Slug'"),
    # whose word is passed on
    ("siege", {"cites": "afp"}, '$.cites: "afp"; expected a list'),
    ("siege", {"cites": ["afp", None]}, "$.cites[1]: null; expected a value, or the field left"),
    ("siege", {"cites": ["afp", 3]}, "$.cites[1]: 3; expected a text"),
    ("siege", {"cites": ["afp", "sohr"]}, "$.cites[1]: sohr cites itself; expected another source"),
    # several holders, and places left out
    ("control_change", {"actor": 3}, "$.actor: 3; expected a text, or a list of texts"),
    ("control_change", {"actor": None}, "$.actor: null; expected a value, or the field left out"),
    ("control_change", {"actor": {}}, "$.actor: {}; expected a text, or a list of texts"),
    ("control_change", {"actor": ["rsf", 3]}, "$.actor[1]: 3; expected a text"),
    ("control_change", {"actor": ["rsf", None]}, "$.actor[1]: null; expected a value"),
    (
        "control_change",
        {"actor": []},
        "$.actor: a list of nobody; expected one actor, or a list of",
    ),
    ("control_change", {"actor": ["rsf"]}, "$.actor: a list of rsf; expected one actor, or a list"),
    (
        "control_change",
        {"actor": ["rsf", "rsf"]},
        "$.actor: a list of rsf, rsf; expected one actor",
    ),
    (
        "control_change",
        {"actor": ["rsf", "saf"], "ground": "contested"},
        "$.actor: rsf, saf on contested ground; expected no actor",
    ),
    ("control_change", {"excepting": "hill"}, '$.excepting: "hill"; expected a list'),
    (
        "control_change",
        {"excepting": ["hill"], "extent": {"low": 0.5}},
        "$.excepting: places left out of a share; expected either",
    ),
    ("control_change", {"how": "thoughout"}, "(did you mean throughout?)"),
    # the rules of each type
    (
        "control_change",
        {"ground": "contested"},
        "$.actor: government on contested ground; expected no actor",
    ),
    (
        "control_change",
        {"actor": MISSING, "extent": {"low": 0.5}},
        "$.extent: a share of nobody's; expected an actor",
    ),
    (
        "displacement",
        {"origin": MISSING, "destination": MISSING},
        "$.origin: neither origin nor destination; expected at least one",
    ),
    ("displacement", {"origin": MISSING, "parts": ["sakhour"]}, "$.parts: parts of no origin"),
    ("displacement", {"measure": "stocks"}, "(did you mean stock?)"),
    (
        "statement",
        {"about": MISSING},
        "$.about: disagree about nothing; expected the ids of the events",
    ),
    ("statement", {"about": [], "stance": "unclear"}, "$.about: unclear about nothing"),
    ("statement", {"topic": "The Fall"}, "$.topic: 'The Fall'; expected lower-case letters"),
    ("aid_negotiation", {"negotiation": "UN plan"}, "$.negotiation: 'UN plan'"),
    (
        "casualties",
        {"killed": MISSING},
        "$.killed: neither killed nor injured; expected at least one",
    ),
    (
        "casualties",
        {"measure": "stock"},
        "$.measure: a stock of casualties; expected flow or cumulative",
    ),
    (
        "retraction",
        {"supersedes": "another"},
        "$.supersedes: a retraction that replaces an event; expected only a target",
    ),
    ("retraction", {"target": "No Slug"}, "$.target: 'No Slug'"),
    ("retraction", {"reason": MISSING}, "$.reason: missing"),
]

RIGHT = [
    ("control_change", {"actor": MISSING}),
    ("control_change", {"actor": MISSING, "ground": "contested"}),
    ("control_change", {"extent": {"low": 0, "high": 1}}),
    ("control_change", {"extent": {"high": 0.5}, "how": "observation"}),
    ("control_change", {"id": "a" * 120, "supersedes": "a:b_c.d-9"}),
    (
        "control_change",
        {
            "url": "https://example.org/حلب?a=b#c",
            "archive": ARCHIVE | {"url": "http://archive.example.org"},
        },
    ),
    ("control_change", {"note": 'العربية 🕊 "said" \\ twice\nover'}),
    ("displacement", {"people": {}}),
    ("displacement", {"people": {"low": 0, "high": BEYOND - 1}}),
    ("displacement", {"origin": MISSING}),
    ("statement", {"stance": "predict", "about": MISSING}),
    ("retraction", {"occurred": "../2016"}),
]


def ids(cases):
    return [f"{case[0]}-{'-'.join(case[1])}-{number}" for number, case in enumerate(cases)]


@pytest.mark.parametrize(("event_type", "changes", "phrase"), WRONG, ids=ids(WRONG))
def test_what_is_wrong_is_refused_with_its_path(event_type, changes, phrase):
    assert phrase in str(refusal(line(event_type, **changes)))


@pytest.mark.parametrize("event_type", OWN)
def test_each_type_is_taken_and_written_again_as_it_came(event_type):
    event = CODEC.decode(line(event_type))
    assert type(event) in EVENT_TYPES
    assert raw(event_type).items() <= CODEC.unstructure(event).items()
    assert CODEC.decode(CODEC.encode(event)) == event


@pytest.mark.parametrize(("event_type", "changes"), RIGHT, ids=ids(RIGHT))
def test_what_is_right_though_unusual(event_type, changes):
    event = CODEC.decode(line(event_type, **changes))
    assert CODEC.decode(CODEC.encode(event)) == event


def test_every_type_is_tested_here():
    assert [event_type.type for event_type in EVENT_TYPES] == [*OWN]


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"type":"siege"', b'{"type":"siege","type":"siege"}'], ids=repr
)
def test_what_is_no_object_or_no_event_is_refused(text):
    assert refusal(text).problems


@pytest.mark.parametrize("number", [10**400, -(10**400)], ids=["huge", "hugely-negative"])
def test_a_share_too_great_for_any_number_is_refused_in_plain_words(number):
    """The message says what stood there and what may, not what went wrong inside."""
    assert "OverflowError" not in str(refusal(line("assessment", share={"low": number})))


def test_several_problems_of_one_event_are_all_reported():
    wrong = line(
        "control_change",
        occurred="2016-13",
        note=3,
        ground="hold",
        archive={"sha256": 1, "x": 1},
        place=MISSING,
        plase="x",
    )
    problems = refusal(wrong).problems
    assert sorted(problem.path for problem in problems) == [
        "$", "$.archive", "$.archive.sha256", "$.ground", "$.note", "$.occurred", "$.place",
    ]  # fmt: skip
    assert "did you mean place?" in next(
        problem.hint for problem in problems if problem.path == "$"
    )


# Encoding -----------------------------------------------------------------------------------------


def test_a_line_is_compact_and_in_fixed_order():
    """A line keeps one order of fields, in whatever order the keys came."""
    jumbled = line(
        "displacement", v=1, supersedes="older", note="حلب", grade="B2", parts=["sakhour"]
    )
    event = CODEC.decode(json.dumps(dict(reversed(json.loads(jumbled).items()))).encode())
    assert CODEC.encode(event).decode() == (
        '{"id":"sakhour-seized","type":"displacement","v":1,"occurred":"2016-11-28","reported":"2016-11-28","source":"sohr",'
        '"origin":"sakhour","parts":["sakhour"],"destination":"west-aleppo","people":{"low":1,"best":2,"high":3},"measure":"flow",'
        '"grade":"B2","note":"حلب","supersedes":"older"}'
    )


def test_what_is_none_or_empty_is_left_out():
    event = CODEC.decode(line("statement", stance="comment", about=[]))
    assert not {"about", "note", "recorded", "archive"} & CODEC.unstructure(event).keys()


def test_a_whole_share_is_written_as_a_whole_number():
    """1 and 1.0 are one share, so they have one encoding."""
    assert b'"extent":{"low":0,"high":1}' in CODEC.encode(
        CODEC.decode(line("control_change", extent={"low": 0.0, "high": 1.0}))
    )


@times(3)
@given(events())
def test_what_was_encoded_is_decoded_to_the_same(event):
    text = CODEC.encode(event)
    again = CODEC.decode(text)
    assert again == event
    assert CODEC.encode(again) == text
    assert b"\n" not in text


@given(events())
def test_the_order_of_keys_in_a_line_does_not_matter(event):
    turned = dict(reversed(CODEC.unstructure(event).items()))
    assert CODEC.decode(json.dumps(turned).encode()) == event
    assert [*CODEC.unstructure(event)] == [
        name for name in ("id", "type", "v", *field_names(type(event))[1:]) if name in turned
    ]


# Older versions -----------------------------------------------------------------------------------


@frozen(kw_only=True)
class Crossing(Event):
    """A made-up type that is at its third version."""

    type: ClassVar[str] = "crossing"
    v: ClassVar[int] = 3

    gate: str
    state: str = field(default="open")


def named_gate(old):
    """Version 1 said `checkpoint`; version 2 says `gate`."""
    return {("gate" if name == "checkpoint" else name): value for name, value in old.items()}


def worded_state(old):
    """Version 2 said `open` or not; version 3 has a word for it."""
    return {name: value for name, value in old.items() if name != "open"} | {
        "state": "open" if old["open"] else "closed"
    }


CROSSINGS = Codec(
    types=(Crossing,), upcasts={("crossing", 1): named_gate, ("crossing", 2): worded_state}
)
VERSIONS = {
    1: {"checkpoint": "bustan-al-qasr", "open": False},
    2: {"gate": "bustan-al-qasr", "open": False},
    3: {"gate": "bustan-al-qasr", "state": "closed"},
}


def crossing(version, **own):
    return json.dumps(HEAD | {"type": "crossing", "v": version} | own).encode()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read_as_the_newest(version):
    text = crossing(version, **VERSIONS[version])
    kept = bytes(text)
    event = CROSSINGS.decode(text)
    assert event == CROSSINGS.decode(crossing(3, **VERSIONS[3]))
    assert (event.gate, event.state, event.v) == ("bustan-al-qasr", "closed", 3)
    assert b'"v":3' in CROSSINGS.encode(event)
    assert text == kept


def test_upcasting_leaves_what_it_was_given_as_it_was():
    given_object = json.loads(crossing(1, **VERSIONS[1]))
    kept = json.dumps(given_object)
    CROSSINGS.structure(given_object)
    assert json.dumps(given_object) == kept


@pytest.mark.parametrize("version", [4, 99, 0, -1])
def test_a_version_that_nobody_knows_is_refused(version):
    assert f"$.v: version {version} of crossing; expected 1 to 3" in str(
        refusal(crossing(version, **VERSIONS[3]), CROSSINGS)
    )


@pytest.mark.parametrize(
    ("version", "own"),
    [(1, VERSIONS[2] | {"checkpoint": "x", "bridge": "y"}), (2, VERSIONS[2] | {"bridge": "y"})],
)
def test_an_upcast_does_not_hide_what_is_wrong(version, own):
    assert 'unknown field "bridge"' in str(refusal(crossing(version, **own), CROSSINGS))


def test_a_codec_knows_its_own_types_alone():
    assert 'unknown type "siege"; expected one of crossing' in str(
        refusal(line("siege"), CROSSINGS)
    )


def test_one_actor_is_written_as_a_text_and_several_as_a_list():
    """In the order in which they were given."""
    for actor in ("government", ["saf", "joint-forces"]):
        event = CODEC.structure(raw("control_change", actor=actor))
        assert event.actors == ((actor,) if isinstance(actor, str) else tuple(actor))
        assert CODEC.unstructure(event)["actor"] == actor
        assert CODEC.decode(CODEC.encode(event)) == event
    assert CODEC.structure(raw("control_change", actor=MISSING)).actors == ()


def test_what_is_left_out_and_who_is_cited_stand_in_the_line_only_where_there_is_some():
    """Lines from before there were such fields stay as they are."""
    old = CODEC.encode(CODEC.structure(raw("control_change")))
    assert b"cites" not in old
    assert b"excepting" not in old
    fields = {"excepting": ["hill"], "how": "throughout", "cites": ["afp", "spokesman"]}
    new = json.loads(CODEC.encode(CODEC.structure(raw("control_change", **fields))))
    assert {name: new[name] for name in fields} == fields
