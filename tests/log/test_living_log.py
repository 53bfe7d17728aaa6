"""A log takes appends, retractions, copies and refusals in any order, as a plain list would.

The list is the whole model. What was accepted is in it, in order; the file must hold exactly that,
and every answer of a `Timeline` over it must be the one that the engine gives for the list.
"""

import shutil
import tempfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import DataObject
from strategies import CITY, CITY_FILE, cuts, cuts_around, events, later

from projections import PROJECTIONS
from timeline import InvalidEvent, Moment, Timeline, When
from timeline.domain.events import Event, EventId, Retraction, Statement
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.answers import plain
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context


class LivingLog(RuleBasedStateMachine):
    """Everything that can happen to a log through its front door."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "city.toml").write_text(CITY_FILE, "utf-8")
        self.path = self.folder / "events.jsonl"
        self.path.touch()
        self.model: list[Event] = []
        self.opened = self.open()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def open(self) -> Timeline:
        """Open the log as it is now."""
        return Timeline.open(self.path, PROJECTIONS)

    # What is accepted

    @rule(event=events(), data=st.data())
    def append(self, event: Event, data: DataObject) -> None:
        self.accept([self.fresh(event, data)])

    @rule(batch=st.lists(events(), min_size=2, max_size=4), data=st.data())
    def append_several(self, batch: list[Event], data: DataObject) -> None:
        self.accept([self.fresh(event, data, number) for number, event in enumerate(batch)])

    @rule(event=events(), data=st.data())
    def append_what_was_reported_before_all_else(self, event: Event, data: DataObject) -> None:
        self.accept(
            [
                evolve(
                    self.fresh(event, data),
                    occurred=When("2016-01-01"),
                    reported=Moment("2016-01-01"),
                )
            ]
        )

    @precondition(lambda self: self.unretracted())
    @rule(event=events(), data=st.data())
    def supersede(self, event: Event, data: DataObject) -> None:
        replaced = data.draw(st.sampled_from(self.unretracted()))
        self.accept([evolve(self.fresh(event, data), supersedes=replaced)])

    @precondition(lambda self: self.unretracted())
    @rule(event=events(kinds=(Retraction,)), data=st.data())
    def retract(self, event: Event, data: DataObject) -> None:
        target = data.draw(st.sampled_from(self.unretracted()))
        withdrawn = next(other for other in self.model if other.id == target)
        reported = later(event.reported, withdrawn.reported)
        self.accept([evolve(self.fresh(event, data), target=target, reported=reported)])

    # What changes nothing

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def append_a_copy(self, data: DataObject) -> None:
        copy = data.draw(st.sampled_from(self.model))
        before = self.path.read_bytes()
        receipt = self.open().append(
            [evolve(copy, recorded=data.draw(st.sampled_from((None, copy.recorded))))]
        )
        assert (receipt.written, receipt.present) == ((), (copy,))
        assert self.path.read_bytes() == before

    @rule(event=events(), data=st.data())
    def only_try(self, event: Event, data: DataObject) -> None:
        before = self.path.read_bytes()
        assert len(self.open().append([self.fresh(event, data)], dry_run=True).written) == 1
        assert self.path.read_bytes() == before

    # What is refused

    @precondition(lambda self: self.retracted())
    @rule(event=events(kinds=(Retraction,)), data=st.data())
    def refuse_a_second_retraction(self, event: Event, data: DataObject) -> None:
        target = data.draw(st.sampled_from(self.retracted()))
        self.refuse([evolve(self.fresh(event, data), target=target)], "retracted already")

    @precondition(lambda self: self.retracted())
    @rule(event=events(), data=st.data())
    def refuse_to_replace_what_was_retracted(self, event: Event, data: DataObject) -> None:
        replaced = data.draw(st.sampled_from(self.retracted()))
        self.refuse([evolve(self.fresh(event, data), supersedes=replaced)], "retracted already")

    @precondition(lambda self: self.retracted())
    @rule(event=events(kinds=(Retraction,)), data=st.data())
    def refuse_to_retract_a_retraction(self, event: Event, data: DataObject) -> None:
        target = data.draw(
            st.sampled_from([event.id for event in self.model if isinstance(event, Retraction)])
        )
        self.refuse([evolve(self.fresh(event, data), target=target)], "final")

    @rule(event=events(), good=events(), data=st.data())
    def refuse_a_batch_with_a_dangling_reference(
        self, event: Event, good: Event, data: DataObject
    ) -> None:
        dangling = evolve(self.fresh(event, data), supersedes=EventId("nowhere"))
        self.refuse([self.fresh(good, data, 1), dangling], "no event nowhere")

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def refuse_other_content_under_an_id_in_use(self, data: DataObject) -> None:
        event = data.draw(st.sampled_from(self.model))
        self.refuse([evolve(event, recorded=None, note="Something else.")], "other content")

    # What is asked

    @rule()
    def reopen(self) -> None:
        self.opened = self.open()
        assert self.opened.events == tuple(self.model)

    @rule(data=st.data(), policy=st.sampled_from(list(POLICIES.values())))
    def ask(self, data: DataObject, policy) -> None:
        seen = self.model[: len(self.opened.events)]
        cut = data.draw(cuts_around(seen) | cuts())
        context = Context(CITY, cut, policy)
        facts = engine.visible([timed(event, CITY.zone) for event in seen], cut)
        for projection in PROJECTIONS:
            cells = engine.replay(projection, facts.values(), facts.get, cut.instant)
            section = plain(engine.answer(projection, cells, context), CITY.zone)
            assert (
                self.opened.state(cut=cut, policy=policy.name).answers()[projection.name] == section
            )

    @invariant()
    def what_was_opened_stays_as_it_was(self) -> None:
        assert self.opened.events == tuple(self.model[: len(self.opened.events)])

    @invariant()
    def lines_are_recorded_in_order(self) -> None:
        assert all(a.recorded <= b.recorded for a, b in pairwise(self.model))

    # The model

    def fresh(self, event: Event, data: DataObject, offset: int = 0) -> Event:
        """Return an event under an unused id that refers only to itself and events of the log."""
        id = EventId(f"m-{len(self.model) + offset}")
        event = evolve(event, id=id, recorded=None, supersedes=None)
        if isinstance(event, Statement) and event.about:
            subjects = st.sampled_from([id, *(known.id for known in self.model)])
            event = evolve(
                event, about=tuple(data.draw(st.lists(subjects, min_size=1, max_size=2)))
            )
        return event

    def retracted(self) -> list[EventId]:
        """Return the ids of the events that were retracted."""
        return [event.target for event in self.model if isinstance(event, Retraction)]

    def unretracted(self) -> list[EventId]:
        """Return the ids of the events that may still be retracted or replaced."""
        return [
            event.id
            for event in self.model
            if not isinstance(event, Retraction) and event.id not in self.retracted()
        ]

    def accept(self, batch: Iterable[Event]) -> None:
        """Append events; they are written as they were given, with their names as ids."""
        written = self.open().append(list(batch)).written
        assert [evolve(event, recorded=None) for event in written] == [
            admit(event, CITY) for event in batch
        ]
        self.model += written

    def refuse(self, batch: list[Event], reason: str) -> None:
        """Try to append events that may not stand in the log; no byte of it changes."""
        before = self.path.read_bytes()
        with pytest.raises(InvalidEvent, match=reason):
            self.open().append(batch)
        assert self.path.read_bytes() == before


LivingLog.TestCase.settings = settings(stateful_step_count=25)
TestLivingLog = LivingLog.TestCase
