"""What the tables and columns of an index are, in words, for programs that show them to people; docs/index.md tells it at length."""

from collections.abc import Mapping, Sequence

from attrs import frozen


@frozen
class Described:
    """A table or view in words.

    Attributes:
        name: its name.
        description: what its rows are.
        columns: what each column holds.
        facets: the columns whose values are worth counting.
        label: the column that stands for a row; empty for none.
    """

    name: str
    description: str
    columns: Mapping[str, str]
    facets: Sequence[str] = ()
    label: str = ""


_EVENT = {
    "number": "Its place in the log, 1 being the first",
    "id": "Its id",
    "type": "Its type",
    "occurred": "When it happened, as it was written",
    "reported": "When it was made public, as it was written",
    "source": "Who says so, by id",
}
_TIMES = {
    "slot": "Which cell of the state: see slots",
    "latest": "The end of the window that it speaks of, not part of it (µs since 1970, UTC)",
    "event": "The event, by its number",
    "part": "Which of the event's effects this is",
    "key": "Which question: see keys",
    "earliest": "The beginning of the window that it speaks of (µs since 1970, UTC)",
    "span": "How long the window is, in powers of four microseconds",
    "begun": "From when it is known and stands (µs since 1970, UTC)",
    "ended": "Until when it is known and stands; 2^62 for what was never withdrawn",
    "id": "The event's id",
}

TABLES = (
    Described(
        "control_claims",
        "Who was said to hold what, by whom and when: one row for each claim that stands. Who held it: control_at(place, at, known).",
        {
            "place": "The place, by id",
            "voice": "Who says so, by the source's id",
            "id": "The event's id",
            "occurred": "When, as it was written",
            "reported": "When it was made public (UTC)",
            "about": "The event whose claim it speaks of; empty for an assertion",
            "says": "What kind of claim it is: a change, an observation, or what it says of another's claim",
            "holder": "The holder, by the actor's id; empty for nobody",
            "ground": "How the ground is held",
        },
        facets=("place", "voice", "holder"),
    ),
    Described(
        "standing_events",
        "The events that stand: what was withdrawn is left out.",
        _EVENT,
        facets=("type", "source"),
        label="id",
    ),
    Described(
        "events",
        "One row for each event of the log.",
        {
            **_EVENT,
            "recorded": "When it was appended, as it was written",
            "begin": "The byte of the log at which its line begins",
            "line": "The line itself, where copies differ in when they were recorded; else empty",
            "known": "When it was made public (µs since 1970, UTC)",
            "withdrawn": "When it was first withdrawn (µs since 1970, UTC); empty for what stands",
            "withdrawn_by": "The id of the event that first withdrew it",
        },
        facets=("type", "source"),
        label="id",
    ),
    Described(
        "claims",
        "One row for each claim in one cell of the state, for each time during which it is known.",
        {
            **_TIMES,
            "about": "The event whose claim it speaks of; empty for an assertion",
            "reported": "When it was made public, where it counted only later (µs since 1970, UTC)",
            "text": "The window as it was written",
            "grade": "The Admiralty code",
            "said": "What is claimed: see sayings",
        },
    ),
    Described(
        "counts",
        "The same as claims, for numbers of people that add up.",
        {
            **_TIMES,
            "numbers": "1 where an estimate was given",
            "low": "The least of the estimate",
            "best": "The best of the estimate",
            "high": "The most of the estimate",
        },
    ),
    Described(
        "keys",
        "The questions that a state answers.",
        {
            "key": "Its number",
            "projection": "Which kind of question",
            "json": "What it asks about, as JSON",
        },
        facets=("projection",),
        label="json",
    ),
    Described(
        "key_places",
        "The places that each question concerns.",
        {"place": "The place, by id", "key": "The question: see keys"},
    ),
    Described(
        "key_spans",
        "How long the windows are that were given for each question.",
        {
            "key": "The question: see keys",
            "span": "Powers of four microseconds",
            "longest": "The longest such window (µs)",
        },
    ),
    Described(
        "slots",
        "The cells of the state: one for each question, voice and register.",
        {
            "slot": "Its number",
            "key": "The question: see keys",
            "voice": "Who speaks, by the source's id",
            "register": "What of a voice's claims supersede each other, as JSON",
            "counts": "1 where it adds up numbers of people",
        },
        facets=("voice",),
    ),
    Described(
        "sayings",
        "What is claimed.",
        {"saying": "Its number", "json": "Mode, question, subject and value, as JSON"},
        label="json",
    ),
    Described(
        "mentions",
        "Which event speaks of which.",
        {"event": "The event that speaks, by its number", "target": "The other's id"},
    ),
    Described(
        "withdrawals",
        "Which event withdraws which.",
        {"event": "The event that withdraws, by its number", "target": "The other's id"},
    ),
    Described(
        "search",
        "The words of each event, by its number; they are folded, see docs/index.md.",
        {"words": "Its words"},
    ),
    Described(
        "meta", "What the index was made from.", {"name": "What is said", "value": "As JSON"}
    ),
)
"""Every table that people may want to open, those made for them first."""

__all__ = ["TABLES", "Described"]
