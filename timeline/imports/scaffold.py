"""A first mapping for an unknown table, from its heading and its first rows: what can be told from them, and the rest to be filled in.

What is guessed is marked as a guess. A draft is read as any mapping is, so that what is still
missing is told by name.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import define, field

from timeline.errors import Problem, TimelineError, UsageError
from timeline.imports import dates
from timeline.imports import table_files as rows
from timeline.imports.expressions import slugged
from timeline.imports.gazetteer import toml
from timeline.imports.table_files import Layout
from timeline.imports.table_rows import SAMPLE, Row, shortened
from timeline.text.phrases import safe

EXAMPLES = 3
FORMS = (
    "iso",
    "%d %B %Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%b-%y",
    "%d.%m.%Y",
    "%B %d %Y",
    "%B %Y",
    "%Y%m%d",
    "edtf",
)
"""The forms that dates are tried as, those that cannot be mistaken first."""
TYPES = (
    ("casualties", r"death|fatal|kill|dead|casualt|victim|injur|wound"),
    ("displacement", r"idp|displac|refuge|returnee|flee|fled|evacu"),
    ("control_change", r"control|held|holder|faction|occup|captur"),
)
"""Types of event, and what the names of columns have that speak of them."""

PLACES = r"place|location|town|city|village|settlement|where|adm(in)?_?3|adm(in)?_?2|district|adm(in)?_?1|province|governorate|^name|name"
"""What the names of columns have that name a place, the smallest first."""


@define
class _Guess:
    """The columns of a table, and which of them was taken for what."""

    columns: Sequence[str]
    found: Sequence[Row]
    taken: list[str] = field(factory=list)

    def texts(self, column: str) -> list[str]:
        """Return what stands in a column, where anything does."""
        return [text for row in self.found if (text := row.cells.get(column, ""))]

    def named(self, pattern: str, fits: Callable[[list[str]], bool] = bool) -> str:
        """Return the first free column whose name has a word of a pattern and whose cells fit, and take it; an empty text for none.

        The words of the pattern stand in the order in which they are tried.
        """
        for word in pattern.split("|"):
            for column in self.columns:
                if (
                    column not in self.taken
                    and re.search(word, column, re.IGNORECASE)
                    and fits(self.texts(column))
                ):
                    self.taken.append(column)
                    return column
        return ""


def draft_mapping(path: Path, encoding: str = "utf-8") -> str:
    """Return a first mapping for a table, as TOML with remarks; raise `TimelineError` for a table that cannot be read or has no rows."""
    layout = _layout(path, encoding)
    with rows.opened(path, layout) as table:
        found = [
            row for row, _ in zip(table.rows, range(SAMPLE), strict=False) if isinstance(row, Row)
        ]
        guess = _Guess(table.columns, found)
    if not found:
        raise TimelineError(
            Problem(f"{path} has no row that can be read", "rows to make a mapping from")
        )
    return "\n".join(_draft(path, layout, guess)) + "\n"


def _layout(path: Path, encoding: str) -> Layout:
    """Return how a table seems to be written, by its name and, of CSV, its heading; of a JSON document, under its only list."""
    kind = rows.FORMATS.get(path.suffix.lower(), "csv")
    layout = Layout(format=kind, encoding=encoding)
    if kind == "json":
        return _json_layout(path, layout)
    if kind != "csv":
        return layout
    with rows.opened(path, layout) as table:
        heading = table.columns[0] if len(table.columns) == 1 else ""
    split = next((one for one in (";", "\t", "|") if one in heading), None)
    return Layout(format="csv", delimiter=split, encoding=encoding) if split else layout


def _json_layout(path: Path, layout: Layout) -> Layout:
    for key in (None, "result", "results", "data", "events", "records", "features", "items"):
        tried = Layout(format="json", encoding=layout.encoding, records=key)
        try:
            with rows.opened(path, tried):
                return tried
        except UsageError:
            raise
        except TimelineError:
            continue
    raise TimelineError(
        Problem(
            f"no array of rows was found in {path}",
            "an array, or one under a key such as result or data",
        )
    )


def _draft(path: Path, layout: Layout, guess: _Guess) -> Iterator[str]:
    yield f"# A first mapping for {safe(path.name)}, from its heading and {len(guess.found)} rows."
    yield '# Look over each line: what says "guess" is one.'
    yield "# Columns that no line names go into the note of each event; name those that are not worth it under ignore."
    name = slugged(path.stem)[:24].strip("-")
    yield from (
        f"{key} = {toml(value)}"
        for key, value in (("name", name), ("title", safe(path.stem)), ("prefix", name))
    )
    yield f"format = {toml(layout.format)}"
    yield from (
        f"{key} = {toml(value)}"
        for key in ("delimiter", "records")
        if (value := getattr(layout, key)) is not None
    )
    if layout.encoding != "utf-8":
        yield f"encoding = {toml(layout.encoding)}"
    yield _key(guess)
    yield "ignore = []"
    yield ""
    yield "# The columns:"
    yield from (_described(column, guess.texts(column)) for column in guess.columns)
    yield ""
    yield from _event(guess)


def _described(column: str, texts: list[str]) -> str:
    some = ", ".join(
        toml(shortened(safe(text), 30)) for text in list(dict.fromkeys(texts))[:EXAMPLES]
    )
    return f"#   {safe(column)}: {some or 'always empty'}"


def _key(guess: _Guess) -> str:
    def unlike(texts: list[str]) -> bool:
        return len(texts) == len(guess.found) == len(set(texts))

    column = guess.named(r"^id$|uuid|event.?id|id$|^id|key|seq|code|number", unlike)
    if column:
        return f"key = {toml(_hole(column))}  # guess: differs in every row that was read"
    unique = next((one for one in guess.columns if unlike(guess.texts(one))), "")
    template = _hole(unique) if unique else " ".join(map(_hole, guess.columns[:3]))
    return f"key = {toml(template)}  # guess: no column looks like an id; name what stays with a row from edition to edition"


def _event(guess: _Guess) -> Iterator[str]:
    kind, said = next(
        ((tag, word) for tag, pattern in TYPES if (word := _speaking(guess, pattern))),
        ("statement", ""),
    )
    yield "[[events]]"
    yield f"type = {toml(kind)}" + (
        f"  # guess: for the column {safe(said)}"
        if said
        else "  # guess: no column speaks of anything else"
    )
    yield 'source = "who-says-so"  # the id of a source of city.toml'
    undated = 'occurred = "…"  # no column looks like a date: name one'
    yield _date("occurred", guess, r"start|begin|event.?date|^date|date|day|time|when", undated)
    reported = _date("reported", guess, r"report|publish|creat|updat|timestamp|release", "")
    yield reported or 'reported = "{@edition}"  # guess: known from the edition on, --edition'
    yield from _where(
        guess,
        {"casualties": "place", "control_change": "place", "displacement": "destination"}.get(
            kind, ""
        ),
    )
    yield from _said(guess, kind)


def _speaking(guess: _Guess, pattern: str) -> str:
    return next(
        (column for column in guess.columns if re.search(pattern, column, re.IGNORECASE)), ""
    )


def _date(key: str, guess: _Guess, pattern: str, otherwise: str) -> str:
    column = guess.named(pattern, lambda texts: bool(_forms(texts)))
    if not column:
        return otherwise
    forms = _forms(guess.texts(column))
    doubt = f"; or {forms[1]}" if len(forms) > 1 and "%" in forms[0] else ""
    return (
        f"{key} = {{ value = {toml(_hole(column))}, forms = [{toml(forms[0])}] }}  # guess{doubt}"
    )


def _forms(texts: list[str]) -> list[str]:
    """Return the forms of which all of some texts are."""
    return [form for form in FORMS if texts and all(_reads(text, form) for text in texts)]


def _reads(text: str, form: str) -> bool:
    try:
        return bool(dates.read(text, (form,))) and (form != "edtf" or not text.isdigit())
    except UsageError:
        return False


def _where(guess: _Guess, key: str) -> Iterator[str]:
    lat, lon = (
        guess.named(r"^lat|latitude|^y$", _numbers),
        guess.named(r"^lo?ng?$|longitude|^lo?ng?[^a-z]|^x$", _numbers),
    )
    name = guess.named(PLACES, lambda texts: bool(texts) and not _numbers(texts))
    if not key:
        return
    parts = [f"name = {toml(_hole(name))}"] if name else []
    parts += (
        [f"lat = {toml(_hole(lat))}", f"lon = {toml(_hole(lon))}", "within = 1"]
        if lat and lon
        else []
    )
    yield (
        f"{key} = {{ {', '.join(parts)} }}  # guess"
        if parts
        else f'{key} = "…"  # no column looks like a place: name one'
    )


def _said(guess: _Guess, kind: str) -> Iterator[str]:
    if kind == "casualties":
        yield _people("killed", guess, r"best|fatal|kill|dead|death|casualt|victim")
    elif kind == "displacement":
        yield _people(
            "people", guess, r"idp|displac|refuge|returnee|figure|people|ind$|persons|total"
        )
        yield 'measure = "stock"  # guess: those who are there; flow: these people, once; cumulative: all so far'
    elif kind == "control_change":
        column = guess.named(r"control|held|holder|faction|occup|captur")
        words = sorted(set(guess.texts(column)))
        yield f'actor = {{ value = {toml(_hole(column))}, words = "holders" }}'
        yield 'how = "observation"  # guess: it was so on that day; change: it became so then'
        yield ""
        yield '[tables.holders]  # who each word means: an actor of city.toml, or "" for nobody'
        yield from (f"{toml(word)} = {toml(slugged(word))}" for word in words)
    else:
        column = guess.named(r"descr|summ|note|text|title|headline|comment")
        yield 'stance = "comment"'
        yield 'topic = "a-topic"  # what it is about, in a word'
        yield (
            f"summary = {toml(_hole(column))}"
            if column
            else 'summary = "…"  # no column looks like a description: name one'
        )


def _people(key: str, guess: _Guess, pattern: str) -> str:
    low, high = guess.named(r"low|min", _numbers), guess.named(r"high|max", _numbers)
    best = guess.named(pattern, _numbers)
    ends = [
        f"{name} = {toml(_hole(column))}"
        for name, column in (("low", low), ("best", best), ("high", high))
        if column
    ]
    return (
        f"{key} = {{ {', '.join(ends)} }}  # guess"
        if ends
        else f'{key} = {{ best = "…" }}  # no column looks like a number: name one'
    )


def _numbers(texts: list[str]) -> bool:
    return bool(texts) and all(re.fullmatch(r"[+-]?[\d,]+(\.\d+)?", text) for text in texts)


def _hole(column: str) -> Any:
    return f"{{{column}}}"
