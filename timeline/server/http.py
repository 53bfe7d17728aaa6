"""The server itself: requests in, answers out, by the standard library's `http.server`; one thread a request, and no way to write.

What comes in is a path, a query and two headers; none of it is ever put into a header that goes
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
from urllib.parse import SplitResult, unquote, urlsplit

from attrs import frozen

from timeline.errors import NothingFound, Problem, TimelineError, UsageError, nearest
from timeline.replay.projection import Projection
from timeline.server import openapi
from timeline.server import routes as api
from timeline.server.snapshot import Live, Version, program
from timeline.text import phrases, tables

JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"
METHODS = ("GET", "HEAD")
PATIENCE = 30.0
"""How many seconds a connection may be silent."""
CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The content security policy of whatever is no page."""
SECURITY = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer says of itself: ask again each time, and belong to nobody else's page."""


@frozen
class Answer:
    """What goes out: a status, a body and its kind; the entity tag where it has one."""

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
        projections: Sequence[Projection[Any, Any]],
        page: Callable[[Version, str], Page],
        tell: Callable[[str], None],
    ) -> None:
        """Listen at a host and a port, any for 0; raise `TimelineError` where that fails.

        `page` makes the page of a version under a policy; `tell` is told of what should not happen.
        """
        self.live, self.page, self.tell = Live(log, tuple(projections)), page, tell
        self._host = host
        try:
            family, _, _, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            self.address_family = family
            super().__init__(address[:2], Handler)  # type: ignore[arg-type]  # of IPv4 or IPv6, a name or number and a port
        except OSError as error:
            hint = "--port 0 takes any that is free" if port else "--host 127.0.0.1 is this machine"
            told = error.strerror or str(error)
            raise TimelineError(
                Problem(f"cannot listen at {host}, port {port}: {told}", hint=hint)
            ) from None

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
        """Return whether a request for some host is meant for this server: on loopback, by a name of loopback alone."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name is not None and (
            not self.loopback or name in ("localhost", self._host.casefold()) or _is_loopback(name)
        )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that break; what else goes wrong was told where it did."""


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
        """Refuse a request that is none, or has a method without a way here, in a form that every caller can read."""
        status = HTTPStatus(
            HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else code
        )
        self.close_connection = True  # what follows may belong to what was refused
        expected = " or ".join(METHODS) if status is HTTPStatus.METHOD_NOT_ALLOWED else ""
        self._send(failed(status, [Problem(status.phrase, expected)]))

    def _answered(self) -> Answer:
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = (
                True  # a body means nothing here, and must not be read as the next request
            )
        try:
            parts = urlsplit(self.path)
        except ValueError:
            return failed(
                HTTPStatus.BAD_REQUEST,
                [Problem("an address that cannot be read", "a path and a query")],
            )
        hosts = [*self.headers.get_all("Host", []), *([parts.netloc] if parts.netloc else [])]
        if not hosts or not all(map(self.server.welcome, hosts)):
            return failed(
                HTTPStatus.MISDIRECTED_REQUEST,
                [Problem("a host that is not served here", "a name of this machine")],
            )
        try:
            return self._asked(parts)
        except Exception:  # one question that fails takes no server down, and is told
            for line in traceback.format_exc().splitlines():
                self.server.tell(line)
            return failed(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                [Problem("this question met a fault of the program")],
            )

    def _asked(self, parts: SplitResult) -> Answer:
        """Return the answer to a question, from the log as it is now."""
        known = {one.path: one for one in (*api.ENDPOINTS, api.PAGE)}
        paths, path = (*known, api.VERSION, api.OPENAPI), unquote(parts.path)
        kind = HTML if path == api.PAGE.path else JSON
        if path not in paths:
            return failed(
                HTTPStatus.NOT_FOUND,
                [
                    Problem(
                        f"no path {path}", f"one of {', '.join(paths)}", hint=nearest(path, paths)
                    )
                ],
            )
        if path == api.OPENAPI:
            return self._unless_known(
                api.tag(program(), path, {}), lambda: _json(openapi.document())
            )
        try:
            version = self.server.live.now()
        except TimelineError as error:
            return failed(HTTPStatus.SERVICE_UNAVAILABLE, error.problems, kind)
        if path == api.VERSION:
            return self._unless_known(f'"{version.tag}"', lambda: _json(version.json()))
        try:
            given = api.read(known[path], parts.query, version.timeline)
            make = self._page if kind == HTML else self._questioned
            return self._unless_known(
                api.tag(version.tag, path, given), lambda: make(version, known[path], given)
            )
        except TimelineError as error:
            return failed(_status(error), error.problems, kind)

    def _questioned(self, version: Version, endpoint: api.Endpoint, given: api.Given) -> Answer:
        return _json(endpoint.answer(version.timeline, given))

    def _page(self, version: Version, _: api.Endpoint, given: api.Given) -> Answer:
        """Return the page of a version, made once for each policy."""
        (policy,) = given.get("policy", ("latest",))
        page = self.server.page
        made = self.server.live.kept(version, policy, lambda: page(version, policy))
        return Answer(made.text.encode(), HTML, policy=f"{made.policy}; frame-ancestors 'none'")

    def _unless_known(self, tag: str, make: Callable[[], Answer]) -> Answer:
        """Return an answer with its tag, without its body where whoever asks has it: then it is not even made (RFC 9110, 13.1.2)."""
        known = [
            one.strip().removeprefix("W/")
            for line in self.headers.get_all("If-None-Match", [])
            for one in line.split(",")
        ]
        if tag in known:
            return Answer(b"", status=HTTPStatus.NOT_MODIFIED, tag=tag)
        made = make()
        return Answer(made.body, made.kind, tag=tag, policy=made.policy)

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
    """Return the answer to what cannot be answered: the command line's messages, as JSON or for people."""
    messages = [phrases.safe(str(problem)) for problem in problems]
    if kind == HTML:
        told = "".join(f"<p>{escape(message)}</p>" for message in messages)
        head = '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>No page now</title></head>'
        text = f"{head}<body><h1>There is no page now</h1>{told}<p>Load it again once that is mended.</p></body></html>\n"
        return Answer(text.encode(errors="replace"), HTML, status)
    fields = ("found", "expected", "path", "where", "hint")
    told_of = [
        {"message": str(one)} | {name: getattr(one, name) for name in fields} for one in problems
    ]
    return _json({"error": "\n".join(messages), "problems": told_of}, status)


def _json(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return an answer with the bytes that the command line would print."""
    return Answer(f"{tables.to_json(value)}\n".encode(errors="replace"), JSON, status)


def _status(error: TimelineError) -> HTTPStatus:
    if isinstance(error, NothingFound):
        return HTTPStatus.NOT_FOUND
    return (
        HTTPStatus.BAD_REQUEST if isinstance(error, UsageError) else HTTPStatus.SERVICE_UNAVAILABLE
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
