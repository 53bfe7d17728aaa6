"""The server itself: requests in, answers out, by `http.server` of the standard library.

Each request has a thread, and none can write. Nothing that comes in is put into a header that goes
out. On loopback only names of loopback are answered to, so that no page of another site can read a
log by letting its own name point here (DNS rebinding).
"""

import ipaddress
import socket
import traceback
from collections.abc import Callable, Sequence
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from attrs import asdict, evolve, frozen

from timeline.errors import NothingFound, Problem, TimelineError, UsageError, nearest
from timeline.replay.projection import Projection
from timeline.server import openapi, routes
from timeline.server.snapshot import Live, Version, program
from timeline.text import phrases, tables

JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"
METHODS = ("GET", "HEAD")
PATIENCE = 30.0
"""The seconds for which a connection may be silent."""
CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The content security policy of whatever is no page."""
SECURITY = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""The headers of every answer: it is asked for each time, and belongs to nobody else's page."""
NO_PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>No page now</title></head>'
    "<body><h1>There is no page now</h1>{paragraphs}"
    "<p>Load it again once that is mended.</p></body></html>\n"
)
"""The page that tells why there is none."""


@frozen
class Answer:
    """The answer to a request: a status, a body and its kind; an entity tag where it has one."""

    body: bytes
    kind: str = JSON
    status: HTTPStatus = HTTPStatus.OK
    tag: str | None = None
    policy: str = CLOSED


class Page(Protocol):
    """A page, and its content security policy."""

    @property
    def text(self) -> str:
        """The HTML."""

    @property
    def policy(self) -> str:
        """The content security policy."""


class Server(ThreadingHTTPServer):
    """Serves one log."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        host: str,
        port: int,
        log: Path,
        projections: Sequence[Projection[Any, Any, Any]],
        page: Callable[[Version, str], Page],
        tell: Callable[[str], None],
    ) -> None:
        """Listen at a host and a port, any for 0; raise `TimelineError` where that fails.

        `page` makes the page of a version under a policy; `tell` is told of what should not happen.
        """
        self.live, self.page, self.tell = Live(log, tuple(projections)), page, tell
        self._host = host
        try:
            self.address_family, *_, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            super().__init__((str(address[0]), int(address[1])), Handler)
        except OSError as error:
            hint = "--port 0 takes any that is free" if port else "--host 127.0.0.1 is this machine"
            why = error.strerror or str(error)
            failure = f"cannot listen at {host}, port {port}: {why}"
            raise TimelineError(Problem(failure, hint=hint)) from None

    def server_bind(self) -> None:
        """Take the address, without asking who has it: http.server would look its name up."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self._host, self.server_address[1]

    @property
    def loopback(self) -> bool:
        """Whether only this machine can ask."""
        return _is_loopback(str(self.server_address[0]))

    @property
    def url(self) -> str:
        """The address of the page."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.server_port}/"

    def welcome(self, host: str) -> bool:
        """Return whether a request's host is this server's: on loopback, a loopback name."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        if name is None or not self.loopback:
            return name is not None
        return name in ("localhost", self._host.casefold()) or _is_loopback(name)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break; other failures were told where they happened."""


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "conflict-timeline"
    timeout = PATIENCE

    def do_GET(self) -> None:
        """Answer a question."""
        self._send(self._answered())

    def do_HEAD(self) -> None:
        """Answer a question with the head of its answer."""
        self.do_GET()

    def version_string(self) -> str:
        """Return what serves, without what it runs on."""
        return self.server_version

    def log_message(self, *_: Any) -> None:
        """Keep no record of who asked what."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request that is none, or has another method, in a form that callers can read."""
        self.close_connection = True  # what follows may belong to what was refused
        status, expected = HTTPStatus(code), ""
        if status in (HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.METHOD_NOT_ALLOWED):
            status, expected = HTTPStatus.METHOD_NOT_ALLOWED, " or ".join(METHODS)
        self._send(failed(status, [Problem(status.phrase, expected)]))

    def _answered(self) -> Answer:
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # a body is not to be read as the next request
        try:
            parts = urlsplit(self.path)
        except ValueError:
            problem = Problem("an address that cannot be read", "a path and a query")
            return failed(HTTPStatus.BAD_REQUEST, [problem])
        hosts = self.headers.get_all("Host", [])
        if parts.netloc:
            hosts.append(parts.netloc)
        if not hosts or not all(map(self.server.welcome, hosts)):
            problem = Problem("a host that is not served here", "a name of this machine")
            return failed(HTTPStatus.MISDIRECTED_REQUEST, [problem])
        try:
            return self._asked(unquote(parts.path), parts.query)
        except Exception:  # one question that fails takes no server down, and is told
            for line in traceback.format_exc().splitlines():
                self.server.tell(line)
            problem = Problem("this question met a fault of the program")
            return failed(HTTPStatus.INTERNAL_SERVER_ERROR, [problem])

    def _asked(self, path: str, query: str) -> Answer:
        """Return the answer to a question, from the log as it is now."""
        endpoints = {one.path: one for one in (*routes.ENDPOINTS, routes.PAGE)}
        paths = (*endpoints, routes.VERSION, routes.OPENAPI)
        kind = HTML if path == routes.PAGE.path else JSON
        if path not in paths:
            hint = nearest(path, paths)
            problem = Problem(f"no path {path}", f"one of {', '.join(paths)}", hint=hint)
            return failed(HTTPStatus.NOT_FOUND, [problem])
        if path == routes.OPENAPI:
            tag = routes.tag(program(), path, {})
            return self._unless_held(tag, lambda: _json(openapi.document()))
        try:
            version = self.server.live.now()
        except TimelineError as error:
            return failed(HTTPStatus.SERVICE_UNAVAILABLE, error.problems, kind)
        if path == routes.VERSION:
            return self._unless_held(f'"{version.tag}"', lambda: _json(version.json()))
        try:
            return self._of_version(version, endpoints[path], query)
        except TimelineError as error:
            return failed(_status(error), error.problems, kind)

    def _of_version(self, version: Version, endpoint: routes.Endpoint, query: str) -> Answer:
        """Return the page or another answer from a version of the log."""
        given = routes.read(endpoint, query, version.timeline)
        tag = routes.tag(version.tag, endpoint.path, given)
        if endpoint is routes.PAGE:
            return self._unless_held(tag, lambda: self._page(version, given))
        return self._unless_held(tag, lambda: _json(endpoint.answer(version.timeline, given)))

    def _page(self, version: Version, given: routes.Given) -> Answer:
        """Return the page of a version, made once for each policy."""
        (policy,) = given.get("policy", ("latest",))
        server = self.server
        page = server.live.cached(version, policy, lambda: server.page(version, policy))
        return Answer(page.text.encode(), HTML, policy=f"{page.policy}; frame-ancestors 'none'")

    def _unless_held(self, tag: str, make: Callable[[], Answer]) -> Answer:
        """Return an answer, or the tag alone if the caller holds it already (RFC 9110, 13.1.2)."""
        held = ",".join(self.headers.get_all("If-None-Match", [])).split(",")
        if tag in (one.strip().removeprefix("W/") for one in held):
            return Answer(b"", status=HTTPStatus.NOT_MODIFIED, tag=tag)
        return evolve(make(), tag=tag)

    def _send(self, answer: Answer) -> None:
        """Write an answer: to HEAD, and of what is known, only its head."""
        self.send_response(answer.status)
        for name, value in SECURITY.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", answer.policy)
        if answer.tag is not None:
            self.send_header("ETag", answer.tag)
        if answer.status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", ", ".join(METHODS))
        if answer.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD" and answer.body:
            self.wfile.write(answer.body)


def failed(status: HTTPStatus, problems: Sequence[Problem], kind: str = JSON) -> Answer:
    """Return the answer to a failure: the command line's messages, as JSON or for people."""
    messages = [phrases.safe(str(problem)) for problem in problems]
    if kind == HTML:
        paragraphs = "".join(f"<p>{escape(message)}</p>" for message in messages)
        text = NO_PAGE.format(paragraphs=paragraphs)
        return Answer(text.encode(errors="replace"), HTML, status)
    records = [{"message": str(problem), **asdict(problem)} for problem in problems]
    return _json({"error": "\n".join(messages), "problems": records}, status)


def _json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return an answer with the bytes that the command line would print."""
    return Answer(f"{tables.to_json(value)}\n".encode(errors="replace"), JSON, status)


def _status(error: TimelineError) -> HTTPStatus:
    if isinstance(error, NothingFound):
        return HTTPStatus.NOT_FOUND
    if isinstance(error, UsageError):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.SERVICE_UNAVAILABLE


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
