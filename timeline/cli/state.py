"""The commands that show the state of the city, the events, and one event whole."""

import sys
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from timeline.cli.completion import EVENTS, PLACES
from timeline.cli.console import hand_over, say, tell, write, write_data
from timeline.cli.filters import with_filters
from timeline.cli.options import with_log, with_output, with_question, with_supposing
from timeline.cli.query import ask, opened, supposing
from timeline.errors import NothingFound, Problem, UsageError
from timeline.replay.state import State
from timeline.reports import queries
from timeline.reports.briefing import Report, state_records
from timeline.reports.changes import Changes
from timeline.reports.disagreements import disagreements, disagreements_json, policy_records
from timeline.reports.queries import Asked
from timeline.text import phrases, tables
from timeline.text.document import Brief


@click.command()
@click.argument("places", nargs=-1, metavar="[PLACE]...", shell_complete=PLACES)
@click.option(
    "--stale", metavar="DAYS", help="Mark what was last heard of longer ago than this, as 90d."
)
@with_question
@with_output
def state(
    places: tuple[str, ...], stale: str | None, output: str | None, policy: str, **question: Any
) -> None:
    """Show the state of the city, or of some places, at a date, as known at a date.

    With --policy all, only what the policies disagree about, side by side.

    \b
    timeline state --at 2016-11-28
    timeline state sakhour --at 2016-11-28 --known 2016-11-28
    timeline state --at 2016-11-28@2016-11-01 --policy cautious --json
    timeline state --at "28 Nov 2016" --without-source sohr --stale 90d
    """
    oldest = stale_after(stale)
    if queries.policy_or_all(policy) == queries.ALL:
        asked = ask(**question, indexed=True)
        _write_disagreements(asked, places, output)
    else:
        asked = ask(**question, policy=policy, indexed=True)
        answer = asked.timeline.state(cut=asked.cut, policy=policy, places=places or None)
        _write_state(asked, answer, output, chosen=bool(places), stale=oldest)
    if not asked.timeline.count:
        empty = f"{Path(question['path'])} holds no events yet"
        raise NothingFound(Problem(empty, hint="`timeline append` adds one"))


def stale_after(text: str | None) -> timedelta | None:
    """Return the age from which an answer is stale; raise `UsageError`, which names the option."""
    try:
        return None if text is None else queries.days(text)
    except UsageError as error:
        raise error.located(path="--stale") from None


def _write_state(
    asked: Asked, answer: State, output: str | None, *, chosen: bool, stale: timedelta | None
) -> None:
    def records() -> Iterable[Mapping[str, Any]]:
        return asked.records(state_records(answer))

    if output:
        write_data(output, answer.json, records)
    elif asked.timeline.count:
        briefs = asked.report.briefs(answer, chosen=chosen, stale=stale)
        write(briefs, asked.report.heading(answer))


def _write_disagreements(asked: Asked, places: tuple[str, ...], output: str | None) -> None:
    rows = disagreements(asked, places)
    if output:
        listed = policy_records(rows, asked.context)
        write_data(output, lambda: disagreements_json(asked, listed), lambda: asked.records(listed))
    elif rows:
        words = Changes.of(asked)
        write([words.policies(rows)], words.heading(policy=queries.ALL))
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
    """List the events, in the order in which they were recorded.

    Options of one kind widen the choice, of several kinds narrow it.

    \b
    timeline log --type statement --source sohr --reported 2016-11-28 --json
    timeline log --place masaken-hanano --search hospital
    """
    by_index = search is not None and not any(supposed.values())
    timeline = supposing(opened(path, indexed=by_index), **supposed)
    report = Report(timeline)
    chosen = queries.events(timeline, filters, search, tell=tell)
    if output:
        write_data(output, lambda: list(report.records(chosen)), lambda: report.records(chosen))
    elif chosen:
        write([Brief("", table=report.table(chosen, short=sys.stdout.isatty()))], report.supposed())
        tell(phrases.count(len(chosen), "event"))
    if not chosen:
        raise NothingFound("no event like that")


@click.command()
@click.argument("id", shell_complete=EVENTS)
@with_log
@with_supposing
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as in the log.")
def show(id: str, path: str, as_json: bool, **supposed: Any) -> None:
    """Show one event whole, and the events that speak of it.

    The beginning of its id will do, where there is only one like it.
    """
    timeline = supposing(opened(path), **supposed)
    report, event = Report(timeline), timeline.event(id)
    if as_json:
        hand_over(tables.to_json(queries.event_json(timeline, id)))
        return
    if timeline.hypothesis:
        hand_over(f"{phrases.safe(report.supposed())}\n")
    (title, sentence), *fields = report.fields(event)
    for line in (title, sentence, "", *(f"{name:<12}{value}" for name, value in fields)):
        say(line)
