"""Explanations of answers, written as a tree for people and as the same tree in JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.analysis.counterfactuals import TRIALS, Flip, Trial, flips
from timeline.analysis.explain import Bearing, Explanation, Part, SpeakerStand, Standpoint
from timeline.analysis.omissions import REASONS, LeftOut
from timeline.analysis.rules import RULES, Rule
from timeline.domain.events import ActorId, Event, SourceId
from timeline.log.codec import CODEC
from timeline.replay.answers import plain
from timeline.replay.projection import Context, Reader
from timeline.reports.briefing import Report
from timeline.reports.sentences import describe
from timeline.temporal.dates import rfc3339
from timeline.text import phrases
from timeline.text.document import Brief, Mark, Tree, text_of

BEARINGS: Mapping[Bearing, str] = {"for": "for", "against": "against", "unclear": "unclear"}
INTERESTS = {
    "disinterested": "gains nothing by it",
    "self_serving": "serves its own side",
    "against_own_side": "against its own side",
    "partisan": "takes a side",
}
PART_WORDS: Mapping[Part, str] = {
    "leads": "leads",
    "supports": "supports it",
    "disputes": "disputes it",
    "left out": "has no part in it",
}
NUMBERS = {1: "one", 2: "two"}
LISTED = 12
"""The number of events that are listed for one reason to leave them out; others are counted."""


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
        """The context in which the answer was read."""
        return self.explanation.subject.context

    @property
    def reader(self) -> Reader:
        """The reader that puts answers into words."""
        return Reader(context=self.context, speaker=self.report.speaker)

    @property
    def label(self) -> str:
        """The name of the thing that the answer is about."""
        subject = self.explanation.subject
        return subject.projection.presentation.label(subject.key, self.context.city)

    def brief(self) -> Brief:
        """Return the explanation as a tree."""
        text, colour = self._sentence(self.explanation.answer)
        parts = (
            *self._standpoints(),
            self._speakers(),
            self._rules(),
            self._flips(),
            self._left_out(),
        )
        children = tuple(part for part in parts if part)
        return Brief("", tree=Tree(f"{self.label}: {text}", children, f"bold {colour}".strip()))

    def json(self) -> dict[str, Any]:
        """Return the explanation as JSON values."""
        zone, subject = self.context.city.zone, self.explanation.subject
        return {
            "projection": subject.projection.name,
            "key": plain(subject.key, zone),
            "label": self.label,
            "answer": plain(self.explanation.answer, zone),
            **{bearing: self._standpoints_json(bearing) for bearing in BEARINGS},
            "speakers": list(map(self._stand_json, self.explanation.speakers)),
            "rules": list(map(_rule_json, self.explanation.rules)),
            "would_change": list(map(self._flip_json, self.flips)),
            "left_out": list(map(_left_out_json, self.explanation.left_out)),
        }

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the events that concern the answer as records, those left out with the reason."""
        for point in self.explanation.standpoints:
            envelope = _envelope(point.fact.event)
            yield {"about": self.label, "is": point.bearing, "reason": None, **envelope}
        for left in self.explanation.left_out:
            envelope, reason = _envelope(left.fact.event), REASONS[left.reason]
            yield {"about": self.label, "is": "left out", "reason": reason, **envelope}

    @property
    def _weighed(self) -> bool:
        """Whether claims were weighed against each other, by a policy that can be named."""
        return hasattr(self.explanation.answer, "status")

    def words(self, answer: Any) -> str:
        """Return an answer in words, without how sure it is."""
        return text_of(self.explanation.subject.projection.presentation.words(answer, self.reader))

    def _sentence(self, answer: Any) -> tuple[str, str]:
        """Return an answer in words, and its colour."""
        if answer is None:
            return "nothing said", ""
        written = self.explanation.subject.projection.presentation.words(answer, self.reader)
        text, sure = text_of(written), self.reader.sureness(answer)
        colour = (written.colour or "") if isinstance(written, Mark) else ""
        since = getattr(answer, "since", None)
        dated = f", since {phrases.date(since.text)}" if since else ""
        said = text if sure in ("", text) else f"{text}, {sure}"
        return said + dated, colour

    def _standpoints(self) -> Iterator[Tree]:
        answer = f" {self.words(self.explanation.answer)}" if self._weighed else ""
        for bearing, word in BEARINGS.items():
            if points := self.explanation.of(bearing):
                voices = len(set(map(self._speaker_of, points)))
                heading = f"{word}{answer if bearing == 'for' else ''}"
                line = f"{heading}: {phrases.count(voices, 'voice')}"
                yield Tree(line, tuple(map(self._standpoint, points)), "bold")

    def _speaker_of(self, point: Standpoint) -> str:
        return self.context.city.speaker(point.fact.event.source, point.fact.known)

    def _standpoint(self, point: Standpoint) -> Tree:
        event, city = point.fact.event, self.context.city
        source = city.sources[event.source]
        grade = f", {event.grade}" if event.grade else ""
        who = f"{source.label} ({source.kind}, {INTERESTS[point.interest]}{grade})"
        return Tree(f"{who}: {describe(event, city)}", (Tree(_where(event), style="dim"),))

    def _speakers(self) -> Tree | None:
        """Return what each speaker says last, since when, and when it last spoke."""
        lines = tuple(Tree(self._stand(stand)) for stand in self.explanation.speakers)
        return Tree("who says what", lines, "bold") if lines else None

    def _stand(self, stand: SpeakerStand) -> str:
        city, event = self.context.city, stand.sentence.event
        date = phrases.date(event.occurred)
        dated = f"since {date}" if stand.turned else f"{date}, since when is not said"
        says = f"{describe(event, city)}, {dated}, last heard {self.reader.heard(stand.told)}"
        by = f" by the rule {stand.rule.replace('_', ' ')}" if stand.rule else ""
        return f"{self._named(stand.speaker)} ({PART_WORDS[stand.part]}{by}): {says}"

    def _named(self, speaker: str) -> str:
        """Return the name of a side, or of a source that has none."""
        if speaker.startswith("@"):
            return self._speaker(SourceId(speaker[1:]))
        return self.context.city.actors[ActorId(speaker)].label

    def _rules(self) -> Tree:
        policy = self.context.policy
        under = f", under the policy {policy.name}: {policy.summary}" if self._weighed else ""
        rules = tuple(Tree(_rule(rule)) for rule in self.explanation.rules)
        return Tree(f"rule{under}", rules, "bold")

    def _flips(self) -> Tree | None:
        lines = tuple(Tree(self._flip(flip)) for flip in self.flips)
        return Tree("would change if", lines, "bold") if lines else None

    def _flip(self, flip: Flip) -> str:
        after, _ = self._sentence(flip.answer)
        zone = self.context.city.zone
        later = f" (known {phrases.moment(flip.known, zone)})" if flip.known else ""
        return f"{self._trial(flip.trial)}: {after}{later}"

    def _trial(self, trial: Trial) -> str:
        number = len(trial.said)
        return TRIALS[trial.name].format(
            who=", ".join(self._speaker(saying.source) for saying in trial.said),
            event=trial.said[0].on,
            number=NUMBERS.get(number, number),
            holder=self._holder(trial.said[0].holder),
            voices="voice" if number == 1 else "voices",
        )

    def _holder(self, actor: ActorId | None) -> str:
        return self.context.city.actors[actor].label if actor else ""

    def _speaker(self, id: SourceId) -> str:
        """Return the short name of a source, or its id if it was invented."""
        source = self.context.city.sources.get(id)
        return (source.short or source.label) if source else id

    def _left_out(self) -> Tree | None:
        reasons: dict[str, list[LeftOut]] = {}
        for left in self.explanation.left_out:
            reasons.setdefault(left.reason, []).append(left)
        groups = tuple(self._left_for(reason, left) for reason, left in reasons.items())
        return Tree("left out", groups, "bold") if groups else None

    def _left_for(self, reason: str, left: Sequence[LeftOut]) -> Tree:
        lines = [Tree(self._left(one)) for one in left[:LISTED]]
        if len(left) > LISTED:
            lines.append(Tree(f"and {len(left) - LISTED} more"))
        return Tree(REASONS[reason], tuple(lines))

    def _left(self, left: LeftOut) -> str:
        event, city = left.fact.event, self.context.city
        by = f" ({left.by})" if left.by else ""
        dates = f"{phrases.date(event.occurred)}, reported {phrases.date(event.reported)}"
        says = f"{self._speaker(event.source)}, {dates}: {describe(event, city)}"
        return f"{event.id}{by}: {says}"

    def _standpoints_json(self, bearing: Bearing) -> list[dict[str, Any]]:
        return list(map(self._standpoint_json, self.explanation.of(bearing)))

    def _standpoint_json(self, point: Standpoint) -> dict[str, Any]:
        event, city = point.fact.event, self.context.city
        source = city.sources[event.source]
        who = {
            "label": source.label,
            "kind": source.kind,
            "side": city.side_of(source.id, point.fact.known),
            "interest": point.interest,
        }
        return {"event": CODEC.unstructure(event), "source": who, "says": describe(event, city)}

    def _stand_json(self, stand: SpeakerStand) -> dict[str, Any]:
        return {
            "speaker": stand.speaker,
            "name": self._named(stand.speaker),
            "part": stand.part,
            "sentence": stand.sentence.event.id,
            "rule": stand.rule,
            "turned": stand.turned,
            "last_heard": rfc3339(stand.told, self.context.city.zone),
        }

    def _flip_json(self, flip: Flip) -> dict[str, Any]:
        trial, zone = flip.trial, self.context.city.zone
        return {
            "if": trial.name,
            "text": self._trial(trial),
            "sources": list(dict.fromkeys(saying.source for saying in trial.said)),
            "known": rfc3339(flip.known, zone) if flip.known else None,
            "then": plain(flip.answer, zone),
            "events": list(map(CODEC.unstructure, trial.events)),
        }


def _where(event: Event) -> str:
    """Return where the words of an event can be read, and its clocks."""
    clocks = f"{phrases.date(event.occurred)}, reported {phrases.date(event.reported)}"
    printed = ", ".join(part for part in (event.outlet, event.locator) if part)
    place = f" · {printed}" if printed else ""
    wording = f' – "{event.wording}"' if event.wording else ""
    return f"{event.id} · {clocks}{place}{wording}"


def _rule(rule: Rule) -> str:
    events = f" ({', '.join(rule.events)})" if rule.events else ""
    return f"{rule.name.replace('_', ' ')}: {RULES[rule.name]}{events}"


def _rule_json(rule: Rule) -> dict[str, Any]:
    return {"rule": rule.name, "text": RULES[rule.name], "events": list(rule.events)}


def _left_out_json(left: LeftOut) -> dict[str, Any]:
    reason = {"reason": left.reason, "text": REASONS[left.reason]}
    return {"id": left.fact.event.id, **reason, "by": left.by}


def _envelope(event: Event) -> dict[str, Any]:
    """Return the flat part of an event, for a record."""
    names = ("id", "source", "occurred", "reported", "grade", "outlet", "locator")
    return {name: getattr(event, name) for name in names}
