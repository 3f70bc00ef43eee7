"""What stands around every request for whoever runs the service: an id that follows it everywhere, one line in the log,
and how long it took. A path is only ever told by its shape, so no id, token or name is kept."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request

from shared.runtime import correlation
from shared.runtime.metrics import RequestTimes

HEADER = "X-Request-Id"
NO_SUCH_PATH = "none"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = structlog.get_logger(__name__)


def install(app: Flask, name: str) -> None:
    """Watch every request of `app`. Comes before the gate, so that refusals are counted too."""
    times = RequestTimes(name)
    app.extensions["opendoor.request-times"] = times

    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = correlation.of_request(request.headers.get(HEADER))
        correlation.because_of(correlation.Cause(g.request_id))

    def end(response: Response) -> Response:
        took = time.perf_counter() - g.began
        shape = request.url_rule.rule if request.url_rule is not None else NO_SUCH_PATH
        method = request.method if request.method in _METHODS else "OTHER"
        times.note(method, shape, response.status_code, took)
        _log.info(
            "request",
            service=name,
            method=method,
            path=shape,
            status=response.status_code,
            milliseconds=round(took * 1000, 1),
        )
        response.headers[HEADER] = g.request_id
        return response

    def forget(_error: BaseException | None) -> None:
        correlation.because_of(correlation.NOTHING)

    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(forget)
