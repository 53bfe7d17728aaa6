"""The tables of an index: how they are made, and descriptions of them; see docs/index.md."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

APPLICATION = 0x74_6C_69_78
"""The mark of a database that is an index of a timeline (``PRAGMA application_id``)."""
SCHEMA = 6
"""The version of the tables; an index of another version is built anew."""


@frozen
class Described:
    """A table or view in words.

    Attributes:
        name: its name.
        description: the meaning of its rows.
        columns: the meaning of each column.
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
    "ended": "Until when it is known and stands; 2^62 for what stands in the end",
    "id": "The event's id",
    "reported": "When it was made public, if it stands only since later (µs since 1970, UTC)",
}

TABLES = (
    Described(
        "control_claims",
        "Who was said to hold what, by whom and when: one row for each claim that stands. "
        "Who held it: control_at(place, at, known).",
        {
            "place": "The place, by id",
            "voice": "Who says so, by the source's id",
            "id": "The event's id",
            "occurred": "When, as it was written",
            "reported": "When it was made public (UTC)",
            "about": "The event whose claim it speaks of; empty for an assertion",
            "says": "What kind of claim it is: a change, an observation, throughout, "
            "or what it says of another's claim",
            "holder": "The holder, by the actor's id, several joined by +; empty for nobody",
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
            "withdrawn": "When it was withdrawn for good (µs since 1970, UTC); else empty",
            "withdrawn_by": "The id of the event that withdrew it for good",
        },
        facets=("type", "source"),
        label="id",
    ),
    Described(
        "claims",
        "One row for each claim in one cell of the state, for each time during which it is known.",
        {
            **{name: words for name, words in _TIMES.items() if name != "span"},
            "about": "The event whose claim it speaks of; empty for an assertion",
            "text": "The window as it was written",
            "grade": "The Admiralty code",
            "recorded": "When it was appended (µs since 1970, UTC); empty where it is not said",
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
        "How long the windows are of the numbers that were given for each question.",
        {
            "key": "The question: see keys",
            "span": "Powers of four microseconds",
            "longest": "The longest such window (µs)",
        },
    ),
    Described(
        "slots",
        "The cells of the state: one for each key, voice and register.",
        {
            "slot": "Its number",
            "key": "The question: see keys",
            "voice": "Who speaks, by the source's id",
            "register": "What the voice speaks of: the question that its claims answer, as JSON",
            "counts": "1 where it adds up numbers of people",
        },
        facets=("voice",),
    ),
    Described(
        "sayings",
        "What is claimed.",
        {
            "saying": "Its number",
            "json": "Mode, question, subject, value, stance, cited, as JSON",
        },
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

_EVENTS = {
    "number": int, "id": str, "type": str, "occurred": str, "reported": str, "recorded": str,
    "source": str, "begin": int, "line": str, "known": int, "withdrawn": int, "withdrawn_by": str,
}  # fmt: skip
_CELL = """slot INTEGER, latest INTEGER, event INTEGER, part INTEGER, key INTEGER, earliest INTEGER,
    begun INTEGER, ended INTEGER, id TEXT, reported INTEGER"""
_STATEMENTS = (
    f"""CREATE TABLE claims ({_CELL}, about TEXT, text TEXT, grade TEXT,
    recorded INTEGER, said INTEGER, PRIMARY KEY (slot, latest, event, part)) WITHOUT ROWID""",
    f"""CREATE TABLE counts ({_CELL}, span INTEGER, numbers INTEGER, low INTEGER,
    best INTEGER, high INTEGER,
    PRIMARY KEY (slot, latest, event, part)) WITHOUT ROWID""",
    """CREATE TABLE key_places (place TEXT, key INTEGER, PRIMARY KEY (place, key)) WITHOUT ROWID""",
    """CREATE TABLE key_spans (key INTEGER, span INTEGER, longest INTEGER,
    PRIMARY KEY (key, span)) WITHOUT ROWID""",
    """CREATE TABLE mentions (event INTEGER, target TEXT,
    PRIMARY KEY (event, target)) WITHOUT ROWID""",
    """CREATE VIEW standing_events AS SELECT number, id, type, occurred, reported, source
    FROM events WHERE withdrawn IS NULL AND type <> 'retraction'""",
    """CREATE VIEW control_claims AS
    SELECT json_extract(k.json, '$') AS place, s.voice, c.id, c.text AS occurred,
    datetime(coalesce(c.reported, c.begun) / 1000000, 'unixepoch') AS reported, c.about,
    coalesce(json_extract(y.json, '$[4]'), json_extract(y.json, '$[0]')) AS says,
    (SELECT group_concat(value, ' + ') FROM json_each(y.json, '$[3].Hold[0]')) AS holder,
    json_extract(y.json, '$[3].Hold[1]') AS ground
    FROM claims c JOIN slots s ON s.slot = c.slot JOIN keys k ON k.key = s.key
    JOIN sayings y ON y.saying = c.said
    WHERE k.projection = 'control' AND c.ended = 1 << 62""",
    "CREATE VIRTUAL TABLE search USING fts5"
    " (words, content = '', detail = none, tokenize = 'ascii')",
    # few large pieces: to merge many takes longer than to make them
    "INSERT INTO search (search, rank) VALUES ('hashsize', 1 << 24)",
)
_ORDERED = (
    "CREATE UNIQUE INDEX events_by_id ON events (id)",
    "CREATE INDEX mentions_by_target ON mentions (target)",
    "CREATE INDEX withdrawals_by_target ON withdrawals (target)",
    "CREATE INDEX counts_by_span ON counts (key, span, earliest)",
)


def create(path: Path) -> sqlite3.Connection:
    """Return a connection to a new index with empty tables."""
    import sqlite_utils  # only to make tables: it costs a third of a second

    db = sqlite3.connect(path, isolation_level=None, cached_statements=256)
    for pragma in (f"application_id = {APPLICATION}", f"user_version = {SCHEMA}"):
        db.execute(f"PRAGMA {pragma}")
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
        db.execute(f"PRAGMA {pragma}")  # the file is thrown away where it is not finished
    database = sqlite_utils.Database(db)

    def table(name: str) -> sqlite_utils.db.Table:
        return sqlite_utils.db.Table(database, name)

    table("meta").create({"name": str, "value": str}, pk="name")
    table("events").create(_EVENTS, pk="number")
    table("withdrawals").create({"event": int, "target": str}, pk="event")
    table("keys").create({"key": int, "projection": str, "json": str}, pk="key")
    table("keys").create_index(["projection", "json"], unique=True)
    cell = {"slot": int, "key": int, "voice": str, "register": str, "counts": int}
    table("slots").create(cell, pk="slot")
    table("slots").create_index(["key", "voice", "register"], unique=True)
    table("sayings").create({"saying": int, "json": str}, pk="saying")
    for statement in (*_STATEMENTS, *_ORDERED):
        db.execute(statement)
    return db
