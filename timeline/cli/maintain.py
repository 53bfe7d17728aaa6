"""The commands that look after a timeline and tell of the tool itself."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from timeline.analysis.assessments import assess
from timeline.cli.completion import SHELLS, TYPE_NAMES, script
from timeline.cli.console import hand_over, progress, say, tell, warn, write
from timeline.cli.options import (
    with_knowledge,
    with_log,
    with_output,
    with_policy,
    with_supposing,
)
from timeline.cli.query import ask
from timeline.domain import boundaries
from timeline.domain.events import RECORD_TYPES, LogRepaired, Record
from timeline.errors import NothingFound, Problem, TimelineError, UsageError
from timeline.index.lifecycle import Index
from timeline.log import check as checking
from timeline.log import init as beginning
from timeline.reports import vocabulary
from timeline.reports.assessments import record, sentence
from timeline.reports.queries import Asked, known_type
from timeline.text import phrases, tables
from timeline.text.document import Brief
from timeline.timeline import Timeline, index_of


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
    """Read every line by the strictest rules and list everything that is wrong; exit 3 if any is.

    With --assessments, report instead whether the replay agrees with each assessment in the log, by
    districts and by area.

    \b
    timeline check
    timeline check --assessments --policy cautious
    """
    if assessments:
        _check_assessments(ask(path, **asking), as_json)
        return
    if any(value and value != "latest" for value in asking.values()):
        asked = "a cut, a policy or a hypothesis without --assessments"
        hint = "a check reads the log as it is"
        raise UsageError(Problem(asked, "both, or neither", hint=hint))
    _check_log(path, as_json)


def _check_log(path: str, as_json: bool) -> None:
    report = checking.check(Path(path))
    if as_json:
        hand_over(tables.to_json(report.json()))
    else:
        for problem in report.problems:
            say(str(problem))
        for warning in report.warnings:
            warn(warning)
        counts = [
            phrases.count(report.events, "event"),
            phrases.count(len(report.problems), "problem"),
        ]
        if report.repairs:
            counts.append(f"{phrases.count(len(report.repairs), 'torn end')} recorded")
        tell(f"{path}: {', '.join(counts)}")
    if report.problems:
        sys.exit(3)


def _check_assessments(asked: Asked, as_json: bool) -> None:
    city = asked.timeline.city
    context = evolve(asked.context, city=boundaries.measured(city))
    findings = assess(asked.timeline.timed_events, asked.timeline.projections[0], context)
    if as_json:
        records = [record(finding) for finding in findings]
        hand_over(tables.to_json(asked.json({"assessments": records})))
    else:
        if supposed := asked.report.supposed():
            say(supposed)
        for finding in findings:
            say(f"{finding.event.id}: {sentence(finding, city)}")
    if not findings:
        raise NothingFound("no assessment stands")


@click.command()
@with_log
@click.option(
    "--check",
    "checked",
    is_flag=True,
    help="Read all of index and log, and list what does not fit; exit 3 if anything.",
)
@click.option("--drop", is_flag=True, help="Remove the index; nothing is lost.")
def index(path: str, checked: bool, drop: bool) -> None:
    """Build the index of the log, or bring it up to date.

    By it, questions about a large log are answered without reading it all. Large logs get one
    unasked. It lies beside the log, in events.jsonl.index, or in the cache folder of the system
    where nothing can be written there; TIMELINE_INDEX names another file, and TIMELINE_INDEX=0 does
    without.

    \b
    timeline index
    timeline index --check
    timeline index --drop
    """
    if checked and drop:
        raise UsageError(Problem("--check and --drop", "one of them"))
    wanted = index_of(path, click.get_current_context().obj)
    if checked:
        _check_index(wanted)
    elif not drop:
        _build_index(wanted)
    elif wanted.drop():
        tell(f"{wanted.path} is removed")
    else:
        raise NothingFound("there is no index")


def _build_index(wanted: Index) -> None:
    with wanted.opened(progress=progress("Indexing")) as store:
        if store is None:
            raise _unbuilt(wanted)
        size = wanted.path.stat().st_size if wanted.path else 0
        ratio = size / max(wanted.log.stat().st_size, 1)
        events = phrases.count(store.count(), "event")
        tell(f"{wanted.path}: {events}, {ratio:.1f} times the size of the log")


def _unbuilt(wanted: Index) -> TimelineError:
    """Return the error of an index that could not be built; raise what is wrong with its log."""
    if Timeline.open(wanted.log, wanted.projections).log.torn:
        why = "the end of the log is torn; the next append mends it"
    else:
        why = "no index can be written"
    place = str(wanted.path) if wanted.path else "TIMELINE_INDEX=0"
    hint = "questions are answered from the log, as without an index"
    return TimelineError(Problem(f"{place}: {why}", hint=hint))


def _check_index(wanted: Index) -> None:
    if wanted.path is None or not wanted.path.exists():
        raise NothingFound(Problem("there is no index", hint="`timeline index` builds it"))
    problems = wanted.check()
    for problem in problems:
        say(str(problem))
    tell(f"{wanted.path}: {phrases.count(len(problems), 'problem')}")
    if problems:
        sys.exit(3)


@click.command()
@click.argument("names", nargs=-1, metavar="[TYPE]...", shell_complete=TYPE_NAMES)
@click.option(
    "--json-schema", "as_schema", is_flag=True, help="Write a JSON Schema of a line of the log."
)
@with_output
def types(names: Sequence[str], as_schema: bool, output: str | None) -> None:
    """Show the types of event and their fields, and of what the log records of itself."""
    chosen = [_known_record(name) for name in names] or RECORD_TYPES
    if as_schema and output:
        raise UsageError(Problem(f"--json-schema and --{output}", "one of them"))
    if as_schema:
        hand_over(tables.to_json(vocabulary.json_schema(chosen)))
    elif output:
        fields = [field for kind in chosen for field in vocabulary.field_records(kind)]
        hand_over(tables.WRITERS[output](fields))
    else:
        write(_described(chosen))


def _described(chosen: Sequence[type[Record]]) -> Iterator[Brief]:
    for kind in chosen:
        above = f"{kind.type}, version {kind.v}\n{(kind.__doc__ or '').strip()}"
        yield Brief("", above=above, table=vocabulary.field_table(kind))


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
    for path in beginning.begin(folder, name or folder.resolve().name, timezone):
        say(str(path))


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what teaches a shell to complete commands, places, sources, ids and dates.

    \b
    bash: eval "$(timeline completion bash)"        in ~/.bashrc
    zsh:  eval "$(timeline completion zsh)"         in ~/.zshrc
    fish: timeline completion fish | source         in ~/.config/fish/config.fish
    """
    hand_over(script(shell, ctx.find_root().command))
