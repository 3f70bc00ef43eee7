"""One address for three services: sends each request to the app its path belongs to, and serves that with gunicorn."""

from __future__ import annotations

import gc
import os
import re
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import ParseException

from services.embedded.gunicorn_log import QuietLogger
from services.embedded.gunicorn_worker import PatientWorker
from services.embedded.house import build_all
from services.embedded.processes import die_with_parent
from shared.runtime import metrics
from shared.runtime.service import Service
from shared.runtime.settings import Settings
from shared.web.watching import HEADER

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WORKERS = 2
THREADS = 16
"""Per worker. Most of them wait for a phone with a bad line to send its photo; few are at work at any moment."""
SLOW_SECONDS = 2.0
UNREAD_BYTES = 64 * 1024 * 1024
MEMORY = "/dev/shm"
"""Where a web process touches the file that says it lives, several times a request. On a disk it would wait there, each
time, for what others are flushing (gunicorn's FAQ, "blocking in os.fchmod")."""

PATHS: Mapping[str, tuple[str, ...]] = {
    "assessment": ("/findings", "/api/assessment", "/static/assessment"),
    "reporting": (
        "/recommendations",
        "/reports",
        "/changes",
        "/documents",
        "/api/reporting",
        "/static/reporting",
    ),
}
"""Which paths are whose (design.md §4); everything else is intake's."""

_PLAIN = re.compile(r"[a-z][a-z0-9.-]{0,23}")
_log = structlog.get_logger(__name__)


def service_of(path: str) -> str:
    """The service that answers for this path."""
    for name, prefixes in PATHS.items():
        if any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes):
            return name
    return "intake"


class OneAddress:
    """The WSGI app in front of the three. Logs what failed or was slow, by the shape of its path only."""

    def __init__(self, apps: Mapping[str, WSGIApplication]) -> None:
        self.apps = apps

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand the request on."""
        path = environ.get("PATH_INFO", "")
        name = service_of(path)
        status, request_id = [""], [""]

        def noting(code: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            status[0] = code
            request_id[0] = next((value for name, value in headers if name == HEADER), "")
            return start_response(code, headers, error) if error else start_response(code, headers)

        began = time.monotonic()
        answer = self.apps[name](environ, noting)
        took = time.monotonic() - began
        if status[0] >= "400" and environ["REQUEST_METHOD"] in {"PUT", "POST", "PATCH"}:
            _read_the_rest(environ)
        if status[0] >= "500" or took > SLOW_SECONDS:
            _log.warning(
                "request failed" if status[0] >= "500" else "request was slow",
                service=name,
                method=environ["REQUEST_METHOD"],
                path=shape_of(path),
                status=status[0][:3],
                milliseconds=round(took * 1000),
                correlation_id=request_id[0],
            )
        return answer


def shape_of(path: str) -> str:
    """The path with every id, token and name in it left out."""
    return "/".join(part if not part or _PLAIN.fullmatch(part) else "*" for part in path.split("/")[:10])


def _read_the_rest(environ: WSGIEnvironment) -> None:
    # A refusal sent while the body is still coming would reach its sender as a broken connection.
    left = UNREAD_BYTES
    try:
        while left > 0 and (some := environ["wsgi.input"].read(65536)):
            left -= len(some)
    except (OSError, ParseException):
        return


def _freeze(_arbiter: object) -> None:
    # What is there before the fork is shared for good when no collection touches it again.
    gc.collect()
    gc.freeze()


def _begin(arbiter: Any, _worker: object) -> None:
    die_with_parent(arbiter.pid)
    # A visit makes hundreds of objects that die with its request: looking for rings among them so often is for nothing.
    gc.set_threshold(50_000, 10, 20)


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    def __init__(self, listener: socket.socket, load: Callable[[], OneAddress]) -> None:
        self.listener = listener
        self._load = load
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, object] = {
            "bind": f"fd://{self.listener.fileno()}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": PatientWorker,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 5,
            "keepalive": 5,
            "loglevel": "warning",
            "logger_class": QuietLogger,
            "proc_name": "opendoor",
            "control_socket_disable": True,
            "worker_tmp_dir": MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None,
            "when_ready": _freeze,
            "post_fork": _begin,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> OneAddress:
        return self._load()


def all_apps(settings: Settings) -> OneAddress:
    """The three services behind one address. Opens no database before the first request."""
    metrics.share_between_processes(settings.data / "metrics", "all")
    return OneAddress({name: service.app() for name, service in build_all(settings).items()})


def one_app(service: Service) -> OneAddress:
    """One service with an address of its own."""
    metrics.share_between_processes(service.settings.data / "metrics", service.name)
    app = service.app()
    return OneAddress(dict.fromkeys(("intake", "assessment", "reporting"), app))


def serve(listener: socket.socket, load: Callable[[], OneAddress]) -> None:
    """Answer requests on `listener` until SIGTERM, with what `load` makes; leaves by SystemExit."""
    _Gunicorn(listener, load).run()
