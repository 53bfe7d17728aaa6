"""The commands that look after a timeline and tell of the tool itself: begin one, check one, show the types of event."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from timeline.cli import completion as completing
from timeline.cli.console import (
    ask,
    hand_over,
    progress,
    say,
    tell,
    warn,
    with_knowledge,
    with_log,
    with_output,
    with_policy,
    with_supposing,
    write,
)
from timeline.domain.events import RECORD_TYPES, LogRepaired, Record
from timeline.errors import NothingFound, Problem, TimelineError, UsageError
from timeline.reports.queries import Asked, known_type
from timeline.text import phrases, tables
from timeline.text.document import Brief

if TYPE_CHECKING:
    from timeline.index.lifecycle import Index


@click.command()
@with_log
@click.option(
    "--assessments",
    is_flag=True,
    help="Hold what sources say of the whole, as shares held or lost, against the replay.",
)
@with_knowledge
@with_policy
@with_supposing
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def check(path: str, assessments: bool, as_json: bool, **asking: Any) -> None:
    """Read every line by the strictest rules and list everything that is wrong; exit 3 if anything is.

    With --assessments, report instead whether the replay agrees with each assessment in the log, by
    districts and by area.

    \b
    timeline check
    timeline check --assessments --policy cautious
    """
    if assessments:
        _check_assessments(ask(path, **asking), as_json)
        return
    given = [name for name, value in asking.items() if value and value != "latest"]
    if given:
        raise UsageError(
            Problem(
                "a cut, a policy or a hypothesis without --assessments",
                "both, or neither",
                hint="a check reads the log as it is",
            )
        )
    _check_log(path, as_json)


def _check_log(path: str, as_json: bool) -> None:
    from timeline.log.check import check as find

    report = find(Path(path))
    if as_json:
        hand_over(tables.to_json(report.json()))
    else:
        for problem in report.problems:
            say(str(problem))
        for warning in report.warnings:
            warn(warning)
        repaired = (
            f", {phrases.count(len(report.repairs), 'torn end')} recorded" if report.repairs else ""
        )
        told = f"{phrases.count(report.events, 'event')}, {phrases.count(len(report.problems), 'problem')}{repaired}"
        tell(f"{path}: {told}")
    if report.problems:
        sys.exit(3)


def _check_assessments(asked: Asked, as_json: bool) -> None:
    from timeline.analysis.assessments import assess
    from timeline.domain import boundaries
    from timeline.reports.assessments import record, sentence

    context = evolve(asked.context, city=boundaries.measured(asked.timeline.city))
    findings = assess(asked.timeline.timed_events, asked.timeline.projections[0], context)
    if as_json:
        hand_over(
            tables.to_json(asked.json({"assessments": [record(finding) for finding in findings]}))
        )
    else:
        if supposed := asked.report.supposed():
            say(supposed)
        for finding in findings:
            say(f"{finding.event.id}: {sentence(finding, asked.timeline.city)}")
    if not findings:
        raise NothingFound("no assessment stands")


@click.command()
@with_log
@click.option(
    "--check",
    "checking",
    is_flag=True,
    help="Read all of index and log, and list what does not fit; exit 3 if anything.",
)
@click.option("--drop", is_flag=True, help="Remove the index; nothing is lost.")
def index(path: str, checking: bool, drop: bool) -> None:
    """Build the index of the log, or bring it up to date, so that questions about a large log are answered without reading it all.

    Large logs get one unasked. It lies beside the log, in events.jsonl.index, or in the cache
    folder of the system where nothing can be written there; TIMELINE_INDEX names another file, and
    TIMELINE_INDEX=0 does without.

    \b
    timeline index
    timeline index --check
    timeline index --drop
    """
    from timeline.timeline import index_of

    if checking and drop:
        raise UsageError(Problem("--check and --drop", "one of them"))
    found = index_of(path, click.get_current_context().obj)
    if drop:
        if not found.drop():
            raise NothingFound("there is no index")
        tell(f"{found.path} is removed")
    elif checking:
        _check_index(found)
    else:
        _build_index(found)


def _build_index(found: "Index") -> None:
    from timeline.timeline import Timeline

    with found.opened(progress=progress("Indexing")) as store:
        if store is None:
            torn = Timeline.open(
                found.log, found.projections
            ).log.torn  # raises what is wrong with the log, if anything is
            why = (
                "the end of the log is torn; the next append mends it"
                if torn
                else "no index can be written"
            )
            place = str(found.path) if found.path else "TIMELINE_INDEX=0"
            raise TimelineError(
                Problem(
                    f"{place}: {why}",
                    hint="questions are answered from the log, as without an index",
                )
            )
        size, whole = found.path.stat().st_size if found.path else 0, found.log.stat().st_size
        tell(
            f"{found.path}: {phrases.count(store.count(), 'event')}, {size / max(whole, 1):.1f} times the size of the log"
        )


def _check_index(found: "Index") -> None:
    if found.path is None or not found.path.exists():
        raise NothingFound(Problem("there is no index", hint="`timeline index` builds it"))
    problems = found.check()
    for problem in problems:
        say(str(problem))
    tell(f"{found.path}: {phrases.count(len(problems), 'problem')}")
    if problems:
        sys.exit(3)


@click.command()
@click.argument("names", nargs=-1, metavar="[TYPE]...", shell_complete=completing.TYPE_NAMES)
@click.option(
    "--json-schema", "as_schema", is_flag=True, help="Write a JSON Schema of a line of the log."
)
@with_output
def types(names: Sequence[str], as_schema: bool, output: str | None) -> None:
    """Show the types of event and their fields, and of what the log records of itself."""
    from timeline.reports import vocabulary as schema

    chosen = [_known_record(name) for name in names] or RECORD_TYPES
    if as_schema and output:
        raise UsageError(Problem(f"--json-schema and --{output}", "one of them"))
    if as_schema:
        hand_over(tables.to_json(schema.json_schema(chosen)))
    elif output:
        hand_over(
            tables.WRITERS[output](
                [record for one in chosen for record in schema.field_records(one)]
            )
        )
    else:
        write(
            Brief(
                "",
                above=f"{one.type}, version {one.v}\n{(one.__doc__ or '').strip()}",
                table=schema.field_table(one),
            )
            for one in chosen
        )


def _known_record(name: str) -> type[Record]:
    return LogRepaired if name.replace("-", "_") == LogRepaired.type else known_type(name)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="The name of the city; by default that of the folder.")
@click.option(
    "--timezone",
    default="UTC",
    show_default=True,
    metavar="ZONE",
    help="Its time zone, as Asia/Damascus.",
)
def init(folder: Path, name: str | None, timezone: str) -> None:
    """Begin a new timeline in a folder: an empty log and a city file to fill in."""
    from timeline.log import init as start

    for path in start.begin(folder, name or folder.resolve().name, timezone):
        say(str(path))


@click.command()
@click.argument("shell", type=click.Choice(completing.SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what teaches a shell to complete commands, places, sources, ids and dates.

    \b
    bash: eval "$(timeline completion bash)"        in ~/.bashrc
    zsh:  eval "$(timeline completion zsh)"         in ~/.zshrc
    fish: timeline completion fish | source         in ~/.config/fish/config.fish
    """
    hand_over(completing.script(shell, ctx.find_root().command))
