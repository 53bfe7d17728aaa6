"""Datasette with the plugin: through its own client, and as the process that people start."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from commandline import run
from indexes import add, index_of
from strategies import CITY_FILE

pytest.importorskip(
    "datasette", reason="no Datasette here; pip install 'conflict-timeline[datasette]'"
)

import httpx
from datasette.app import Datasette

import datasette_timeline

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Datasette has SQLite print them

HOME = "/-/timeline/events~2Ejsonl"
HOSTILE = 'The <script>alert("M")</script> \u202eMonitor'


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Return the index of a log of one event, said by a source with a hostile name."""
    path = index_of(tmp_path, b"")
    named = json.dumps(HOSTILE, ensure_ascii=True)
    (tmp_path / "city.toml").write_text(CITY_FILE.replace('"The Monitor"', named), "utf-8")
    add(path)
    return path


PATIENT = {"sql_time_limit_ms": 60_000}
"""A busy machine is slow to import what the first question needs."""


def get(index: Path, *paths: str, **options):
    """Return what Datasette, opened on an index, answers to several requests at once."""

    async def ask():
        datasette = Datasette([str(index)], **{"settings": PATIENT} | options)
        await datasette.invoke_startup()
        return await asyncio.gather(*(datasette.client.get(path) for path in paths))

    return asyncio.run(ask())


def sql(query: str) -> str:
    return f"/events~2Ejsonl.json?{urlencode({'sql': query, '_shape': 'array'})}"


def test_sql_asks_who_held_a_place(index):
    (found,) = get(
        index,
        sql("SELECT place, control_at(place, '2016-11-28', NULL) AS holder FROM control_claims"),
    )
    assert found.json() == [{"place": "hill", "holder": "government"}]


def test_each_of_many_questions_at_once_gets_its_own_answer(index):
    """Also its own error: which is told by the thread that it happened in."""
    names = [f"nowhere-{number}" for number in range(30)]
    found = get(
        index,
        *(
            sql(f"SELECT control_at('{name}', NULL, NULL) AS holder")
            for name in (*names, *30 * ["hill"])
        ),
    )
    assert [
        f"unknown place '{name}'" in one.json()["error"]
        for name, one in zip(names, found, strict=False)
    ] == 30 * [True]
    assert [one.json() for one in found[30:]] == 30 * [[{"holder": "government"}]]


def test_an_error_is_shown_where_the_question_was_put(index):
    (page,) = get(index, sql("SELECT status_at('hill', 'soon', NULL)").replace(".json?", "?"))
    assert "&#39;soon&#39; is not a date; expected a date such as 2016-11-28" in page.text


def test_a_question_that_takes_too_long_is_told_as_any_other(index):
    """Whether the limit strikes in a function of ours or around it."""
    days = (
        "WITH RECURSIVE days(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM days) SELECT {} FROM days"
    )
    query = days.format("sum(control_at('hill', 1000 + n % 9000, NULL) = 'x')")
    (found,) = get(index, sql(query), settings={"sql_time_limit_ms": 50})
    assert (
        found.status_code,
        "took too long" in found.text or "interrupted" in found.text.lower(),
    ) == (400, True)


def test_the_state_as_json_is_the_command_lines(index, tmp_path):
    (found,) = get(index, f"{HOME}/Market.json?at=2016-11-28&known=2016-11-28")
    told = run(
        "state",
        "Market",
        "--at",
        "2016-11-28",
        "--known",
        "2016-11-28",
        "--json",
        "--log",
        str(tmp_path / "events.jsonl"),
    )
    assert found.status_code == 200
    assert found.json() == json.loads(told.stdout)
    assert found.headers["content-type"] == "application/json; charset=utf-8"


def test_the_state_as_a_page_says_who_says_so(index):
    """With every name as text: no markup, nothing that turns the writing round."""
    here, city = get(index, f"{HOME}/hill?at=2016-11-28", HOME)
    for page in (here, city):
        assert page.status_code == 200
        assert "&lt;script&gt;alert(" in page.text
        assert "<script>alert(" not in page.text
        assert "\u202e" not in page.text
    assert f'href="{HOME}/hill.json?at=2016-11-28"' in here.text
    assert f'<a href="{HOME}/market">' in city.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (f"{HOME}/nowhere", 404, "unknown place"),
        (f"{HOME}/hil", 404, "did you mean hill?"),
        (f"{HOME}/%3Cscript%3E", 404, "unknown place"),
        (f"{HOME}/hill?at=soon", 400, "is not a date"),
        (f"{HOME}?known=%00%1b[31m", 400, "is not a date"),
        ("/-/timeline/other", 404, "other is no index of a timeline"),
    ],
)
def test_what_makes_no_sense_is_told(index, path, status, said):
    way, _, clocks = path.partition("?")
    page, data = get(index, path, f"{way}.json?{clocks}")
    assert (page.status_code, data.status_code) == (status, status)
    assert said in page.text
    assert said in data.json()["error"]
    assert "<script>" not in page.text.partition("<h1>")[2].partition("</h1>")[0]
    assert not set("\0\x1b") & set(page.text + data.text)


def test_an_index_that_the_log_has_left_says_so(index):
    add(index, refresh=False, id="more")
    (grown,) = get(index, HOME)
    assert "The log has grown since" in grown.text
    index.with_suffix("").write_bytes(b"")
    page, data = get(index, HOME, f"{HOME}.json")
    assert (page.status_code, data.status_code) == (503, 503)
    assert (
        "the log is not what it was built from (`timeline index` builds it anew"
        in data.json()["error"]
    )


def test_tables_are_described_and_counted(index):
    table, home = get(index, "/events~2Ejsonl/control_claims", "/")
    assert "one row for each claim that stands" in table.text
    assert "The holder, by the actor&#39;s id, several joined by +; empty for nobody" in table.text
    assert 'data-column="holder"' in table.text
    assert f'<a href="{HOME}">Who held what</a>' in home.text


def test_who_may_not_see_the_database_sees_no_state(index):
    rule = {"databases": {"events.jsonl": {"allow": {"id": "root"}}}}
    page, home = get(index, HOME, "/", metadata=rule)
    assert page.status_code == 403
    assert "Who held what" not in home.text


def test_other_databases_are_left_alone(tmp_path):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE events (id TEXT)")
    home, found, page = get(
        other, "/", "/other.json?sql=select+control_at(1,2,3)", "/-/timeline/other"
    )
    assert "Who held what" not in home.text
    assert "no such function: control_at" in found.json()["error"]
    assert page.status_code == 404


def test_a_process_serves_it(index):
    """`datasette serve` finds the plugin by its entry point."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    patient = [word for name, value in PATIENT.items() for word in ("--setting", name, str(value))]
    command = [sys.executable, "-m", "datasette", "serve", index.name, "--port", port, *patient]
    server = subprocess.Popen(
        command,
        cwd=index.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                plugins = httpx.get(f"{address}/-/plugins.json").json()
                break
            except httpx.TransportError:
                assert server.poll() is None
                time.sleep(0.1)
        assert [one["name"] for one in plugins] == ["conflict-timeline"]
        found = httpx.get(address + sql("SELECT control_at('hill', NULL, NULL) AS holder")).json()
        assert found == [{"holder": "government"}]
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)


def test_the_plugin_is_given_the_same_questions_as_the_command_line():
    from cli import main

    assert datasette_timeline.PROJECTIONS is main.context_settings["obj"]
