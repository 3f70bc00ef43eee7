"""A real server of intake for tests of the phone: it can be killed, cut a line, lose an answer, or be in trouble."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from werkzeug.serving import BaseWSGIServer, make_server

from deploy.servers.ports import free_ports
from services.intake.use_cases import people
from tests.service.intake.plans import an_id
from tests.service.intake.visiting import Intake, the_plan

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Trouble = Callable[["PhoneServer", Environ, StartResponse], Iterable[bytes]]


@dataclass
class Planned:
    """A trouble that meets the next calls like this."""

    call: re.Pattern[str]
    trouble: Trouble
    times: int


def plan_for_now() -> dict[str, Any]:
    """The usual plan, with a first round that is open today."""
    today = date.today()
    plan = the_plan()
    first, second = plan["exercise"]["waves"]
    first |= {"opens": str(today - timedelta(days=10)), "closes": str(today + timedelta(days=10))}
    second |= {"opens": str(today + timedelta(days=60)), "closes": str(today + timedelta(days=80))}
    return plan


class PhoneServer:
    """Intake behind one address that stays the same when it is killed and started again."""

    def __init__(self, folder: Path) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.house = Intake(folder, plan_file=plan_for_now())
        self.house.clock.move(datetime.now(UTC) - self.house.clock.now())
        self.calls: list[str] = []
        self._at: list[float] = []
        self._noting = threading.Lock()
        self._planned: list[Planned] = []
        (self._port,) = free_ports(1)
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self.start()

    @property
    def address(self) -> str:
        """Where it is, also while it is down."""
        return f"http://127.0.0.1:{self._port}"

    def today(self) -> str:
        """The day by its own clock, which stands still, also when a run goes on past midnight."""
        return self.house.clock.now().date().isoformat()

    def start(self) -> None:
        """Answer from now on."""
        self._server = make_server("127.0.0.1", self._port, self, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """Be gone, so that nobody can even connect."""
        assert self._server is not None
        assert self._thread is not None
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def close(self) -> None:
        """Stop for good."""
        self.kill()
        self.house.close()

    def link_for(self, who: str) -> str:
        """A fresh sign-in link of that person."""
        return self.address + urlsplit(people.invite(self.house.service, an_id(who))).path

    def next(self, call: str, trouble: Trouble, times: int = 1) -> None:
        """The next calls that match `call` ("PUT .*/photos/") meet this trouble."""
        self._planned.append(Planned(re.compile(call), trouble, times))

    def calm(self) -> None:
        """Nothing is planned any more, and nothing was called yet."""
        self._planned.clear()
        self.calls.clear()
        self._at.clear()

    def called(self, call: str) -> int:
        """How often something like this was called."""
        return sum(1 for one in self.calls if re.search(call, one))

    def called_at(self, call: str) -> list[float]:
        """When something like this was called, in seconds of a clock that only goes forward."""
        return [at for one, at in zip(self.calls, self._at, strict=False) if re.search(call, one)]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        called = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        with self._noting:
            self._at.append(time.monotonic())
            self.calls.append(called)
        for planned in self._planned:
            if planned.times and planned.call.search(called):
                planned.times -= 1
                return planned.trouble(self, environ, start_response)
        return self.house.app(environ, start_response)


class Held:
    """Answers nothing until `go_on`."""

    def __init__(self) -> None:
        self._gate = threading.Event()
        self.begun = threading.Event()

    def go_on(self) -> None:
        """Answer now."""
        self._gate.set()

    def __call__(self, server: PhoneServer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.begun.set()
        self._gate.wait(60)
        return server.house.app(environ, start_response)


def answers(status: str, body: bytes = b"{}", **headers: str) -> Trouble:
    """Answers this instead, as a proxy or a server in trouble would."""
    given = [("Content-Type", "application/problem+json")]
    given += [(name.replace("_", "-"), value) for name, value in headers.items()]

    def trouble(_: PhoneServer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response(status, given)
        return [body]

    return trouble


def breaks_off(_: PhoneServer, environ: Environ, __: StartResponse) -> Iterable[bytes]:
    """The line breaks in the middle of an upload."""
    environ["wsgi.input"].read(100)
    _hang_up(environ)
    return []


def loses_the_answer(server: PhoneServer, environ: Environ, _: StartResponse) -> Iterable[bytes]:
    """Everything arrives and is taken in, but the phone never hears of it."""
    list(server.house.app(environ, lambda *given: None))
    _hang_up(environ)
    return []


class GoesDown:
    """The line breaks in the middle of an upload because the server is gone. `gone` is set when nobody can connect."""

    def __init__(self) -> None:
        self.gone = threading.Event()

    def _kill(self, server: PhoneServer) -> None:
        server.kill()
        self.gone.set()

    def __call__(self, server: PhoneServer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        threading.Thread(target=self._kill, args=(server,)).start()
        return breaks_off(server, environ, start_response)


def script_begins_with(words: str) -> Trouble:
    """A script with something before it, as an older browser would have it."""

    def trouble(server: PhoneServer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        for header in ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"):
            environ.pop(header, None)
        given: list[Any] = []
        with closing(server.house.app(environ, lambda *said: given.extend(said[:2]))) as script:
            body = words.encode() + b"".join(script)
        kept = [(name, value) for name, value in given[1] if name.lower() not in ("content-length", "etag")]
        start_response(given[0], [*kept, ("Content-Length", str(len(body)))])
        return [body]

    return trouble


def _hang_up(environ: Environ) -> None:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
