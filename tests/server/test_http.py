"""The server over real sockets: it answers as the command line does, to whom it should.

Nothing that comes in brings it down.
"""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlencode

import pytest
from browsers import browser
from click.testing import CliRunner
from effort import times
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cli import main
from projections import PROJECTIONS
from timeline.cli.serve import page
from timeline.server import openapi, routes
from timeline.server.http import Server

ROOT = Path(__file__).parents[2]
DOCUMENT = openapi.document()
PICTURES = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("shapely", "jinja2")), reason="no extra pictures here"
)
NEW = (
    '{"id":"new","type":"control_change","v":1,"occurred":"2016-12-01","reported":"2016-12-01",'
    '"source":"sohr","place":"sakhour","actor":"government"}\n'
)


@contextmanager
def serving(folder, **options):
    """Give a server of a copy of the shipped log, and what it told."""
    for name in ("events.jsonl", "city.toml"):
        shutil.copy(ROOT / name, folder)
    told = []
    with Server(
        options.get("host", "127.0.0.1"), 0, folder / "events.jsonl", PROJECTIONS, page, told.append
    ) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
    assert told == []


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def own(tmp_path):
    with serving(tmp_path) as running:
        yield running


def ask(server, target, method="GET", **headers):
    """Return the status, the headers and the body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    try:
        connection.request(
            method,
            target,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def raw(server, data):
    """Send bytes as they are, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as sent:
        sent.sendall(data)
        sent.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sent.recv(65536), b""))


def printed(*arguments, log=ROOT / "events.jsonl"):
    return CliRunner().invoke(main, [*arguments, "--log", str(log)], obj=PROJECTIONS)


def schema(name):
    return {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}


# It answers as the command line does --------------------------------------------------------------

ALIKE = [
    ("/api/state", ["state", "--json"]),
    (
        "/api/state?at=2016-11-28&place=sakhour",
        ["state", "sakhour", "--at", "2016-11-28", "--json"],
    ),
    (
        "/api/state?at=2016-11-28@2016-11-24&policy=cautious",
        ["state", "--at", "2016-11-28@2016-11-24", "--policy", "cautious", "--json"],
    ),
    (
        "/api/state?at=2016-11-28&policy=all",
        ["state", "--at", "2016-11-28", "--policy", "all", "--json"],
    ),
    (
        "/api/state?at=28+Nov+2016&without-source=sohr",
        ["state", "--at", "28 Nov 2016", "--without-source", "sohr", "--json"],
    ),
    (
        "/api/history?place=sakhour&along=known&at=2016-11-28",
        ["history", "sakhour", "--along", "known", "--at", "2016-11-28", "--json"],
    ),
    (
        "/api/history?of=siege&from=2016-08&to=2016-12",
        ["history", "--of", "siege", "--from", "2016-08", "--to", "2016-12", "--json"],
    ),
    (
        "/api/explain?place=sakhour&at=2016-11-28",
        ["explain", "sakhour", "--at", "2016-11-28", "--json"],
    ),
    (
        "/api/explain?flow=east-aleppo&flow=west-aleppo",
        ["explain", "--flow", "east-aleppo", "west-aleppo", "--json"],
    ),
    ("/api/explain?aid=un-aid-delivery", ["explain", "--aid", "un-aid-delivery", "--json"]),
    ("/api/log", ["log", "--json"]),
    (
        "/api/log?type=statement&source=sohr&search=sakhour",
        ["log", "--type", "statement", "--source", "sohr", "--search", "sakhour", "--json"],
    ),
    ("/api/log?text=nothing+like+that", ["log", "--text", "nothing like that", "--json"]),
    ("/api/show?id=sakhour-seized", ["show", "sakhour-seized", "--json"]),
]


@pytest.mark.parametrize(("target", "arguments"), ALIKE, ids=[target for target, _ in ALIKE])
def test_a_body_is_what_the_command_prints(server, target, arguments):
    """To the byte, and as its schema has it."""
    status, headers, body = ask(server, target)
    assert (status, headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert body.decode() == printed(*arguments).stdout
    names = {one.path: one.body for one in routes.ENDPOINTS}
    Draft202012Validator(schema(names[target.partition("?")[0]])).validate(json.loads(body))


REFUSED = [
    (400, "/api/state?at=foo", ["state", "--at", "foo"]),
    (400, "/api/state?policy=latset", ["state", "--policy", "latset"]),
    (400, "/api/state?at=2016@2015&known=2014", ["state", "--at", "2016@2015", "--known", "2014"]),
    (400, "/api/history?at=2016-11-28", ["history", "--at", "2016-11-28"]),
    (400, "/api/history?of=sieges", ["history", "--of", "sieges"]),
    (400, "/api/history?from=2017&to=2016", ["history", "--from", "2017", "--to", "2016"]),
    (400, "/api/explain", ["explain"]),
    (400, "/api/log?type=statements", ["log", "--type", "statements"]),
    (400, "/api/log?source=nobody", ["log", "--source", "nobody"]),
    (400, "/api/show?id=s", ["show", "s"]),
    (404, "/api/state?place=sakhuur", ["state", "sakhuur"]),
    (404, "/api/explain?aid=nothing", ["explain", "--aid", "nothing"]),
    (404, "/api/show?id=no-such-event", ["show", "no-such-event"]),
    (404, "/api/state?without-event=no-such-event", ["state", "--without-event", "no-such-event"]),
]


@pytest.mark.parametrize(
    ("status", "target", "arguments"), REFUSED, ids=[target for _, target, _ in REFUSED]
)
def test_what_is_refused_is_refused_in_the_command_lines_words(server, status, target, arguments):
    found, headers, body = ask(server, target)
    told = json.loads(body)
    assert found == status
    assert "ETag" not in headers
    assert told["error"] == printed(*arguments).stderr.strip().removeprefix("Error: ")
    Draft202012Validator(schema("Error")).validate(told)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/api/state?att=2016", "unknown parameter 'att'; expected one of place, at, known"),
        ("/api/state?at=2016&at=2017", "2 values of at; expected one"),
        ("/api/state?at", "a query that cannot be read"),
        ("/api/state?place=%ff", "a query that cannot be read"),
        (f"/api/state?{'place=sakhour&' * 200}", "a query that cannot be read"),
        ("/api/show", "no id; expected id=…"),
        (
            "/api/history?along=sideways",
            "unknown along 'sideways'; expected one of valid, known, both",
        ),
        ("/api/explain?flow=sakhour", "1 values of flow; expected two"),
        ("/?policy=nice", "unknown policy"),
    ],
)
def test_a_query_that_makes_no_sense_is_told(server, target, words):
    status, _, body = ask(server, target)
    assert status == 400
    assert words in body.decode().replace("&#x27;", "'")


def test_unknown_paths_are_not_found(server):
    for target in (
        "/nope",
        "/api",
        "/api/",
        "/api/state/",
        "/../events.jsonl",
        "/events.jsonl",
        "/%2e%2e/city.toml",
        quote("/api/statе"),
    ):
        status, _, body = ask(server, target)
        assert status == 404, target
        assert b"no path" in body


# The document -------------------------------------------------------------------------------------


def questions():
    """Yield every path of the document with each of its parameters, by the table's examples."""
    for endpoint in routes.ENDPOINTS:
        for parameter in endpoint.parameters:
            query = urlencode(list(question(endpoint, parameter)))
            yield endpoint, f"{endpoint.path}?{query}"


def question(endpoint, parameter):
    """Yield a parameter by its example, and those without which it makes no sense."""
    for needed in endpoint.parameters:
        if needed.required and needed is not parameter:
            yield needed.name, needed.example
    if endpoint.path == "/api/explain" and parameter.name not in SUBJECTS:
        yield "place", "east-aleppo" if parameter.name == "of" else "sakhour"
    if endpoint.path == "/api/history" and parameter.name == "at":
        yield "along", "known"
    yield parameter.name, parameter.example
    if parameter.name == "flow":
        yield "flow", "west-aleppo"


SUBJECTS = ("place", "aid", "flow", "topic")
"""The parameters that say what an explanation is about."""


@pytest.mark.parametrize(
    ("endpoint", "target"), [pytest.param(*one, id=one[1]) for one in questions()]
)
def test_every_parameter_of_every_path_is_answered(server, endpoint, target):
    status, _, body = ask(server, target)
    assert status == 200, body
    Draft202012Validator(schema(endpoint.body)).validate(json.loads(body))


def test_the_document_describes_what_is_served_and_nothing_else(server):
    status, _, body = ask(server, routes.OPENAPI)
    served = json.loads(body)
    assert (status, served) == (200, DOCUMENT)
    paths = {endpoint.path for endpoint in routes.ENDPOINTS}
    assert set(served["paths"]) == paths | {"/", routes.VERSION, routes.OPENAPI}
    for name in served["components"]["schemas"]:
        Draft202012Validator.check_schema(schema(name))
    references = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', body.decode()))
    assert references <= set(served["components"]["schemas"])
    Draft202012Validator(schema("Version")).validate(json.loads(ask(server, routes.VERSION)[2]))


# Tags ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["/api/state?at=2016-11-28", "/api/log", "/api/version", "/api/openapi.json"]
)
def test_who_has_the_answer_is_not_sent_it_again(server, target):
    _, headers, _ = ask(server, target)
    tag = headers["ETag"]
    assert tag.startswith('"')
    for written in (tag, f'"other", {tag}', f"W/{tag}"):
        status, again, body = ask(server, target, If_None_Match=written)
        assert (status, body, again["ETag"]) == (304, b"", tag)
    assert ask(server, target, If_None_Match='"other"')[0] == 200


def test_a_tag_is_that_of_the_question_however_it_is_put(server):
    def tag(target):
        return ask(server, target, "HEAD")[1]["ETag"]

    written = tag("/api/state?at=2016-11-28&place=sakhour")
    assert tag("/api/state?place=al-Sakhour&at=28+Nov+2016") == written
    assert len({tag(f"/api/state?at=2016-11-{day}") for day in range(10, 30)}) == 20
    in_order = tag("/api/state?place=sakhour&place=aleppo")
    assert tag("/api/state?place=aleppo&place=sakhour") != in_order


def test_a_log_that_grows_has_other_answers_and_other_tags(own):
    """What is appended is in the next answer, and no tag from before fits it."""
    targets = ["/api/version", "/api/log", "/api/state"]
    before = {target: ask(own, target) for target in targets}
    with own.live.log.open("a", encoding="utf-8") as file:
        file.write(NEW)
    for target in targets:
        status, headers, body = ask(own, target, If_None_Match=before[target][1]["ETag"])
        assert (
            status,
            headers["ETag"] != before[target][1]["ETag"],
            body != before[target][2],
        ) == (200, True, True)
    assert json.loads(ask(own, "/api/version")[2])["log"]["events"] == 40


def test_a_city_file_that_changes_changes_the_tags(own):
    before = ask(own, "/api/state")[1]["ETag"]
    city = own.live.log.with_name("city.toml")
    city.write_text(city.read_text("utf-8").replace('"Sakhour"', '"Sakhur"', 1), "utf-8")
    assert ask(own, "/api/state")[1]["ETag"] != before


# Damage -------------------------------------------------------------------------------------------


def test_a_damaged_log_is_told_and_a_mended_one_is_served_again(own):
    log = own.live.log
    whole = log.read_bytes()
    log.write_bytes(whole.replace(b'"type":"control_change"', b'"type":"<script>"', 1))
    for target in ("/api/state", "/api/version", "/api/log"):
        status, headers, body = ask(own, target)
        assert (status, "ETag" in headers) == (503, False)
        assert json.loads(body)["problems"][0]["where"].startswith(str(log))
    status, headers, body = ask(own, "/")
    assert (status, headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert b"&lt;script&gt;" in body
    assert b"<script>" not in body
    log.write_bytes(whole)
    assert ask(own, "/api/state")[0] == 200


def test_a_log_that_is_gone_is_told(own):
    own.live.log.unlink()
    assert ask(own, "/api/state")[0] == 503


@PICTURES
def test_an_empty_log_has_answers_and_no_page_yet(own):
    own.live.log.write_bytes(b"")
    assert ask(own, "/api/state")[0] == 200
    status, _, body = ask(own, "/")
    assert (status, b"holds no events yet" in body) == (404, True)


# Who is answered, and how -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "192.0.2.1",
        "[",
        "",
    ],
)
def test_on_loopback_only_names_of_loopback_are_answered(server, host):
    for target in ("/", "/api/state", "/api/openapi.json"):
        assert ask(server, target, Host=host)[0] == 421


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:9", "127.0.0.1:1", "127.9.9.9", "[::1]:8000"]
)
def test_names_of_loopback_are_answered_at_any_port(server, host):
    assert ask(server, "/api/version", Host=host)[0] == 200


def test_no_host_or_another_one_in_the_address_is_refused(server):
    assert raw(server, b"GET /api/version HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 421")
    assert raw(
        server, b"GET http://evil.example/api/version HTTP/1.1\r\nHost: localhost\r\n\r\n"
    ).startswith(b"HTTP/1.1 421")
    assert raw(
        server, b"GET /api/version HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
    ).startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get"]
)
def test_other_methods_are_refused_and_change_nothing(server, method):
    before = server.live.log.read_bytes()
    rest = f"HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(NEW)}\r\n\r\n{NEW}"
    for target in ("/", "/api/log", "/nope"):
        answer = raw(server, f"{method} {target} {rest}".encode())
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 405 ")
        assert b"\r\nAllow: GET, HEAD" in head
        assert "GET or HEAD" in json.loads(body)["error"]
    assert server.live.log.read_bytes() == before


@pytest.mark.parametrize(
    "target", ["/api/state", "/api/version", "/api/openapi.json", "/nope", "/api/state?at=foo"]
)
def test_head_is_get_without_a_body(server, target):
    got, head = ask(server, target), ask(server, target, "HEAD")
    for _, headers, _ in (got, head):
        headers.pop("Date")
    assert (head[0], head[1], head[2]) == (got[0], got[1], b"")
    assert int(head[1]["Content-Length"]) == len(got[2])


@pytest.mark.parametrize("target", ["/api/state", "/nope", "/api/state?at=foo"])
def test_every_answer_is_shut_off_from_other_sites(server, target):
    _, headers, _ = ask(server, target)
    assert headers["Content-Security-Policy"].startswith(
        "default-src 'none'; frame-ancestors 'none'"
    )
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == (
        "nosniff",
        "no-referrer",
    )
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not any(name.startswith("Access-Control") for name in headers)
    assert "Python" not in headers["Server"]


HEADERS = {
    b"allow",
    b"cache-control",
    b"connection",
    b"content-length",
    b"content-security-policy",
    b"content-type",
    b"cross-origin-opener-policy",
    b"cross-origin-resource-policy",
    b"date",
    b"etag",
    b"referrer-policy",
    b"server",
    b"x-content-type-options",
}


@times(2)
@given(
    path=st.binary(max_size=40),
    name=st.sampled_from([b"", b"at", b"place", b"id", b"\r\nX", b"%0d%0aX"]),
    value=st.binary(max_size=40),
)
def test_no_bytes_bring_it_down_or_get_into_a_header(server, path, name, value):
    """Whatever is asked gets one answer, with the headers that we write and no others."""
    quoted = b"".join(b"%%%02X" % byte for byte in value)
    for target in (
        b"/" + path,
        b"/api/state?%s=%s" % (name, quoted),
        b"/api/log?%s=%s" % (name, value),
    ):
        answer = raw(
            server, b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % target
        )
        head, _, _ = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1"):
            assert b"error" in answer or b"no path" in answer  # of a version without heads
            continue
        assert head[9:12] in (b"200", b"400", b"404", b"405", b"421", b"505")
        assert {line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]} <= HEADERS
    assert ask(server, "/api/version")[0] == 200


def test_a_line_break_in_a_question_stays_in_the_body(server):
    status, headers, body = ask(server, "/api/state?place=%0d%0aSet-Cookie:%20a=b%1b%5b31m")
    assert (status, "Set-Cookie" in headers) == (404, False)
    assert b"\x1b" not in body


def test_several_are_answered_at_once(own):
    """Somebody who connects and says nothing holds nobody up, and all get the same."""
    with socket.create_connection(("127.0.0.1", own.server_port)), ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda _: ask(own, "/api/state?at=2016-11-28")[2], range(24)))
    assert len(set(bodies)) == 1


def test_a_connection_may_ask_again(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    for target in ("/api/version", "/nope", "/api/state?at=foo", "/api/version"):
        connection.request("GET", target)
        assert connection.getresponse().read().startswith(b"{")
    connection.close()


# The page -----------------------------------------------------------------------------------------


@PICTURES
def test_the_page_is_made_once_for_a_version_and_a_policy(own, monkeypatch):
    from timeline.visual.page import html

    made, make = [], html.made
    monkeypatch.setattr(
        html,
        "made",
        lambda request, **options: made.append(request.policy) or make(request, **options),
    )
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda _: ask(own, "/"), range(4)))
    assert made == ["latest"]
    assert len({body for _, _, body in pages}) == 1
    assert ask(own, "/?policy=cautious")[2] != pages[0][2]
    assert ask(own, "/", If_None_Match=pages[0][1]["ETag"])[0] == 304
    with own.live.log.open("a", encoding="utf-8") as file:
        file.write(NEW)
    assert ask(own, "/")[2] != pages[0][2]
    assert made == ["latest", "cautious", "latest"]


@PICTURES
def test_a_page_that_is_served_may_ask_its_server_and_one_from_disk_nobody(own, tmp_path):
    _, headers, body = ask(own, "/")
    assert "connect-src 'self'" in headers["Content-Security-Policy"]
    assert b"/api/version" in body
    assert printed("page", "-o", str(tmp_path / "page.html")).exit_code == 0
    from_disk = (tmp_path / "page.html").read_text("utf-8")
    assert [
        word for word in ("connect-src", "fetch(", "/api/", "timeline-version") if word in from_disk
    ] == []


@PICTURES
def test_the_page_tells_in_a_browser_when_the_log_has_grown(own):
    with browser() as chromium:
        page = chromium.new_context().new_page()
        troubles = []
        page.on(
            "console",
            lambda message: troubles.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"http://127.0.0.1:{own.server_port}/#at=2016-11-28&place=sakhour")
        page.wait_for_selector("html[data-ready]", timeout=30_000)
        assert page.inner_text("#news") == ""
        with own.live.log.open("a", encoding="utf-8") as file:
            file.write(NEW)
        page.evaluate("dispatchEvent(new Event('focus'))")
        page.get_by_role("button", name="Show it as it is now").click(timeout=20_000)
        page.wait_for_selector("html[data-ready]", timeout=30_000)
        page.get_by_text("40 events").first.wait_for(timeout=20_000)
        assert "place=sakhour" in page.url
        assert troubles == []


# The command --------------------------------------------------------------------------------------


def started(*arguments):
    handler = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{handler}; from cli import run; run()"  # a shell may have the signal ignored
    command = [sys.executable, "-c", code, "serve", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_ctrl_c_ends_the_command_well(tmp_path):
    with started("--port", "0", "--log", str(ROOT / "events.jsonl")) as running:
        url = running.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        connection = http.client.HTTPConnection(url.removeprefix("http://").rstrip("/"), timeout=20)
        connection.request("GET", "/api/version")
        assert json.loads(connection.getresponse().read())["log"]["events"] == 39
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=20)
        assert (running.returncode, "Traceback" in told) == (0, False)


def test_a_taken_port_is_told_in_a_sentence(server):
    done = printed("serve", "--port", str(server.server_port))
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: cannot listen at 127.0.0.1, port {server.server_port}: ")
    assert "--port 0 takes any that is free" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--host", "no.such.host.invalid"], 1), (["--port", "70000"], 2), (["--port", "x"], 2)],
)
def test_where_nothing_can_listen_it_is_said(arguments, code):
    assert printed("serve", *arguments).exit_code == code


def test_a_log_that_is_damaged_already_is_not_served(tmp_path):
    shutil.copy(ROOT / "city.toml", tmp_path)
    (tmp_path / "events.jsonl").write_text('{"type":"nothing"}\n', "utf-8")
    assert printed("serve", "--port", "0", log=tmp_path / "events.jsonl").exit_code == 3
