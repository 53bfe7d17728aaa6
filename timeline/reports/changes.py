"""Changes as tables and records: from time to time, between two cuts, and between policies."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from attrs import frozen

from timeline.analysis.diff import Difference
from timeline.domain.events import EventId
from timeline.replay.answers import plain
from timeline.replay.projection import Projection, Reader
from timeline.replay.shares import names
from timeline.replay.sweep import Change
from timeline.reports.briefing import Report
from timeline.reports.queries import Asked
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import PAST, rfc3339
from timeline.text import phrases
from timeline.text.document import Brief, Cell, Table, text_of

A = TypeVar("A")

QUESTIONS = {
    "control": "Control",
    "displacement": "Displaced",
    "casualties": "Casualties",
    "aid": "Aid",
    "siege": "Siege",
    "conditions": "Conditions",
    "statements": "Said",
}
"""The headings of questions; a question without one is headed by its own name."""


@frozen
class Changes:
    """Writes changes with the words of one report."""

    report: Report
    reader: Reader

    @classmethod
    def of(cls, asked: Asked) -> "Changes":
        """Return the writer of changes for a question."""
        report = asked.report
        return cls(report, Reader(context=asked.context, speaker=report.speaker))

    def heading(self, along: str = "", policy: str = "") -> str:
        """Return the line of cuts that a history follows, or the cut, and how it was read."""
        cut = self.reader.context.cut
        shown = self._line(along) if along else phrases.cut(cut, self.zone)
        return self._headed(shown, policy)

    def between(self, a: AsOf, b: AsOf) -> str:
        """Return the two cuts that are compared, and how they were read."""
        second = "as supposed" if a == b else phrases.cut(b, self.zone)
        return self._headed(f"{phrases.cut(a, self.zone)}, and {second}")

    def looking_back(self) -> str:
        """Return the two times of knowledge that hindsight compares, and how they were read."""
        return self._headed(f"at the time, and as known {self._known()}")

    def history(
        self, projection: Projection[Any, Any, Any], changes: Sequence[Change[Any]]
    ) -> Brief:
        """Return changes as a table, in order of time; places that change alike share a row."""

        def looks(change: Change[Any]) -> Any:
            return change.when, change.because, self.told(projection, change.after)

        rows = []
        for change, where in self._together(projection, changes, looks):
            answer, why = self.answer(projection, change.after), self._why(change)
            rows.append((self.moment(change.when), where, *answer, why))
        return Brief(
            "", table=Table(("When", "Where", "Answer", "How sure", "Because"), tuple(rows))
        )

    def history_records(
        self, projection: Projection[Any, Any, Any], changes: Iterable[Change[Any]]
    ) -> Iterator[dict[str, Any]]:
        """Yield changes as JSON values."""
        for change in changes:
            when = None if change.when == PAST else rfc3339(change.when, self.zone)
            answers = self._record(projection, change.key, change.before, change.after)
            yield {"when": when, **answers, "because": list(change.because)}

    def differences(self, differences: Sequence[Difference]) -> Brief:
        """Return the differences of two states as a table; places that differ alike share a row."""
        questions: dict[str, list[Difference]] = {}
        for difference in differences:
            questions.setdefault(difference.projection.name, []).append(difference)
        rows = tuple(
            self._difference_row(difference, where)
            for group in questions.values()
            for difference, where in self._together(group[0].projection, group, self._sides)
        )
        return Brief("", table=Table(("Question", "Where", "Before", "After", "Because"), rows))

    def difference_records(self, differences: Iterable[Difference]) -> Iterator[dict[str, Any]]:
        """Yield differences as JSON values."""
        for one in differences:
            answers = self._record(one.projection, one.key, one.before, one.after)
            yield {**answers, "because": list(one.because)}

    def policies(
        self, rows: Sequence[tuple[Projection[Any, Any, Any], Any, Mapping[str, Any]]]
    ) -> Brief:
        """Return a table of policies that disagree; places answered alike share a row."""
        names = list(rows[0][2]) if rows else []
        labels: dict[tuple[str, ...], list[str]] = {}
        for projection, key, answers in rows:
            told = (self.told(projection, answers[name]) for name in names)
            row = (_question(projection), *told)
            labels.setdefault(row, []).append(self.label(projection, key))
        table = tuple((listed(where), *row) for row, where in labels.items())
        return Brief("", table=Table(("Where", "Question", *names), table))

    def answer(self, projection: Projection[Any, Any, Any], answer: Any) -> tuple[Cell, str]:
        """Return an answer in words, and how sure it is."""
        if answer is None:
            return "nothing said", ""
        words, sure = (
            projection.presentation.words(answer, self.reader),
            self.reader.sureness(answer),
        )
        before = getattr(answer, "before", None)
        earlier = f"; before: {names(before, self.reader.city)}" if before else ""
        return words, ("" if sure == words else sure) + earlier

    def words(self, projection: Projection[Any, Any, Any], answer: Any) -> str:
        """Return an answer in words, without how sure it is."""
        words, _ = self.answer(projection, answer)
        return text_of(words)

    def told(self, projection: Projection[Any, Any, Any], answer: Any) -> str:
        """Return an answer with how sure it is, as one text."""
        words, sure = self.answer(projection, answer)
        text = text_of(words)
        return f"{text}, {sure}" if sure else text

    def moment(self, when: datetime) -> str:
        """Return an instant in words."""
        return "always" if when == PAST else phrases.moment(when, self.zone).removeprefix("on ")

    def causes(self, ids: Iterable[EventId]) -> str:
        """Return events with their sources: ``hanano-captured (The Guardian)``."""
        return ", ".join(f"{id} ({self.reader.speaker(id)})" for id in ids)

    def _why(self, change: Change[Any] | Difference) -> str:
        """Return why an answer changed: because of some events, or of nobody's telling again."""
        aged = _aged(change)
        if not aged:
            return self.causes(change.because)
        days = phrases.count(self.reader.city.fresh.days, "day")
        return f"nobody has told of it for {days}: {self.causes(aged)}"

    def label(self, projection: Projection[Any, Any, Any], key: Any) -> str:
        """Return the name of the thing that an answer is about."""
        return projection.presentation.label(key, self.reader.city)

    def places(self, projection: Projection[Any, Any, Any], items: Iterable[Any]) -> str:
        """Return the names of the things that some items are about, the widest place first."""
        widest_first = sorted(items, key=lambda item: self.reader.city.depth(str(item.key)))
        return listed([self.label(projection, item.key) for item in widest_first])

    @property
    def zone(self) -> tzinfo:
        """The time zone of the city."""
        return self.reader.city.zone

    def _known(self) -> str:
        known = self.reader.context.cut.known
        return "now" if known is None else phrases.moment(known, self.zone)

    def _line(self, along: str) -> str:
        """Return in words the line of cuts that a history follows."""
        at, known = self.reader.context.cut.at, self._known()
        if along == "valid":
            return f"from day to day, as known {known}"
        if along == "both":
            end = "" if known == "now" else f" and {known}"
            return f"from day to day, as known on each day{end}"
        about = "by the whole log" if at is None else phrases.moment(at, self.zone)
        return f"{about}, from report to report"

    def _headed(self, shown: str, policy: str = "") -> str:
        context = self.reader.context
        read = [f"{context.city.name} {shown}", f"policy {policy or context.policy.name}"]
        return " · ".join([*read, *self.report.basis()])

    def _difference_row(self, difference: Difference, where: str) -> tuple[str, ...]:
        before, after, _ = self._sides(difference)
        new = after if after != before else "the same, on other grounds"
        return _question(difference.projection), where, before, new, self._why(difference)

    def _sides(self, difference: Difference) -> tuple[str, str, tuple[EventId, ...]]:
        """Return both answers in words, and the events that make them differ."""
        projection, because = difference.projection, difference.because
        before, after = difference.before, difference.after
        return self.told(projection, before), self.told(projection, after), because

    def _together(
        self, projection: Projection[Any, Any, Any], items: Iterable[A], looks: Callable[[A], Any]
    ) -> Iterator[tuple[A, str]]:
        """Yield one of the items that look alike, with the names of all that they are about."""
        groups: dict[Any, list[A]] = {}
        for item in items:
            groups.setdefault(looks(item), []).append(item)
        for group in groups.values():
            yield group[0], self.places(projection, group)

    def _record(
        self, projection: Projection[Any, Any, Any], key: Any, before: Any, after: Any
    ) -> dict[str, Any]:
        return {
            "projection": projection.name,
            "key": plain(key, self.zone),
            "label": self.label(projection, key),
            "before": plain(before, self.zone),
            "after": plain(after, self.zone),
        }


def _aged(change: Change[Any] | Difference) -> Sequence[EventId]:
    """Return the events that had not been told of for too long, where an answer changed by that."""
    if getattr(change.after, "rule", None) != "stale":
        return ()
    told: Sequence[EventId] = getattr(change.before, "because", ())
    return [id for id in told if id in change.because or not change.because]


def flat(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return records of changes for a spreadsheet, their keys and lists as text."""
    return [_flat_record(record) for record in records]


def _flat_record(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _flat(value) for name, value in record.items()}


def _flat(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) or item is None for item in value):
        return " ".join(item or "-" for item in value)
    return value


def listed(labels: Sequence[str]) -> str:
    """Return some names, or the first of many and the number of the others."""
    return ", ".join(labels) if len(labels) <= 3 else f"{labels[0]} and {len(labels) - 1} more"


def _question(projection: Projection[Any, Any, Any]) -> str:
    return QUESTIONS.get(projection.name, projection.name)
