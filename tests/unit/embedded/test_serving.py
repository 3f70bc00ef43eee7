"""How gunicorn is told to serve us."""

from __future__ import annotations

import socket

import pytest

from services.embedded import web
from services.embedded.web import MEMORY, _Gunicorn


@pytest.mark.parametrize("there", [True, False])
def test_a_worker_says_that_it_lives_where_no_disk_is_waited_for(there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.os, "access", lambda path, _: there and path == MEMORY)
    with socket.socket() as listener:
        server = _Gunicorn(listener, lambda: web.OneAddress({}))
        assert server.cfg.worker_tmp_dir == (MEMORY if there else None)
