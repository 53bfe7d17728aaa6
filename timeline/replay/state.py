"""The state of the city at a cut: one section for each projection, and its one JSON form."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from attrs import frozen

from timeline.replay.answers import plain
from timeline.replay.hypothesis import Hypothesis
from timeline.replay.projection import Context, Projection

S = TypeVar("S")

SCHEMA = 2
"""The version of a state's JSON form."""


@frozen(kw_only=True)
class State:
    """The answers of a log about its city at a cut.

    Attributes:
        context: the city, the cut and the policy.
        sections: the answers, by the name of the projection.
        events: how many events the log holds.
        hypothesis: the suppositions beyond the log; None for the log as it is.
    """

    context: Context
    sections: Mapping[str, Any]
    events: int
    _log_sha256: str | Callable[[], str]
    hypothesis: Hypothesis | None = None

    def __getitem__(self, projection: Projection[Any, Any, S]) -> S:
        """Return the section of a projection, typed as that projection gathers it."""
        section: S = self.sections[projection.name]
        return section

    @property
    def log_sha256(self) -> str:
        """The digest of the log, which may have to be read for it."""
        return self._log_sha256 if isinstance(self._log_sha256, str) else self._log_sha256()

    @property
    def sha256(self) -> str:
        """The digest of the answers alone, whatever the cut, log order, locale or machine."""
        return _digest(self.answers())

    def answers(self) -> dict[str, Any]:
        """Return the sections as JSON values."""
        zone = self.context.city.zone
        return {name: plain(section, zone) for name, section in self.sections.items()}

    def json(self) -> dict[str, Any]:
        """Return the state as JSON values, in the order in which they are written."""
        answers = self.answers()
        source = origin(self.context, self.events, self.log_sha256, self.hypothesis)
        return {"schema": SCHEMA, **source, "state_sha256": _digest(answers), **answers}


def origin(
    context: Context, events: int, log_sha256: str, hypothesis: Hypothesis | None
) -> dict[str, Any]:
    """Return the origin of answers as JSON values: city, cut, policy, log, and any hypothesis."""
    city, cut = context.city, context.cut
    clocks = {"at": cut.at, "known": cut.known, "recorded": cut.recorded}
    hypothetical = {"hypothetical": hypothesis.json()} if hypothesis else {}
    return {
        "city": city.id,
        "cut": {clock: plain(instant, city.zone) for clock, instant in clocks.items()},
        "policy": context.policy.name,
        "log": {"events": events, "sha256": log_sha256},
        **hypothetical,
    }


def _digest(answers: Mapping[str, Any]) -> str:
    text = json.dumps(answers, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
