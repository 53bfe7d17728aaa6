"""The commands that ask why and since when: explain, history, diff, hindsight."""

import sys
from functools import partial
from typing import Any

import click

from timeline.analysis.hindsight import gaps, judged
from timeline.cli.completion import CHANGE_DATES, CUTS, NEGOTIATIONS, PLACES, QUESTIONS, TOPICS
from timeline.cli.console import tell, write, write_data
from timeline.cli.options import (
    with_knowledge,
    with_log,
    with_output,
    with_policy,
    with_question,
    with_supposing,
)
from timeline.cli.query import ask, cut, opened, supposing
from timeline.errors import NothingFound, Problem, UsageError
from timeline.reports import histories
from timeline.reports.changes import Changes, flat
from timeline.reports.hindsight import Hindsight
from timeline.reports.queries import Asked
from timeline.reports.subjects import Subject, explained, explained_json
from timeline.text import phrases


@click.command()
@click.argument("place", required=False, shell_complete=PLACES)
@click.option(
    "--aid",
    "negotiation",
    metavar="NEGOTIATION",
    shell_complete=NEGOTIATIONS,
    help="What became of a negotiation, party by party.",
)
@click.option(
    "--flow",
    nargs=2,
    metavar="ORIGIN DESTINATION",
    shell_complete=PLACES,
    help="How many people went from one place to another; - for one not said.",
)
@click.option("--topic", metavar="TOPIC", shell_complete=TOPICS, help="What was said on a topic.")
@click.option(
    "--of",
    "question",
    metavar="QUESTION",
    shell_complete=QUESTIONS,
    help="What is asked about the place, as siege; by default who holds it.",
)
@with_question
@with_output
def explain(
    place: str | None,
    negotiation: str | None,
    flow: tuple[str, str] | None,
    topic: str | None,
    question: str | None,
    output: str | None,
    **asking: Any,
) -> None:
    """Explain an answer: who says so, who disputes it, which rule decided, what would change it.

    What was left out is told too, and why.

    \b
    timeline explain sakhour --at 2016-11-28
    timeline explain --aid un-aid-delivery
    timeline explain --flow east-aleppo west-aleppo --json
    timeline explain aleppo --of conditions
    """
    asked = ask(**asking)
    subject = Subject(
        place=place, negotiation=negotiation, flow=flow, topic=topic, question=question
    )
    answers = explained(asked, subject)
    if output:
        records = (record for answer in answers for record in answer.records())
        whole = partial(explained_json, asked, answers)
        write_data(output, whole, lambda: asked.records(records))
    else:
        write([answer.brief() for answer in answers], Changes.of(asked).heading())


@click.command()
@click.argument("places", nargs=-1, metavar="[PLACE]...", shell_complete=PLACES)
@click.option(
    "--along",
    type=click.Choice(["valid", "known", "both"]),
    default="valid",
    show_default=True,
    help="Which clock runs: when it was so, when it was known, or both together, "
    "as the news came in.",
)
@click.option(
    "--from",
    "begin",
    metavar="DATE",
    shell_complete=CHANGE_DATES,
    help="Only changes from this date on.",
)
@click.option(
    "--to",
    "end",
    metavar="DATE",
    shell_complete=CHANGE_DATES,
    help="Only changes up to this date.",
)
@click.option(
    "--of",
    "question",
    metavar="QUESTION",
    shell_complete=QUESTIONS,
    help="What is asked, as siege or aid; by default who holds the place.",
)
@with_question
@with_output
def history(
    places: tuple[str, ...],
    along: Any,
    begin: str | None,
    end: str | None,
    question: str | None,
    output: str | None,
    **asking: Any,
) -> None:
    """Show every change of the answer, with the events that caused it, by day or by report.

    \b
    timeline history sakhour
    timeline history sakhour --along known --at 2016-11-28
    timeline history --of siege --known 2016-11-28
    """
    asked = ask(**asking)
    result = histories.history(
        asked, places, along=along, begin=begin, end=end, question=question, tell=tell
    )
    if output:
        write_data(output, result.json, lambda: asked.records(flat(result.records())))
    elif result.changes:
        words = Changes.of(asked)
        write([words.history(result.projection, result.changes)], words.heading(along))
    if not result.changes:
        raise NothingFound("nothing changed")


@click.command()
@click.argument("cuts", nargs=-1, required=True, metavar="CUT [CUT]", shell_complete=CUTS)
@with_log
@with_policy
@with_supposing
@click.option(
    "--exit-code", is_flag=True, help="Exit 1 if anything differs, 0 if nothing does, as diff does."
)
@with_output
def diff(
    cuts: tuple[str, ...],
    path: str,
    policy: str,
    exit_code: bool,
    output: str | None,
    **supposed: Any,
) -> None:
    """Show what differs between two cuts, AT or AT@KNOWN, in every answer, and because of what.

    With one cut and a hypothesis, what the hypothesis changes.

    \b
    timeline diff 2016-11-26 2016-11-28
    timeline diff 2016-11-28@2016-11-28 2016-11-28@2017-01-01 --exit-code
    timeline diff 2016-11-28 --without-source sohr
    """
    first, second = _compared(cuts, path, policy, **supposed)
    differences = list(
        first.timeline.differences(first.cut, second.cut, policy=policy, other=second.timeline)
    )
    words = Changes.of(second)
    if output:
        records = list(words.difference_records(differences))
        whole = {"from": first.json({}), "to": second.json({}), "changes": records}
        write_data(output, lambda: whole, lambda: second.records(flat(records)))
    elif differences:
        write([words.differences(differences)], words.between(first.cut, second.cut))
    else:
        tell("nothing differs")
    sys.exit(1 if exit_code and differences else 0)


def _compared(
    cuts: tuple[str, ...], path: str, policy: str, **supposed: Any
) -> tuple[Asked, Asked]:
    """Return what is compared: two cuts, or one with and without a hypothesis."""
    real = opened(path)
    timeline = supposing(real, **supposed)
    if len(cuts) > 2 or (len(cuts) == 1 and timeline is real):
        expected = "two, or one and a hypothesis: --with, --without-source, --without-event"
        raise UsageError(Problem(phrases.count(len(cuts), "cut"), expected))
    if len(cuts) == 1:
        same = cut(real, cuts[0])
        return Asked(real, same, policy), Asked(timeline, same, policy)
    first, second = cut(real, cuts[0]), cut(timeline, cuts[1])
    return Asked(timeline, first, policy), Asked(timeline, second, policy)


@click.command()
@click.argument("places", nargs=-1, metavar="[PLACE]...", shell_complete=PLACES)
@with_log
@with_knowledge
@with_policy
@with_supposing
@with_output
def hindsight(places: tuple[str, ...], output: str | None, **asking: Any) -> None:
    """Show where, and for how long, what was known then differs from what is known now.

    Shown too is whose claims held.

    \b
    timeline hindsight
    timeline hindsight sakhour --json
    """
    asked = ask(**asking)
    timeline, control = asked.timeline, asked.timeline.projections[0]
    question = (control, timeline.timed_events, asked.context, timeline.places(places or None))
    words = Changes.of(asked)
    review = Hindsight(control, tuple(gaps(*question)), tuple(judged(*question)), words)
    if output:
        write_data(
            output,
            lambda: asked.json(review.json()),
            lambda: asked.records(flat(review.records())),
        )
    elif review.gaps or review.claims:
        write(review.briefs(), words.looking_back())
    if not (review.gaps or review.claims):
        raise NothingFound("nothing was claimed, and nothing was known otherwise")
