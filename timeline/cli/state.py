"""The commands that show what the log holds and comes to: the state of the city, the events, one event whole."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from timeline.cli import completion as completing
from timeline.cli import kept
from timeline.cli.console import (
    ask,
    hand_over,
    keep,
    opened,
    say,
    supposing,
    tell,
    typed,
    with_log,
    with_output,
    with_question,
    with_supposing,
    write,
    write_data,
)
from timeline.cli.filters import with_filters
from timeline.errors import NothingFound, Problem
from timeline.replay.state import State
from timeline.reports import queries as questions
from timeline.reports.queries import Asked
from timeline.text import phrases, tables
from timeline.text.document import Brief


@click.command()
@click.argument("places", nargs=-1, metavar="[PLACE]...", shell_complete=completing.PLACES)
@with_question
@with_output
def state(places: tuple[str, ...], output: str | None, policy: str, **question: Any) -> None:
    """Show the state of the city, or of some places, at a date, as known at a date.

    With --policy all, only what the policies disagree about, side by side.

    \b
    timeline state --at 2016-11-28
    timeline state sakhour --at 2016-11-28 --known 2016-11-28
    timeline state --at 2016-11-28@2016-11-01 --policy cautious --json
    timeline state --at "28 Nov 2016" --without-source sohr
    """
    before = kept.basis(typed())
    every = questions.policy_or_all(policy) == questions.ALL
    asked = ask(
        **question,
        policy="latest" if every else policy,
        indexed=True,
        unread=output is not None and not every,
    )
    if every:
        _side_by_side(asked, places, output)
        events = asked.timeline.count
    else:
        asked, answer = _answered(asked, places, question["path"])
        keep(_written(asked, answer, places, output), asked.timeline, before)
        events = answer.events if asked.timeline.unread else asked.timeline.count
    if not events:
        raise NothingFound(
            Problem(
                f"{Path(question['path'])} holds no events yet", hint="`timeline append` adds one"
            )
        )


def _answered(asked: Asked, places: tuple[str, ...], path: str) -> tuple[Asked, State]:
    """Return what was asked and the state; a log that is unread is read as a whole only where nothing less can judge it."""
    if asked.timeline.unread:
        answer = asked.timeline.streamed(asked.cut, policy=asked.policy, places=places or None)
        if answer is not None:
            return asked, answer
        asked = asked._replace(timeline=opened(path))
    return asked, asked.timeline.state(cut=asked.cut, policy=asked.policy, places=places or None)


def _written(asked: Asked, answer: State, places: tuple[str, ...], output: str | None) -> str:
    def records() -> Iterable[Mapping[str, Any]]:
        from timeline.reports.briefing import state_records

        return asked.records(state_records(answer))

    if output:
        return write_data(output, answer.json, records)
    return (
        write(asked.report.briefs(answer, chosen=bool(places)), asked.report.heading(answer))
        if asked.timeline.count
        else ""
    )


def _side_by_side(asked: Asked, places: tuple[str, ...], output: str | None) -> None:
    from timeline.reports.changes import Changes
    from timeline.reports.disagreements import disagreements, disagreements_json, policy_records

    rows = disagreements(asked, places)
    if output:
        listed = policy_records(rows, asked.context)
        write_data(output, lambda: disagreements_json(asked, listed), lambda: asked.records(listed))
    elif rows:
        words = Changes.of(asked)
        write([words.policies(rows)], words.heading(policy=questions.ALL))
    else:
        tell("all policies give the same answers")


@click.command("log")
@with_log
@with_supposing
@with_filters
@click.option(
    "--search",
    metavar="WORDS",
    help="With all of these words, or words that begin so, in its texts and names.",
)
@with_output
def list_events(
    path: str, filters: dict[str, Any], search: str | None, output: str | None, **supposed: Any
) -> None:
    """List the events, in the order in which they were recorded. Options of one kind widen the choice, of several kinds narrow it.

    \b
    timeline log --type statement --source sohr --reported 2016-11-28 --json
    timeline log --place masaken-hanano --search hospital
    """
    from timeline.reports.briefing import Report

    timeline = supposing(
        opened(path, indexed=search is not None and not any(supposed.values())), **supposed
    )
    report = Report(timeline)
    chosen = questions.events(timeline, filters, search, tell=tell)
    if output:
        write_data(output, lambda: list(report.records(chosen)), lambda: report.records(chosen))
    elif chosen:
        write([Brief("", table=report.table(chosen, short=sys.stdout.isatty()))], report.supposed())
        tell(phrases.count(len(chosen), "event"))
    if not chosen:
        raise NothingFound("no event like that")


@click.command()
@click.argument("id", shell_complete=completing.EVENTS)
@with_log
@with_supposing
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as in the log.")
def show(id: str, path: str, as_json: bool, **supposed: Any) -> None:
    """Show one event whole, and the events that speak of it; the beginning of its id will do, where there is only one like it."""
    from timeline.reports.briefing import Report

    timeline = supposing(opened(path), **supposed)
    report, event = Report(timeline), timeline.event(id)
    if as_json:
        hand_over(tables.to_json(questions.event_json(timeline, id)))
        return
    if timeline.hypothesis:
        hand_over(f"{phrases.safe(report.supposed())}\n")
    (title, sentence), *fields = report.fields(event)
    for line in (title, sentence, "", *(f"{name:<12}{value}" for name, value in fields)):
        say(line)
