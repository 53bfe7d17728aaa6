"""The account of an import in words."""

from collections.abc import Mapping
from pathlib import Path

from timeline.imports.builder import Outcome
from timeline.imports.pipeline import SHOWN, Summary
from timeline.log.strict_json import show
from timeline.text.phrases import count


def words(summary: Summary, *, dry_run: bool = False) -> list[str]:
    """Return the account of the rows and of the events, in a few lines."""
    lines = [_rows(summary), _events(summary, dry_run=dry_run)]
    if summary.vanished:
        lines.append(f"{count(summary.vanished, 'row')} of earlier editions no longer there")
    if summary.repaired:
        lines.append(f"{count(summary.repaired, 'figure')} put in order by the mapping's rule")
    return lines


def _rows(summary: Summary) -> str:
    became = f"{summary.became:,} became events"
    if summary.unchanged and not summary.became:
        became = "none became an event"
    others = {
        "said nothing new": summary.unchanged,
        "left out by the mapping": summary.left_out,
        "set aside": summary.set_aside,
    }
    parts = [became, *_counted(others)]
    return f"{count(summary.rows, 'row')}: {', '.join(parts)}"


def _events(summary: Summary, *, dry_run: bool) -> str:
    earlier = {
        "replacing what an earlier edition said": summary.replaced,
        "withdrawing what an earlier edition said": summary.withdrawn,
    }
    written = "would be written; nothing was" if dry_run else "written"
    return ", ".join([f"{count(summary.events, 'event')} {written}", *_counted(earlier)])


def _counted(numbers: Mapping[str, int]) -> list[str]:
    """Return numbers with what they count, but for those that are 0."""
    return [f"{number:,} {counted}" for counted, number in numbers.items() if number]


def problems(summary: Summary, place: Path | None) -> list[str]:
    """Return what a person is to look at: the first rejects, their file, and work not done."""
    lines = [_fault(outcome) for outcome in summary.faults]
    more = summary.set_aside - len(lines)
    if more > 0:
        rest = "" if place else f", of which a dry run shows the first {SHOWN}"
        lines.append(f"… and {count(more, 'row')} more{rest}")
    if summary.set_aside and place:
        lines.append(f"set aside in {place}")
    if summary.unsafe:
        lines.append(f"nothing was taken for vanished: {summary.unsafe}")
    return lines


def _fault(outcome: Outcome) -> str:
    fault = outcome.fault
    assert fault is not None  # only rows that were set aside are told of
    cell = f"{fault.column} {show(fault.value)}" if fault.value else fault.column
    why = f"{cell}: {fault.why}" if fault.column else fault.why
    return f"Row {outcome.row.number}: {why}"
