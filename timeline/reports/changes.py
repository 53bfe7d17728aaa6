"""What changed, written as tables and records: from one time to the next, between two cuts, and between policies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.analysis.diff import Difference
from timeline.replay.answers import plain
from timeline.replay.projection import Projection, Reader
from timeline.replay.sweep import Change
from timeline.reports.briefing import Report
from timeline.reports.queries import Asked
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import PAST, rfc3339
from timeline.text import phrases
from timeline.text.document import Brief, Cell, Mark, Table

QUESTIONS = {
    "control": "Control",
    "displacement": "Displaced",
    "casualties": "Casualties",
    "aid": "Aid",
    "siege": "Siege",
    "conditions": "Conditions",
    "statements": "Said",
}
"""How the questions are headed; one that is not listed, by its own name."""


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
        """Return what is shown, and how it was read."""
        context = self.reader.context
        shown = self._line(along) if along else phrases.cut(context.cut, self.zone)
        return self._headed(shown, policy)

    def between(self, a: AsOf, b: AsOf) -> str:
        """Return which cuts are compared, and how they were read."""
        second = "as supposed" if a == b else phrases.cut(b, self.zone)
        return self._headed(f"{phrases.cut(a, self.zone)}, and {second}")

    def looking_back(self) -> str:
        """Return what hindsight looks back from, and how it was read."""
        return self._headed(f"at the time, and as known {self._known()}")

    def history(self, projection: Projection[Any, Any], changes: Sequence[Change[Any]]) -> Brief:
        """Return the changes of a projection's answers as a table, in order of time; what changes alike together."""
        rows = tuple(
            (
                self.moment(one.when),
                where,
                *self.answer(projection, one.after),
                self.causes(one.because),
            )
            for one, where in self._together(
                projection,
                changes,
                lambda one: (one.when, one.because, self.told(projection, one.after)),
            )
        )
        return Brief("", table=Table(("When", "Where", "Answer", "How sure", "Because"), rows))

    def history_records(
        self, projection: Projection[Any, Any], changes: Iterable[Change[Any]]
    ) -> Iterator[dict[str, Any]]:
        """Yield changes as JSON values."""
        for one in changes:
            when = None if one.when == PAST else rfc3339(one.when, self.zone)
            yield {
                "when": when,
                **self._record(projection, one.key, one.before, one.after),
                "because": list(one.because),
            }

    def differences(self, found: Sequence[Difference]) -> Brief:
        """Return what differs between two states as a table; what differs alike together."""
        rows = []
        for projection in dict.fromkeys(one.projection.name for one in found):
            mine = [one for one in found if one.projection.name == projection]
            for one, where in self._together(mine[0].projection, mine, self._alike):
                before, after = (
                    self.told(one.projection, answer) for answer in (one.before, one.after)
                )
                told = after if after != before else "the same, on other grounds"
                rows.append(
                    (
                        QUESTIONS.get(projection, projection),
                        where,
                        before,
                        told,
                        self.causes(one.because),
                    )
                )
        return Brief(
            "", table=Table(("Question", "Where", "Before", "After", "Because"), tuple(rows))
        )

    def difference_records(self, found: Iterable[Difference]) -> Iterator[dict[str, Any]]:
        """Yield what differs as JSON values."""
        for one in found:
            yield {
                **self._record(one.projection, one.key, one.before, one.after),
                "because": list(one.because),
            }

    def policies(
        self, rows: Sequence[tuple[Projection[Any, Any], Any, Mapping[str, Any]]]
    ) -> Brief:
        """Return the answers in which policies disagree as a table, side by side; what they answer alike together."""
        names = list(rows[0][2]) if rows else []
        lines: dict[tuple[str, ...], list[str]] = {}
        for projection, key, answers in rows:
            told = tuple(self.told(projection, answers[name]) for name in names)
            lines.setdefault((QUESTIONS.get(projection.name, projection.name), *told), []).append(
                self.label(projection, key)
            )
        table = tuple(
            (listed(labels), question, *told) for (question, *told), labels in lines.items()
        )
        return Brief("", table=Table(("Where", "Question", *names), table))

    def answer(self, projection: Projection[Any, Any], answer: Any) -> tuple[Cell, str]:
        """Return an answer in words, and how sure it is."""
        if answer is None:
            return "nothing said", ""
        words, sure = projection.words(answer, self.reader), self.reader.sureness(answer)
        before = getattr(answer, "before", None)
        earlier = f"; before: {self.reader.city.actors[before].label}" if before else ""
        return words, ("" if sure == words else sure) + earlier

    def told(self, projection: Projection[Any, Any], answer: Any) -> str:
        """Return an answer with how sure it is, as one text."""
        words, sure = self.answer(projection, answer)
        text = words.text if isinstance(words, Mark) else words
        return f"{text}, {sure}" if sure else text

    def moment(self, when: Any) -> str:
        """Return an instant in words."""
        return "always" if when == PAST else phrases.moment(when, self.zone).removeprefix("on ")

    def causes(self, ids: Iterable[str]) -> str:
        """Return events with who says what they say: ``hanano-captured (The Guardian)``."""
        return ", ".join(f"{id} ({self.reader.speaker(id)})" for id in ids)  # type: ignore[arg-type]  # ids of events, as text

    def label(self, projection: Projection[Any, Any], key: Any) -> str:
        """Return what an answer is about."""
        return projection.label(key, self.reader.city)

    @property
    def zone(self) -> Any:
        """The time zone of the city."""
        return self.reader.city.zone

    def _known(self) -> str:
        known = self.reader.context.cut.known
        return "now" if known is None else phrases.moment(known, self.zone)

    def _line(self, along: str) -> str:
        """Return in words which line of cuts a history follows."""
        at = self.reader.context.cut.at
        if along == "valid":
            return f"from day to day, as known {self._known()}"
        if along == "both":
            return f"from day to day, as known on each day{'' if self._known() == 'now' else f' and {self._known()}'}"
        return f"{'by the whole log' if at is None else phrases.moment(at, self.zone)}, from report to report"

    def _headed(self, shown: str, policy: str = "") -> str:
        context = self.reader.context
        return " · ".join(
            [
                f"{context.city.name} {shown}",
                f"policy {policy or context.policy.name}",
                *self.report.basis(),
            ]
        )

    def _alike(self, one: Difference) -> Any:
        return (
            self.told(one.projection, one.before),
            self.told(one.projection, one.after),
            one.because,
        )

    def _together(
        self, projection: Projection[Any, Any], found: Iterable[Any], by: Any
    ) -> Iterator[tuple[Any, str]]:
        """Yield what is alike once, with where all of it is."""
        groups: dict[Any, list[Any]] = {}
        for one in found:
            groups.setdefault(by(one), []).append(one)
        for group in groups.values():
            yield (
                group[0],
                listed([self.label(projection, one.key) for one in self.widest_first(group)]),
            )

    def words(self, projection: Projection[Any, Any], answer: Any) -> str:
        """Return an answer in words, without how sure it is."""
        words, _ = self.answer(projection, answer)
        return words.text if isinstance(words, Mark) else words

    def widest_first(self, found: Iterable[Any]) -> list[Any]:
        """Return what is about places with the widest place first."""
        return sorted(found, key=lambda one: self.reader.city.depth(str(one.key)))

    def _record(
        self, projection: Projection[Any, Any], key: Any, before: Any, after: Any
    ) -> dict[str, Any]:
        return {
            "projection": projection.name,
            "key": plain(key, self.zone),
            "label": self.label(projection, key),
            "before": plain(before, self.zone),
            "after": plain(after, self.zone),
        }


def flat(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return records of changes for a spreadsheet: keys and lists as text, of an answer who holds the place where it says so."""
    return [{name: _flat(value) for name, value in record.items()} for record in records]


def _flat(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) or item is None for item in value):
        return " ".join(item or "-" for item in value)
    return value


def listed(labels: Sequence[str]) -> str:
    """Return some names, or the first of many and how many more there are."""
    return ", ".join(labels) if len(labels) <= 3 else f"{labels[0]} and {len(labels) - 1} more"
