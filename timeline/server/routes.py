"""The questions that can be asked over HTTP: paths, their parameters, and what answers them."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

from attrs import frozen

from timeline.domain.events import EVENT_TYPES
from timeline.errors import NothingFound, Problem, UsageError, nearest, quoted
from timeline.replay.policies import POLICIES
from timeline.reports import queries
from timeline.reports.briefing import Report
from timeline.reports.disagreements import disagreements, disagreements_json, policy_records
from timeline.reports.histories import history
from timeline.reports.queries import Asked
from timeline.reports.subjects import Subject, explained, explained_json
from timeline.temporal.dates import Moment, When
from timeline.timeline import Timeline

Given = Mapping[str, tuple[str, ...]]
"""A question: the values of each parameter that was given, in their order."""

MOST = 100
"""The greatest number of parameters in one question."""


@frozen
class Parameter:
    """A parameter of a question.

    Attributes:
        name: as in an address; that of the command line's option.
        help: what it means.
        several: whether it may be given several times.
        choices: what it may be; empty for any text.
        kind: what sort of text it is; a cut may be AT@KNOWN.
        required: whether a question needs it.
        example: a value that the shipped log has an answer for.
    """

    name: str
    help: str
    several: bool = False
    choices: tuple[str, ...] = ()
    kind: Literal["text", "place", "moment", "window", "cut"] = "text"
    required: bool = False
    example: str = ""


@frozen
class Endpoint:
    """A path that answers queries as ``--json`` does; `body` names its answer's schema."""

    path: str
    summary: str
    body: str
    parameters: tuple[Parameter, ...]
    answer: Callable[[Timeline, Given], Any]


def read(endpoint: Endpoint, query: str, timeline: Timeline) -> Given:
    """Return the question in the query of an address, dates as the grammar has them.

    Raises `UsageError` for a parameter that is unknown, missing, given too often, or no text or
    date; `NothingFound` for an unknown place.
    """
    given = _given(query)
    known = {parameter.name: parameter for parameter in endpoint.parameters}
    for name, values in given.items():
        _check(name, values, known)
    for parameter in endpoint.parameters:
        if parameter.required and parameter.name not in given:
            raise UsageError(Problem(f"no {parameter.name}", f"{parameter.name}=…"))

    def understood(name: str, values: Iterable[str]) -> tuple[str, ...]:
        return tuple(_understood(value, known[name], timeline) for value in values)

    return {name: understood(name, values) for name, values in given.items()}


def tag(version: str, path: str, given: Given) -> str:
    """Return the entity tag of an answer, whatever the order of the parameters."""
    question = repr((version, path, sorted(given.items())))
    return f'"{hashlib.sha256(question.encode()).hexdigest()[:40]}"'


def _given(query: str) -> Given:
    given: dict[str, tuple[str, ...]] = {}
    try:
        pairs = parse_qsl(
            query,
            keep_blank_values=True,
            strict_parsing=bool(query),
            errors="strict",
            max_num_fields=MOST,
        )
    except ValueError:
        expected = f"name=value, in UTF-8, with & between, {MOST} at most"
        raise UsageError(Problem("a query that cannot be read", expected)) from None
    for name, value in pairs:
        given[name] = (*given.get(name, ()), value)
    return given


def _check(name: str, values: tuple[str, ...], known: Mapping[str, Parameter]) -> None:
    """Raise `UsageError` for an unknown parameter, and for one that is given too often."""
    if name not in known:
        expected = f"one of {', '.join(known) or 'none'}"
        unknown = f"unknown parameter {quoted(name)}"
        raise UsageError(Problem(unknown, expected, hint=nearest(name, known)))
    if len(values) > 1 and not known[name].several:
        raise UsageError(Problem(f"{len(values)} values of {name}", "one"))


def _understood(value: str, parameter: Parameter, timeline: Timeline) -> str:
    zone = timeline.city.zone
    if parameter.choices and value not in parameter.choices:
        unknown = f"unknown {parameter.name} {quoted(value)}"
        expected, hint = f"one of {', '.join(parameter.choices)}", nearest(value, parameter.choices)
        raise UsageError(Problem(unknown, expected, hint=hint))
    if parameter.kind == "cut":
        return "@".join(queries.understood(part, Moment, zone) for part in value.split("@", 1))
    if parameter.kind in ("moment", "window"):
        return queries.understood(value, Moment if parameter.kind == "moment" else When, zone)
    if parameter.kind == "place":
        return _place(value, timeline)
    return value


def _place(name: str, timeline: Timeline) -> str:
    """Return the id of a place; ``-`` for one that was not said, where a flow is asked about."""
    try:
        return name if name == "-" else timeline.city.place(name).id
    except UsageError as error:
        raise NothingFound(error.problems) from None


def _one(given: Given, name: str) -> str | None:
    return given[name][0] if name in given else None


def _asked(timeline: Timeline, given: Given) -> Asked:
    """Return the part of a question that most have: cut, policy and hypothesis."""
    sources, events = given.get("without-source", ()), given.get("without-event", ())
    if sources or events:
        timeline = timeline.supposing(without_sources=sources, without_events=events)
    clocks = (_one(given, clock) for clock in ("at", "known", "recorded"))
    policy = _one(given, "policy") or "latest"
    if policy == queries.ALL:
        policy = "latest"
    return Asked(timeline, queries.cut(timeline, *clocks), policy)


def _state(timeline: Timeline, given: Given) -> Any:
    asked, places = _asked(timeline, given), given.get("place", ())
    if _one(given, "policy") == queries.ALL:
        records = policy_records(disagreements(asked, places), asked.context)
        return disagreements_json(asked, records)
    return asked.timeline.state(cut=asked.cut, policy=asked.policy, places=places or None).json()


def _history(timeline: Timeline, given: Given) -> Any:
    along: Any = _one(given, "along") or "valid"
    begin, end, question = (_one(given, name) for name in ("from", "to", "of"))
    asked, places = _asked(timeline, given), given.get("place", ())
    return history(asked, places, along=along, begin=begin, end=end, question=question).json()


def _explain(timeline: Timeline, given: Given) -> Any:
    flow = given.get("flow")
    if flow is not None and len(flow) != 2:
        expected = "two: flow=ORIGIN&flow=DESTINATION"
        raise UsageError(Problem(f"{len(flow)} values of flow", expected))
    asked = _asked(timeline, given)
    subject = Subject(
        place=_one(given, "place"),
        negotiation=_one(given, "aid"),
        flow=flow,
        topic=_one(given, "topic"),
        question=_one(given, "of"),
    )
    return explained_json(asked, explained(asked, subject))


def _log(timeline: Timeline, given: Given) -> Any:
    filters: dict[str, Any] = {
        f"{name}s": given.get(name, ()) for name in ("type", "place", "source", "actor")
    }
    filters["text"] = _one(given, "text") or ""
    filters["occurred"], filters["reported"] = _one(given, "occurred"), _one(given, "reported")
    events = queries.events(timeline, filters, _one(given, "search"))
    return list(Report(timeline).records(events))


def _show(timeline: Timeline, given: Given) -> Any:
    return queries.event_json(timeline, given["id"][0])


def _policies(names: Iterable[str]) -> Parameter:
    return Parameter(
        "policy",
        "How claims are read; latest if not said.",
        choices=tuple(names),
        example="cautious",
    )


_AT = Parameter(
    "at",
    "The state at this date or time; AT@KNOWN is short for both. A date is its last instant.",
    kind="cut",
    example="2016-11-28",
)
_KNOWN = Parameter(
    "known", "Only what had been made public by then.", kind="moment", example="2016-11-28"
)
_RECORDED = Parameter(
    "recorded", "Only what had been appended by then.", kind="moment", example="2030-01-01"
)
_WITHOUT = (
    Parameter(
        "without-source", "As if this source had said nothing.", several=True, example="sohr"
    ),
    Parameter(
        "without-event",
        "As if this event had not been recorded.",
        several=True,
        example="hanano-captured",
    ),
)
_PLACES = Parameter(
    "place", "Only this place, by any of its names.", several=True, kind="place", example="sakhour"
)
_CUT = (_AT, _KNOWN, _RECORDED)
_OF = Parameter(
    "of", "What is asked, as siege or aid; by default who holds the place.", example="siege"
)

STATE = Endpoint(
    "/api/state",
    "The state of the city, or of some places, at a cut; "
    "with policy=all what the policies disagree about.",
    "State",
    (_PLACES, *_CUT, _policies((*POLICIES, queries.ALL)), *_WITHOUT),
    _state,
)
HISTORY = Endpoint(
    "/api/history",
    "Every change of the answer to one question, with the events that caused it.",
    "History",
    (
        _PLACES,
        Parameter(
            "along",
            "Which clock runs; valid if not said.",
            choices=("valid", "known", "both"),
            example="known",
        ),
        Parameter("from", "Only changes from this date on.", kind="window", example="2016-11-01"),
        Parameter("to", "Only changes up to this date.", kind="window", example="2016-11-30"),
        _OF,
        *_CUT,
        _policies(POLICIES),
        *_WITHOUT,
    ),
    _history,
)
EXPLAIN = Endpoint(
    "/api/explain",
    "Why an answer is what it is: about one of a place, a negotiation (aid), a flow and a topic.",
    "Explanations",
    (
        Parameter("place", "The place that is asked about.", kind="place", example="sakhour"),
        Parameter(
            "aid", "What became of a negotiation, party by party.", example="un-aid-delivery"
        ),
        Parameter(
            "flow",
            "Twice, ORIGIN and DESTINATION: how many went; - for one not said.",
            several=True,
            kind="place",
            example="east-aleppo",
        ),
        Parameter("topic", "What was said on a topic.", example="sakhour"),
        _OF,
        *_CUT,
        _policies(POLICIES),
        *_WITHOUT,
    ),
    _explain,
)
LOG = Endpoint(
    "/api/log",
    "The events, in the order in which they were recorded.",
    "Events",
    (
        Parameter(
            "type",
            f"Of this type: {', '.join(kind.type for kind in EVENT_TYPES)}.",
            several=True,
            example="statement",
        ),
        Parameter("place", "In this place.", several=True, kind="place", example="aleppo"),
        Parameter("source", "Said by this source.", several=True, example="sohr"),
        Parameter("actor", "About this actor.", several=True, example="government"),
        Parameter(
            "occurred",
            "May have occurred then: a day, a month, or from/to.",
            kind="window",
            example="2016-11",
        ),
        Parameter(
            "reported",
            "Made public then: a day, a month, or from/to.",
            kind="window",
            example="2016-11-28",
        ),
        Parameter("text", "With these words in any field.", example="rebel"),
        Parameter(
            "search",
            "With all of these words, or words that begin so, in its texts and names.",
            example="sakhour",
        ),
    ),
    _log,
)
SHOW = Endpoint(
    "/api/show",
    "One event whole.",
    "Event",
    (
        Parameter(
            "id",
            "Its id, or the beginning of it where there is only one like it.",
            required=True,
            example="sakhour-seized-sohr",
        ),
    ),
    _show,
)
PAGE = Endpoint(
    "/",
    "The page: both clocks, the map, and every claim behind it.",
    "Page",
    (_policies(POLICIES),),
    lambda *_: None,
)
ENDPOINTS = (STATE, HISTORY, EXPLAIN, LOG, SHOW)
"""All queries."""

VERSION, OPENAPI = "/api/version", "/api/openapi.json"
"""The paths of the version of the log that is served, and of the description of all paths."""
