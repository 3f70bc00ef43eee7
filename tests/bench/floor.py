"""The floor: a bare server that writes the bytes it is sent to a file, fsyncs and answers, served just as we are."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from services.embedded import web


class Floor:
    """A WSGI app with one file a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: int | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Write, fsync, 201."""
        if self._file is None:
            self._file = os.open(self.folder / f"{os.getpid()}.bytes", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(self._file, environ["wsgi.input"].read())
        os.fsync(self._file)
        start_response("201 Created", [("Content-Length", "2")])
        return [b"{}"]


def main(folder: str, port: str) -> None:
    """Serve the floor until SIGTERM."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    listener.listen(1024)
    web.serve(listener, lambda: Floor(Path(folder)))  # type: ignore[arg-type, return-value]


if __name__ == "__main__":
    main(*sys.argv[1:])
