"""Questions as people type them, and what answers them: shared by the command line and the server, so that both say the same.

Nothing here reads a file or writes; how a text was understood that is no date of the grammar is
told to whoever asked for it. What answers other questions than the state is imported where it is
needed, so that `timeline state` does not wait for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from timeline.domain.events import TYPES, Event, LogRepaired
from timeline.domain.timed_event import TimedEvent
from timeline.errors import NothingFound, Problem, UsageError, nearest, quoted
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When, Window
from timeline.timeline import Timeline

if TYPE_CHECKING:
    from timeline.domain.selection import Selection
    from timeline.replay.sweep import Along, Change
    from timeline.reports.briefing import Report
    from timeline.reports.changes import Changes
    from timeline.reports.explanations import Explained

Tell = Callable[[str], None]
"""What is told how a text was understood."""

ALL = "all"
"""The policy that asks what the policies disagree about."""


def silent(_: str) -> None:
    """Take what is told, and keep it."""


# What is asked ------------------------------------------------------------------------------------


class Asked(NamedTuple):
    """A timeline that is asked, and the cut and policy that it is asked with."""

    timeline: Timeline
    cut: AsOf
    policy: str = "latest"

    @property
    def context(self) -> Context:
        """What the answers are read in; raises `UsageError` for an unknown policy."""
        return self.timeline.context(self.cut, self.policy)

    @property
    def report(self) -> "Report":
        """What writes the timeline for people."""
        from timeline.reports.briefing import Report

        return Report(self.timeline)

    @property
    def words(self) -> "Changes":
        """What writes changes for people."""
        from timeline.reports.changes import Changes

        return Changes.of(self.report, self.context)

    def records(self, records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return records, marked where they are hypothetical."""
        mark = {"hypothetical": True} if self.timeline.hypothesis else {}
        return [{**record, **mark} for record in records]

    def json(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Return answers as JSON values, after the city, the cut, the policy, the log and the hypothesis that they come from."""
        return {**self.timeline.origin(self.cut, self.policy), **answers}


def cut(
    timeline: Timeline,
    at: str | None,
    known: str | None = None,
    recorded: str | None = None,
    *,
    tell: Tell = silent,
) -> AsOf:
    """Return the cut that was typed, AT@KNOWN being short for both; raise `UsageError` for what is no date."""
    zone = timeline.city.zone

    def read(text: str) -> Moment:
        return Moment(understood(text, Moment, zone, tell))

    return AsOf.parse(at, known, recorded, zone=zone, read=read)


def moment(text: str | None, zone: tzinfo, tell: Tell = silent) -> str | None:
    """Return a typed time as the grammar of dates has it: None for none, else as one plain date or time."""
    return None if text is None else understood(text, Moment, zone, tell)


def window(text: str | None, zone: tzinfo, tell: Tell = silent) -> Window | None:
    """Return the window of a typed date in a time zone; None for none."""
    return None if text is None else When(understood(text, When, zone, tell)).window(zone)


def understood(
    text: str, kind: type[When] | type[Moment], zone: tzinfo, tell: Tell = silent
) -> str:
    """Return a typed date as a text of the grammar, and tell how it was understood where it was none."""
    try:
        return kind(text)
    except UsageError:
        from timeline.temporal import freeform as typed  # only for what is no date of the grammar

        read = typed.read if kind is When else typed.moment
        meant = read(text, datetime.now(zone).date())
    tell(f"{text} is read as {meant}")
    return meant


def policy_or_all(name: str) -> str:
    """Return the name of a policy, or ``all``; raise `UsageError` for an unknown one."""
    if name not in (*POLICIES, ALL):
        raise UsageError(
            Problem(
                f"unknown policy {quoted(name)}",
                f"one of {', '.join(POLICIES)}, {ALL}",
                hint=nearest(name, POLICIES),
            )
        )
    return name


def known_type(name: str) -> type[Event]:
    """Return the type of a tag; hyphens for underscores will do."""
    tag = name.replace("-", "_")
    if tag not in TYPES:
        hint = "only the log writes it" if tag == LogRepaired.type else nearest(tag, TYPES)
        raise UsageError(
            Problem(f"unknown type {quoted(name)}", f"one of {', '.join(TYPES)}", hint=hint)
        )
    return TYPES[tag]


def projection_of(name: str | None, timeline: Timeline) -> Projection[Any, Any]:
    """Return the projection of that name, the first for none; raise `UsageError` for an unknown one."""
    projections = {one.name: one for one in timeline.projections}
    if name is None:
        return timeline.projections[0]
    if name not in projections:
        raise UsageError(
            Problem(
                f"unknown question {quoted(name)}",
                f"one of {', '.join(projections)}",
                hint=nearest(name, projections),
            )
        )
    return projections[name]


# What policies disagree about ---------------------------------------------------------------------


def disagreements(
    asked: Asked, places: Sequence[str] = ()
) -> list[tuple[Projection[Any, Any], Any, Mapping[str, Any]]]:
    """Return the answers in which policies disagree, each by the names of the policies."""
    from timeline.analysis.diff import disagreements as found

    contexts = {name: asked.timeline.context(asked.cut, name) for name in POLICIES}
    timeline, chosen = asked.timeline, asked.timeline.places(places or None)
    return list(found(timeline.projections, timeline.replayed(asked.cut, chosen), contexts, chosen))


def disagreements_json(asked: Asked, listed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return records of what policies disagree about as one JSON object."""
    return asked.json({"policy": ALL, "disagreements": listed})


# What changed -------------------------------------------------------------------------------------


class History(NamedTuple):
    """Changes of the answers to one question."""

    asked: Asked
    projection: Projection[Any, Any]
    along: "Along"
    changes: "Sequence[Change[Any]]"

    def records(self) -> list[dict[str, Any]]:
        """Return the changes as JSON values."""
        return list(self.asked.words.history_records(self.projection, self.changes))

    def json(self) -> dict[str, Any]:
        """Return the changes and what they come from as one JSON object."""
        return self.asked.json({"along": self.along, "changes": self.records()})


def history(
    asked: Asked,
    places: Sequence[str] = (),
    *,
    along: "Along" = "valid",
    begin: str | None = None,
    end: str | None = None,
    question: str | None = None,
    tell: Tell = silent,
) -> History:
    """Return the changes of a question's answers between two dates; raise `UsageError` for a clock that runs and stands still at once."""
    if asked.cut.at is not None and along != "known":
        raise UsageError(
            Problem(
                f"--at with --along {along}",
                "no --at: its clock runs",
                hint="--from and --to narrow what is shown",
            )
        )
    projection = projection_of(question, asked.timeline)
    first, last = (window(text, asked.timeline.city.zone, tell) for text in (begin, end))
    if first and last and last.precedes(first):
        raise UsageError(Problem(f"--from {begin} --to {end}", "the earlier date first"))
    found = asked.timeline.changes(
        projection, asked.cut, along=along, policy=asked.policy, places=places or None
    )
    within = [
        one
        for one in found
        if (not first or one.when >= first.earliest) and (not last or one.when < last.latest)
    ]
    return History(asked, projection, along, within)


# Why an answer is what it is ----------------------------------------------------------------------


class Subject(NamedTuple):
    """What an explanation is asked about: one of a place, a negotiation, a flow and a topic; `question` is about the place."""

    place: str | None = None
    negotiation: str | None = None
    flow: Sequence[str] | None = None
    topic: str | None = None
    question: str | None = None


def explained(asked: Asked, subject: Subject) -> "list[Explained]":
    """Return why answers are what they are; raise `NothingFound` where nobody spoke of the subject, `UsageError` where it is not one."""
    from timeline.reports.explanations import Explained

    chosen = sum(
        one is not None for one in (subject.place, subject.negotiation, subject.flow, subject.topic)
    )
    if chosen != 1 or (subject.question is not None and subject.place is None):
        expected = "one of PLACE, --aid NEGOTIATION, --flow ORIGIN DESTINATION and --topic TOPIC"
        raise UsageError(Problem("no one answer to explain", expected, hint="--of goes with PLACE"))
    projection, keys = _keys(asked, subject)
    return [
        Explained.of(
            asked.timeline.explain(projection, key, asked.cut, policy=asked.policy), asked.report
        )
        for key in keys
    ]


def explained_json(asked: Asked, found: "Sequence[Explained]") -> dict[str, Any]:
    """Return explanations and what they come from as one JSON object."""
    return asked.json({"explained": [one.json() for one in found]})


def _keys(asked: Asked, subject: Subject) -> tuple[Projection[Any, Any], list[Any]]:
    """Return the projection that is asked and the keys that it is asked about; raise `NothingFound` where nobody spoke of any."""
    city = asked.timeline.city
    negotiation, topic, flow = subject.negotiation, subject.topic, subject.flow
    if negotiation is not None:
        return _spoken_of(
            "aid", lambda key: key[0] == negotiation, f"a negotiation {negotiation}", asked
        )
    if topic is not None:
        return _spoken_of("statements", lambda key: key == topic, f"a topic {topic}", asked)
    if flow is not None:
        route = tuple(None if end == "-" else city.place(end).id for end in flow)
        return _spoken_of(
            "displacement", lambda key: key == route, f"a flow from {flow[0]} to {flow[1]}", asked
        )
    inside, projection = (
        city.place(subject.place or "").id,
        projection_of(subject.question, asked.timeline),
    )
    if not any(projection.places(key) for key in keys_of(projection, asked.timeline)):
        raise UsageError(
            Problem(
                f"{projection.name} of {inside}",
                "a question about places",
                hint="--aid NEGOTIATION or --topic TOPIC",
            )
        )
    return _spoken_of(
        projection.name,
        lambda key: inside in projection.places(key),
        f"{projection.name} in {inside}",
        asked,
    )


def _spoken_of(
    name: str, wanted: Callable[[Any], bool], what: str, asked: Asked
) -> tuple[Projection[Any, Any], list[Any]]:
    """Return a projection and those of its keys that are wanted; raise `NothingFound`, with what there is, where there are none."""
    projection = projection_of(name, asked.timeline)
    spoken = keys_of(projection, asked.timeline)
    keys = [key for key in spoken if wanted(key)]
    if not keys:
        there = ", ".join(projection.label(key, asked.timeline.city) for key in spoken[:8])
        raise NothingFound(
            Problem(f"nobody spoke of {what}", hint=f"there are {there}" if there else "")
        )
    return projection, keys


def keys_of(projection: Projection[Any, Any], timeline: Timeline) -> list[Any]:
    """Return the keys that a projection has answers for, at any cut."""
    facts = {one.event.id: one for one in timeline.dated}
    listened = (one for one in timeline.dated if type(one.event) in projection.listens)
    spoken = {effect.key for one in listened for effect in projection.effects(one, facts.get)}
    return [
        *projection.keys(timeline.city),
        *sorted(spoken - set(projection.keys(timeline.city)), key=str),
    ]


# What the log holds -------------------------------------------------------------------------------


def selection(
    timeline: Timeline, filters: Mapping[str, Any], *, tell: Tell = silent
) -> "Selection":
    """Return what was asked for with a timeline's names as ids; raise `UsageError` for an unknown name or type, and for what is no date.

    `filters` holds the names that were typed under ``types``, ``places``, ``sources`` and
    ``actors``, dates under ``occurred`` and ``reported``, and a ``text``.
    """
    from timeline.domain.selection import Selection

    city = timeline.city
    return Selection(
        types=[known_type(name).type for name in filters["types"]],
        places=[city.place(name).id for name in filters["places"]],
        sources=[city.source(name).id for name in filters["sources"]],
        actors=[city.actor(name).id for name in filters["actors"]],
        text=filters["text"],
        occurred=window(filters["occurred"], city.zone, tell),
        reported=window(filters["reported"], city.zone, tell),
    )


def events(
    timeline: Timeline,
    filters: Mapping[str, Any],
    search: str | None = None,
    *,
    tell: Tell = silent,
) -> list[TimedEvent]:
    """Return the events of a `selection` that have all of some words, in the order of the log; raises what that raises."""
    found = timeline.dated if search is None else timeline.search(search)
    return list(selection(timeline, filters, tell=tell).choose(found, timeline.city))


def event_json(timeline: Timeline, id: str) -> dict[str, Any]:
    """Return the event of an id, or of the only one that begins so, as the JSON object of its line."""
    from timeline.reports.briefing import Report

    mark = {"hypothetical": True} if timeline.hypothesis else {}
    return Report(timeline).record(timeline.event(id)) | mark
