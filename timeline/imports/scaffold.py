"""A first mapping for an unknown table is drafted from its heading and rows, guesses marked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from attrs import define, field

from timeline.errors import TimelineError, UsageError
from timeline.imports import dates, table_files
from timeline.imports.gazetteer import toml
from timeline.imports.ids import slugged
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
HOLDERS = r"control|held|holder|faction|occup|captur"
TYPES = {
    "casualties": r"death|fatal|kill|dead|casualt|victim|injur|wound",
    "displacement": r"idp|displac|refuge|returnee|flee|fled|evacu",
    "control_change": HOLDERS,
}
"""Patterns for the names of columns that speak of a type of event."""
PLACES = (
    r"place|location|town|city|village|settlement|where|adm(in)?_?3|adm(in)?_?2|district"
    r"|adm(in)?_?1|province|governorate|^name|name"
)
"""A pattern for the names of columns that name a place, the smallest place first."""
PLACE_FIELDS = {
    "casualties": "place",
    "control_change": "place",
    "displacement": "destination",
}
"""The field that a place is read into, by the type of event."""


@define
class _Guess:
    """The columns of a table, guesses at what they hold, and those that were `taken` already."""

    columns: Sequence[str]
    rows: Sequence[Row]
    taken: list[str] = field(factory=list)

    def texts(self, column: str) -> list[str]:
        """Return the texts in a column, without empty ones."""
        return [text for row in self.rows if (text := row.cells.get(column, ""))]

    def named(self, pattern: str, fits: Callable[[list[str]], bool] = bool) -> str:
        """Return and take the first free column that fits the pattern's words in turn, else ""."""
        for word in pattern.split("|"):
            for column in self.columns:
                free = column not in self.taken and re.search(word, column, re.IGNORECASE)
                if free and fits(self.texts(column)):
                    self.taken.append(column)
                    return column
        return ""

    def speaking(self, pattern: str) -> str:
        """Return the first column whose name matches, free or not; an empty text for none."""
        matching = (c for c in self.columns if re.search(pattern, c, re.IGNORECASE))
        return next(matching, "")


def draft_mapping(path: Path, encoding: str = "utf-8") -> str:
    """Return a first mapping for a table in TOML; raise `TimelineError` if unreadable or empty."""
    layout = _layout(path, encoding)
    with table_files.opened(path, layout) as table:
        rows = [row for row in islice(table.rows, SAMPLE) if isinstance(row, Row)]
        guess = _Guess(table.columns, rows)
    if not rows:
        found = f"{path} has no row that can be read"
        raise TimelineError.because(found, "rows to make a mapping from")
    return "\n".join(_draft(path, layout, guess)) + "\n"


def _layout(path: Path, encoding: str) -> Layout:
    """Return how a table seems to be written, by its name and by its heading or its only list."""
    kind = table_files.FORMATS.get(path.suffix.lower(), "csv")
    layout = Layout(format=kind, encoding=encoding)
    if kind == "json":
        return _json_layout(path, layout)
    if kind != "csv":
        return layout
    with table_files.opened(path, layout) as table:
        heading = table.columns[0] if len(table.columns) == 1 else ""
    delimiter = next((mark for mark in (";", "\t", "|") if mark in heading), None)
    return Layout(format="csv", delimiter=delimiter, encoding=encoding) if delimiter else layout


def _json_layout(path: Path, layout: Layout) -> Layout:
    for key in (None, "result", "results", "data", "events", "records", "features", "items"):
        tried = Layout(format="json", encoding=layout.encoding, records=key)
        try:
            with table_files.opened(path, tried):
                return tried
        except UsageError:
            raise
        except TimelineError:
            continue
    found = f"no array of rows was found in {path}"
    raise TimelineError.because(found, "an array, or one under a key such as result or data")


def _draft(path: Path, layout: Layout, guess: _Guess) -> Iterator[str]:
    name = slugged(path.stem)[:24].strip("-")
    head = {
        "name": name,
        "title": safe(path.stem),
        "prefix": name,
        "format": layout.format,
        "delimiter": layout.delimiter,
        "records": layout.records,
        "encoding": None if layout.encoding == "utf-8" else layout.encoding,
    }
    yield f"# A first mapping for {safe(path.name)}, from its heading and {len(guess.rows)} rows."
    yield '# Look over each line: what says "guess" is one.'
    yield (
        "# Columns that no line names go into the note of each event; "
        "name those that are not worth it under ignore."
    )
    yield from (f"{key} = {toml(value)}" for key, value in head.items() if value is not None)
    yield _key(guess)
    yield "ignore = []"
    yield ""
    yield "# The columns:"
    yield from (_described(column, guess.texts(column)) for column in guess.columns)
    yield ""
    yield from _event(guess)


def _described(column: str, texts: list[str]) -> str:
    examples = list(dict.fromkeys(texts))[:EXAMPLES]
    listed = ", ".join(toml(shortened(safe(text), 30)) for text in examples)
    return f"#   {safe(column)}: {listed or 'always empty'}"


def _key(guess: _Guess) -> str:
    def unlike(texts: list[str]) -> bool:
        return len(texts) == len(guess.rows) == len(set(texts))

    column = guess.named(r"^id$|uuid|event.?id|id$|^id|key|seq|code|number", unlike)
    if column:
        return f"key = {toml(_hole(column))}  # guess: differs in every row that was read"
    unique = next((column for column in guess.columns if unlike(guess.texts(column))), "")
    template = _hole(unique) if unique else " ".join(map(_hole, guess.columns[:3]))
    why = "no column looks like an id; name what stays with a row from edition to edition"
    return f"key = {toml(template)}  # guess: {why}"


def _event(guess: _Guess) -> Iterator[str]:
    speaking = {kind: guess.speaking(pattern) for kind, pattern in TYPES.items()}
    kind = next((kind for kind, column in speaking.items() if column), "statement")
    column = speaking.get(kind)
    why = f"for the column {safe(column)}" if column else "no column speaks of anything else"
    yield "[[events]]"
    yield f"type = {toml(kind)}  # guess: {why}"
    yield 'source = "who-says-so"  # the id of a source of city.toml'
    undated = 'occurred = "…"  # no column looks like a date: name one'
    yield _date("occurred", guess, r"start|begin|event.?date|^date|date|day|time|when", undated)
    reported = _date("reported", guess, r"report|publish|creat|updat|timestamp|release", "")
    yield reported or 'reported = "{@edition}"  # guess: known from the edition on, --edition'
    yield from _where(guess, PLACE_FIELDS.get(kind, ""))
    yield from _SUBJECTS[kind](guess)


def _date(key: str, guess: _Guess, pattern: str, otherwise: str) -> str:
    column = guess.named(pattern, lambda texts: bool(_forms(texts)))
    if not column:
        return otherwise
    forms = _forms(guess.texts(column))
    doubt = f"; or {forms[1]}" if len(forms) > 1 and "%" in forms[0] else ""
    value = f"{{ value = {toml(_hole(column))}, forms = [{toml(forms[0])}] }}"
    return f"{key} = {value}  # guess{doubt}"


def _forms(texts: list[str]) -> list[str]:
    """Return the forms that fit all of some texts."""
    return [form for form in FORMS if texts and all(_reads(text, form) for text in texts)]


def _reads(text: str, form: str) -> bool:
    try:
        return bool(dates.read(text, (form,))) and (form != "edtf" or not text.isdigit())
    except UsageError:
        return False


def _where(guess: _Guess, key: str) -> Iterator[str]:
    lat = guess.named(r"^lat|latitude|^y$", _numbers)
    lon = guess.named(r"^lo?ng?$|longitude|^lo?ng?[^a-z]|^x$", _numbers)
    name = guess.named(PLACES, lambda texts: bool(texts) and not _numbers(texts))
    if not key:
        return
    parts = [f"name = {toml(_hole(name))}"] if name else []
    if lat and lon:
        parts += [f"lat = {toml(_hole(lat))}", f"lon = {toml(_hole(lon))}", "within = 1"]
    if parts:
        yield f"{key} = {{ {', '.join(parts)} }}  # guess"
    else:
        yield f'{key} = "…"  # no column looks like a place: name one'


def _casualties(guess: _Guess) -> Iterator[str]:
    yield _people("killed", guess, r"best|fatal|kill|dead|death|casualt|victim")


def _displacement(guess: _Guess) -> Iterator[str]:
    pattern = r"idp|displac|refuge|returnee|figure|people|ind$|persons|total"
    others = "flow: these people, once; cumulative: all so far"
    yield _people("people", guess, pattern)
    yield f'measure = "stock"  # guess: those who are there; {others}'


def _control(guess: _Guess) -> Iterator[str]:
    column = guess.named(HOLDERS)
    words = sorted(set(guess.texts(column)))
    yield f'actor = {{ value = {toml(_hole(column))}, words = "holders" }}'
    yield 'how = "observation"  # guess: it was so on that day; change: it became so then'
    yield ""
    yield '[tables.holders]  # who each word means: an actor of city.toml, or "" for nobody'
    yield from (f"{toml(word)} = {toml(slugged(word))}" for word in words)


def _statement(guess: _Guess) -> Iterator[str]:
    column = guess.named(r"descr|summ|note|text|title|headline|comment")
    yield 'stance = "comment"'
    yield 'topic = "a-topic"  # what it is about, in a word'
    if column:
        yield f"summary = {toml(_hole(column))}"
    else:
        yield 'summary = "…"  # no column looks like a description: name one'


_SUBJECTS: Mapping[str, Callable[[_Guess], Iterator[str]]] = {
    "casualties": _casualties,
    "displacement": _displacement,
    "control_change": _control,
    "statement": _statement,
}
"""The lines of a type's own fields."""


def _people(key: str, guess: _Guess, pattern: str) -> str:
    low, high = guess.named(r"low|min", _numbers), guess.named(r"high|max", _numbers)
    best = guess.named(pattern, _numbers)
    columns = {"low": low, "best": best, "high": high}
    ends = [f"{name} = {toml(_hole(column))}" for name, column in columns.items() if column]
    if not ends:
        return f'{key} = {{ best = "…" }}  # no column looks like a number: name one'
    return f"{key} = {{ {', '.join(ends)} }}  # guess"


def _numbers(texts: list[str]) -> bool:
    return bool(texts) and all(re.fullmatch(r"[+-]?[\d,]+(\.\d+)?", text) for text in texts)


def _hole(column: str) -> str:
    return f"{{{column}}}"
