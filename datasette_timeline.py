"""The plugin for Datasette: SQL functions and pages of states, with their projections.

Datasette opens an index (docs/index.md) as it is, without this. With it, the tables and columns are
described, SQL may ask who held a place (`control_at`, `status_at`), and
``/-/timeline/DATABASE/PLACE`` shows the state. Only what is an index is touched, and nothing is
written.
"""

import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

from attrs import frozen
from datasette import Forbidden, NotFound, Response, hookimpl
from datasette.database import Database, QueryInterrupted
from datasette.utils import tilde_decode, tilde_encode

from projections import CONTROL, PROJECTIONS
from timeline.errors import NothingFound, TimelineError, UsageError
from timeline.index.schema import TABLES, Described
from timeline.replay.state import State
from timeline.reports.briefing import Report
from timeline.sql.functions import Answers, is_index, one_state, register, telling
from timeline.text.document import Brief, Cell, Mark, Table
from timeline.text.phrases import safe
from timeline.text.tables import to_json

if TYPE_CHECKING:
    from datasette.app import Datasette  # which itself imports this, and cannot be imported before

JSON = "application/json; charset=utf-8"
ROUTE = r"^/-/timeline/(?P<database>[^/]+?)(/(?P<place>[^/]+?))?(?P<format>\.json)?$"
"""Where the state of a city or a place is shown; ``?at=`` and ``?known=`` are the cut."""


class _Thread(threading.local):
    """The answers of each index, on the connections of the thread that asks."""

    def __init__(self) -> None:
        self.answers: dict[IndexDatabase, Answers] = {}


_THREAD = _Thread()


class IndexDatabase(Database):
    """An index as a database of Datasette, whose errors say why a function of ours failed."""

    async def execute(self, sql: str, params: Any = None, *arguments: Any, **options: Any) -> Any:
        """Return the results of a query.

        Raises `QueryInterrupted` also where a function of ours was interrupted.
        """
        try:
            return await super().execute(sql, params, *arguments, **options)
        except sqlite3.OperationalError as error:
            if error.args == ("interrupted",):
                raise QueryInterrupted(error, sql, params) from None
            raise

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Any]) -> Any:
        """Return the result of a task on a connection, in the thread of that connection."""
        return await super().execute_fn(partial(telling, fn))

    def answers(self, db: sqlite3.Connection) -> Answers:
        """Return the answers on the connection of this thread, which are remembered."""
        answers = _THREAD.answers.get(self)
        if answers is None or answers.db is not db:
            answers = Answers(db, Path(self.path), PROJECTIONS, CONTROL)
            _THREAD.answers[self] = answers
        return answers


@hookimpl
def startup(datasette: "Datasette") -> None:
    """Open each database that is an index as one."""
    for name, database in list(datasette.databases.items()):
        if database.path and is_index(Path(database.path)):
            datasette.remove_database(name)
            index = IndexDatabase(datasette, database.path, is_mutable=database.is_mutable)
            datasette.add_database(index, name)


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: "Datasette") -> None:
    """Give the connections to an index their functions."""
    index = datasette.databases.get(database)
    if isinstance(index, IndexDatabase):
        register(conn, index.answers(conn))


@hookimpl(optionalhook=True)
def get_metadata(datasette: "Datasette") -> dict[str, Any]:
    """Describe the tables and columns of indexes, and offer what their rows may be counted by."""
    tables = {table.name: _described(table) for table in TABLES}
    return {"databases": {name: {"tables": tables} for name in _indexes(datasette)}}


def _described(table: Described) -> dict[str, Any]:
    fields = {
        "description": table.description,
        "columns": table.columns,
        "facets": table.facets,
        "label_column": table.label,
    }
    return {name: value for name, value in fields.items() if value}


@hookimpl
def menu_links(datasette: "Datasette", actor: Any) -> Callable[[], Any]:
    """Offer the state of each index in the menu, to those who may see it."""

    async def links() -> list[dict[str, str]]:
        names = [name for name in _indexes(datasette) if await _may_see(datasette, actor, name)]
        labels = [f"Who held what: {name}" for name in names]
        if len(names) == 1:
            labels = ["Who held what"]
        return [
            {"href": _home(datasette, name), "label": label}
            for name, label in zip(names, labels, strict=True)
        ]

    return links


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Show states."""
    return [(ROUTE, _show)]


async def _show(datasette: "Datasette", request: Any) -> Response:
    """Return the state of a city or a place as a page or as JSON, or a refusal."""
    name = tilde_decode(request.url_vars["database"])
    index = datasette.databases.get(name)
    if not isinstance(index, IndexDatabase):
        raise NotFound(f"{name} is no index of a timeline")
    if not await _may_see(datasette, request.actor, name):
        raise Forbidden("view-database")
    place = request.url_vars["place"] and unquote(request.url_vars["place"])
    question = Question(place, *(request.args.get(clock) or None for clock in ("at", "known")))
    as_json = request.url_vars["format"] is not None
    try:
        answer = await index.execute_fn(partial(_as_json if as_json else _as_page, index, question))
        status = 200
    except TimelineError as error:
        answer, status = {"ok": False, "error": safe(str(error))}, _status(error)
    if as_json:
        headers = {"x-content-type-options": "nosniff"}
        return Response(to_json(answer), status=status, headers=headers, content_type=JSON)
    source = files("timeline.visual.page").joinpath("datasette.html.j2").read_text("utf-8")
    template = datasette.jinja_env.from_string(source)
    given = {"database": name, "quote": quote, **question.links(_home(datasette, name)), **answer}
    page = await datasette.render_template(template, given, request=request)
    return Response.html(page, status=status)


@frozen
class Question:
    """A question as it was typed: about a place, or the whole city for None, at two dates."""

    place: str | None
    at: str | None
    known: str | None

    def state(self, answers: Answers) -> State:
        """Return the answer.

        Raises `NothingFound` for an unknown place and `UsageError` for what is no date.
        """
        timeline = answers.timeline()
        cut = timeline.cut(self.at, self.known)
        try:
            return timeline.state(cut=cut, places=None if self.place is None else [self.place])
        except UsageError as error:
            raise NothingFound(error.problems) from None

    def links(self, home: str) -> dict[str, Any]:
        """Return the parts of the question that the page shows, and its links."""
        clocks = {clock: text for clock, text in (("at", self.at), ("known", self.known)) if text}
        cut = f"?{urlencode(clocks)}" if clocks else ""
        here = home if self.place is None else f"{home}/{quote(self.place, safe='')}"
        shown = {
            "place": self.place and safe(self.place),
            "at": safe(self.at or ""),
            "known": safe(self.known or ""),
        }
        return {**shown, "home": home, "cut": cut, "json": f"{here}.json{cut}"}


def _as_json(index: IndexDatabase, question: Question, db: sqlite3.Connection) -> dict[str, Any]:
    """Return a state as `timeline state --json` writes it."""
    with one_state(db):
        return question.state(index.answers(db)).json()


def _as_page(index: IndexDatabase, question: Question, db: sqlite3.Connection) -> dict[str, Any]:
    """Return a state as `timeline state` tells it, in parts that the template lays out."""
    with one_state(db):
        answers = index.answers(db)
        state, report = question.state(answers), Report(answers.timeline())
        briefs = list(map(_parts, report.briefs(state, chosen=question.place is not None)))
        places = state.context.city.places.values() if question.place is None else ()
        return {
            "heading": safe(report.heading(state)),
            "briefs": briefs,
            "places": [(place.id, safe(place.name)) for place in places],
            "behind": answers.behind(),
        }


def _parts(brief: Brief) -> dict[str, Any]:
    """Return a part of a briefing as safe texts."""
    table = brief.table or Table((), ())
    return {
        "heading": safe(brief.heading),
        "above": safe(brief.above),
        "lines": list(map(safe, brief.lines)),
        "columns": table.columns,
        "rows": [list(map(_plain, row)) for row in table.rows],
    }


def _plain(cell: Cell) -> str:
    return safe(cell.text if isinstance(cell, Mark) else cell)


async def _may_see(datasette: "Datasette", actor: Any, name: str) -> bool:
    try:
        await datasette.ensure_permissions(actor, [("view-database", name), "view-instance"])
    except Forbidden:
        return False
    return True


def _indexes(datasette: "Datasette") -> list[str]:
    databases = datasette.databases.items()
    return [name for name, database in databases if isinstance(database, IndexDatabase)]


def _home(datasette: "Datasette", name: str) -> str:
    return str(datasette.urls.path(f"/-/timeline/{tilde_encode(name)}"))


def _status(error: TimelineError) -> int:
    """Return the status of HTTP that an error has."""
    if isinstance(error, NothingFound):
        return 404
    return 400 if isinstance(error, UsageError) else 503
