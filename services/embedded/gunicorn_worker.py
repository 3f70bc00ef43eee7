"""How gunicorn's threads deal with those who ask: they let go of a line that fell silent, and refuse what is no request
at all in the words of the API, before any of our apps hears of it.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from http import HTTPStatus
from typing import Any

import structlog
from gunicorn.http.errors import (
    ConfigurationProblem,
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.workers.gthread import ThreadWorker

from shared.contracts.refusals import Refusal
from shared.web.app import HEADERS
from shared.web.openapi import PROBLEM
from shared.web.problems import OUR_FAULT, problem

SILENT_SECONDS = 60
"""So long we wait for the next byte of a request, or for one of our answer to be taken. A phone that lost its line says
nothing of it, and each such phone would keep a thread for ever."""

_OURS = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)
_REFUSALS: tuple[tuple[type[Exception], Refusal], ...] = (
    (LimitRequestLine, Refusal(414, "address-too-long", "The address that was asked for is too long.")),
    (LimitRequestHeaders, Refusal(431, "headers-too-big", "The headers of this request are too long, or too many.")),
    (ExpectationFailed, Refusal(417, "expectation-failed", "This request expects something that we cannot do.")),
    (ParseException, Refusal(400, "unreadable-request", "This is not an HTTP request that we can read.")),
)
_log = structlog.get_logger(__name__)


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Threads that wait for a slow line, but not for one that is gone."""

    def handle(self, conn: Any) -> Any:
        """Answer the next request of this connection, in a thread."""
        wait_no_longer(conn.sock, SILENT_SECONDS)
        return super().handle(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Refuse what gunicorn cannot read, whichever path was meant: often that is not known, and a person at a
        browser sends nothing of the kind. What was sent is quoted neither in the answer nor in the log.
        """
        refusal = _refusal_for(exc)
        if refusal is OUR_FAULT:
            _log.error("unexpected", exc_info=exc)
        else:
            _log.warning("not a request", status=refusal.status, error=type(exc).__name__)
        with contextlib.suppress(OSError):  # whoever asked is gone
            client.sendall(as_http(refusal))


def _refusal_for(exc: BaseException) -> Refusal:
    if isinstance(exc, _OURS):
        return OUR_FAULT
    return next((refusal for kind, refusal in _REFUSALS if isinstance(exc, kind)), OUR_FAULT)


def as_http(refusal: Refusal) -> bytes:
    """The whole answer as it goes over the line, with the headers that each of our answers has; the last one of its
    connection."""
    body = json.dumps(problem(refusal)).encode()
    headers = {"Content-Type": PROBLEM, "Content-Length": str(len(body)), "Connection": "close", **HEADERS}
    lines = [f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}", *map(": ".join, headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def wait_no_longer(line: socket.socket, seconds: float) -> None:
    """Have reads and writes that wait for `seconds` and move no byte end in BlockingIOError.

    By the kernel's own clock: gunicorn takes Python's off again before it reads.
    """
    limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        # A system that knows it in another shape waits as it did before.
        with contextlib.suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, option, limit)
