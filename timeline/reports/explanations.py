"""Why an answer is what it is, written as a tree for people and as the same tree in JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.analysis.counterfactuals import TRIALS, Flip, flips
from timeline.analysis.explain import (
    REASONS,
    RULES,
    Bearing,
    Explanation,
    LeftOut,
    Rule,
    Standpoint,
)
from timeline.log.codec import CODEC
from timeline.replay.answers import plain
from timeline.replay.projection import Context, Reader
from timeline.reports.briefing import Report
from timeline.reports.sentences import describe
from timeline.temporal.dates import rfc3339
from timeline.text import phrases
from timeline.text.document import Brief, Mark, Tree

BEARINGS: Mapping[Bearing, str] = {"for": "for", "against": "against", "unclear": "unclear"}
INTERESTS = {
    "disinterested": "gains nothing by it",
    "self_serving": "serves its own side",
    "against_own_side": "against its own side",
    "partisan": "takes a side",
}
NUMBERS = {1: "one", 2: "two"}
LISTED = 12
"""How many of the events left out are listed for one reason; the others are counted."""


@frozen
class Explained:
    """An explanation with what would change the answer, and what it is written with."""

    explanation: Explanation
    flips: tuple[Flip, ...]
    report: Report

    @classmethod
    def of(cls, explanation: Explanation, report: Report) -> "Explained":
        """Return an explanation with what would change its answer, found by trying."""
        return cls(explanation, tuple(flips(explanation)), report)

    @property
    def context(self) -> Context:
        """What the answer was read in."""
        return self.explanation.subject.context

    @property
    def reader(self) -> Reader:
        """What answers are put into words with."""
        return Reader(context=self.context, speaker=self.report.speaker)

    @property
    def label(self) -> str:
        """What the answer is about."""
        return self.explanation.subject.projection.label(
            self.explanation.subject.key, self.context.city
        )

    def brief(self) -> Brief:
        """Return the explanation as a tree."""
        text, colour = self._sentence(self.explanation.answer)
        groups = (*self._standpoints(), self._rules(), self._flips(), self._left_out())
        return Brief(
            "",
            tree=Tree(
                f"{self.label}: {text}",
                tuple(group for group in groups if group),
                f"bold {colour}".strip(),
            ),
        )

    def json(self) -> dict[str, Any]:
        """Return the explanation as JSON values."""
        zone, subject = self.context.city.zone, self.explanation.subject
        return {
            "projection": subject.projection.name,
            "key": plain(subject.key, zone),
            "label": self.label,
            "answer": plain(self.explanation.answer, zone),
            **{
                bearing: [self._standpoint_json(one) for one in self.explanation.of(bearing)]
                for bearing in BEARINGS
            },
            "rules": [
                {"rule": rule.name, "text": RULES[rule.name], "events": list(rule.events)}
                for rule in self.explanation.rules
            ],
            "would_change": [self._flip_json(flip) for flip in self.flips],
            "left_out": [
                {
                    "id": one.fact.event.id,
                    "reason": one.reason,
                    "text": REASONS[one.reason],
                    "by": one.by,
                }
                for one in self.explanation.left_out
            ],
        }

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield every event that concerns the answer as a record: what it is to it, or why it is left out."""
        for one in self.explanation.standpoints:
            yield {"about": self.label, "is": one.bearing, "reason": None, **_told(one.fact.event)}
        for left in self.explanation.left_out:
            yield {
                "about": self.label,
                "is": "left out",
                "reason": REASONS[left.reason],
                **_told(left.fact.event),
            }

    @property
    def _weighed(self) -> bool:
        """Whether claims were weighed against each other, so that there is a policy to name."""
        return hasattr(self.explanation.answer, "status")

    def words(self, answer: Any) -> str:
        """Return an answer in words, without how sure it is."""
        written = self.explanation.subject.projection.words(answer, self.reader)
        return written.text if isinstance(written, Mark) else written

    def _sentence(self, answer: Any) -> tuple[str, str]:
        """Return an answer in words, and its colour."""
        if answer is None:
            return "nothing said", ""
        written, sure = (
            self.explanation.subject.projection.words(answer, self.reader),
            self.reader.sureness(answer),
        )
        text, colour = (
            self.words(answer),
            (written.colour or "") if isinstance(written, Mark) else "",
        )
        since = getattr(answer, "since", None)
        dated = f", since {phrases.date(since.text)}" if since else ""
        return (text if sure in ("", text) else f"{text}, {sure}") + dated, colour

    def _standpoints(self) -> Iterator[Tree]:
        for bearing, word in BEARINGS.items():
            if found := self.explanation.of(bearing):
                voices = len({self.context.city.bloc(one.fact.event.source) for one in found})
                said = (
                    f" {self.words(self.explanation.answer)}"
                    if bearing == "for" and self._weighed
                    else ""
                )
                yield Tree(
                    f"{word}{said}: {phrases.count(voices, 'voice')}",
                    tuple(map(self._standpoint, found)),
                    "bold",
                )

    def _standpoint(self, one: Standpoint) -> Tree:
        event, city = one.fact.event, self.context.city
        source = city.sources[event.source]
        grade = f", {event.grade}" if event.grade else ""
        what = f"{source.label} ({source.kind}, {INTERESTS[one.interest]}{grade}): {describe(event, city)}"
        return Tree(what, (Tree(_where(one), style="dim"),))

    def _rules(self) -> Tree | None:
        rules = tuple(Tree(_rule(rule)) for rule in self.explanation.rules)
        policy = self.context.policy
        return Tree(
            f"rule, under the policy {policy.name}: {policy.summary}" if self._weighed else "rule",
            rules,
            "bold",
        )

    def _flips(self) -> Tree | None:
        lines = tuple(Tree(self._flip(flip)) for flip in self.flips)
        return Tree("would change if", lines, "bold") if lines else None

    def _flip(self, flip: Flip) -> str:
        after, _ = self._sentence(flip.answer)
        later = (
            f" (known {phrases.moment(flip.known, self.context.city.zone)})" if flip.known else ""
        )
        return f"{self._trial(flip)}: {after}{later}"

    def _trial(self, flip: Flip) -> str:
        trial, sources = flip.trial, self.context.city.sources
        who = ", ".join(
            (sources[one].short or sources[one].label) if one in sources else one
            for one, _ in trial.said
        )
        number = len(trial.said)
        voices = "voice" if number == 1 else "voices"
        return TRIALS[trial.name].format(
            who=who, event=trial.said[0].on, number=NUMBERS.get(number, number), voices=voices
        )

    def _left_out(self) -> Tree | None:
        reasons = dict.fromkeys(one.reason for one in self.explanation.left_out)
        groups = tuple(
            self._left_for(
                reason, [one for one in self.explanation.left_out if one.reason == reason]
            )
            for reason in reasons
        )
        return Tree("left out", groups, "bold") if groups else None

    def _left_for(self, reason: str, left: Sequence[LeftOut]) -> Tree:
        more = (Tree(f"and {len(left) - LISTED} more"),) if len(left) > LISTED else ()
        return Tree(REASONS[reason], (*(Tree(self._left(one)) for one in left[:LISTED]), *more))

    def _left(self, one: LeftOut) -> str:
        event, city = one.fact.event, self.context.city
        source = city.sources[event.source]
        by = f" ({one.by})" if one.by else ""
        told = f"{phrases.date(event.occurred)}, reported {phrases.date(event.reported)}"
        return f"{event.id}{by}: {source.short or source.label}, {told}: {describe(event, city)}"

    def _standpoint_json(self, one: Standpoint) -> dict[str, Any]:
        source = self.context.city.sources[one.fact.event.source]
        who = {
            "label": source.label,
            "kind": source.kind,
            "side": source.side,
            "interest": one.interest,
        }
        return {
            "event": CODEC.unstructure(one.fact.event),
            "source": who,
            "says": describe(one.fact.event, self.context.city),
        }

    def _flip_json(self, flip: Flip) -> dict[str, Any]:
        zone = self.context.city.zone
        return {
            "if": flip.trial.name,
            "text": self._trial(flip),
            "sources": list(dict.fromkeys(one.source for one in flip.trial.said)),
            "known": rfc3339(flip.known, zone) if flip.known else None,
            "then": plain(flip.answer, zone),
            "events": [CODEC.unstructure(event) for event in flip.trial.events],
        }


def _where(one: Standpoint) -> str:
    """Return where a standpoint can be read, and its clocks."""
    event = one.fact.event
    printed = ", ".join(part for part in (event.outlet, event.locator) if part)
    said = f' – "{event.wording}"' if event.wording else ""
    clocks = f"{phrases.date(event.occurred)}, reported {phrases.date(event.reported)}"
    return f"{event.id} · {clocks}{f' · {printed}' if printed else ''}{said}"


def _rule(rule: Rule) -> str:
    events = f" ({', '.join(rule.events)})" if rule.events else ""
    return f"{rule.name.replace('_', ' ')}: {RULES[rule.name]}{events}"


def _told(event: Any) -> dict[str, Any]:
    """Return an event as the flat part of a record."""
    names = ("id", "source", "occurred", "reported", "grade", "outlet", "locator")
    return {name: getattr(event, name) for name in names}
