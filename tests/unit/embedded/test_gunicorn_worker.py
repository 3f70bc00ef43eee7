"""What is no request is refused in the words of the API, and a line that fell silent keeps no thread."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from threading import Timer
from typing import Any

import pytest
import structlog
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from services.embedded import gunicorn_worker
from services.embedded.gunicorn_log import QuietLogger
from services.embedded.gunicorn_worker import PatientWorker
from services.embedded.web import OneAddress
from shared.contracts.refusals import Refusal
from shared.web.app import HEADERS

HEAD = b"PUT /api/intake/v1/visits/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
SECRET = b"a-secret-word"


class Line:
    """Both ends of one connection to a worker that has one app; nothing forks, and no port is taken."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.theirs.settimeout(30)
        cfg = Config()
        self.worker = PatientWorker(1, 1, [], None, 30, cfg, QuietLogger(cfg))
        self.worker.wsgi = app
        self.conn = TConn(cfg, self.ours, ("203.0.113.9", 1), ("127.0.0.1", 80))

    def says(self, sent: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to these bytes."""
        self.theirs.sendall(sent)
        self.worker.handle(self.conn)
        self.ours.close()
        answer = b"".join(iter(lambda: self.theirs.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


def reads(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    try:
        environ["wsgi.input"].read()
    except OSError as gone:
        start_response("400 Bad Request", [("X-Gone", type(gone).__name__)])
        return [b""]
    start_response("200 OK", [])
    return [b"read"]


def refuses(_environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("401 Unauthorized", [("Content-Length", "2")])
    return [b"no"]


def breaks(_environ: dict[str, Any], _start_response: Callable[..., object]) -> Iterable[bytes]:
    raise RuntimeError(SECRET)


@pytest.fixture
def line_to() -> Iterator[Callable[[Callable[..., Iterable[bytes]]], Line]]:
    with ExitStack() as closing:

        def made(app: Callable[..., Iterable[bytes]]) -> Line:
            line = Line(app)
            for thing in (line.ours, line.theirs, line.worker.tmp):
                closing.callback(thing.close)
            return line

        yield made


@pytest.fixture
def line(line_to: Callable[..., Line]) -> Line:
    return line_to(reads)


NOT_REQUESTS = [
    (SECRET + b"\r\n\r\n", 400, "unreadable-request"),
    (b"GET /api/%b HTTP/7.1\r\n\r\n" % SECRET, 400, "unreadable-request"),
    (b"GET /api/?" + SECRET * 400 + b" HTTP/1.1\r\n\r\n", 414, "address-too-long"),
    (HEAD + b"X-A: " + SECRET * 900 + b"\r\n\r\n", 431, "headers-too-big"),
    (HEAD + b"X-A: b\r\n" * 200 + b"\r\n", 431, "headers-too-big"),
    (HEAD + b"Content-Length: " + SECRET + b"\r\n\r\n", 400, "unreadable-request"),
    (HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "unreadable-request"),
    (HEAD + b"Expect: " + SECRET + b"\r\n\r\n", 417, "expectation-failed"),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + SECRET + b"\r\n\r\n", 400, "unreadable-request"),
]


@pytest.mark.parametrize(("sent", "status", "code"), NOT_REQUESTS)
def test_what_is_no_request_is_refused_like_anything_else(line: Line, sent: bytes, status: int, code: str) -> None:
    with structlog.testing.capture_logs() as logged:
        got, headers, body = line.says(sent)
    problem = json.loads(body)
    assert (got, headers["Content-Type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["code"], problem["errors"]) == (status, code, [])
    assert problem["title"] != "That did not work"
    assert problem["detail"].endswith(".")
    assert headers["Content-Length"] == str(len(body))
    assert headers.items() >= HEADERS.items()
    assert [(one["event"], one["status"]) for one in logged] == [("not a request", status)]
    assert SECRET.decode() not in f"{headers} {body!r} {logged}"


def test_a_fault_of_ours_is_told_as_ours_and_without_its_text(line_to: Callable[..., Line]) -> None:
    with structlog.testing.capture_logs() as logged:
        status, _headers, body = line_to(breaks).says(HEAD + b"\r\n")
    assert (status, json.loads(body)["code"]) == (500, "our-fault")
    assert [one["event"] for one in logged] == ["unexpected"]
    assert SECRET.decode() not in body.decode()


def test_a_refusal_stays_a_refusal_when_the_rest_of_the_body_is_no_body(line_to: Callable[..., Line]) -> None:
    line = line_to(OneAddress({"intake": refuses}))  # type: ignore[dict-item]
    status, _headers, body = line.says(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n")
    assert (status, body) == (401, b"no")


@pytest.fixture
def soon(line: Line, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The worker waits for a moment only; should it wait for ever, the line is hung up so that its test fails."""
    monkeypatch.setattr(gunicorn_worker, "SILENT_SECONDS", 0.05)
    hanging_up = Timer(10, line.theirs.shutdown, [socket.SHUT_WR])
    hanging_up.start()
    yield
    hanging_up.cancel()
    hanging_up.join()


@pytest.mark.usefixtures("soon")
def test_a_line_that_fell_silent_keeps_no_thread(line: Line) -> None:
    status, headers, _body = line.says(HEAD + b"Content-Length: 9\r\n\r\nhalf")
    assert (status, headers["X-Gone"]) == (400, "BlockingIOError")


@pytest.mark.usefixtures("soon")
def test_a_line_that_falls_silent_within_its_headers_is_let_go_without_a_word(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[logging.LogRecord] = []
    monkeypatch.setattr(line.worker.log.error_log, "handle", logged.append)
    line.theirs.sendall(b"GET /api/intake/v1/me HTTP/1.1\r\nHos")
    assert line.worker.handle(line.conn) is False
    assert logged == []


def test_each_refusal_is_one_that_the_api_could_say() -> None:
    for refusal in (refusal for _kind, refusal in gunicorn_worker._REFUSALS):
        assert isinstance(refusal, Refusal)
        assert 400 <= refusal.status < 500
