"""What became of a table, in words."""

from pathlib import Path

from timeline.imports.builder import Outcome
from timeline.imports.pipeline import SHOWN, Summary
from timeline.log.strict_json import show
from timeline.text.phrases import count


def words(summary: Summary, *, dry_run: bool = False) -> list[str]:
    """Return what became of the rows and what was written, in a few lines."""
    kinds = (
        (summary.unchanged, "said nothing new"),
        (summary.left_out, "left out by the mapping"),
        (summary.set_aside, "set aside"),
    )
    became = (
        f"{summary.became:,} became events"
        if summary.became or not summary.unchanged
        else "none became an event"
    )
    rows = f"{count(summary.rows, 'row')}: " + ", ".join(
        [became, *(f"{number:,} {word}" for number, word in kinds if number)]
    )
    details = ((summary.replaced, "replacing"), (summary.withdrawn, "withdrawing"))
    besides = ", ".join(
        f"{number:,} {word} what an earlier edition said" for number, word in details if number
    )
    verb = "would be written; nothing was" if dry_run else "written"
    events = f"{count(summary.events, 'event')} {verb}" + (f", {besides}" if besides else "")
    extra = (
        [f"{count(summary.vanished, 'row')} of earlier editions no longer there"]
        if summary.vanished
        else []
    )
    extra += (
        [f"{count(summary.repaired, 'figure')} put in order by the mapping's rule"]
        if summary.repaired
        else []
    )
    return [rows, events, *extra]


def problems(summary: Summary, place: Path | None) -> list[str]:
    """Return what a person is to look at: the first rows that were set aside, where all of them are, and what was not done."""
    told = [_fault(outcome) for outcome in summary.faults]
    more = summary.set_aside - len(told)
    if more > 0:
        told.append(
            f"… and {count(more, 'row')} more"
            + ("" if place else f", of which a dry run shows the first {SHOWN}")
        )
    if summary.set_aside and place:
        told.append(f"set aside in {place}")
    if summary.unsafe:
        told.append(f"nothing was taken for vanished: {summary.unsafe}")
    return told


def _fault(outcome: Outcome) -> str:
    fault = outcome.fault
    assert fault is not None  # only rows that were set aside are told of
    cell = (
        f"{fault.column} {show(fault.value)}: "
        if fault.column and fault.value
        else f"{fault.column}: "
        if fault.column
        else ""
    )
    return f"Row {outcome.row.number}: {cell}{fault.why}"
