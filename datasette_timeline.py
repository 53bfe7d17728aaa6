"""The plugin for Datasette, put together: SQL functions, pages of states, and the projections that they are given.

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
from timeline.index import schema as indextables
from timeline.replay.state import State
from timeline.reports.briefing import Report
from timeline.sql.functions import Answers, is_index, one_state, register, telling
from timeline.text.document import Brief, Mark, Table
from timeline.text.phrases import safe
from timeline.text.tables import to_json

if TYPE_CHECKING:
    from datasette.app import Datasette  # which itself imports this, and cannot be imported before

JSON = "application/json; charset=utf-8"
ROUTE = r"^/-/timeline/(?P<database>[^/]+?)(/(?P<place>[^/]+?))?(?P<format>\.json)?$"
"""Where states are shown: of the whole city, or of a place by any of its names; ``?at=`` and ``?known=`` are the cut."""


_mine = threading.local()


class IndexDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """An index as a database of Datasette, whose errors tell what went wrong in a function of ours."""

    async def execute(self, sql: str, params: Any = None, *arguments: Any, **options: Any) -> Any:
        """Return the results of a query; raise `QueryInterrupted` also where a function of ours was interrupted."""
        try:
            return await super().execute(sql, params, *arguments, **options)
        except sqlite3.OperationalError as error:
            if error.args == ("interrupted",):
                raise QueryInterrupted(error, sql, params) from None
            raise

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], Any]) -> Any:
        """Return what a task makes of a connection, in the thread that the connection is kept for."""
        return await super().execute_fn(partial(telling, fn))

    def answers(self, db: sqlite3.Connection) -> Answers:
        """Return what answers on the connection of this thread, and remembers."""
        mine: Answers | None = getattr(_mine, "answers", {}).get(self)
        if mine is None or mine.db is not db:
            mine = Answers(db, Path(self.path), PROJECTIONS, CONTROL)
            _mine.answers = {**getattr(_mine, "answers", {}), self: mine}
        return mine


@hookimpl
def startup(datasette: "Datasette") -> None:
    """Take what is an index for one."""
    for name, database in list(datasette.databases.items()):
        if database.path and is_index(Path(database.path)):
            datasette.remove_database(name)
            datasette.add_database(
                IndexDatabase(datasette, database.path, is_mutable=database.is_mutable), name
            )


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: "Datasette") -> None:
    """Give the connections to an index their functions."""
    index = datasette.databases.get(database)
    if isinstance(index, IndexDatabase):
        register(conn, index.answers(conn))


@hookimpl(optionalhook=True)
def get_metadata(datasette: "Datasette") -> dict[str, Any]:
    """Describe the tables and columns of indexes, and offer what their rows may be counted by."""
    tables = {
        table.name: {
            "description": table.description,
            "columns": table.columns,
            "facets": table.facets,
            "label_column": table.label,
        }
        for table in indextables.TABLES
    }
    described = {
        name: {key: value for key, value in one.items() if value} for name, one in tables.items()
    }
    return {"databases": {name: {"tables": described} for name in _indexes(datasette)}}


@hookimpl
def menu_links(datasette: "Datasette", actor: Any) -> Callable[[], Any]:
    """Offer the state of each index in the menu, to those who may see it."""

    async def links() -> list[dict[str, str]]:
        names = [name for name in _indexes(datasette) if await _may_see(datasette, actor, name)]
        return [
            {
                "href": _home(datasette, name),
                "label": "Who held what" + (f": {name}" if names[1:] else ""),
            }
            for name in names
        ]

    return links


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Show states."""
    return [(ROUTE, _show)]


async def _show(datasette: "Datasette", request: Any) -> Response:
    """Return the state of a city or a place as a page or as JSON, or what is wrong with the question."""
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
        found, status = (
            await index.execute_fn(partial(_as_json if as_json else _as_page, index, question)),
            200,
        )
    except TimelineError as error:
        found, status = {"ok": False, "error": safe(str(error))}, _status(error)
    if as_json:
        return Response(
            to_json(found),
            status=status,
            headers={"x-content-type-options": "nosniff"},
            content_type=JSON,
        )
    template = datasette.jinja_env.from_string(
        files("timeline.visual.page").joinpath("datasette.html.j2").read_text("utf-8")
    )
    given = {"database": name, "quote": quote, **question.links(_home(datasette, name)), **found}
    return Response.html(
        await datasette.render_template(template, given, request=request), status=status
    )


@frozen
class Question:
    """What is asked: about a place, or the whole city for None, at a date, as known at a date, as they were typed."""

    place: str | None
    at: str | None
    known: str | None

    def state(self, answers: Answers) -> State:
        """Return the answer; raise `NothingFound` for an unknown place and `UsageError` for what is no date."""
        timeline = answers.timeline()
        cut = timeline.cut(self.at, self.known)
        try:
            return timeline.state(cut=cut, places=None if self.place is None else [self.place])
        except UsageError as error:
            raise NothingFound(error.problems) from None

    def links(self, home: str) -> dict[str, Any]:
        """Return what the page says of the question, and where its neighbours are."""
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
        briefs = [
            _parts(brief) for brief in report.briefs(state, chosen=question.place is not None)
        ]
        city = state.context.city
        places = (
            [(one.id, safe(one.name)) for one in city.places.values()]
            if question.place is None
            else []
        )
        return {
            "heading": safe(report.heading(state)),
            "briefs": briefs,
            "places": places,
            "behind": answers.behind(),
        }


def _parts(brief: Brief) -> dict[str, Any]:
    """Return a part of a briefing as safe texts."""
    table = brief.table or Table((), ())
    rows = [
        [safe(cell.text if isinstance(cell, Mark) else cell) for cell in row] for row in table.rows
    ]
    lines = [safe(line) for line in brief.lines]
    return {
        "heading": safe(brief.heading),
        "above": safe(brief.above),
        "lines": lines,
        "columns": table.columns,
        "rows": rows,
    }


async def _may_see(datasette: "Datasette", actor: Any, name: str) -> bool:
    try:
        await datasette.ensure_permissions(actor, [("view-database", name), "view-instance"])
    except Forbidden:
        return False
    return True


def _indexes(datasette: "Datasette") -> list[str]:
    return [
        name
        for name, database in datasette.databases.items()
        if isinstance(database, IndexDatabase)
    ]


def _home(datasette: "Datasette", name: str) -> str:
    return str(datasette.urls.path(f"/-/timeline/{tilde_encode(name)}"))


def _status(error: TimelineError) -> int:
    """Return the status of HTTP that an error has."""
    return 404 if isinstance(error, NothingFound) else 400 if isinstance(error, UsageError) else 503
