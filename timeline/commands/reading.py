"""The commands that ask the log: its state, its events, one event whole."""

from collections.abc import Sequence

import click

from timeline import phrases, tables
from timeline.console import known_type, opened, with_cut, with_log, with_output, with_policy, write_briefs, write_table
from timeline.errors import NothingFound, Problem
from timeline.report import Report, state_records
from timeline.timeline import Timeline
from timeline.when import When, Window


@click.command()
@click.argument("places", nargs=-1, metavar="[PLACE]...")
@with_log
@with_cut
@with_policy
@with_output
def state(
    places: tuple[str, ...], path: str, at: str | None, known: str | None, recorded: str | None, policy: str, output: str | None
) -> None:
    """Show the state of the city, or of some places, at a date, as known at a date.

    \b
    timeline state --at 2016-11-28
    timeline state sakhour --at 2016-11-28 --known 2016-11-28
    timeline state --at 2016-11-28@2016-11-01 --policy cautious --json
    """
    timeline = opened(path)
    answer = timeline.state(at, known, recorded, policy=policy, places=places or None)
    if output == "json":
        click.echo(tables.to_json(answer.json()))
    elif output:
        click.echo(tables.WRITERS[output](list(state_records(answer))))
    elif timeline.dated:
        report = Report(timeline)
        click.echo(f"{phrases.safe(report.heading(answer))}\n")
        write_briefs(report.briefs(answer, chosen=bool(places)))
    if not timeline.dated:
        raise NothingFound(Problem(f"{path} holds no events yet", hint="`timeline append` adds one"))


@click.command("log")
@with_log
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Of this type.")
@click.option("--place", "places", multiple=True, metavar="PLACE", help="In this place.")
@click.option("--source", "sources", multiple=True, metavar="SOURCE", help="Said by this source.")
@click.option("--actor", "actors", multiple=True, metavar="ACTOR", help="About this actor.")
@click.option("--occurred", metavar="DATE", help="May have occurred then: a day, a month, or from/to as 2016-11-26/2016-11-28.")
@click.option("--reported", metavar="DATE", help="Made public then: a day, a month, or from/to.")
@click.option("--text", default="", metavar="WORDS", help="With these words in any field.")
@with_output
def list_events(
    path: str,
    types: Sequence[str],
    places: Sequence[str],
    sources: Sequence[str],
    actors: Sequence[str],
    occurred: str | None,
    reported: str | None,
    text: str,
    output: str | None,
) -> None:
    """List the events, in the order in which they were recorded. Options of one kind widen the choice, of several kinds narrow it.

    \b
    timeline log --place masaken-hanano
    timeline log --type statement --source sohr --reported 2016-11-28 --json
    """
    from timeline.select import Selection

    timeline = opened(path)
    report, city = Report(timeline), timeline.city
    selection = Selection(
        types=[known_type(name).type for name in types],
        places=[city.place(name).id for name in places],
        sources=[city.source(name).id for name in sources],
        actors=[city.actor(name).id for name in actors],
        text=text,
        occurred=window(occurred, timeline),
        reported=window(reported, timeline),
    )
    chosen = list(selection.choose(timeline.dated, city))
    if output:
        click.echo(tables.WRITERS[output]([report.record(one.event) for one in chosen]))
    elif chosen:
        write_table(report.table(chosen))
        click.echo(phrases.count(len(chosen), "event"), err=True)
    if not chosen:
        raise NothingFound("no event like that")


@click.command()
@click.argument("id")
@with_log
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as in the log.")
def show(id: str, path: str, as_json: bool) -> None:
    """Show one event whole, and the events that speak of it."""
    timeline = opened(path)
    report, event = Report(timeline), timeline.event(id)
    if as_json:
        click.echo(tables.to_json(report.record(event)))
        return
    (title, sentence), *fields = report.fields(event)
    click.echo(f"{title}\n{phrases.safe(sentence)}\n")
    for name, value in fields:
        click.echo(f"{name:<12}{phrases.safe(value)}")


def window(text: str | None, timeline: Timeline) -> Window | None:
    """Return the window of a date in the city's time zone."""
    return None if text is None else When(text).window(timeline.city.zone)
